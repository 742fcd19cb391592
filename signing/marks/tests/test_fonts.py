import io
import shutil
import subprocess
import unicodedata

import pypdfium2
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from signing.marks import fonts, lettering

TEXT = "高压供电方案答复单，客户签收：10(20) kV，630 kVA ①【√】℃ ≤ 囧喆龑"
# 䲟 lies in the basic plane, 𬭎 above U+FFFF.
NAMES = "王䲟 李𬭎"


@pytest.fixture
def printed():
    stream = io.BytesIO()
    canvas = Canvas(stream, initialFontName=fonts.register()[0])
    for y, name in ((700, fonts.SANS), (600, fonts.SERIF)):
        canvas.setFont(name, 12)
        canvas.drawString(50, y, TEXT)
        canvas.drawString(50, y - 20, NAMES)
    canvas.save()
    return stream.getvalue()


def test_text_can_be_copied_back_rare_characters_of_names_included(printed):
    with pypdfium2.PdfDocument(printed) as document:
        text = document[0].get_textpage().get_text_range()

    assert text.count(TEXT) == text.count(NAMES) == 2


@pytest.mark.skipif(not shutil.which("pdffonts"), reason="needs poppler-utils")
def test_fonts_are_embedded_as_subsets(printed, tmp_path):
    file = tmp_path / "text.pdf"
    file.write_bytes(printed)

    listed = subprocess.run(["pdffonts", file], capture_output=True, text=True, check=True).stdout.splitlines()[2:]

    assert {line.split()[0].partition("+")[2] for line in listed} == {"BandianSans", "BandianSerif"}
    assert all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in listed)
    assert len(printed) < 60_000


def test_what_one_font_lacks_another_draws_and_what_all_lack_is_told_by_its_number():
    sans, serif = (pdfmetrics.getFont(name).face.charToGlyph for name in fonts.register())
    rare = [
        next(c for c in map(chr, one) if ord(c) not in other and unicodedata.normalize("NFC", c) == c)
        for one, other in ((sans, serif), (serif, sans))
    ]
    text = f"{''.join(rare)}𠮷𨭎𠀀👍\ufe0f\u200b\u202e字"
    shown = f"{''.join(rare)}𠮷𨭎〔U+20000〕〔U+1F44D〕字"
    stream = io.BytesIO()
    canvas = Canvas(stream, initialFontName=fonts.SANS)
    for y, name in ((700, fonts.SANS), (600, fonts.SERIF)):
        canvas.setFont(name, 12)
        canvas.drawString(50, y, text)
        assert stringWidth(text, name, 12) == pytest.approx(stringWidth(shown, name, 12))
    canvas.save()

    with pypdfium2.PdfDocument(stream.getvalue()) as document:
        assert document[0].get_textpage().get_text_range().split() == [shown, shown]
    assert lettering.lacking(text.replace("\ufe0f", "")) == "𠀀👍\u200b\u202e"
    assert lettering.width_of(text, 10) == pytest.approx(lettering.width_of(shown, 10))


@pytest.fixture
def fresh_paths():
    fonts.path.cache_clear()
    yield
    fonts.path.cache_clear()


def test_a_setting_names_another_font(settings, fresh_paths):
    settings.FONT_SERIF = fonts.path(fonts.SANS)

    assert fonts.path(fonts.SERIF) == settings.FONT_SERIF
    without = fonts.faces_of(fonts.SERIF)
    assert without[:2] == [fonts.SERIF, fonts.SANS]
    settings.FONT_RARE = fonts.path(fonts.SANS)
    assert fonts.faces_of(fonts.SERIF) == [*without, fonts.RARE]
    assert fonts.path(fonts.RARE) == settings.FONT_RARE


@pytest.mark.parametrize("content", [None, b"OTTO not TrueType"])
def test_a_font_that_cannot_be_used_stops_with_the_settings_name(content, settings, tmp_path, fresh_paths):
    file = tmp_path / "font.ttf"
    if content:
        file.write_bytes(content)
    settings.FONT_SANS = str(file)

    with pytest.raises(ImproperlyConfigured, match="FONT_SANS"):
        fonts.path(fonts.SANS)


def test_the_command_returns_at_once_when_the_fonts_exist(capsys):
    fonts.register()

    call_command("fonts")

    assert "Making" not in capsys.readouterr().out
    assert fonts.missing() == []
