"""What people typed, as lists and quotes show it."""


def one_line(text: str, length: int = 60) -> str:
    """Return the beginning of a text on one line, as lists and quotes show it."""
    flat = " ".join(text.split())
    return flat if len(flat) <= length else flat[: length - 1] + "…"
