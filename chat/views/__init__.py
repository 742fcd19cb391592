"""The pages of the chat, and what the room's script asks for; imports forms, messaging, rooms and files."""
