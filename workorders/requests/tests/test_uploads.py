import errno
import io
from datetime import timedelta

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import FileSystemStorage, default_storage
from django.db.models import Sum
from django.test import Client
from django.urls import reverse

from bandian.web.rates import Rate
from files import checks
from files.tests.samples import png, upload
from workorders.demo import samples
from workorders.enums import AttachmentKind, State
from workorders.locks import Conflict
from workorders.models import Attachment, WorkOrder
from workorders.requests import draft_quota, uploads


def test_up_01_one_bad_file_leaves_the_others(make_order, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    kind = AttachmentKind.DESIGN_FILES

    response = browser_of(customer).post(
        reverse("workorders:submission", args=[order.pk]),
        {"contact_name": "演示客户", kind.value: [samples.pdf("图纸一"), upload(b"", "空.pdf"), samples.pdf("图纸二")]},
    )

    page = response.content.decode()
    assert [each.original_name for each in Attachment.objects.filter(kind=kind)] == ["图纸一.pdf", "图纸二.pdf"]
    assert "空.pdf" in page
    assert "为空" in page
    assert 'value="演示客户"' in page


def test_up_06_up_19_single_upload_answers_with_its_row(make_order, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    url = reverse("workorders:upload", args=[order.pk, AttachmentKind.DESIGN_FILES])

    good = browser_of(customer).post(url, {"file": samples.pdf("图纸")})
    again = browser_of(customer).post(url, {"file": samples.pdf("图纸二")})
    bad = browser_of(customer).post(url, {"file": upload(b"x", "x.exe")})

    assert (good.status_code, again.status_code, bad.status_code) == (200, 200, 422)
    assert "图纸.pdf" in good.content.decode()
    assert "只能上传" in bad.content.decode()


def test_up_19_same_file_twice_is_told_apart(make_order):
    order = make_order(State.DESIGN_OPEN)
    content = png()
    uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(content, "a.png"), by=order.customer)

    with pytest.raises(ValidationError, match="已经上传过"):
        uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(content, "b.png"), by=order.customer)


def test_up_15_too_many_files_are_refused(make_order, settings):
    settings.FILES_PER_KIND = 1
    order = make_order(State.DESIGN_OPEN)
    uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png(), "a.png"), by=order.customer)

    with pytest.raises(ValidationError, match="最多上传 1 个"):
        uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png((9, 9)), "b.png"), by=order.customer)


def test_up_20_paper_of_another_stage_is_refused(make_order):
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
    with pytest.raises(Conflict):
        uploads.remove(order, handed_in)


def test_later_papers_of_the_application_follow_with_a_line_in_the_trace(make_order, customer, browser_of):
    order = make_order(State.SURVEYING)

    browser_of(customer).post(
        reverse("workorders:supplement", args=[order.pk]), {AttachmentKind.PROPERTY.value: samples.pdf("产权证明")}
    )

    assert Attachment.objects.filter(kind=AttachmentKind.PROPERTY).count() == 1
    assert order.events.last().note == "用电地址产权证明：产权证明.pdf"


def test_up_13_stored_name_is_random_and_the_shown_name_is_text(make_order):
    order = make_order(State.DESIGN_OPEN)
    name = '<img src=x onerror=alert(1)>".png'

    attachment = uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png(), name), by=order.customer)

    assert attachment.original_name == name
    assert "onerror" not in attachment.file.name


def test_up_11_customer_is_told_what_was_taken_out(make_order, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    stream = io.BytesIO()
    with pikepdf.open(samples.pdf("图纸")) as document:
        document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
        document.save(stream)
    url = reverse("workorders:upload", args=[order.pk, AttachmentKind.DESIGN_FILES])

    row = browser_of(customer).post(url, {"file": upload(stream.getvalue())}).content.decode()

    assert "为安全起见，已去除文件中的脚本。" in row
    with Attachment.objects.get(kind=AttachmentKind.DESIGN_FILES).file.open() as file:
        assert b"JavaScript" not in file.read()


def test_up_15_an_order_takes_only_so_many_files_and_bytes(make_order, settings):
    order = make_order(State.DESIGN_OPEN)
    settings.ORDER_MAX_FILES = Attachment.objects.count()
    with pytest.raises(ValidationError, match="一个工单最多上传"):
        uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png(), "a.png"), by=order.customer)

    settings.ORDER_MAX_FILES += 1
    settings.ORDER_MAX_BYTES = 1
    with pytest.raises(ValidationError, match="合计最多"):
        uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png(), "a.png"), by=order.customer)


