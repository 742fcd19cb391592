"""What is asked and sent besides steps: files, 补正, extensions, feedback; imports journey, limits, trace, papers."""
