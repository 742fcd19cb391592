"""Getting in and staying in: codes, passwords, second factor, sessions; imports models and notifications."""
