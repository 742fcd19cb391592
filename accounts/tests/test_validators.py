import pytest
from django.core.exceptions import ValidationError

from accounts import validators
from accounts.forms.fields import (
    CompanyField,
    CreditCodeField,
    DocumentNumberField,
    OtpField,
    PersonNameField,
    PhoneField,
    RepresentativeField,
    SmsCodeField,
)
from bandian.text import plain
from signing.forms.check_forms import CheckCodeField


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


def test_credit_code_with_a_wrong_check_digit_is_taken_but_doubted():
    right = CREDIT_CODES[-1]
    wrong = [
        right[:place] + char + right[place + 1 :]
        for place in range(17)
        for char in "0123456789ABCDEFGHJKLMNPQRTUWXY"
        if char != right[place]
    ]
    for code in ["91350203M0001QKT19", *wrong]:  # the first is a real one
        validators.validate_credit_code(code)
        assert "第 18 位" in validators.credit_code_doubt(code), code

    assert not any(map(validators.credit_code_doubt, [*CREDIT_CODES, "", "9135O100M000100Y43"]))


@pytest.mark.parametrize("phone", ["13800138000", "19912345678", "16600000000"])
def test_phone_accepts(phone):
    validators.validate_phone(phone)


@pytest.mark.parametrize("phone", ["12012345678", "1380013800", "138001380000", "13800138000\n", "١3800138000", ""])
def test_phone_refuses(phone):
    with pytest.raises(ValidationError):
        validators.validate_phone(phone)


@pytest.mark.parametrize(
    "name",
    ["李明", "阿卜杜拉·买买提", "𬭚𬬭", "欧阳" * 25, "Li Ming", "José Müller", "O'Brien, John Q.", "Nguyễn Văn An"],
)
def test_person_name_accepts(name):
    validators.validate_person_name(name)


@pytest.mark.parametrize(
    "name", ["李", "李·", "·李明", "李··明", "李明1", "汉" * 51, "李明\n", "L" * 51, "Li  Ming", "李Ming", "-Li"]
)
def test_person_name_refuses(name):
    with pytest.raises(ValidationError):
        validators.validate_person_name(name)


@pytest.mark.parametrize(
    ("field", "typed", "stored"),
    [
        (PhoneField(), " +86 138-0013 8000 ", "13800138000"),
        (PhoneField(), "１３８００１３８０００", "13800138000"),
        (PhoneField(), "\u202d13800138000\u202c", "13800138000"),
        (PhoneField(), "8613800138000", "13800138000"),
        (PhoneField(), "(+86)13800138000", "13800138000"),
        (PhoneField(), "138.0013.8000", "13800138000"),
        (CreditCodeField(), "\u202a91350100M000100Y43", "91350100M000100Y43"),
        (DocumentNumberField(), "44030519991231002Ｘ", "44030519991231002X"),
        (DocumentNumberField(), "44030519991231002×", "44030519991231002X"),
        (DocumentNumberField(), "44030519991231002х", "44030519991231002X"),  # Cyrillic
        (CheckCodeField(), "核验码：ABCD 2345 EFGH 6789", "ABCD2345EFGH6789"),
        (SmsCodeField(), "验证码\u200b012 345", "012345"),
        (OtpField(), "１２３ ４５６", "123456"),
        (RepresentativeField(), "阿依古丽・买买提", "阿依古丽·买买提"),
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


UNSEEN = "\ufe00\u2800АО\u0301○ー<"
NO_CHARACTERS = "\ufa6e\ufaff\U0002a6e0\U0002fffe\U0002ffff"


@pytest.mark.parametrize("char", UNSEEN + NO_CHARACTERS, ids=ascii)
def test_sg_24_company_name_refuses_what_cannot_be_seen_or_draws_like_another_sign(char):
    name = f"示例{char}有限公司"
    for field in (CompanyField(), RepresentativeField()):
        with pytest.raises(ValidationError, match=f"U\\+{ord(char):04X}.*按营业执照"):
            field.clean(name)


def test_sg_24_marks_of_format_are_no_part_of_a_name_and_never_kept():
    for mark in plain.UNSEEN:
        typed = f"示例{mark}有限公司"
        assert CompanyField().clean(typed) == "示例有限公司", ascii(mark)
        with pytest.raises(ValidationError):
            validators.validate_company(typed)


@pytest.mark.parametrize("field", [PersonNameField(), RepresentativeField()])
def test_blank_inside_a_chinese_name_is_asked_about(field):
    with pytest.raises(ValidationError, match=r"“阿依古丽·买买提”.*“阿依古丽买买提”"):
        field.clean(" 阿依古丽\u3000买买提 ")


def test_masks_hide_the_middle():
    assert validators.mask_phone("13800138000") == "138****8000"
    assert validators.mask_phone("1380") == "****"
