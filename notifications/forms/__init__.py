"""The form of what a user wants to be told, and how; imports models and outbox."""
