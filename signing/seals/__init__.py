"""The life of a seal: applied for, reviewed, used, cancelled; imports models, marks, files, accounts, notifications."""
