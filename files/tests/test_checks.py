"""Which files will do, before anything is stored."""

import io
import zipfile

import pikepdf
import pytest
from django.core.exceptions import ValidationError

from files import checks
from files.tests.samples import png, upload
from signing.tests import making


def protected_pdf():
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(making.paper())) as document:
        document.save(stream, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return stream.getvalue()


def office_file():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<xml/>")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "为空"),
        (b"hello", "只能上传 PDF、JPG 或 PNG"),
        (office_file(), "只能上传 PDF、JPG 或 PNG"),
        (b"GIF89a<script>alert(1)</script>", "只能上传 PDF、JPG 或 PNG"),
        (b"II*\0" + bytes(100), "只能上传 PDF、JPG 或 PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只能上传 PDF、JPG 或 PNG"),
        (png()[:60], "图片已损坏"),
        (b"%PDF-1.7\nnonsense", "损坏"),
        (protected_pdf, "密码"),
    ],
    ids=["empty", "text", "office", "gif with script", "tiff", "svg", "cut image", "damaged pdf", "protected pdf"],
)
def test_up_01_up_02_up_06_up_12_up_21_file_that_will_not_do_is_refused_with_the_remedy(content, message):
    with pytest.raises(ValidationError, match=message):
        checks.check(upload(content() if callable(content) else content, "资料"))


@pytest.mark.parametrize("name", ["合同.PDF", "合同.exe", "合同.html"])
def test_up_06_picture_called_something_else_is_refused_with_the_remedy(name):
    with pytest.raises(ValidationError, match="内容却是图片"):
        checks.check(upload(png(), name))


def test_up_06_content_decides_among_pictures_and_capitals_do_not_matter():
    assert checks.check(upload(png(), "照片.JPEG")).content_type == "image/png"
    assert checks.check(upload(png(), "照片")).content_type == "image/png"
    drawing = checks.check(upload(making.paper(pages=3), "图纸.PDF"))
    assert (drawing.content_type, drawing.pages, drawing.notes) == ("application/pdf", 3, "")
    with pytest.raises(ValidationError, match="内容却是PDF"):
        checks.check(upload(making.paper(), "照片.PNG"))


def test_only_a_known_ending_that_contradicts_the_content_is_a_mistake():
    for name in ("竣工图 V2.1", "扫描件.2026-11-28", "No.3 变压器", "合同.pdf ", "合同．ＰＤＦ"):
        assert checks.check(upload(making.paper(), name)).content_type == "application/pdf", name
    assert checks.with_ending("竣工图 V2.1", ".pdf") == "竣工图 V2.1.pdf"
    assert checks.with_ending("照片.heic", ".jpg", ".jpeg") == "照片.jpg"
    assert checks.with_ending("照片.JPEG", ".jpg", ".jpeg") == "照片.JPEG"


def test_up_03_size_limits_hold_to_the_byte(settings):
    content = png()
    settings.IMAGE_MAX_BYTES = len(content)
    checks.check(upload(content, "a.png"))

    settings.IMAGE_MAX_BYTES = len(content) - 1
    with pytest.raises(ValidationError, match="上限"):
        checks.check(upload(content, "a.png"))
