"""A PDF up to the freeze: taken in, made inert, given a field per signer; imports files and marks."""
