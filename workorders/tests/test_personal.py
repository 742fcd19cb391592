"""Personal data in orders: the copy, the erasure, and what no page, address or file may carry."""

import io
import re
import zipfile
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from accounts.models import User
from accounts.privacy import personal_data
from accounts.validators import PHONE_PATTERN, validate_id_number
from workorders import inputs
from workorders.demo import driver, people
from workorders.enums import AttachmentKind, State
from workorders.journey import flow
from workorders.models import Attachment, WorkOrder
from workorders.requests import uploads

LEGAL = people.id_number(1)
ID_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")


def test_pr_05_export_holds_my_orders_with_their_files_and_masks(make_order, customer, outsider):
    order = make_order(State.PLAN_SIGNED)
    foreign = driver.start(outsider, company="别人的公司")

    archive = zipfile.ZipFile(io.BytesIO(b"".join(personal_data.export(customer))))

    text = archive.read("个人信息.json").decode()
    assert str(order) in text
    assert "别人的公司" not in text
    assert LEGAL not in text
    files = [name for name in archive.namelist() if name != "个人信息.json"]
    assert len(files) == Attachment.objects.filter(submission__order=order).count() + 1
    assert not any(str(foreign.pk)[:8] in name for name in files)
    assert archive.testzip() is None


def test_pr_07_account_stays_while_an_order_is_under_way(make_order, customer, browser_of):
    make_order(State.ACCEPTED)

    data = {"password": "yanshi-2026", "understood": "on"}
    page = browser_of(customer).post(reverse("accounts:close"), data).content.decode()

    assert "1 个工单正在办理" in page
    customer.refresh_from_db()
    assert customer.is_active


def test_pr_07_closing_erases_drafts_and_keeps_the_file_of_the_archive(
    make_order, customer, manager, django_capture_on_commit_callbacks
):
    phone = customer.phone
    archived, ended = make_order(State.ARCHIVED, short=True), make_order(State.SUBMITTED)
    flow.advance(ended, "withdraw", inputs.Reason(reason="不办了"), by=customer)
    draft = driver.start(customer)
    gone = [each.file.name for each in Attachment.objects.filter(submission__order__in=[draft, ended])]
    kept = [each.file.name for each in Attachment.objects.filter(submission__order=archived)]
    events = archived.events.count()

    with django_capture_on_commit_callbacks(execute=True):
        personal_data.close(customer)

    assert set(WorkOrder.objects.all()) == {archived, ended}
    assert not any(map(default_storage.exists, gone))
    assert kept
    assert all(map(default_storage.exists, kept))
    assert archived.events.count() == events
    assert all(paper.document.is_signed for paper in archived.papers.all())
    application = WorkOrder.objects.get(pk=ended.pk).application
    assert application.legal_id_number == application.handler_name == application.handler_phone == ""
    stranger = User.objects.create_user(phone, "新号主", "yanshi-2026")
    assert not WorkOrder.objects.visible_to(stranger).exists()


def test_pr_10_addresses_name_no_person(make_order, customer, browser_of):
    order = make_order(State.SUBMITTED)
    urls = [reverse(name) for name in ("workorders:home", "workorders:records", "accounts:me", "accounts:privacy_mine")]

    pages = [browser_of(customer).get(url).content.decode() for url in [*urls, order.get_absolute_url()]]

    found = {link for page in pages for link in re.findall(r'(?:href|src|action)="([^"]*)"', page)}
    assert len(found) > 10
    assert not any(ID_NUMBER.search(link) or customer.phone in link or customer.name in link for link in found)


@pytest.mark.parametrize("name", ["workorders:home", "workorders:records", "accounts:me", "accounts:identity"])
def test_pr_11_pages_are_kept_by_no_cache(customer, browser_of, name):
    assert "no-store" in browser_of(customer).get(reverse(name))["Cache-Control"]


def test_pr_11_logging_out_clears_what_the_browser_kept(customer, browser_of):
    assert '"cache"' in browser_of(customer).post(reverse("accounts:logout"))["Clear-Site-Data"]


def test_pr_12_pages_load_from_their_own_origin_only(make_order, customer, manager, browser_of):
    order = make_order(State.PLAN_ISSUED)
    urls = [order.get_absolute_url(), reverse("workorders:sign", args=[order.pk]), reverse("accounts:privacy_mine")]

    pages = [browser_of(customer).get(url).content.decode() for url in urls]
    pages.append(
        browser_of(manager).get(reverse("admin:workorders_workorder_change", args=[order.pk])).content.decode()
    )

    for page in pages:
        assert not re.findall(r'(?:src|action)="(?:https?:)?//[^"]*"|<link[^>]*href="(?:https?:)?//[^"]*"', page)


def test_pr_13_kept_photo_does_not_say_where_it_was_taken(customer):
    order, stream = driver.start(customer), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 0.0)
    exif[0x010E] = "演示人员"
    Image.new("RGB", (300, 200), "teal").save(stream, "JPEG", exif=exif)

    photo = SimpleUploadedFile("证件.jpg", stream.getvalue(), "image/jpeg")
    kept = uploads.attach(order, AttachmentKind.HANDLER_ID, photo, by=customer)

    with kept.file.open() as file, Image.open(file) as image:
        assert not image.getexif()


def test_pr_14_every_whole_id_number_in_the_code_is_nobodys():
    """89 is no province in GB/T 2260, and no operator has 1990000; the samples of the validators stand alone."""
    samples = settings.BASE_DIR / "accounts" / "tests" / "test_validators.py"
    files = [path for name in ("accounts", "workorders", "signing", "bandian", "notifications")
             for path in (settings.BASE_DIR / name).rglob("*.py") if path != samples]  # fmt: skip

    for path in files:
        for number in filter(_is_whole, ID_NUMBER.findall(path.read_text())):
            assert number.startswith("89"), f"{path}: {number}"
    texts = [path.read_text() for path in Path(driver.__file__).parent.glob("*.py")]
    phones = re.findall(PHONE_PATTERN[1:-1], "".join(texts))
    assert phones
    assert all(phone.startswith("1990000") for phone in phones)


def _is_whole(number):
    try:
        validate_id_number(number.upper())
    except ValidationError:
        return False
    return True
