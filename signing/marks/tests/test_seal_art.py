"""Seals as drawings: measured on the outlines themselves, and looked at as pictures."""

import io
import math
import re
import zlib
from datetime import datetime
from types import SimpleNamespace

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from signing.enums import SealKind, SealOrigin
from signing.marks import layout, lettering, seal_art, seal_shapes
from signing.marks.appearance import Mark
from signing.seals import lifecycle
from signing.seals.tests import sealing

NAMES = [
    "电网",
    "明远科技",
    "北京示例机械制造有限公司",
    "内蒙古自治区呼和浩特市新能源电力（集团）装备制造股份有限公司"[:30],
]
NUMBER = "1101051234567"


def drawn(text, kind=SealKind.OFFICIAL, *, number="", size_mm=42):
    return SimpleNamespace(kind=kind, text=text, number=number, size_mm=size_mm, origin=SealOrigin.GENERATED)


def outline(letter):
    """Return the points of a letter's outline where they stand on the seal."""
    numbers = [int(n) for n in re.findall(r"-?\d+", lettering.glyph(letter.character, letter.face)[0])]
    a, b, c, d, e, f = letter.matrix
    return [(a * x + c * y + e, b * x + d * y + f) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]


@pytest.mark.parametrize("name", NAMES, ids=len)
@pytest.mark.parametrize("sweep", [225, 265])
def test_letters_of_the_ring_stay_in_it_and_on_their_own_spoke(name, sweep):
    letters = seal_shapes.ring(name, outer=1885, tallest=640, sweep=sweep)

    pitch = min(38, sweep / len(name))
    for position, letter in enumerate(letters):
        spoke = 90 + pitch * (len(name) - 1) / 2 - position * pitch
        for x, y in outline(letter):
            assert 700 < math.hypot(x, y) <= 1885
            assert abs((math.degrees(math.atan2(y, x)) - spoke + 180) % 360 - 180) <= pitch / 2


@pytest.mark.parametrize("length", [31, 45, 60])
def test_a_long_name_stands_in_two_rings_that_do_not_meet(length):
    name = (NAMES[3] * 2)[:length]

    letters, inner = seal_shapes.two_rings(name, outer=1885, tallest=seal_art._TALLEST_OF_TWO, sweep=265)

    assert "".join(letter.character for letter in letters) == name
    reaches = [[math.hypot(x, y) for x, y in outline(letter)] for letter in letters]
    first = math.ceil(length * 0.58)
    assert min(map(min, reaches[:first])) > max(map(max, reaches[first:]))
    assert min(map(min, reaches)) > inner - 60 > 735  # where 演示 ends on a contract seal


def test_letters_of_many_strokes_are_drawn_lighter():
    drawing = seal_art.artwork(drawn("龘示例机械有限公司")).operators

    dense = lettering.glyph("龘", "BandianSerif")[0]
    before = drawing[: drawing.index(dense)].rsplit(" w ", 1)[0].rsplit("\n", 1)[-1]
    assert float(before) < 1
    assert drawing.count(" w\n") >= 2


@pytest.mark.parametrize("text", ["王明之印", "王小明印", "欧阳娜娜", "买买提·阿不都"])
def test_letters_of_a_square_do_not_overlap_and_run_from_right_to_left(text):
    letters = seal_shapes.grid(text, side=1680)

    boxes = []
    for letter in letters:
        across, down = zip(*outline(letter), strict=True)
        boxes.append((min(across), min(down), max(across), max(down)))
    # The control points of curves lie outside them; to the border there is 70 more.
    assert all(abs(edge) <= 840 + 20 for box in boxes for edge in box)
    pairs = [(one, other) for i, one in enumerate(boxes) for other in boxes[:i]]
    assert not [1 for a, b in pairs if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]]
    assert boxes[0][0] > boxes[-1][0]
    assert boxes[0][1] > boxes[1][1]


def test_a_name_of_three_letters_is_filled_up_with_a_seal_sign(settings):
    settings.DEMO = False
    words = [seal_art.fingerprint(SealKind.LEGAL, text, "", 20) for text in ("王小明", "王小明印", "王明", "王明之印")]

    assert words[0] == words[1] != words[2] == words[3]


