"""Damaged PDFs and images by the thousand, the same for the same seed, and the run that uploads them all."""

import io
import random
import time
from collections import Counter

import pypdfium2
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from signing.tests import making
from workorders.demo import samples
from workorders.requests import uploads


def seeds():
    """Return {ending: files} of sound files to damage: as browsers and phones make them."""
    picture = Image.open(samples.photo("照片")).resize((320, 240))
    linearized = making.edited(making.paper(), lambda pdf: None, linearize=True)
    files = {".pdf": [samples.pdf("图纸", pages=3).read(), linearized]}
    for ending, kind in ((".jpg", "JPEG"), (".png", "PNG"), (".webp", "WEBP"), (".heic", "HEIF")):
        stream = io.BytesIO()
        picture.save(stream, kind)
        files[ending] = [stream.getvalue()]
    return files


def mutants(count, *, seed):
    """Yield (name, bytes) of damaged files, half of them PDFs."""
    chance, sound = random.Random(seed), seeds()
    images = [ending for ending in sound if ending != ".pdf"]
    for number in range(count):
        ending = ".pdf" if number % 2 else chance.choice(images)
        data = bytearray(chance.choice(sound[ending]))
        for _ in range(chance.choice((1, 1, 3, 10, 40))):
            _damage(data, chance)
        yield f"{number}{ending}", bytes(data)


def _damage(data, chance):
    start = chance.randrange(len(data)) if data else 0
    end = start + chance.choice((1, 2, 4, 64, 1000))
    kind = chance.randrange(6)
    if kind == 0:
        data[start:end] = b""
    elif kind == 1:
        data[start:end] = chance.randbytes(end - start)
    elif kind == 2:
        data[start:start] = data[start:end]
    elif kind == 3:
        data[start : start + 4] = chance.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff", b"9999", b"-1 R"))
    elif kind == 4 and chance.random() < 0.2:
        del data[start:]
    elif data:
        data[start % len(data)] ^= 1 << chance.randrange(8)


def upload_all(count, order, kind, *, seed, limit):
    """Upload mutants, and take back what was kept; return counts of what became of them, and the longest seconds.

    Anything raised but ValidationError goes on to the caller. `limit` is the time in seconds after which one counts
    as hung.
    """
    counts, longest = Counter(), 0.0
    for name, data in mutants(count, seed=seed):
        started = time.monotonic()
        try:
            kept = uploads.attach(order, kind, SimpleUploadedFile(name, data), by=order.customer)
        except ValidationError as error:
            counts[f"refused: {error.code}"] += 1
        else:
            counts["kept"] += 1
            counts["kept but does not open"] += not _opens(kept)
            uploads.remove(order, kept)
        seconds = time.monotonic() - started
        longest = max(longest, seconds)
        counts["hung"] += seconds > limit
    return +counts, longest


def _opens(attachment):
    with attachment.file.open() as file:
        data = file.read()
    try:
        if attachment.is_pdf:
            with pypdfium2.PdfDocument(data) as document:
                return len(document) == attachment.pages
        with Image.open(io.BytesIO(data)) as image:
            image.load()
        return True
    except (pypdfium2.PdfiumError, OSError, ValueError, SyntaxError):
        return False
