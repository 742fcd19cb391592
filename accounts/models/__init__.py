"""People, who they proved to be, the enterprises they act for, what they consented to, and codes sent by SMS."""

from accounts.models.codes import PhoneCode
from accounts.models.consents import Consent
from accounts.models.identity import IdentityReading, RealName
from accounts.models.recovery import RecoveryCode
from accounts.models.sessions import Session, SessionStore
from accounts.models.users import Enterprise, ManagerCard, User, UserManager, photo_path

__all__ = [
    "Consent",
    "Enterprise",
    "IdentityReading",
    "ManagerCard",
    "PhoneCode",
    "RealName",
    "RecoveryCode",
    "Session",
    "SessionStore",
    "User",
    "UserManager",
    "photo_path",
]
