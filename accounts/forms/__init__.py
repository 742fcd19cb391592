"""Forms of the account pages and of their part of the desk; imports login, privacy, staff.photos and models."""
