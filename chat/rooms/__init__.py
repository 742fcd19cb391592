"""Who is in a room, how they come in and what they may do there; imports models, messaging and accounts."""
