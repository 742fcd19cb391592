"""Documents that are signed, and the proof of it; imports files, accounts, notifications; knows nothing of orders."""
