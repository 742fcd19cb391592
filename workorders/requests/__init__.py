"""What is asked and sent besides steps: files, 补正, extensions; imports journey, limits, trace, papers."""
