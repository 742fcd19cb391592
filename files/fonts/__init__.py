"""Fonts that a PDF names and does not bring: found, and given glyphs of the pinned fonts; for the sandbox."""
