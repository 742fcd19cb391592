"""Checks of what identifies people and enterprises in China, with the message that says what is wrong.

Sources: GB 11643-1999 (公民身份号码), GB 32100-2015 (统一社会信用代码). Only the form is checked here: whether a number
belongs to the person or the enterprise is for the staff to see. Other documents are in `accounts.documents`.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

from bandian.text import plain
from bandian.text.plain import HANZI

# Of every person's name, wherever it is kept.
PERSON_LENGTH = 50
PHONE_PATTERN = r"^1[3-9][0-9]{9}$"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# CJK ideographs, the extensions included (plain.HANZI): rare characters are common in names. What lies between the
# blocks is no character, and may be drawn as nothing.
_LATIN = r"[A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff]"
_CHINESE_NAME = re.compile(rf"{HANZI}+(?:·{HANZI}+)*")
_LATIN_NAME = re.compile(rf"{_LATIN}+(?:(?:[' \-·]|[.,] ?){_LATIN}+)*\.?")
_PARTED_NAME = re.compile(rf"{HANZI}+(?:[· ]{HANZI}+)+")
# 企业名称登记管理规定 art. 5 asks for 规范汉字; letters, digits and a few marks stand in names registered before.
_NOT_IN_COMPANY = re.compile(rf"(?!{HANZI})[^A-Za-z0-9（）·.,&'’“”、/+\- ]")
# The representative of a foreign enterprise stands on the licence in Latin letters.
_NOT_IN_REPRESENTATIVE = re.compile(rf"(?!{HANZI}|{_LATIN})[^·.,' \-]")
_SPACE_BESIDE_HANZI = re.compile(rf"(?<={HANZI}) | (?={HANZI})| (?=[（）])|(?<=[（）]) ")
_BRACKETS_AND_DOTS = str.maketrans("()", "（）") | dict.fromkeys(map(ord, plain.DOTS), "·")


def normalise_phone(value: str) -> str:
    """Return the phone number without spaces, dashes and the country code."""
    return re.sub(r"^(?:\+|00)?86(?=1[0-9]{10}$)", "", plain.code(value))


def normalise_company(value: str) -> str:
    """Return the name of an enterprise as it is stored; what does not belong there is left for the validators."""
    text = plain.line(plain.folded(value))
    return _SPACE_BESIDE_HANZI.sub("", text.translate(_BRACKETS_AND_DOTS))


def validate_company(value: str) -> None:
    """Accept what a business licence says as a name; raise ValidationError that names what else is in it."""
    _refuse(_NOT_IN_COMPANY, "企业名称", value)
    if value != normalise_company(value):
        raise ValidationError("企业名称中有与汉字形似的符号或多余的空格，请清空后按营业执照逐字输入。", code="form")


def validate_representative(value: str) -> None:
    """Accept what a business licence says as the representative's name; raise ValidationError otherwise."""
    _refuse(_NOT_IN_REPRESENTATIVE, "法定代表人", value)
    validate_person_name(value)


def _refuse(wrong: re.Pattern[str], what: str, value: str) -> None:
    """Raise ValidationError where the text holds a character that `wrong` matches."""
    if found := sorted(set(wrong.findall(value))):
        named = "、".join(
            f"“{char}”（U+{ord(char):04X}）" if char.isprintable() else f"U+{ord(char):04X}" for char in found
        )
        message = f"{what}中有不能使用或看不见的字符：{named}。请清空后按营业执照逐字输入，不要粘贴。"
        raise ValidationError(message, code="characters")


def validate_phone(value: str) -> None:
    """Accept a mobile number of mainland China; raise ValidationError otherwise."""
    if not re.fullmatch(PHONE_PATTERN[1:-1], value):
        raise ValidationError("请输入 11 位手机号，例如 13800138000。", code="phone")


def validate_person_name(value: str) -> None:
    """Accept 2 to PERSON_LENGTH Chinese characters, with · inside, or Latin words; raise ValidationError otherwise.

    A blank between Chinese characters is asked about: it may part a name or be a slip.
    """
    if " " in value and _PARTED_NAME.fullmatch(value):
        parted, whole = value.replace(" ", "·"), value.replace(" ", "")
        raise ValidationError(
            f"姓名“{value}”中间有空格。证件上有间隔点的，请写成“{parted}”；没有的，请写成“{whole}”。", code="blank"
        )
    if not 2 <= len(value) <= PERSON_LENGTH or not (_CHINESE_NAME.fullmatch(value) or _LATIN_NAME.fullmatch(value)):
        raise ValidationError(
            f"请输入真实姓名：2 至 {PERSON_LENGTH} 个汉字，中间可以用“·”；或证件上的拉丁字母姓名，词与词之间空一格。",
            code="name",
        )


def validate_id_number(value: str, what: str = "身份证号") -> None:
    """Accept 18 characters with a real date and a right check (GB 11643-1999); raise ValidationError otherwise."""
    if len(value) != 18:
        raise ValidationError(f"{what}应为 18 位，您输入了 {len(value)} 位。", code="length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        raise ValidationError(f"{what}前 17 位应为数字，最后一位为数字或 X。", code="characters")
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        born = None
    if born is None or born.year < 1900 or born > timezone.localdate():
        raise ValidationError(f"{what}第 7 至 14 位不是有效的出生日期，请核对。", code="date")
    total = sum(int(digit) * weight for digit, weight in zip(value[:17], _ID_WEIGHTS, strict=True))
    if value[17] != _ID_CHECKS[total % 11]:
        raise ValidationError(f"{what}校验码不正确，请逐位核对。", code="check")


def validate_credit_code(value: str) -> None:
    """Accept the form of a unified social credit code; raise ValidationError that names what is wrong.

    Older real codes end in a wrong check digit: that is doubted (`credit_code_doubt`), not refused.
    """
    if len(value) != 18:
        raise ValidationError(f"统一社会信用代码应为 18 位，您输入了 {len(value)} 位。", code="length")
    wrong = sorted({char for char in value if char not in _CREDIT_ALPHABET})
    if wrong:
        raise ValidationError(
            f"统一社会信用代码只含数字和大写字母，且不使用 I、O、S、V、Z，请检查“{'、'.join(wrong)}”。",
            code="characters",
        )


def credit_code_doubt(value: str) -> str:
    """Return in words that a code's check digit does not follow from the rest (GB 32100-2015); empty where it does."""
    places = [_CREDIT_ALPHABET.find(char) for char in value]
    if len(places) != 18 or -1 in places:
        return ""
    total = sum(place * weight for place, weight in zip(places, _CREDIT_WEIGHTS, strict=False))
    return "" if places[17] == -total % 31 else "校验码（第 18 位）与前 17 位不符"


def mask_phone(value: str) -> str:
    """Return 138****8000; anything too short for that is hidden whole."""
    return f"{value[:3]}****{value[-4:]}" if len(value) == 11 else "*" * len(value)
