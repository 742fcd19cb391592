"""Forms of the check page and of seals; imports seals, files and accounts."""
