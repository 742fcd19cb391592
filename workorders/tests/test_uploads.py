import io
import zipfile

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from workorders import demo, uploads
from workorders.enums import AttachmentKind, State
from workorders.models import Attachment


def upload(content, name="资料.pdf"):
    return SimpleUploadedFile(name, content)


def protected_pdf():
    stream = io.BytesIO()
    with pikepdf.open(io.BytesIO(demo.pdf("图纸").read())) as document:
        document.save(stream, encryption=pikepdf.Encryption(user="secret", owner="secret"))
    return stream.getvalue()


def office_file():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", "<xml/>")
    return stream.getvalue()


def png(size=(40, 30)):
    stream = io.BytesIO()
    Image.new("RGB", size).save(stream, "PNG")
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "为空"),
        (b"hello", "只能上传 PDF、JPG 或 PNG"),
        (office_file(), "只能上传 PDF、JPG 或 PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "只能上传 PDF、JPG 或 PNG"),
        (png()[:60], "图片已损坏"),
        (b"%PDF-1.7\nnonsense", "损坏"),
        (protected_pdf, "密码"),
    ],
    ids=["empty", "text", "office", "svg", "cut image", "damaged pdf", "protected pdf"],
)
def test_file_that_will_not_do_is_refused_with_the_remedy(content, message):
    with pytest.raises(ValidationError, match=message):
        uploads.check(upload(content() if callable(content) else content))


def test_content_decides_not_the_name():
    assert uploads.check(upload(png(), "合同.pdf")) == ("image/png", 1)
    assert uploads.check(upload(demo.pdf("图纸", pages=3).read(), "照片.PNG")) == ("application/pdf", 3)


def test_size_limits_hold_to_the_byte(settings):
    content = png()
    settings.IMAGE_MAX_BYTES = len(content)
    uploads.check(upload(content))

    settings.IMAGE_MAX_BYTES = len(content) - 1
    with pytest.raises(ValidationError, match="上限"):
        uploads.check(upload(content))


def test_huge_image_is_refused_before_it_is_decoded(monkeypatch):
    monkeypatch.setattr(uploads, "MAX_PIXELS", 100)

    with pytest.raises(ValidationError, match="尺寸过大"):
        uploads.check(upload(png()))


def test_one_bad_file_leaves_the_others(make_order, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    kind = AttachmentKind.DESIGN_FILES

    response = browser_of(customer).post(
        reverse("workorders:submission", args=[order.pk]),
        {"contact_name": "演示客户", kind.value: [demo.pdf("图纸一"), upload(b"", "空.pdf"), demo.pdf("图纸二")]},
    )

    page = response.content.decode()
    assert [each.original_name for each in Attachment.objects.filter(kind=kind)] == ["图纸一.pdf", "图纸二.pdf"]
    assert "空.pdf" in page
    assert "为空" in page
    assert 'value="演示客户"' in page


def test_single_upload_answers_with_its_row(make_order, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    url = reverse("workorders:upload", args=[order.pk, AttachmentKind.DESIGN_FILES])

    good = browser_of(customer).post(url, {"file": demo.pdf("图纸")})
    again = browser_of(customer).post(url, {"file": demo.pdf("图纸")})
    bad = browser_of(customer).post(url, {"file": upload(b"x", "x.exe")})

    assert (good.status_code, again.status_code, bad.status_code) == (200, 200, 422)
    assert "图纸.pdf" in good.content.decode()
    assert "只能上传" in bad.content.decode()


def test_same_file_twice_is_told_apart(make_order):
    order = make_order(State.DESIGN_OPEN)
    content = png()
    uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(content, "a.png"), by=order.customer)

    with pytest.raises(ValidationError, match="已经上传过"):
        uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(content, "b.png"), by=order.customer)


def test_too_many_files_are_refused(make_order, settings):
    settings.FILES_PER_KIND = 1
    order = make_order(State.DESIGN_OPEN)
    uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png(), "a.png"), by=order.customer)

    with pytest.raises(ValidationError, match="最多上传 1 个"):
        uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png((9, 9)), "b.png"), by=order.customer)


def test_paper_of_another_stage_is_refused(make_order):
    order = make_order(State.DESIGN_OPEN)

    with pytest.raises(ValidationError, match="状态已变化"):
        uploads.attach(order, AttachmentKind.AS_BUILT, upload(png(), "a.png"), by=order.customer)


def test_file_is_taken_back_with_its_bytes_until_it_was_handed_in(
    make_order, customer, browser_of, django_capture_on_commit_callbacks
):
    order = make_order(State.DESIGN_OPEN)
    attachment = uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png(), "a.png"), by=customer)
    handed_in = Attachment.objects.filter(submission__submitted_at__isnull=False).first()
    http = browser_of(customer)

    with django_capture_on_commit_callbacks(execute=True):
        http.post(reverse("workorders:remove", args=[order.pk, attachment.pk]))

    assert not Attachment.objects.filter(pk=attachment.pk).exists()
    assert not default_storage.exists(attachment.file.name)
    with pytest.raises(ValidationError, match="不能删除"):
        uploads.remove(order, handed_in)


def test_later_papers_of_the_application_follow_with_a_line_in_the_trace(make_order, customer, browser_of):
    order = make_order(State.SURVEYING)

    browser_of(customer).post(
        reverse("workorders:supplement", args=[order.pk]), {AttachmentKind.PROPERTY.value: demo.pdf("产权证明")}
    )

    assert Attachment.objects.filter(kind=AttachmentKind.PROPERTY).count() == 1
    assert order.events.last().note == "用电地址产权证明：产权证明.pdf"


def test_stored_name_is_random_and_the_shown_name_is_text(make_order):
    order = make_order(State.DESIGN_OPEN)
    name = '<img src=x onerror=alert(1)>".png'

    attachment = uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png(), name), by=order.customer)

    assert attachment.original_name == name
    assert "onerror" not in attachment.file.name
