"""The inbox and its settings as pages; imports forms, outbox and `services`."""
