"""What a signature costs beside a bare one of pyHanko's: dev.py bench signing [rounds].

Ours is all that 确认 does on PostgreSQL, in a thread beside an event loop as in the server: the seal's use and its
notices, the stored file read and compared, mark and signature appended, the result verified, file and rows kept. The
baseline only signs the same bytes in memory, with pyHanko's stock signer, its key cached, and its own visible stamp,
and checks nothing. Both in turn, medians in ms; growth in bytes of the file; memory in MB at the peak of a process that
signs one scan of 50 MB.
"""

import asyncio
import io
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

import django
from asgiref.sync import sync_to_async

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bandian.settings")
os.environ["DEBUG"] = "1"
django.setup()

from django.core.management import call_command  # noqa: E402 - needs the settings
from django.utils import timezone  # noqa: E402
from PIL import Image  # noqa: E402
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: E402
from pyhanko.sign.fields import SigSeedSubFilter  # noqa: E402
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner  # noqa: E402
from pyhanko_certvalidator.registry import SimpleCertificateStore  # noqa: E402
from reportlab.lib.pagesizes import A4  # noqa: E402
from reportlab.lib.utils import ImageReader  # noqa: E402
from reportlab.pdfgen.canvas import Canvas  # noqa: E402

from accounts.models import Enterprise, User  # noqa: E402
from signing.enums import SealKind  # noqa: E402
from signing.marks import fonts  # noqa: E402
from signing.marks.handwriting import Strokes  # noqa: E402
from signing.models import Document, Seal  # noqa: E402
from signing.pki import keys  # noqa: E402
from signing.seals import lifecycle  # noqa: E402
from signing.services import Act, issue, sign  # noqa: E402
from signing.tests import making  # noqa: E402

ROUNDS, WARM_UP = 15, 2
TIMES_GOAL, GROWTH_GOAL, MEMORY_GOAL = 1.5, 20 * 1024, 300
NAME = "演示江苏省南京市江宁区高压供电精密机械电子纺织化工制造有限公司"[:30]


def main(rounds=ROUNDS):
    call_command("migrate", verbosity=0)
    seal = make_seal()
    holds = [compare(pages, seal, int(rounds)) for pages in (10, 200)]
    holds += [grow(seal), scan()]
    return int(not all(holds))


def make_seal():
    enterprise = Enterprise.objects.create(
        name=NAME, credit_code="91330100MA0DEM013Y", legal_representative="演示法人", address="演示路",
        verified_at=timezone.now(),
    )  # fmt: skip
    signer = User.objects.create_user("19900000077", "演示客户", enterprise=enterprise)
    return lifecycle.apply(enterprise, kind=SealKind.OFFICIAL, by=signer, number="3301000012345")


def contract(pages):
    """Return a PDF of full pages of text with a place for the customer on the last one."""
    stream, (sans, _) = io.BytesIO(), fonts.register()
    canvas = Canvas(stream, pagesize=A4)
    for page in range(1, pages + 1):
        canvas.setFont(sans, 11)
        for line in range(36):
            canvas.drawString(
                70, 780 - 18 * line, f"第 {page} 页第 {line} 行：供电人与用电人约定的供电方式、电价和电费结算。"
            )
        if page == pages:
            canvas.drawString(70, 90, "用电人（签字或盖章）：")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def scanned(megabytes=50, pages=20):
    """Return a PDF of photographed pages, as heavy as the limit lets through."""
    stream, side = io.BytesIO(), int((megabytes * 1024 * 1024 * 0.97 / pages / 1.46) ** 0.5)
    canvas = Canvas(stream, pagesize=A4, pageCompression=0)
    for page in range(pages):
        noise = io.BytesIO()
        Image.frombytes("RGB", (side, side), os.urandom(3 * side * side)).save(noise, "JPEG", quality=95)
        noise.seek(0)
        canvas.drawImage(ImageReader(noise), 0, 150, A4[0], A4[1] - 150)
        if page == pages - 1:
            canvas.setFont(fonts.register()[0], 11)
            canvas.drawString(70, 90, "用电人（签字或盖章）：")
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def confirm(document, seal):
    act = Act(document.current.sha256, Strokes.parse(making.pad()), seal, "203.0.113.9", "Mozilla/5.0")
    return sign(document, act, role="customer", by=seal.applied_by)


def bare(data, signer):
    meta = PdfSignatureMetadata(field_name="customer", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES)
    output = io.BytesIO(data)
    PdfSigner(meta, signer).sign_pdf(IncrementalPdfFileWriter(output), existing_fields_only=True, in_place=True)
    return output


def content(revision):
    with revision.file.open("rb") as file:
        return file.read()


def stock_signer():
    """Return pyHanko's own signer with the platform's key, without what `signing.pki.keys` adds to it."""
    ours, store = keys.platform_signer(), SimpleCertificateStore()
    store.register(keys.trust_root())
    return SimpleSigner(signing_cert=ours.signing_cert, signing_key=ours.signing_key, cert_registry=store)


def timed(act, *facts):
    started = time.perf_counter()
    act(*facts)
    return (time.perf_counter() - started) * 1000


def compare(pages, seal, rounds):
    data, signer, times = contract(pages), stock_signer(), []
    for _ in range(WARM_UP + rounds):
        document = issue(data, title="供用电合同", by=seal.applied_by)
        frozen = content(document.current)
        times.append((timed(confirm, document, seal), timed(bare, frozen, signer)))
    ours, baseline = map(median, zip(*times[WARM_UP:], strict=True))
    return say(f"confirm, {pages} pages", ours, baseline, "ms", ours / baseline, TIMES_GOAL)


def grow(seal):
    document = issue(contract(10), title="供用电合同", by=seal.applied_by)
    frozen = content(document.current)
    baseline = len(bare(frozen, stock_signer()).getvalue()) - len(frozen)
    ours = confirm(document, seal).size - len(frozen)
    return say(
        f"growth, a drawn seal of {len(NAME)} characters and handwriting", ours, baseline, "bytes", ours, GROWTH_GOAL
    )


def scan():
    data = scanned()
    seal = Seal.objects.get()
    peaks = []
    for how in ("ours", "baseline"):
        document = issue(data, title="扫描合同", by=seal.applied_by)
        child = subprocess.run(
            [sys.executable, __file__, how, str(document.pk)], check=True, capture_output=True, text=True
        )
        peaks.append(int(child.stdout.split()[-1]) / 1024)
    return say(f"memory, a scan of {len(data) / 1024**2:.0f} MB", *peaks, "MB", peaks[0], MEMORY_GOAL)


def sign_alone(how, pk):
    """Sign one document in this process and print its peak of resident memory in kB."""
    document, seal = Document.objects.get(pk=pk), Seal.objects.select_related("applied_by", "enterprise").get()
    if how == "ours":
        confirm(document, seal)
    else:
        bare(content(document.current), stock_signer())
    [peak] = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
    print(peak.split()[1])


def say(case, ours, baseline, unit, compared, goal):
    holds = compared <= goal
    facts = {"case": case, "ours": round(ours, 1), "baseline": round(baseline, 1), "unit": unit}
    print(json.dumps(facts | {"ratio": round(ours / baseline, 2), "goal": goal, "holds": holds}), flush=True)
    return holds


if __name__ == "__main__":
    if sys.argv[1:2] in (["ours"], ["baseline"]):
        sys.exit(sign_alone(*sys.argv[1:]))
    sys.exit(asyncio.run(sync_to_async(main)(*sys.argv[1:])))
