"""The same paper, turned, cut and scaled in every way a PDF knows, must look the same after signing."""

import io
import shutil
import subprocess
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageChops

from signing.enums import SealKind, SealOrigin
from signing.marks.appearance import Mark
from signing.marks.handwriting import Strokes
from signing.models import Seal
from signing.pdf.freeze import freeze
from signing.pki import keys, pades
from signing.tests import making

WIDTH, HEIGHT = 400, 300
VARIANTS = [
    (rotation, origin, unit, inherited)
    for rotation in (0, 90, 180, 270)
    for origin, unit, inherited in (((0, 0), 1, False), ((50, 70), 1, True), ((-30, 40), 2.5, False))
]
# Names the corner that is cut off, so that a turned or mirrored signature is another picture.
HOOK = [[[0.1, 0.1], [0.9, 0.1], [0.9, 0.12]], [[0.1, 0.1], [0.1, 0.9], [0.12, 0.9]]]


AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
HAND = Mark(Strokes.parse(making.pad(HOOK, width=300, height=300)), None, "李晓明", AT)
# All that is red on the paper.
SEAL = Seal(kind=SealKind.OFFICIAL, origin=SealOrigin.GENERATED, text="示例机械有限公司", size_mm=42)


@cache
def frozen(variant=(0, (0, 0), 1, False)):
    """Return a paper to sign whose page shows the same picture in every variant."""
    data = making.paper([(60, 200, "客户签收：")], size=(WIDTH, HEIGHT))
    return freeze(making.edited(data, lambda pdf: transform(pdf, *variant)), signers=("customer",))


@cache
def signed(variant=(0, (0, 0), 1, False), mark=HAND):
    stream = io.BytesIO(frozen(variant).data)
    pades.append(
        stream,
        "customer",
        signer=keys.signer_for("user-1", "李晓明"),
        mark=mark,
        name="李晓明",
        reason="",
        location="",
        signed_at=AT,
    )
    return stream.getvalue()


def transform(pdf, rotation, origin, unit, inherited):
    """Rewrite the page so that it is displayed as before."""
    page = pdf.pages[0].obj
    across, down = (WIDTH, HEIGHT) if rotation in (0, 180) else (HEIGHT, WIDTH)
    turn = {
        0: (1, 0, 0, 1, 0, 0),
        90: (0, 1, -1, 0, across, 0),
        180: (-1, 0, 0, -1, across, down),
        270: (0, -1, 1, 0, 0, down),
    }[rotation]
    x, y = origin
    shrink = f"{1 / unit} 0 0 {1 / unit} 0 0 cm 1 0 0 1 {x} {y} cm {' '.join(map(str, turn))} cm\n"
    content = page.Contents.read_bytes() if isinstance(page.Contents, pikepdf.Stream) else b""
    page.Contents = pdf.make_stream(b"q " + shrink.encode() + content + b"\nQ")
    crop = [value / unit for value in (x, y, x + across, y + down)]
    holder = page.Parent if inherited else page
    for key in ("/MediaBox", "/CropBox", "/Rotate"):
        if key in page:
            del page[key]
    holder.MediaBox = pikepdf.Array([crop[0] - 20, crop[1] - 30, crop[2] + 10, crop[3] + 15])
    # Corners in the other order are legal.
    holder.CropBox = pikepdf.Array([crop[2], crop[3], crop[0], crop[1]])
    holder.Rotate = rotation - 360
    if unit != 1:
        page.UserUnit = unit


def by_pdfium(data, tmp_path):
    with pypdfium2.PdfDocument(data) as document:
        document.init_forms()
        page = document[0]
        return page.render(scale=800 / page.get_width()).to_pil().convert("RGB")


def by_poppler(data, tmp_path):
    (tmp_path / "in.pdf").write_bytes(data)
    command = ["pdftoppm", "-png", "-singlefile", "-cropbox", "-scale-to", "800", "in.pdf", "out"]
    subprocess.run(command, cwd=tmp_path, check=True)
    return Image.open(tmp_path / "out.png").convert("RGB")


def by_mupdf(data, tmp_path):
    (tmp_path / "in.pdf").write_bytes(data)
    command = ["mutool", "draw", "-q", "-o", "out.png", "-w", "800", "-h", "600", "-f", "in.pdf"]
    subprocess.run(command, cwd=tmp_path, check=True)
    return Image.open(tmp_path / "out.png").convert("RGB")


def difference(one, other):
    """Return the part of pixels that clearly differ, after a blur that forgives a pixel's shift."""
    one, other = (image.resize((400, 300)).reduce(2) for image in (one, other))
    histogram = ImageChops.difference(one, other).histogram()
    return sum(histogram[100:]) / sum(histogram)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "draw",
    [
        by_pdfium,
        pytest.param(by_poppler, marks=pytest.mark.skipif(not shutil.which("pdftoppm"), reason="needs poppler-utils")),
        pytest.param(by_mupdf, marks=pytest.mark.skipif(not shutil.which("mutool"), reason="needs mupdf-tools")),
    ],
)
def test_the_signature_is_upright_and_in_its_place_on_every_page(draw, tmp_path):
    expected = draw(signed(), tmp_path).convert("L")

    # Right of the label: the hook's long arms on the left and at the top, nothing at the lower right.
    assert expected.crop((335, 150, 355, 220)).getextrema()[0] < 50
    assert expected.crop((360, 130, 420, 150)).getextrema()[0] < 50
    assert expected.crop((370, 160, 440, 220)).getextrema()[0] > 200
    off = {variant: difference(draw(signed(variant), tmp_path).convert("L"), expected) for variant in VARIANTS}
    assert max(off.values()) < 0.002, off


@pytest.mark.django_db
@pytest.mark.skipif(not (shutil.which("pdftoppm") and shutil.which("mutool")), reason="needs poppler and mupdf")
def test_three_programs_draw_a_seal_in_the_same_place_on_turned_pages(tmp_path):
    places = []
    for rotation in (0, 90, 180, 270):
        data = signed((rotation, (50, 70), 1, False), Mark(None, SEAL, "李晓明", AT))
        for draw in (by_pdfium, by_poppler, by_mupdf):
            red, green, _ = draw(data, tmp_path).split()
            places.append(ImageChops.subtract(red, green).point(lambda level: 255 if level > 120 else 0).getbbox())

    left, top, right, bottom = places[0]
    assert right - left == pytest.approx(bottom - top, abs=2)
    assert right - left > 60
    assert all(abs(one - other) <= 2 for place in places for one, other in zip(place, places[0], strict=True)), places


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_box_lies_inside_the_page(variant):
    [field] = frozen(variant).fields

    with pikepdf.open(io.BytesIO(frozen(variant).data)) as pdf:
        left, bottom, right, top = map(float, pdf.pages[field.page].cropbox)
    assert left <= field.box[0] < field.box[2] <= right
    assert bottom <= field.box[1] < field.box[3] <= top
