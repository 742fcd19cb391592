"""Names of uploads: text to be shown, never a path, never a trap."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from files import checks
from workorders.demo import samples
from workorders.enums import AttachmentKind, State
from workorders.models import Attachment

RENAMED = {
    "合同\u202efdp.exe": "合同fdp.exe",
    "图\u200b纸\ufeff.pdf": "图纸.pdf",
    "cafe\u0301.pdf": "caf\u00e9.pdf",
    "a\0b\r\nSet-Cookie: x.pdf": "ab Set-Cookie: x.pdf",
    "\ud800图纸.pdf": "图纸.pdf",
    "\u202e": "未命名文件",
    "": "未命名文件",
    "👨‍👩‍👧.pdf": "👨‍👩‍👧.pdf",
    "字" * 300 + ".pdf": "字" * 251 + ".pdf",
    "." * 300: "." * 255,
}


@pytest.mark.parametrize(("name", "shown"), RENAMED.items(), ids=range(len(RENAMED)))
def test_up_13_what_misleads_is_taken_out_of_a_name(name, shown):
    assert checks.shown_name(name) == shown


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "C:\\x",
        "..&#x2F;x",
        ".htaccess",
        "CON",
        "-rf.pdf",
        "图纸. .pdf",
        'a".pdf;x=y.pdf',
        "👷.pdf",
        "图\r\nX-Evil: 1.pdf",
        "图\u202efdp.pdf",
        "字" * 100 + ".pdf",
        "%00.pdf",
        "a\0.pdf",
    ],
)
def test_up_13_a_nasty_name_is_kept_as_text_and_sent_as_one_header(name, make_order, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    http = browser_of(customer)
    file = SimpleUploadedFile("x.pdf", samples.pdf("图纸").read(), "application/pdf")
    file._name = name  # as it comes over the wire; Django itself would not make such an upload

    sent = http.post(reverse("workorders:upload", args=[order.pk, AttachmentKind.DESIGN_FILES]), {"file": file})
    kept = Attachment.objects.filter(kind=AttachmentKind.DESIGN_FILES).first()

    assert sent.status_code in (200, 422)
    assert bool(kept) == (sent.status_code == 200)
    if kept:
        answer = http.get(reverse("workorders:attachment_download", args=[order.pk, kept.pk]))
        answer.getvalue()  # closes the file
        disposition = answer["Content-Disposition"]
        assert disposition.startswith("attachment; filename")
        assert disposition.isascii()
        assert not set("\r\n\0/\\") & set(disposition.replace('\\"', ""))
        assert "X-Evil" not in answer.headers
        assert kept.download_name.endswith(".pdf")


def test_up_13_the_download_is_called_what_it_is():
    assert Attachment(original_name="IMG_1.HEIC", content_type="image/jpeg").download_name == "IMG_1.jpg"
    assert Attachment(original_name="扫描.JPEG", content_type="image/jpeg").download_name == "扫描.JPEG"
    assert Attachment(original_name="合同", content_type="application/pdf").download_name == "合同.pdf"
