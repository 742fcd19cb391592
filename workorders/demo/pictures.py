"""The README's pictures: what the customer of the demo sees on the phone, and the manager at the desk."""

import io
import json
from pathlib import Path

from PIL import Image, ImageDraw

from workorders.demo import samples
from workorders.demo.browser import wait_until
from workorders.demo.cast import ACCOUNTS, PASSWORD

MOST_BYTES = 200_000
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 860}
_SCALE = 1.5
# In pixels of the picture.
_MARGIN, _RADIUS = 36, 30
_GROUND, _LINE = "#dfe7e4", "#b9c7c2"
_COLOURS = (256, 192, 128, 96, 64, 48, 32)


def take(browser, address, folder: Path) -> list[Path]:
    """Write phone.png and desk.png, each of MOST_BYTES at most, from a site with demo data; return their paths."""
    phone = _side_by_side(_phone_screens(_logged_in(browser, address, "customer", PHONE)))
    desk = _side_by_side(_desk_screens(_logged_in(browser, address, "manager", DESK)))
    return [_save(phone, folder / "phone.png"), _save(desk, folder / "desk.png")]


def _logged_in(browser, address, account, viewport):
    page = browser.new_page(
        base_url=address,
        viewport=viewport,
        device_scale_factor=_SCALE,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="light",
        reduced_motion="reduce",
    )
    page.goto("/account/login/")
    page.get_by_label("手机号").fill(ACCOUNTS[account][0])
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").first.click()
    page.wait_for_url("/" if viewport is PHONE else "/admin/**")
    return page


def _phone_screens(page):
    """Yield the start page, an order's progress, a plan about to be signed, and the talk about the works."""
    page.goto("/")
    to_sign = page.get_by_role("link", name="供电方案签字确认").get_attribute("href")
    order = page.get_by_role("link", name="提交中间检查申请").get_attribute("href").removesuffix("submission/")
    yield _shot(page)
    page.goto(order)
    yield _shot(page)
    page.goto(to_sign)
    _write_name(page)
    yield _shot(page)
    page.goto(order.replace("/orders/", "/chat/"))
    page.locator(".line__image img").first.scroll_into_view_if_needed()
    yield _shot(page)


def _desk_screens(page):
    """Yield the manager's own orders, what is due first at the top."""
    page.goto("/admin/workorders/workorder/?tab=mine")
    yield _shot(page)


def _write_name(page):
    """Write on the pad, below the page with the seal."""
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    page.evaluate("top => window.scrollBy(0, top)", pad.bounding_box()["y"] - PHONE["height"] + 210)
    box = pad.bounding_box()
    for stroke in json.loads(samples.scribble())["strokes"]:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y, _ in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def _shot(page):
    wait_until(page, "[...document.images].every(image => image.complete)")
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _side_by_side(screens):
    """Return one picture of the screens in a row, their corners rounded."""
    screens = list(screens)
    width = _MARGIN + sum(screen.width + _MARGIN for screen in screens)
    whole = Image.new("RGB", (width, screens[0].height + 2 * _MARGIN), _GROUND)
    left = _MARGIN
    for screen in screens:
        mask = Image.new("L", screen.size)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, screen.width - 1, screen.height - 1), _RADIUS, fill=255)
        whole.paste(screen, (left, _MARGIN), mask)
        edge = (left - 1, _MARGIN - 1, left + screen.width, _MARGIN + screen.height)
        ImageDraw.Draw(whole).rounded_rectangle(edge, _RADIUS, outline=_LINE, width=2)
        left += screen.width + _MARGIN
    return whole


def _save(image, path):
    """Write a PNG with as many colours as MOST_BYTES allow; raise ValueError where not even the fewest do."""
    for colours in _COLOURS:
        stream = io.BytesIO()
        image.quantize(colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            stream, "PNG", optimize=True
        )
        if stream.tell() <= MOST_BYTES:
            path.write_bytes(stream.getvalue())
            return path
    raise ValueError(f"{path.name} has {stream.tell()} bytes even with {colours} colours")
