"""The signature pad in a real browser: on a page of its own, without a server."""

import json
import mimetypes
import os
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from signing.marks.handwriting import Strokes
from workorders.demo.browser import wait_until
from workorders.forms.customer_forms import SignForm

pytestmark = pytest.mark.browser
SITE = "http://pad.test"
CSS = "".join(f'<link rel="stylesheet" href="/static/bandian/{name}.css">' for name in ("tokens", "base", "components"))
ZIGZAG = [(0.2, 0.3), (0.4, 0.7), (0.6, 0.3), (0.8, 0.7)]


@pytest.fixture
def pad(new_context):
    """A phone on a page with the pad; what it posts ends up in `pad.posted`."""
    context = new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.posted = []
    fields = render_to_string("signing/_pad.html", {"form": SignForm(signer="李晓明"), "key": "0" * 64})
    html = f'<!doctype html><meta name="viewport" content="width=device-width">{CSS}'
    html += f'<main class="wrap"><form class="card stack" method="post">{fields}<button>签字</button></form></main>'

    def answer(route):
        path = urlsplit(route.request.url).path
        if route.request.method == "POST":
            page.posted.append(parse_qs(route.request.post_data, keep_blank_values=True))
        if path.startswith(settings.STATIC_URL):
            file = finders.find(path.removeprefix(settings.STATIC_URL))
            return route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0])
        return route.fulfill(body=html, content_type="text/html; charset=utf-8")

    page.route("**/*", answer)
    page.goto(SITE)
    page.wait_for_selector("[data-ready]")
    return page


def draw(page, points, steps=6):
    box = page.locator("canvas").bounding_box()
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    page.mouse.move(*at[0])
    page.mouse.down()
    for point in at[1:]:
        page.mouse.move(*point, steps=steps)
    page.mouse.up()


def drawn(page):
    """Return the number of inked pixels."""
    script = """canvas => canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
        .data.filter((value, index) => index % 4 === 3 && value > 0).length"""
    return page.locator("canvas").evaluate(script)


def shot(page, name):
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=f"{folder}/pad-{name}.png")


def test_strokes_are_undone_redone_kept_over_turns_and_reloads_and_sent(pad):
    draw(pad, ZIGZAG)
    draw(pad, [(0.3, 0.5), (0.7, 0.5)])
    both = drawn(pad)
    shot(pad, "pad")
    pad.click("[data-pad-undo]")
    assert 0 < drawn(pad) < both
    pad.click("[data-pad-redo]")
    assert drawn(pad) == both

    pad.set_viewport_size({"width": 740, "height": 360})
    wait_until(pad, "document.querySelector('canvas').clientWidth > 400")
    wait_until(pad, "document.querySelector('canvas').width > 800")
    assert drawn(pad) > both
    pad.set_viewport_size({"width": 360, "height": 740})
    pad.reload()
    pad.wait_for_selector("[data-ready]")
    assert "已恢复" in pad.locator("[data-pad-status]").inner_text()
    pad.locator("form > button").click()

    [sent] = pad.posted
    assert len(Strokes.parse(sent["strokes"][0]).strokes) == 2
    assert sent["typed"] == [""]


def test_large_writing_is_upright_on_a_phone_held_upright(pad):
    pad.click("[data-pad-full]")
    box = pad.locator("canvas").bounding_box()
    shot(pad, "large")
    assert box["height"] > 550  # turned: the long side runs down the screen
    draw(pad, [(0.8, 0.1), (0.2, 0.3), (0.8, 0.5), (0.5, 0.9)])
    pad.click("[data-pad-done]")
    pad.locator("form > button").click()

    [stroke] = json.loads(pad.posted[0]["strokes"][0])["strokes"]
    assert stroke[0][:2] == pytest.approx([0.1, 0.2], abs=0.03)
    assert stroke[-1][:2] == pytest.approx([0.9, 0.5], abs=0.03)


@pytest.mark.parametrize("points", [[(0.5, 0.5), (0.505, 0.5)], [(0.1, 0.5), (0.9, 0.5)]], ids=["dot", "line"])
def test_sg_16_a_dot_or_a_line_is_not_sent(pad, points):
    draw(pad, points)
    pad.locator("form > button").click()

    assert "签名太短" in pad.locator("[data-pad-status]").inner_text()
    assert not pad.posted


def test_a_name_is_typed_in_place_of_writing_but_not_beside_it(pad):
    pad.click("summary")
    pad.fill("[name=typed]", "李晓明")
    shot(pad, "typed")
    draw(pad, ZIGZAG)
    pad.locator("form > button").click()
    assert "只能选一种" in pad.locator("[data-pad-status]").inner_text()

    pad.click("[data-pad-clear]")
    pad.locator("form > button").click()

    assert pad.posted == [{"strokes": [""], "typed": ["李晓明"]}]


def test_a_stylus_gives_its_pressure_and_a_lift_beyond_the_edge_ends_the_stroke(pad):
    box = pad.locator("canvas").bounding_box()
    tools = pad.context.new_cdp_session(pad)

    def pen(kind, x, y, force):
        at = {"x": box["x"] + x * box["width"], "y": box["y"] + y * box["height"]}
        what = {"type": kind, "button": "left", "clickCount": 1, "pointerType": "pen", "force": force}
        tools.send("Input.dispatchMouseEvent", what | at | {"buttons": 0 if kind == "mouseReleased" else 1})

    pen("mousePressed", 0.2, 0.3, 0.2)
    for step in range(1, 11):
        pen("mouseMoved", 0.2 + 0.05 * step, 0.3 + 0.4 * (step % 2), 0.2 + 0.06 * step)
    pen("mouseMoved", 0.5, 1.6, 0.9)
    pen("mouseReleased", 0.5, 1.6, 0)
    pen("mouseMoved", 0.5, 0.5, 0)
    draw(pad, ZIGZAG)
    pad.locator("form > button").click()

    by_pen, by_mouse = json.loads(pad.posted[0]["strokes"][0])["strokes"]
    pressures = [pressure for *_, pressure in by_pen]
    assert pressures[:11] == pytest.approx([0.2 + 0.06 * step for step in range(11)], abs=0.01)
    assert by_pen[-1][:2] == pytest.approx([0.5, 1], abs=0.01)
    assert {pressure for *_, pressure in by_mouse} == {0.5}


def test_where_a_canvas_cannot_be_had_the_name_is_typed(pad):
    pad.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    pad.goto(SITE)
    pad.wait_for_selector("[data-pad-typed][open]")

    assert "不能手写签名，请在下方键入姓名" in pad.locator("[data-pad-status]").inner_text()
    pad.fill("[name=typed]", "李晓明")
    pad.locator("form > button").click()

    assert pad.posted == [{"strokes": [""], "typed": ["李晓明"]}]


def test_a_canvas_whose_pixels_are_blanked_signs_all_the_same(pad):
    pad.add_init_script("CanvasRenderingContext2D.prototype.getImageData = () => ({data: [255, 255, 255, 255]})")
    pad.goto(SITE)
    pad.wait_for_selector("[data-ready]")

    assert "限制了画布的读取，不影响签名" in pad.locator("[data-pad-status]").inner_text()
    draw(pad, ZIGZAG)
    pad.locator("form > button").click()

    assert Strokes.parse(pad.posted[0]["strokes"][0])
