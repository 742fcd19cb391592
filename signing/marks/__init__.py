"""How handwriting and seals look on a page, drawn as vectors; imports files and enums only."""
