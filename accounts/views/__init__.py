"""The account pages; imports forms, login, identity, privacy and models."""
