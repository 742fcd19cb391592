"""How long the utility may take, in working days; imports models."""
