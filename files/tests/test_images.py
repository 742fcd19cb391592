"""Images from customers: what is kept is drawn anew, upright and bare."""

import io
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from PIL import Image, ImageCms, PngImagePlugin

from files import checks, images
from files.tests import samples
from files.tests.samples import upload


def encoded(format="JPEG", size=(40, 30), mode="RGB", color="red", **options):
    stream = io.BytesIO()
    Image.new(mode, size, color).save(stream, format, **options)
    return stream.getvalue()


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunk(kind, body):
    """Return a PNG with one more chunk after its header."""
    data = encoded("PNG")
    return data[:33] + chunk(kind, body) + data[33:]


def opened(data):
    return Image.open(io.BytesIO(data))


def refused(data):
    with pytest.raises(ValidationError) as caught:
        images.redraw(data)
    return caught.value.code


def test_up_08_place_and_camera_are_gone_and_the_picture_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "DEMOCAM"
    exif.get_ifd(0x8825)[1] = "N"

    kind, data = images.redraw(encoded(exif=exif, comment=b"secret words", dpi=(300, 300)))

    assert kind == "image/jpeg"
    assert opened(data).size == (30, 40)
    assert not opened(data).getexif()
    assert not any(word in data for word in (b"Exif", b"DEMOCAM", b"secret"))


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        (encoded("PNG", mode="RGBA", color=(1, 2, 3, 100)), "image/png"),
        (encoded("PNG", mode="P", color=0), "image/png"),
        (encoded("PNG", mode="I;16", color=0), "image/png"),
        (encoded("JPEG", mode="CMYK", color=0), "image/jpeg"),
        (encoded("JPEG", mode="L", color=0), "image/jpeg"),
        (encoded("WEBP"), "image/jpeg"),
        (encoded("HEIF", size=(64, 64)), "image/jpeg"),
        (encoded("MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))]), "image/jpeg"),
    ],
    ids=["transparent", "palette", "16 bit", "cmyk", "grey", "webp", "heic", "two views"],
)
def test_up_08_each_kind_of_picture_becomes_a_plain_one(source, kind):
    found, data = images.redraw(source)

    assert found == kind == Image.MIME[opened(data).format]
    assert opened(data).size == opened(source).size


def test_up_08_colours_of_another_profile_are_turned_into_plain_ones():
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    _, data = images.redraw(encoded(icc_profile=profile))

    assert "icc_profile" not in opened(data).info
    assert all(abs(a - b) < 6 for a, b in zip(opened(data).getpixel((5, 5)), (255, 0, 0), strict=True))


def test_up_09_an_image_of_60000_pixels_a_side_is_refused_before_it_is_decoded():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000)))
    huge = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")

    assert refused(huge) == "pixels"
    assert refused(encoded("JPEG", size=(12_000, 10_001), mode="L", color=0)) == "pixels"


def test_up_09_a_photo_of_108_megapixels_is_made_smaller():
    _, data = images.redraw(encoded("JPEG", size=(12_000, 9_000), mode="L", color=90))

    width, height = opened(data).size
    assert 0.9 * images.MOST_KEPT < width * height <= images.MOST_KEPT
    assert round(width / height, 2) == 1.33


def test_up_09_a_webp_may_be_half_as_large_because_its_decoder_holds_four_of_it():
    assert refused(encoded("WEBP", size=(8_000, 6_300), quality=1, method=0)) == "webp"


def test_up_09_large_pictures_of_every_kind_are_made_smaller(monkeypatch):
    monkeypatch.setattr(images, "MOST_KEPT", 100 * 100)
    sources = [
        encoded(size=(400, 100)),
        encoded("PNG", mode="RGBA", color=(1, 2, 3, 100), size=(400, 100)),
        encoded("PNG", mode="P", color=0, size=(400, 100)),
        encoded("PNG", mode="1", color=1, size=(400, 100)),
        encoded("PNG", mode="I;16", color=30_000, size=(400, 100)),
        encoded("HEIF", size=(400, 100)),
    ]

    for source in sources:
        _, data = images.redraw_in_sandbox(source)
        assert opened(data).size == (200, 50)


def test_up_08_grey_of_16_bits_keeps_its_tones():
    gradient = Image.frombytes("I;16", (256, 2), b"".join(struct.pack("<H", 257 * x) for x in [*range(256)] * 2))
    stream = io.BytesIO()
    gradient.save(stream, "PNG")

    _, data = images.redraw(stream.getvalue())

    assert opened(data).tobytes() == bytes(range(256)) * 2


def test_a_png_with_a_long_history_is_no_damaged_file():
    history = b"XML:com.adobe.xmp\0\0\0\0\0" + b"<x/>" * 600_000

    assert images.redraw(with_chunk(b"iTXt", history))[0] == "image/png"
    assert images.redraw(with_chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(70_000_000))))[0] == "image/png"


def test_a_picture_of_a_sequence_is_a_photo_too():
    data = encoded("HEIF", size=(64, 64))

    kept = checks.check(upload(data[:8] + b"msf1" + data[12:], "IMG_0001.HIF"))

    assert kept.content_type == "image/jpeg"


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_up_09_pictures_that_move_are_refused(format):
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "green", "blue")]
    stream = io.BytesIO()
    frames[0].save(stream, format, save_all=True, append_images=frames[1:], duration=100)

    assert refused(stream.getvalue()) == "animated"


def test_up_09_profiles_that_swell_are_refused():
    bomb = samples.swelling(b"\0", 200)

    assert refused(with_chunk(b"iCCP", b"icc\0\0" + bomb)) == "damaged"
    assert refused(encoded(icc_profile=bytes(images.MAX_PROFILE_BYTES + 1))) == "profile"


def test_up_08_text_in_a_png_is_left_behind():
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "secret words")

    assert b"secret" not in images.redraw(encoded("PNG", pnginfo=text))[1]


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_up_02_an_image_cut_off_is_refused(format):
    data = encoded(format, size=(64, 64))

    assert refused(data[: len(data) * 2 // 3]) == "damaged"


def test_up_07_what_hides_behind_a_picture_is_not_kept():
    _, data = images.redraw(encoded() + b"<?php system($_GET[0]); ?><script>alert(1)</script>PK\5\6")

    assert not any(word in data for word in (b"<?php", b"<script", b"PK\5\6"))


def test_up_29_a_picture_that_grows_beyond_the_limit_when_drawn_anew_is_refused_with_the_remedy(settings):
    settings.IMAGE_MAX_BYTES, picture = 1 << 20, samples.webp_that_grows()
    assert len(picture) < settings.IMAGE_MAX_BYTES

    with pytest.raises(ValidationError, match=r"处理后超过 1 MB 的上限.*缩小或另存为 JPG"):
        images.redraw(picture)
