"""Checks of what identifies people and enterprises in China, with the message that says what is wrong.

Sources: GB 11643-1999 (公民身份号码), GB 32100-2015 (统一社会信用代码). Only the form is checked here:
whether the number belongs to the person or the enterprise is for the account manager to look at.
"""

import re
import unicodedata
from datetime import date

from django.core.exceptions import ValidationError
from django.utils import timezone

PHONE_PATTERN = r"^1[3-9][0-9]{9}$"
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
# CJK ideographs, the extensions included: rare characters are common in names. What lies between the blocks is no
# character, and may be drawn as nothing.
_HANZI = (
    r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9\U00020000-\U0002a6df\U0002a700-\U0002b739"
    r"\U0002b740-\U0002b81d\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0\U0002ebf0-\U0002ee5d\U0002f800-\U0002fa1d"
    r"\U00030000-\U0003134a\U00031350-\U000323af]"
)
_PERSON_NAME = re.compile(rf"{_HANZI}+(?:·{_HANZI}+)*")
# 企业名称登记管理规定 art. 5 asks for 规范汉字; letters, digits and a few marks stand in names registered before.
_NOT_IN_COMPANY = re.compile(rf"(?!{_HANZI})[^A-Za-z0-9（）·.,&'’“”、/+\- ]")
# The representative of a foreign enterprise stands on the licence in Latin letters.
_NOT_IN_REPRESENTATIVE = re.compile(rf"(?!{_HANZI})[^A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f·.,'’\- ]")
_SPACE_BESIDE_HANZI = re.compile(rf"(?<={_HANZI}) | (?={_HANZI})| (?=[（）])|(?<=[（）]) ")
_BRACKETS = str.maketrans("()", "（）")
_SEPARATORS = re.compile(r"[\s\u200b\-‐‑‒–—－]+")
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)}


def normalise_code(value: str) -> str:
    """Return the code as it is stored: no spaces or dashes, half-width, upper case."""
    return _SEPARATORS.sub("", value.translate(_FULL_WIDTH)).upper()


def normalise_phone(value: str) -> str:
    """Return the phone number without spaces, dashes and the country code."""
    return re.sub(r"^(?:\+|00)86(?=1)", "", normalise_code(value))


def normalise_name(value: str) -> str:
    """Return the name without spaces and with the one dot that is right in Chinese names."""
    return re.sub(r"[•‧・･．.]", "·", re.sub(r"\s+", "", value))


def normalise_company(value: str) -> str:
    """Return the name of an enterprise, or of its representative, as it is stored.

    NFKC turns radicals, compatibility and full-width characters into those that they draw like. What cannot be seen
    is left for the validators to refuse.
    """
    text = re.sub(r"[ \t\r\n]+", " ", unicodedata.normalize("NFKC", value)).strip()
    return _SPACE_BESIDE_HANZI.sub("", text.translate(_BRACKETS))


def validate_company(value: str) -> None:
    """Accept what a business licence says as a name; raise ValidationError that names what else is in it."""
    _refuse(_NOT_IN_COMPANY, "企业名称", value)


def validate_representative(value: str) -> None:
    """Accept what a business licence says as the representative's name; raise ValidationError otherwise."""
    _refuse(_NOT_IN_REPRESENTATIVE, "法定代表人", value)


def _refuse(wrong, what, value):
    """Raise ValidationError where the text is not as it is stored, or holds a character that `wrong` matches."""
    if found := sorted(set(wrong.findall(value))):
        named = "、".join(
            f"“{char}”（U+{ord(char):04X}）" if char.isprintable() else f"U+{ord(char):04X}" for char in found
        )
        message = f"{what}中有不能使用或看不见的字符：{named}。请清空后按营业执照逐字输入，不要粘贴。"
        raise ValidationError(message, code="characters")
    if value != normalise_company(value):
        raise ValidationError(f"{what}中有与汉字形似的符号或多余的空格，请清空后按营业执照逐字输入。", code="form")


def validate_phone(value: str) -> None:
    """Accept a mobile number of mainland China; raise ValidationError otherwise."""
    if not re.fullmatch(PHONE_PATTERN[1:-1], value):
        raise ValidationError("请输入 11 位手机号，例如 13800138000。", code="phone")


def validate_person_name(value: str) -> None:
    """Accept 2 to 25 Chinese characters, with · inside; raise ValidationError otherwise."""
    if not 2 <= len(value) <= 25 or not _PERSON_NAME.fullmatch(value):
        raise ValidationError("请输入真实姓名：2 至 25 个汉字，少数民族姓名中间可以用“·”。", code="name")


def validate_id_number(value: str) -> None:
    """Accept an 18-character identity number with a real date and a right check; raise ValidationError otherwise."""
    if len(value) != 18:
        raise ValidationError(f"身份证号应为 18 位，您输入了 {len(value)} 位。", code="length")
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        raise ValidationError("身份证号前 17 位应为数字，最后一位为数字或 X。", code="characters")
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        born = None
    if born is None or born.year < 1900 or born > timezone.localdate():
        raise ValidationError("身份证号第 7 至 14 位不是有效的出生日期，请核对。", code="date")
    total = sum(int(digit) * weight for digit, weight in zip(value[:17], _ID_WEIGHTS, strict=True))
    if value[17] != _ID_CHECKS[total % 11]:
        raise ValidationError("身份证号校验码不正确，请逐位核对。", code="check")


def validate_credit_code(value: str) -> None:
    """Accept an 18-character unified social credit code; raise ValidationError that names what is wrong."""
    if len(value) != 18:
        raise ValidationError(f"统一社会信用代码应为 18 位，您输入了 {len(value)} 位。", code="length")
    wrong = sorted({char for char in value if char not in _CREDIT_ALPHABET})
    if wrong:
        raise ValidationError(
            f"统一社会信用代码只含数字和大写字母，且不使用 I、O、S、V、Z，请检查“{'、'.join(wrong)}”。",
            code="characters",
        )
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(value, _CREDIT_WEIGHTS, strict=False))
    if value[17] != _CREDIT_ALPHABET[-total % 31]:
        raise ValidationError("统一社会信用代码校验码（第 18 位）不正确，请对照营业执照逐位核对。", code="check")


def mask_phone(value: str) -> str:
    """Return 138****8000; anything too short for that is hidden whole."""
    return f"{value[:3]}****{value[-4:]}" if len(value) == 11 else "*" * len(value)


def mask_id_number(value: str) -> str:
    """Return the first six and last four characters, with stars between; anything shorter is hidden whole."""
    return f"{value[:6]}{'*' * 8}{value[-4:]}" if len(value) == 18 else "*" * len(value)
