"""The real-name check (实名认证): claims, and who decides on them; imports models, privacy, files and notifications."""
