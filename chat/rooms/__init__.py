"""Who is in a room and how they come in; imports messaging, models, `rights`, `audit` and accounts."""
