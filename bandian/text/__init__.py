"""What people type or paste, made plain before it is judged, kept or compared; imports no app."""
