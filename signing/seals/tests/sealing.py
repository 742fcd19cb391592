"""Pictures of seals, and what the page of an application sends."""

import io

from PIL import Image, ImageDraw

from files.tests.samples import png, upload
from signing.enums import SealKind
from signing.seals import lifecycle

RED = (200, 20, 30, 255)


def disc(*, size=(400, 400), box=(20, 20, 380, 380), ground=(0, 0, 0, 0), ink=RED, **options):
    """Return a PNG of a red ring on a ground, by default a clear one."""
    image = Image.new("RGBA", size, ground)
    ImageDraw.Draw(image).ellipse(box, outline=ink, width=24)
    return encoded(image, **options)


def encoded(image, form="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def answers(**changes):
    """Return a whole application for a drawn seal by one who is not the legal representative."""
    papers = {name: upload(png(), f"{name}.png") for name in ("licence", "legal_id", "handler_id", "authorisation")}
    return {
        "kind": "official",
        "origin": "generated",
        "size_mm": "42",
        "number": "",
        "agreed": "on",
        **papers,
        **changes,
    }


def pending(owner, kind=SealKind.CONTRACT):
    """Return an application with an own picture and one paper, which waits for a supervisor."""
    paper = lifecycle.Paper("licence", "执照.png", lifecycle.Checked(png(), "image/png"))
    return lifecycle.apply(owner.enterprise, kind=kind, by=owner, image=disc(), papers=[paper])
