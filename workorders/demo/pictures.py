"""The README's pictures: what the customer of the demo sees on the phone, and the manager at the desk."""

import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from workorders.demo import samples
from workorders.demo.browser import wait_until
from workorders.demo.cast import ACCOUNTS, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, FloatRect, Locator, Page, ViewportSize

MOST_BYTES = 200_000
PHONE: "ViewportSize" = {"width": 360, "height": 740}
DESK: "ViewportSize" = {"width": 1280, "height": 860}
_SCALE = 1.5
# In pixels of the picture.
_MARGIN, _RADIUS = 36, 30
_GROUND, _LINE = "#dfe7e4", "#b9c7c2"
_COLOURS = (256, 192, 128, 96, 64, 48, 32)


def take(browser: "Browser", address: str, folder: Path) -> list[Path]:
    """Write phone.png and desk.png, each of MOST_BYTES at most, from a site with demo data; return their paths."""
    phone = _side_by_side(_phone_screens(_logged_in(browser, address, "customer", PHONE)))
    desk = _side_by_side(_desk_screens(_logged_in(browser, address, "manager", DESK)))
    return [_save(phone, folder / "phone.png"), _save(desk, folder / "desk.png")]


def _logged_in(browser: "Browser", address: str, account: str, viewport: "ViewportSize") -> "Page":
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


def _phone_screens(page: "Page") -> Iterator[Image.Image]:
    """Yield the start page, an order's progress, a plan about to be signed, and the talk about the works."""
    page.goto("/")
    to_sign = _address(page, "供电方案签字确认")
    order = _address(page, "提交中间检查申请").removesuffix("submission/")
    yield _shot(page)
    page.goto(order)
    yield _shot(page)
    page.goto(to_sign)
    _write_name(page)
    yield _shot(page)
    page.goto(order.replace("/orders/", "/chat/"))
    page.locator(".line__image img").first.scroll_into_view_if_needed()
    yield _shot(page)


def _desk_screens(page: "Page") -> Iterator[Image.Image]:
    """Yield the manager's own orders, what is due first at the top."""
    page.goto("/admin/workorders/workorder/?tab=mine")
    yield _shot(page)


def _address(page: "Page", name: str) -> str:
    return page.get_by_role("link", name=name).get_attribute("href") or ""


def _write_name(page: "Page") -> None:
    """Write on the pad, below the page with the seal."""
    pad = page.locator("canvas")
    pad.scroll_into_view_if_needed()
    page.evaluate("top => window.scrollBy(0, top)", _box(pad)["y"] - PHONE["height"] + 210)
    box = _box(pad)
    for stroke in json.loads(samples.scribble())["strokes"]:
        points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y, _ in stroke]
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points[1:]:
            page.mouse.move(*point)
        page.mouse.up()


def _box(shown: "Locator") -> "FloatRect":
    if (box := shown.bounding_box()) is None:
        raise ValueError("what is to be drawn on is not shown")
    return box


def _shot(page: "Page") -> Image.Image:
    wait_until(page, "[...document.images].every(image => image.complete)")
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def _side_by_side(screens: Iterable[Image.Image]) -> Image.Image:
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


def _save(image: Image.Image, path: Path) -> Path:
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
