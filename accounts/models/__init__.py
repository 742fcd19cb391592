"""People, the enterprises they act for, the cards of account managers, and codes sent by SMS."""

from accounts.models.codes import PhoneCode
from accounts.models.users import Enterprise, ManagerCard, User, UserManager, photo_path

__all__ = ["Enterprise", "ManagerCard", "PhoneCode", "User", "UserManager", "photo_path"]
