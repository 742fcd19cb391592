"""Identity documents of every kind: which numbers have their form, and how they are shown."""

import pytest
from django.core.exceptions import ValidationError

from accounts import documents
from accounts.enums import IdDocument

# Of a country that has no number: nobody's.
PERMANENT = "9" + "11999199001010014"
RIGHT = [
    (IdDocument.RESIDENT, "890101199003078881"),
    (IdDocument.PASSPORT, "E12345678"),
    (IdDocument.PASSPORT, "EA1234567"),
    (IdDocument.PASSPORT, "123456789"),
    (IdDocument.HK_MACAO, "H12345678"),
    (IdDocument.HK_MACAO, "M1234567800"),
    (IdDocument.TAIWAN, "12345678"),
    (IdDocument.TAIWAN, "1234567890B"),
    (IdDocument.PERMANENT, "XXA110190010112"),
    (IdDocument.PERMANENT, PERMANENT),
]
WRONG = [
    (IdDocument.RESIDENT, "E12345678", "应为 18 位"),
    (IdDocument.RESIDENT, PERMANENT, "改选证件类型"),
    (IdDocument.PASSPORT, "ABCDEFGH", "护照号码"),
    (IdDocument.PASSPORT, "890101199003078881", "护照号码"),
    (IdDocument.HK_MACAO, "A12345678", "字母 H 或 M"),
    (IdDocument.HK_MACAO, "H123456789", "字母 H 或 M"),
    (IdDocument.TAIWAN, "1234567", "8 位数字"),
    (IdDocument.PERMANENT, "890101199003078881", "以 9 开头"),
    (IdDocument.PERMANENT, PERMANENT[:-1] + "5", "校验码不正确"),
    (IdDocument.PERMANENT, "9" + "11999199013010011", "出生日期"),
    (IdDocument.PERMANENT, "XX1110190010112", "3 位字母"),
]


@pytest.mark.parametrize(("kind", "number"), RIGHT)
def test_number_of_the_right_form_is_taken(kind, number):
    documents.validate(kind, number)
    assert documents.normalise(f" {number[:3].lower()} {number[3:]}\u202c") == number


@pytest.mark.parametrize(("kind", "number", "says"), WRONG)
def test_number_of_another_form_is_refused_in_words(kind, number, says):
    with pytest.raises(ValidationError, match=says):
        documents.validate(kind, number)


def test_no_word_calls_another_document_an_identity_card():
    for kind, number, _ in WRONG:
        if kind not in (IdDocument.RESIDENT, IdDocument.PERMANENT):
            with pytest.raises(ValidationError) as refused:
                documents.validate(kind, number)
            assert "身份证" not in refused.value.message


def test_latin_name_is_on_no_card_of_residents():
    with pytest.raises(ValidationError, match="改选证件类型"):
        documents.validate_name(IdDocument.RESIDENT, "John Smith")

    for kind in set(IdDocument) - {IdDocument.RESIDENT}:
        documents.validate_name(kind, "John Smith")
    documents.validate_name(IdDocument.RESIDENT, "演示人员")


def test_mask_hides_at_least_half():
    assert documents.mask("890101199003078881") == "890101********8881"
    assert documents.mask("E12345678") == "E1*****78"
    assert documents.mask("1234567") == "*******"


def test_one_number_of_two_kinds_is_two_documents():
    texts = {documents.index_text(kind, "12345678") for kind in IdDocument}

    assert len(texts) == len(IdDocument)
    assert documents.index_text(IdDocument.RESIDENT, "890101199003078881") == "890101199003078881"
