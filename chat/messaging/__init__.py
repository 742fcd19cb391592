"""What is said in a room: numbered under its lock, told, read again; imports models, files, `rights` and `audit`."""
