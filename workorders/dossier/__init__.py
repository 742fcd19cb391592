"""The file of an order (卷宗) to take along, signed as a whole; imports papers, trace, `hooks` and signing."""