def test_up_20_upload_by_others_or_without_the_token_is_refused(make_order, outsider, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    url = reverse("workorders:upload", args=[order.pk, AttachmentKind.DESIGN_FILES])

    assert browser_of(outsider).post(url, {"file": upload(png(), "a.png")}).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(customer, backend="django.contrib.auth.backends.ModelBackend")
    assert strict.post(url, {"file": upload(png(), "a.png")}).status_code == 403
    assert not Attachment.objects.filter(kind=AttachmentKind.DESIGN_FILES).exists()


def test_up_22_full_disk_is_told_and_leaves_nothing(make_order, settings, monkeypatch):
    order = make_order(State.DESIGN_OPEN)
    before = set(settings.MEDIA_ROOT.rglob("*"))

    def write_half(self, name, content):
        path = settings.MEDIA_ROOT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.read(9))
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "_save", write_half)
    with pytest.raises(ValidationError, match="存储空间不足"):
        uploads.attach(order, AttachmentKind.DESIGN_FILES, upload(png(), "a.png"), by=order.customer)

    assert set(settings.MEDIA_ROOT.rglob("*")) == before
    assert not Attachment.objects.filter(kind=AttachmentKind.DESIGN_FILES).exists()


def test_up_31_who_uploads_too_often_is_told_to_wait_and_nothing_is_opened(make_order, browser_of, monkeypatch):
    monkeypatch.setattr(checks, "UPLOADS", Rate("uploads", 1, timedelta(minutes=10)))
    order, http = make_order(State.DESIGN_OPEN), browser_of
    url = reverse("workorders:upload", args=[order.pk, AttachmentKind.DESIGN_FILES])
    form = reverse("workorders:submission", args=[order.pk])
    browser = http(order.customer)

    first = browser.post(url, {"file": samples.pdf("图纸")})
    refused = browser.post(url, {"file": samples.pdf("图纸二")})
    in_a_form = browser.post(form, {AttachmentKind.DESIGN_FILES.value: samples.pdf("图纸三")})

    assert (first.status_code, refused.status_code) == (200, 422)
    for page in (refused, in_a_form):
        assert "上传过于频繁（每 10 分钟最多 1 个文件），这个文件没有保存，请 10 分钟后再传" in page.content.decode()
    assert Attachment.objects.filter(kind=AttachmentKind.DESIGN_FILES).count() == 1


def test_up_31_one_persons_files_have_a_volume_a_day_over_all_orders(make_order, browser_of, monkeypatch):
    monkeypatch.setattr(checks, "VOLUME", Rate("upload-volume", 1, timedelta(days=1)))

    answers = []
    for order in (make_order(State.DESIGN_OPEN), make_order(State.DESIGN_OPEN)):
        url = reverse("workorders:upload", args=[order.pk, AttachmentKind.DESIGN_FILES])
        answers.append(browser_of(order.customer).post(url, {"file": samples.pdf("图纸")}))

    assert [answer.status_code for answer in answers] == [200, 422]
    assert "一天内上传的文件合计超过" in answers[1].content.decode()


def test_up_30_one_person_keeps_so_many_drafts(make_order, customer, browser_of, monkeypatch):
    make_order(State.DRAFT)
    monkeypatch.setattr(draft_quota, "MOST_DRAFTS", 2)
    region = {"province": "33", "city": "3301", "district": "330106", "go": "1"}

    second, third = (browser_of(customer).post(reverse("workorders:new"), region) for _ in range(2))

    assert second.status_code == 302
    assert "您已有 2 份没有提交的申请" in third.content.decode()
    assert "撤销不需要的草稿" in third.content.decode()


def test_up_30_drafts_that_are_withdrawn_count_for_the_day(customer, browser_of, monkeypatch, area):
    monkeypatch.setattr(draft_quota, "MOST_BEGUN", 2)
    region = {"province": "33", "city": "3301", "district": "330106", "go": "1"}
    for _ in range(2):
        assert browser_of(customer).post(reverse("workorders:new"), region).status_code == 302
        WorkOrder.objects.update(state=State.TERMINATED)  # as where it is withdrawn

    page = browser_of(customer).post(reverse("workorders:new"), region).content.decode()

    assert "您一天内已新建 2 份申请" in page
    assert WorkOrder.objects.count() == 2


def test_up_30_all_drafts_of_one_person_have_the_room_of_one_order(make_order, settings):
    first, second = make_order(State.DRAFT), make_order(State.DRAFT)
    settings.ORDER_MAX_BYTES = Attachment.objects.aggregate(bytes=Sum("size", default=0))["bytes"] + len(png()) * 3 // 2
    uploads.attach(first, AttachmentKind.LICENCE, upload(png(), "a.png"), by=first.customer)

    with pytest.raises(ValidationError, match="全部草稿里的文件合计最多"):
        uploads.attach(second, AttachmentKind.LICENCE, upload(png(), "b.png"), by=second.customer)
    WorkOrder.objects.filter(pk=first.pk).update(state=State.TERMINATED)  # as where it is withdrawn
    with pytest.raises(ValidationError, match="撤销的草稿里的文件也算在内"):
        uploads.attach(second, AttachmentKind.LICENCE, upload(png(), "b.png"), by=second.customer)
