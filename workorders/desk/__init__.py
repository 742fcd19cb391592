"""Lists, figures, dispatch and reminders for the managers; imports requests, journey, limits, trace."""
