"""The customer's pages; imports forms and every room but desk and papers."""
