"""Boxes placed by hand, seals over the edges, the check code: what is drawn and where, on pages of every kind."""

import io

import pikepdf
import pypdf
import pypdfium2
import pytest
from django.core.exceptions import ValidationError

from signing.marks import seal_art
from signing.pdf import cross_page_seal
from signing.pdf.freeze import freeze, lay_out
from signing.pdf.tests.test_geometry import HEIGHT, VARIANTS, WIDTH, transform
from signing.tests import making

PLACED = (0, 0.25, 0.5, 0.75, 0.7)
CHECK = ("23456789ABCDEFGH", "https://example.com/check/23456789ABCDEFGH/")


def turned(variant, text):
    data = making.paper([(60, 200, text)], size=(WIDTH, HEIGHT))
    return making.edited(data, lambda pdf: transform(pdf, *variant))


def blank(variant):
    return turned(variant, " ")


def seen(data, page=0):
    with pypdfium2.PdfDocument(data) as document:
        width = document[page].get_width()
        return document[page].render(scale=WIDTH / width).to_pil().convert("RGB")


def shade(frozen, name="customer"):
    """Return the page with the field's box painted black: what a viewer shows of it."""

    def paint(pdf):
        page = pdf.pages[0]
        [field] = [field for field in frozen.fields if field.name == name]
        x0, y0, x1, y1 = field.box
        page.contents_add(f"q 0 g {x0} {y0} {x1 - x0} {y1 - y0} re f Q".encode())

    return seen(making.edited(frozen.data, paint))


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_dragged_box_stands_where_it_was_dropped_on_every_page(variant):
    frozen = freeze(blank(variant), signers=("customer",), placed={"customer": PLACED})

    left, top, right, bottom = shade(frozen).convert("L").point(lambda level: 255 if level < 128 else 0).getbbox()
    assert (left, right) == pytest.approx((0.25 * WIDTH, 0.75 * WIDTH), abs=1.5)
    assert (top, bottom) == pytest.approx((0.5 * HEIGHT, 0.7 * HEIGHT), abs=1.5)


@pytest.mark.parametrize("variant", VARIANTS[::2])
def test_found_boxes_are_told_in_fractions_of_the_displayed_page(variant):
    data = turned(variant, "客户签收：")

    layout = lay_out(data, signers=("customer",))
    page, *rectangle = layout.places["customer"]
    frozen = freeze(data, signers=("customer",), placed={"customer": (page, *rectangle)})

    assert layout.pages[0] == pytest.approx((WIDTH, HEIGHT), abs=0.1)
    assert frozen.fields[0].box == pytest.approx(freeze(data, signers=("customer",)).fields[0].box, abs=0.02)


@pytest.mark.parametrize(
    ("placed", "code"),
    [
        ({"customer": (0, 0.9, 0.5, 1.1, 0.6)}, "place_off"),
        ({"customer": (0, -0.1, 0.5, 0.4, 0.6)}, "place_off"),
        ({"customer": (0, 0.5, 0.5, 0.4, 0.6)}, "place_off"),
        ({"customer": (5, 0.2, 0.5, 0.4, 0.6)}, "place_page"),
        ({"customer": (0, 0.2, 0.5, 0.25, 0.6)}, "place_small"),
        ({"customer": (0, 0.2, 0.5, 0.6, 0.51)}, "place_small"),
        ({"customer": PLACED, "supplier": (0, 0.7, 0.65, 0.95, 0.8)}, "place_overlap"),
    ],
)
def test_a_box_that_cannot_stand_is_refused_with_the_cause(placed, code):
    with pytest.raises(ValidationError) as caught:
        freeze(making.paper(), signers=("customer", "supplier"), placed=placed)

    assert caught.value.code == code
    assert "签" in caught.value.message


