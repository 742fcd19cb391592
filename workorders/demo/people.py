"""Invented people and numbers that are nobody's, for the demo data and the tests."""

from django.utils import timezone

from accounts.enums import ConsentKind, IdentityProvider, IdentityStatus
from accounts.models import RealName, User
from accounts.privacy import consents
from bandian.db.crypto import blind_index

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def id_number(serial: int) -> str:
    """Return an identity number of the right form (GB 11643-1999) in 89, which is no province: nobody's."""
    digits = f"89010119900101{serial:03d}"
    total = sum(int(digit) * (2 ** (17 - place) % 11) for place, digit in enumerate(digits))
    return digits + "10X98765432"[total % 11]


def credit_code(serial: int) -> str:
    """Return a unified social credit code of the right form (GB 32100-2015) in 89, which is no province: nobody's."""
    characters = f"91890100MADEM{serial:04d}"
    total = sum(_CREDIT_ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(characters))
    return characters + _CREDIT_ALPHABET[-total % 31]


def verify(user: User, *, by: User | None = None) -> RealName:
    """Pass the real-name check of an invented person, with a number that follows from the phone."""
    number, now = id_number(100 + int(user.phone[-2:])), timezone.now()
    consents.give(user, ConsentKind.SENSITIVE)
    return RealName.objects.create(
        user=user,
        name=user.name,
        id_number=number,
        id_index=blind_index(number),
        status=IdentityStatus.APPROVED,
        provider=IdentityProvider.REVIEW,
        submitted_at=now,
        decided_at=now,
        decided_by=by,
    )
