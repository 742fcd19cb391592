"""What people consent to, and what they may ask of their data; imports models and notifications."""
