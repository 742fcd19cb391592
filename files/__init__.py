"""What strangers send, and how it goes out again; imports no other app: nothing here knows of signing or of orders."""
