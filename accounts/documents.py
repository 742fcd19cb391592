"""Identity documents: the form of each kind's number, how it is shown, and by what text it is found again.

Only the form is checked here. Sources: GB 11643-1999 (公民身份号码; its check, MOD 11-2, also ends the number of
外国人永久居留身份证 since 2023, whose first digit is 9, citizens' 1 to 8), ICAO Doc 9303 (passports), 国家移民管理局's
announcements on 港澳居民来往内地通行证 (2013), 台湾居民来往大陆通行证 (2015) and 外国人永久居留身份证 (2017, 2023).
"""

import re

from django.core.exceptions import ValidationError

from accounts.enums import IdDocument
from accounts.validators import validate_id_number
from bandian.text import plain

LONGEST = 18
# The cross that stands for the X at a number's end.
_CROSSES = "×✕✖╳⨯"
_FORMS = {
    IdDocument.PASSPORT: (r"(?=.*[0-9])[A-Z0-9]{5,15}", " 5 至 15 位字母和数字"),
    IdDocument.HK_MACAO: (r"[HM][0-9]{8}(?:[0-9]{2})?", "字母 H 或 M 和 8 位数字（旧证 10 位）"),
    IdDocument.TAIWAN: (r"[0-9]{8}|[0-9]{10}[A-Z]?", " 8 位数字（旧证 10 位数字，末尾可能有一个字母）"),
}


def normalise(value: str) -> str:
    """Return the number of a document as it is stored."""
    number = plain.code(value)
    return f"{number[:-1]}X" if number[-1:] and number[-1] in _CROSSES else number


def validate(kind: str, number: str) -> None:
    """Accept a number of the form that its kind has; raise ValidationError that says what is wrong."""
    if kind == IdDocument.RESIDENT:
        _validate_resident(number)
    elif kind == IdDocument.PERMANENT:
        _validate_permanent(number)
    else:
        form, words = _FORMS[IdDocument(kind)]
        if not re.fullmatch(form, number):
            raise ValidationError(f"{IdDocument(kind).label}号码应为{words}，请核对证件类型和号码。", code="form")


def validate_name(kind: str, name: str) -> None:
    """Accept a name that stands on such a document; raise ValidationError for Latin letters on that of residents."""
    if kind == IdDocument.RESIDENT and re.search("[A-Za-z]", name):
        raise ValidationError("居民身份证上是汉字姓名；持护照、通行证等证件的，请改选证件类型。", code="name")


def mask(number: str) -> str:
    """Return the first six and last four of 18 characters, of 8 and more the first and last two; else only stars."""
    if len(number) == LONGEST:
        return f"{number[:6]}{'*' * 8}{number[-4:]}"
    return f"{number[:2]}{'*' * (len(number) - 4)}{number[-2:]}" if len(number) >= 8 else "*" * len(number)


def index_text(kind: str, number: str) -> str:
    """Return what the blind index of a number is made of: equal numbers of two kinds are two people's."""
    return number if kind == IdDocument.RESIDENT else f"{kind} {number}"


def shown(kind: str, number: str) -> str:
    """Return a document in words, its number masked; empty where there is none."""
    return f"{IdDocument(kind).label} {mask(number)}" if number else ""


def _validate_resident(number: str) -> None:
    if number.startswith("9") and len(number) == LONGEST:
        raise ValidationError("以 9 开头的是外国人永久居留身份证号码，请改选证件类型。", code="kind")
    validate_id_number(number)


def _validate_permanent(number: str) -> None:
    if len(number) == LONGEST:
        if not number.startswith("9"):
            raise ValidationError("18 位的外国人永久居留身份证号码以 9 开头，请核对证件类型和号码。", code="form")
        validate_id_number(number, "外国人永久居留身份证号码")
    elif not re.fullmatch(r"[A-Z]{3}[0-9]{12}", number):
        raise ValidationError(
            "外国人永久居留身份证号码应为 18 位数字（最后一位可能是 X），或旧证的 3 位字母加 12 位数字。", code="form"
        )
