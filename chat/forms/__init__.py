"""What pages of the chat send; imports messaging.text, models and accounts.forms."""
