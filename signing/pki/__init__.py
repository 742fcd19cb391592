"""Keys, certificates, times of an authority, and the signature in the file; imports models and marks."""
