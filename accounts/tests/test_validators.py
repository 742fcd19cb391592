import pytest
from django.core.exceptions import ValidationError

from accounts import validators
from accounts.forms.fields import (
    CompanyField,
    CreditCodeField,
    PersonNameField,
    PhoneField,
    RepresentativeField,
    SmsCodeField,
)


@pytest.mark.parametrize(
    "number",
    ["110101199003078881", "320102198506150014", "44030519991231002X", "33010619880101002X", "510105199202291001"],
)
def test_id_number_accepts(number):
    validators.validate_id_number(number)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110101199003078880", "check"),
        ("110101199002300018", "date"),
        ("110101209903078881", "date"),
        ("110101900307888", "length"),
        ("11010119900307888A", "characters"),
        ("١10101199003078881", "characters"),
    ],
)
def test_id_number_refuses(number, code):
    with pytest.raises(ValidationError) as caught:
        validators.validate_id_number(number)

    assert caught.value.code == code


def test_id_number_finds_every_wrong_digit():
    right = "110101199003078881"
    for place in range(17):
        for digit in set("0123456789") - {right[place]}:
            with pytest.raises(ValidationError):
                validators.validate_id_number(right[:place] + digit + right[place + 1 :])


CREDIT_CODES = [
    "91110105MA0DEM013Y",
    "91320100MA1DEM0A9A",
    "91440300MA5FAKE086",
    "91330100MABCDEF10F",
    "12330000470000013F",
    "91350100M000100Y43",
]


@pytest.mark.parametrize("code", CREDIT_CODES)
def test_credit_code_accepts(code):
    validators.validate_credit_code(code)


@pytest.mark.parametrize(
    ("code", "what", "says"),
    [
        ("91350100M000100Y44", "check", "第 18 位"),
        ("9135O100M000100Y43", "characters", "“O”"),
        ("9I350100M000100YZ3", "characters", "“I、Z”"),
        ("91350100M000100Y4", "length", "17 位"),
    ],
)
def test_credit_code_says_what_is_wrong(code, what, says):
    with pytest.raises(ValidationError) as caught:
        validators.validate_credit_code(code)

    assert caught.value.code == what
    assert says in caught.value.message


def test_credit_code_finds_every_wrong_character():
    right = CREDIT_CODES[-1]
    for place in range(17):
        for char in set("0123456789ABCDEFGHJKLMNPQRTUWXY") - {right[place]}:
            with pytest.raises(ValidationError):
                validators.validate_credit_code(right[:place] + char + right[place + 1 :])


@pytest.mark.parametrize("phone", ["13800138000", "19912345678", "16600000000"])
def test_phone_accepts(phone):
    validators.validate_phone(phone)


@pytest.mark.parametrize("phone", ["12012345678", "1380013800", "138001380000", "13800138000\n", "١3800138000", ""])
def test_phone_refuses(phone):
    with pytest.raises(ValidationError):
        validators.validate_phone(phone)


@pytest.mark.parametrize("name", ["李明", "阿卜杜拉·买买提", "𬭚𬬭", "欧阳" * 12 + "月"])
def test_person_name_accepts(name):
    validators.validate_person_name(name)


@pytest.mark.parametrize("name", ["李", "Li Ming", "李·", "·李明", "李··明", "李明1", "汉" * 26, "李明\n"])
def test_person_name_refuses(name):
    with pytest.raises(ValidationError):
        validators.validate_person_name(name)


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        (PhoneField(), " +86 138-0013 8000 ", "13800138000"),
        (PhoneField(), "１３８００１３８０００", "13800138000"),
        (CreditCodeField(), "9135 0100-m000 100y43", "91350100M000100Y43"),
        (PersonNameField(), " 阿卜杜拉•买买提 ", "阿卜杜拉·买买提"),
        (SmsCodeField(), "012 345", "012345"),
        (CompanyField(), " 示例 （杭州)机械有限公司 ", "示例（杭州）机械有限公司"),
        (CompanyField(), "⽰例ＴＣＬ⼯业有限公司", "示例TCL工业有限公司"),  # radicals that draw like characters
        (CompanyField(), "Example  Power Co., Ltd.", "Example Power Co., Ltd."),
        (RepresentativeField(), "José  Müller", "José Müller"),
    ],
)
def test_field_takes_what_people_type(field, typed, stored):
    assert field.clean(typed) == stored


UNSEEN = "\u202e\u200b\u2066\ufeff\u00ad\ufe00\u2800АО\u0301○ー<"
NO_CHARACTERS = "\ufa6e\ufaff\U0002a6e0\U0002fffe\U0002ffff"


@pytest.mark.parametrize("char", UNSEEN + NO_CHARACTERS, ids=ascii)
def test_sg_24_company_name_refuses_what_cannot_be_seen_or_draws_like_another_sign(char):
    name = f"示例{char}有限公司"
    for field in (CompanyField(), RepresentativeField()):
        with pytest.raises(ValidationError, match=f"U\\+{ord(char):04X}.*按营业执照"):
            field.clean(name)


def test_masks_hide_the_middle():
    assert validators.mask_phone("13800138000") == "138****8000"
    assert validators.mask_id_number("110101199003078881") == "110101********8881"
    assert validators.mask_phone("1380") == "****"
