"""People, who they proved to be, the enterprises they act for, what they consented to, SMS codes, kept forms."""

from accounts.models.consent import Consent
from accounts.models.kept_form import KeptFile, KeptForm
from accounts.models.phone_code import PhoneCode
from accounts.models.real_name import IdentityPhoto, IdentityReading, RealName
from accounts.models.recovery_code import RecoveryCode
from accounts.models.session import Session, SessionStore
from accounts.models.user import Enterprise, EnterpriseChange, ManagerCard, User, UserManager, photo_path

__all__ = [
    "Consent",
    "Enterprise",
    "EnterpriseChange",
    "IdentityPhoto",
    "IdentityReading",
    "KeptFile",
    "KeptForm",
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
