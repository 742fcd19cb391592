"""How an order moves and what a step writes; imports models, limits, trace, papers, and signing and notifications."""
