"""Whether a file is what was signed, and what was done to it since; imports models, pki and files."""
