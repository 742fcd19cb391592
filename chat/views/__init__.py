"""The pages of the chat, and what the room's script asks for; imports the modules beside and files."""
