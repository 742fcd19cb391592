"""What tables of every app may need: rows that are only added, values sealed with a key; imports no app."""
