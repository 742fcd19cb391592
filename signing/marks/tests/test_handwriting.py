import json
import re

import pytest
from django.core.exceptions import ValidationError

from signing.marks import ink
from signing.marks.handwriting import MAX_POINTS, MAX_STROKES, Strokes, Typed, load
from signing.tests import making

BOX = (0, 8, 150, 46)


def test_the_pads_json_comes_back_the_same():
    strokes = Strokes.parse(making.pad())

    assert load(strokes.dump()) == Strokes.parse(strokes.dump())
    assert json.loads(making.pad())["strokes"][0][0][:2] == json.loads(strokes.dump())["strokes"][0][0][:2]


def test_a_typed_name_comes_back_the_same():
    assert load(Typed("买买提·阿不都").dump()) == Typed("买买提·阿不都")


def test_time_and_pressure_are_optional():
    plain = [[[0.2, 0.2], [0.8, 0.3], [0.3, 0.8]], [[0.1, 0.5, 12], [0.9, 0.6, 40]]]

    strokes = Strokes.parse(making.pad(plain))

    assert json.loads(strokes.dump())["strokes"] == plain
    assert ink.draw(strokes, BOX)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "nothing"),
        (making.pad([]), "nothing"),
        (making.pad([[]]), "nothing"),
        (making.pad([[[0.5, 0.5]]]), "too_short"),
        (making.pad([[[0.5, 0.5], [0.52, 0.5], [0.5, 0.51]]]), "too_short"),
        (making.pad([[[0.1, 0.5], [0.5, 0.5], [0.9, 0.5]]]), "too_short"),
        (making.pad([[[0.1, 0.1], [0.9, 0.9]]] * (MAX_STROKES + 1)), "too_long"),
        (making.pad([[[0.1, 0.1]] * (MAX_POINTS + 1)]), "too_long"),
        (" " * 1_000_001, "too_long"),
        ("{", "broken"),
        ("[]", "broken"),
        ("null", "broken"),
        ('{"width": 600, "height": 240}', "broken"),
        ("[" * 50_000, "broken"),
        ('<svg onload="alert(1)"/>', "broken"),
        (making.pad(width=0), "broken"),
        (making.pad(width=True), "broken"),
        (making.pad("abc"), "broken"),
        (making.pad([[[0.1, 1.01], [0.9, 0.9]]]), "broken"),
        (making.pad([[[-0.1, 0.5], [0.9, 0.9]]]), "broken"),
        (making.pad([[["0.1", 0.5], [0.9, 0.9]]]), "broken"),
        (making.pad([[[0.1], [0.9, 0.9]]]), "broken"),
        (making.pad([[[0.1, 0.2, 3, 0.5, 9], [0.9, 0.9]]]), "broken"),
        (making.pad([[[0.1, 0.2, 3, 7], [0.9, 0.9]]]), "broken"),
        (making.pad([{"x": 1}]), "broken"),
        (making.pad().replace("0.3", "NaN", 1), "broken"),
        (making.pad().replace("0.3", "1e999", 1), "broken"),
        (making.pad().replace("600", "Infinity", 1), "broken"),
        (making.pad().replace("600", "6" + "0" * 5000, 1), "broken"),
    ],
)
def test_sg_16_what_is_no_signature_is_refused(text, code):
    with pytest.raises(ValidationError) as caught:
        Strokes.parse(text)

    assert caught.value.code == code


def coordinates(operators):
    """Return all points of the path operators, in points on paper."""
    numbers = re.findall(r"(-?\d+) (-?\d+)(?= (?:m|c|l|-?\d))", operators.split("cm\n", 1)[1])
    return [(int(x) * 0.05, int(y) * 0.05) for x, y in numbers]


@pytest.mark.parametrize("size", [(600, 240), (240, 600), (2000, 300)])
def test_ink_stays_in_its_box_and_fills_it(size):
    strokes = Strokes.parse(making.pad(width=size[0], height=size[1]))

    points = coordinates(ink.draw(strokes, BOX))

    across, down = ({x for x, _ in points}, {y for _, y in points})
    assert min(across) >= 0
    assert max(across) <= 150
    assert min(down) >= 8
    assert max(down) <= 54
    assert max(max(across) - min(across), (max(down) - min(down)) * 150 / 46) > 0.85 * 150


def test_a_dot_in_a_signature_is_drawn():
    strokes = Strokes.parse(making.pad([*json.loads(making.pad())["strokes"], [[0.8, 0.8]]]))

    assert re.search(r"(\d+ \d+) m \1 l S", ink.draw(strokes, BOX))


def test_the_longest_scrawl_stays_small():
    scrawl = [[[(i * 7919 % 1000) / 1000, (i * 104729 % 1000) / 1000] for i in range(MAX_POINTS)]]

    assert len(ink.draw(Strokes.parse(making.pad(scrawl)), BOX)) < 60_000


def test_pages_show_the_strokes_as_a_path():
    path = Strokes.parse(making.pad([[[0.1, 0.5], [0.5, 0.1], [0.9, 0.5]], [[0.5, 0.5]]])).svg_path()

    assert path == "M60.0 120.0L300.0 24.0L540.0 120.0 M300.0 120.0L300.0 120.0"
