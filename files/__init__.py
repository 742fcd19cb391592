"""What strangers send, and how it goes out again: nothing here knows of signing or of orders."""