def test_a_box_that_was_found_keeps_off_one_that_was_placed():
    taken = (0, 0.2, 0.55, 0.6, 0.7)  # right of the words at (70, 300)

    frozen = freeze(making.paper(), signers=("customer", "supplier"), placed={"supplier": taken})

    places = {field.role: field for field in frozen.fields}
    one, other = places["customer"].box, places["supplier"].box
    assert places["customer"].page != 0 or one[0] >= other[2] or one[3] <= other[1] or one[1] >= other[3]


def test_a_box_may_move_on_the_page_that_is_added_for_signing():
    data = making.paper([(70, 700, "只有正文")])

    frozen = freeze(data, signers=("customer", "supplier"), placed={"customer": (1, 0.1, 0.1, 0.5, 0.2)})

    assert [field.page for field in frozen.fields] == [1, 1]
    assert frozen.fields[0].box == pytest.approx((59.53, 673.51, 297.64, 757.7), abs=0.1)


def test_the_added_page_goes_where_every_box_was_moved_off_it():
    frozen = freeze(making.paper([(70, 700, "只有正文")]), signers=("customer",), placed={"customer": PLACED})

    with pikepdf.open(io.BytesIO(frozen.data)) as pdf:
        assert len(pdf.pages) == 1


def test_a_sealed_box_has_room_for_a_seal_beside_handwriting():
    layout = lay_out(
        making.paper([(70, 700, "只有正文"), (70, 300, "客户签收：")]), signers=("customer",), sealed=("customer",)
    )

    page, left, top, right, bottom = layout.places["customer"]
    width, height = layout.pages[page]
    assert ((right - left) * width, (bottom - top) * height) == pytest.approx((250, 124), abs=0.6)


def red(image):
    """Return the box of what is red."""
    return image.split()[1].point(lambda level: 255 if level < 100 else 0).getbbox()


@pytest.mark.parametrize("variant", [VARIANTS[0], *VARIANTS[1::3], VARIANTS[8]])
def test_the_riding_seal_lies_on_the_right_edge_of_every_page(variant, seal):
    data = making.edited(blank(variant), lambda pdf: pdf.pages.append(pdf.pages[0]))

    frozen = freeze(
        data, signers=("customer",), cross_page_image=seal_art.page(seal), placed={"customer": (0, 0, 0, 0.4, 0.3)}
    )

    for page in (0, 1):
        left, top, right, bottom = red(seen(frozen.data, page))
        assert left == pytest.approx(WIDTH - 59.5, abs=2.5)
        assert right == pytest.approx(WIDTH, abs=1.5)
        assert (top, bottom) == pytest.approx((HEIGHT / 2 - 59.5, HEIGHT / 2 + 59.5), abs=2)


@pytest.mark.parametrize(("pages", "groups"), [(2, [2]), (20, [20]), (21, [11, 10]), (45, [15, 15, 15])])
def test_a_riding_seal_is_repeated_before_its_slices_get_too_thin(pages, groups):
    shares = cross_page_seal._shares(pages)

    assert [count for number, count in shares if number == 0] == groups
    assert len(shares) == pages


def test_the_check_code_is_printed_at_the_foot_as_text_and_as_a_code():
    frozen = freeze(making.paper(), signers=("customer",), check=CHECK)

    assert "核验码 2345 6789 ABCD EFGH" in pypdf.PdfReader(io.BytesIO(frozen.data)).pages[-1].extract_text()
    left, _, right, bottom = (
        seen(frozen.data).convert("L").point(lambda v: 255 if v < 128 else 0).crop((0, 420, WIDTH, 566)).getbbox()
    )
    assert bottom > 110
    assert right - left < 130


def test_the_check_code_is_left_out_where_there_is_no_room():
    full = making.paper([*((20, y, "满页的字" * 12) for y in range(10, 840, 14)), (20, 400, "")])

    frozen = freeze(full, signers=("customer",), placed={"customer": PLACED}, check=CHECK)

    assert "核验码" not in pypdf.PdfReader(io.BytesIO(frozen.data)).pages[-1].extract_text()
