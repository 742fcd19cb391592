"""The addresses, one module per namespace: check, pki, seals; imports views."""
