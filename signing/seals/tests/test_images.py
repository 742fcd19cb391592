"""Which pictures of seals will do; each rule has its own words."""

import io
import os

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, PngImagePlugin

from signing.seals import images
from signing.seals.tests.sealing import disc, encoded

CLEAR = (0, 0, 0, 0)


def noise(side):
    """Return a picture that hardly packs, with a clear stripe."""
    image = Image.frombytes("RGBA", (side, side), os.urandom(side * side * 4))
    image.putalpha(255)
    image.paste(CLEAR, (0, 0, side, side // 10))
    return encoded(image)


def moving():
    frame = Image.new("RGBA", (300, 300), CLEAR)
    return encoded(frame, save_all=True, append_images=[Image.new("RGBA", (300, 300), (9, 9, 9, 99))])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: b"", "为空"),
        (lambda: encoded(Image.new("RGB", (300, 300)), "JPEG"), "只能上传 PNG"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只能上传 PNG"),
        (lambda: noise(400), "超过 120 KB"),
        (lambda: disc()[:200], "已损坏"),
        (moving, "动图"),
        (lambda: disc(size=(2001, 300)), "超过 2000×2000"),
        (lambda: disc(size=(149, 300)), "至少要 150 像素"),
        (lambda: disc(box=(100, 100, 200, 200)), "至少要 150 像素"),
        (lambda: encoded(Image.new("RGB", (300, 300))), "没有透明通道"),
        (lambda: disc(ground=(255, 255, 255, 255)), "背景不透明"),
        (lambda: encoded(Image.new("RGBA", (300, 300), CLEAR)), "几乎是空白"),
        (lambda: disc(box=(20, 100, 380, 280)), "应为圆形"),
    ],
    ids=["empty", "jpeg", "svg", "bytes", "cut", "moving", "large", "low", "tiny seal", "no alpha", "opaque", "blank",
         "oval"],
)  # fmt: skip
def test_up_09_picture_that_will_not_do_is_refused_with_its_rule(make, message):
    with pytest.raises(ValidationError, match=message):
        images.check(make(), is_round=True)


def test_limit_of_120_kb_holds_to_the_byte():
    content = disc()
    largest = content + bytes(images.MAX_BYTES - len(content))

    assert images.check(largest, is_round=True)
    with pytest.raises(ValidationError, match="超过 120 KB"):
        images.check(largest + b"\0", is_round=True)


def test_what_is_kept_is_square_cut_to_the_seal_and_without_metadata():
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "secret place")

    kept = images.check(disc(size=(900, 600), pnginfo=told), is_round=True)

    image = Image.open(io.BytesIO(kept))
    assert (image.size, image.mode) == ((361, 361), "RGBA")
    assert image.getchannel("A").getbbox() == (0, 0, 361, 361)
    assert b"secret" not in kept


def test_large_picture_is_kept_at_the_resolution_of_print_and_under_the_limit():
    kept = images.check(disc(size=(2000, 2000), box=(2, 2, 1998, 1998)), is_round=True)

    assert max(Image.open(io.BytesIO(kept)).size) == 1000
    assert len(kept) <= images.MAX_BYTES


def test_picture_that_grows_over_the_limit_when_drawn_anew_is_refused():
    grainy = Image.effect_noise((420, 420), 90).quantize(16)
    content = encoded(grainy, transparency=0)
    assert len(content) <= images.MAX_BYTES

    with pytest.raises(ValidationError, match="超过 120 KB"):
        images.check(content, is_round=True)


def test_square_seal_of_a_representative_need_not_be_as_wide_as_high():
    kept = images.check(disc(box=(20, 100, 380, 280)), is_round=False)

    assert len(set(Image.open(io.BytesIO(kept)).size)) == 1


def test_up_14_malware_scanner_looks_through_pictures_of_seals(settings, tmp_path):
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody"

    with pytest.raises(ValidationError, match="安全检查暂时不可用"):
        images.check(disc(), is_round=True)
