"""Every text field of every form against every kind of typed noise: plain before it is judged, or refused in words."""

import re
from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from reportlab.pdfbase.pdfmetrics import getFont

from accounts.forms.fields import CompanyField, PersonNameField, RepresentativeField
from bandian.text import plain
from bandian.text.fields import PlainField
from bandian.text.tests.every_form import every_form, sample, text_fields
from signing.marks import fonts

FIELDS = text_fields()
RADICALS = {made: radical for radical, made in plain.RADICALS.items()}
NAMES = (PersonNameField, RepresentativeField, CompanyField)


def _full_width(text):
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isascii() and sign.isalnum() else sign for sign in text)


# What nobody means: the field has to take it for what it shows.
MEANT_ALIKE = {
    "marks of format": lambda text: "\u202d\ufeff" + "\u200b".join(text) + "\u2069\u202c",
    "blanks around": lambda text: f"\u3000\u00a0\t{text} \u3000\r\n",
    "width": _full_width,
    "radicals": lambda text: "".join(RADICALS.get(sign, sign) for sign in text),
    "controls": lambda text: f"\x07{text}\x1b\x85",
    **{f"dot {ord(dot):04X}": lambda text, dot=dot: text.replace("·", dot) for dot in plain.DOTS},
}
# What may be meant, where the field has a place for it.
MAYBE_MEANT = {
    "500 signs": lambda text: (text * 500)[:500],
    "emoji": lambda text: f"{text}👍🏽👨‍👩‍👧",
    "right to left": lambda text: f"{text} ئۇيغۇر עברית",
    "tower": lambda text: text + "\u0301" * 200,
    "several lines": lambda text: f"{text}\r\n{text}",
    "lone halves": lambda text: f"{text}\ud800",
    "unassigned": lambda text: f"{text}\ufdd0\U0001ffff",
    "long blank": lambda text: f"{text}{' ' * 500}{text}",
}


def test_all_forms_are_found():
    assert len(every_form()) > 60
    assert len(FIELDS) > 90


def test_no_field_takes_text_but_by_the_one_function():
    assert [name for name, field in FIELDS if not isinstance(field, PlainField)] == []


@pytest.mark.parametrize("noise", MEANT_ALIKE)
def test_noise_that_nobody_means_is_gone_before_a_field_judges(noise):
    wrong = {}
    for name, field in FIELDS:
        wanted = field.clean(sample(field))
        if noise.startswith("dot") and not isinstance(field, NAMES):
            continue  # elsewhere it may be a list's
        try:
            made = field.clean(MEANT_ALIKE[noise](sample(field)))
        except ValidationError as error:
            made = error.messages
        if made != wanted and not (isinstance(made, str) and not field.strip and made.strip() == wanted):
            wrong[name] = made, wanted

    assert wrong == {}


@pytest.mark.parametrize("noise", MAYBE_MEANT)
def test_noise_that_may_be_meant_is_plain_or_refused_in_words(noise):
    unclear = []
    for name, field in FIELDS:
        typed = MAYBE_MEANT[noise](sample(field))
        try:
            made = field.clean(typed)
        except ValidationError as error:
            unclear += [name for message in error.messages if not re.search(r"[\u4e00-\u9fff]", message)]
            continue
        assert plain.text(made) == made, name
        assert len(re.findall("\u0301", made)) <= 8, name
        assert "\ud800" not in made, name
        assert not field.max_length or len(made) <= field.max_length, name

    assert unclear == []


@pytest.mark.parametrize("noise", [*MEANT_ALIKE, *MAYBE_MEANT])
def test_whatever_is_kept_is_printed_without_a_box(noise):
    """Each character has a glyph in one of the fonts, or is spelled out in characters that have."""
    fonts.register()
    drawn = set().union(*(getFont(name).face.charToGlyph for name in fonts.faces_of(fonts.SANS)))
    kept = set()
    for _, field in FIELDS:
        with suppress(ValidationError):
            kept |= set(field.clean((MEANT_ALIKE | MAYBE_MEANT)[noise](sample(field))))

    for character in kept - set(map(chr, drawn)) - {"\n"}:
        assert {ord(sign) for sign in fonts.spelled(character)} <= drawn, ascii(character)
