"""Accounts at the desk, for supervisors: users and their access, cards, enterprises, the real-name check."""

from accounts.admin import enterprise_admin, real_name_admin, user_admin

__all__ = ["enterprise_admin", "real_name_admin", "user_admin"]
