"""The way to open pages: a hub of sockets in each process, a relay between them; imports models."""
