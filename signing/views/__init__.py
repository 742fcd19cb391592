"""The pages of checking, of seals and of the root certificate; imports forms, check, seals, pki, marks and files."""
