"""What is said in a room: numbered under its lock, told, read again; imports models, files, rooms.rights and audit."""
