"""Fonts that a PDF does not bring: the product draws them with its own, or says which one is missing."""

import io

import pypdfium2
import pytest
from django.core.exceptions import ValidationError
from PIL import Image
from pypdfium2 import raw

from files import cleaning, previews
from files.tests import fonts
from signing.pdf import intake, printing
from signing.pdf.freeze import freeze
from signing.tests import making

ASKED = "用电人（签字或盖章）：本人已知晓违约金"


def texts(data):
    """Return [(text, whether its font is in the file)] of a page."""
    with pypdfium2.PdfDocument(data) as document:
        page = document[0]
        found = page.get_objects(textpage=page.get_textpage())
        return [(text.extract().strip(), bool(raw.FPDFFont_GetIsEmbedded(text.get_font()))) for text in found]


def dark(data):
    """Return how many pixels of a page are ink as the sandbox draws it, where no font is installed."""
    image = Image.open(io.BytesIO(previews.render_page(data, 0, 800))).convert("L")
    return sum(image.histogram()[:128])


def refused(function, *args, **options):
    with pytest.raises(ValidationError) as caught:
        function(*args, **options)
    return caught.value.code, caught.value.message


def test_a_paper_in_a_font_that_it_does_not_bring_is_drawn_with_ours_and_its_words_ask_for_the_signature():
    paper = fonts.paper((fonts.composite("UniGB-UCS2-H", name="STSong-Light"), ASKED.encode("utf-16-be")))
    assert dark(paper) == 0

    admitted = intake.admit(paper)

    assert texts(admitted.content) == [(ASKED, True)]
    assert dark(admitted.content) > 1000
    assert admitted.original == paper
    assert freeze(admitted.content, signers=["customer"]).fields[0].page == 0
    assert dark(cleaning.clean(paper)[0]) > 1000


def test_codes_of_every_country_are_understood():
    lines = [
        (fonts.composite("GBK-EUC-H"), "用电人ABC，龘".encode("gbk")),
        (fonts.composite("GB-EUC-H"), "签字 2026".encode("gb2312")),
        (fonts.composite("UniGB-UTF16-H"), "黑体字".encode("utf-16-be")),
        (fonts.composite("90ms-RKSJ-H", fonts.JAPAN), "契約あｱ".encode("cp932")),
        (fonts.composite("ETen-B5-H", fonts.TAIWAN), "電力公司".encode("big5")),
        (fonts.composite("Identity-H"), b"\x10\x20"),
        (fonts.simple("Wingdings"), b"\xfe\xa8"),
    ]

    shown = texts(intake.admit(fonts.paper(*lines)).content)

    wanted = ["用电人ABC，龘", "签字 2026", "黑体字", "契約あｱ", "電力公司", "痒", "✓□"]
    assert shown == [(text, True) for text in wanted]


@pytest.mark.parametrize(
    ("encoding", "ordering", "letter"),
    [("UniJIS-UTF16-H", fonts.JAPAN, "𠮷"), ("UniCNS-UTF16-H", fonts.TAIWAN, "𨭎"), ("UniGB-UTF16-H", fonts.GB, "𬭎")],
)
def test_rare_characters_of_names_are_drawn_too(encoding, ordering, letter):
    paper = fonts.paper((fonts.composite(encoding, ordering), letter.encode("utf-16-be")))
    assert dark(paper) == 0

    frozen = freeze(intake.admit(paper).content, signers=["customer"])

    assert dark(frozen.data) > 40


def test_letters_of_europe_and_fonts_that_every_program_has_stay_as_they_are():
    lines = [(fonts.simple("Arial"), b"Contract 800 kVA"), (fonts.simple("ZapfDingbats"), b"4")]
    paper = fonts.paper(*lines)

    assert intake.admit(paper).content == paper


def test_a_font_that_nobody_can_know_is_refused_with_its_name():
    gbk_name = "".join(f"#{byte:02x}" for byte in "方正小标宋".encode("gbk"))
    for font, codes, name in (
        (fonts.composite("Identity-H", "Identity", name="FZXBS"), b"\0\x22\1\2", "FZXBS"),
        (fonts.simple("Webdings"), b"abc", "Webdings"),
        (fonts.composite("UniKS-UCS2-H", "Korea1", name="Batang"), "가".encode("utf-16-be"), "Batang"),
    ):
        paper = fonts.paper((font, codes))
        for function in (intake.admit, cleaning.clean):
            code, message = refused(function, paper)
            assert (code, f"“{name}”" in message, "嵌入字体" in message) == ("fonts", True, True)
    named = fonts.paper((fonts.composite("Identity-H", "Identity", name=gbk_name), b"\0\x22"))
    assert "“方正小标宋”" in refused(intake.admit, named)[1]


def test_text_that_leaves_no_ink_is_never_issued():
    def paper(draw):
        return fonts.paper((fonts.composite("UniGB-UCS2-H", name="SimHei"), ASKED.encode("utf-16-be")), draw=draw)

    assert refused(printing.compare, paper(b""))[0] == "blank"
    code, message = refused(printing.compare, paper(b"100 100 50 50 re f"))
    assert (code, "“SimHei”" in message) == ("fonts", True)


def test_invisible_text_over_a_scan_needs_no_font():
    paper = fonts.paper((fonts.composite("Identity-H", "Identity"), b"\0\x22"))
    hidden = making.edited(paper, lambda pdf: pdf.pages[0].contents_add(b"3 Tr", prepend=True))

    assert intake.admit(hidden).content == hidden