@pytest.mark.parametrize("kind", SealKind.values)
def test_the_same_words_are_the_same_drawing(kind):
    before = seal_art.fingerprint(kind, "王小明", NUMBER, 40)
    seal_art._drawing.cache_clear()

    assert seal_art.fingerprint(kind, "王小明", NUMBER, 40) == before
    assert seal_art.fingerprint(kind, "王小朋", NUMBER, 40) != before
    assert seal_art.fingerprint(kind, "王小明", NUMBER, 42) != before


def test_kinds_and_numbers_differ():
    looks = [(kind, number) for kind in (SealKind.OFFICIAL, SealKind.CONTRACT) for number in ("", NUMBER)]

    assert len({seal_art.fingerprint(kind, NAMES[1], number, 42) for kind, number in looks}) == 4


def test_a_demo_seal_says_so_unless_its_name_does(settings):
    def both(text):
        found = []
        for settings.DEMO in (True, False):
            found.append(seal_art.fingerprint(SealKind.OFFICIAL, text, "", 42))
        return found

    assert len(set(both("示例公司"))) == 2
    assert len(set(both("演示公司"))) == 1


def test_the_longest_name_costs_few_bytes():
    art = seal_art.artwork(drawn(NAMES[-1], SealKind.CONTRACT, number=NUMBER))

    assert len(zlib.compress(art.operators.encode())) < 16_000


def test_a_seal_has_its_real_size():
    assert seal_art.artwork(drawn("电网", size_mm=42)).side == pytest.approx(119.06, abs=0.01)


@pytest.mark.parametrize("kind", SealKind.values)
def test_a_picture_is_red_on_white_and_marked_as_a_preview(kind, settings):
    settings.DEMO = False
    image = Image.open(io.BytesIO(seal_art.picture(drawn("王小明", kind), 320)))

    assert image.size == (320, 320)
    colours = image.convert("RGB").getcolors(1 << 24)
    assert sum(count for count, (r, g, b) in colours if r > 200 and g < 40) > 4_000
    assert sum(count for count, (r, g, b) in colours if r == g == b and 120 < r < 220) > 2_000
    assert image.convert("RGB").getpixel((2, 317)) == (255, 255, 255)


def test_an_uploaded_picture_is_drawn_with_its_clear_parts_clear(owner):
    seal = sealing.pending(owner)

    image = Image.open(io.BytesIO(seal_art.picture(seal, 400))).convert("RGB")

    red, green, blue = image.getpixel((200, 41))  # on the ring
    assert red > 150 > 80 > max(green, blue)
    assert image.getpixel((3, 396)) == (255, 255, 255)
    assert min(image.getpixel((290, 110))) > 100  # inside: white, or grey of the preview's words
    assert seal_art.artwork(seal).side == pytest.approx(119.06, abs=0.01)


def test_a_picture_that_changed_on_the_disk_is_not_used(owner):
    seal = sealing.pending(owner)
    with seal.image.storage.open(seal.image.name, "wb") as file:
        file.write(sealing.disc(ink=(0, 0, 0, 255)))

    with pytest.raises(ValidationError, match="不一致"):
        seal_art.artwork(seal)


def test_a_signature_with_the_longest_seal_adds_20_kb_at_most(owner, document, sign_as):
    owner.enterprise.name = NAMES[-1]
    owner.enterprise.save()
    seal = lifecycle.apply(owner.enterprise, kind=SealKind.CONTRACT, by=owner, number=NUMBER)

    revision = sign_as(document, by=owner, seal=seal)

    assert revision.size - document.revisions.get(number=0).size < 20_000


@pytest.mark.parametrize("box", [(250, 124), (190, 124), (124, 124), (150, 54), (92, 33), (60, 20), (124, 200)])
@pytest.mark.parametrize("with_hand", [True, False])
def test_a_mark_stays_in_its_box_and_off_its_caption(box, with_hand):
    mark = Mark(None, None, "李晓明", datetime(2026, 3, 1, 9, 30))
    found = layout.arrange(*box, 119.06, with_hand, mark.captions())

    left, bottom, side, _ = found.seal
    assert -0.01 <= left <= left + side <= box[0] + 0.01
    assert -0.01 <= bottom <= bottom + side <= box[1] + 0.01
    half = max(lettering.width_of(line, found.size) for line in found.lines) / 2
    assert half * 2 <= box[0]
    top = found.y + len(found.lines) * found.size * 1.25
    beside = found.x + half <= left + 0.01
    assert beside or bottom >= top - 0.01
    assert not found.hand or found.hand[1] >= top - 0.01
    if box in [(250, 124), (190, 124)]:
        assert side == 119.06
