"""What a browser does with stored files that were made to act: it shows them, and no more."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from workorders.demo import samples
from workorders.demo.browser import wait_until
from workorders.enums import AttachmentKind, State
from workorders.models import Attachment
from workorders.requests import uploads
from workorders.requests.tests.test_arranging import photo

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:No directory at"),  # the server starts before the test's settings are there
]
TRAP = b"<html><script>alert(1);fetch('/stolen')</script><img src=/stolen onerror=alert(2)></html>"


@pytest.fixture
def page(new_context, live_server, client, customer):
    """A page of the logged-in customer; returns it with the list of what a trap has done."""
    client.force_login(customer, backend="django.contrib.auth.backends.ModelBackend")
    context = new_context()
    cookies = [{"name": name, "value": morsel.value, "url": live_server.url} for name, morsel in client.cookies.items()]
    context.add_cookies(cookies)
    page, done = context.new_page(), []
    page.on("dialog", lambda dialog: (done.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: "stolen" in request.url and done.append(request.url))
    return page, done


@pytest.mark.parametrize("passes_the_check", [True, False], ids=["as uploaded", "as if nobody had checked"])
def test_up_07_a_stored_polyglot_does_nothing_in_the_browser(page, live_server, make_order, passes_the_check):
    page, done = page
    order = make_order(State.DESIGN_OPEN)
    file = SimpleUploadedFile("照片.jpg", samples.photo("照片").read() + TRAP)
    kept = uploads.attach(order, AttachmentKind.DESIGN_FILES, file, by=order.customer)
    if not passes_the_check:
        default_storage.delete(kept.file.name)
        default_storage.save(kept.file.name, ContentFile(TRAP))

    url = live_server.url + reverse("workorders:attachment_page", args=[order.pk, kept.pk, 1])
    answer = page.goto(url)
    page.wait_for_timeout(300)

    assert answer.status == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert (TRAP in answer.body()) != passes_the_check
    assert done == []


def test_up_07_a_pdf_is_shown_as_pictures_and_comes_as_a_download(page, live_server, make_order):
    page, done = page
    order = make_order(State.DESIGN_OPEN)
    file = SimpleUploadedFile("图纸.pdf", TRAP + b"\n" + samples.pdf("图纸").read() + TRAP)
    kept = uploads.attach(order, AttachmentKind.DESIGN_FILES, file, by=order.customer)

    page.goto(live_server.url + kept.get_absolute_url())
    wait_until(page, "document.querySelector('.page-images img').naturalWidth > 0")
    with page.expect_download() as download:
        page.locator("a[href*=download]").first.click()

    assert download.value.suggested_filename == "图纸.pdf"
    assert TRAP not in Path(download.value.path()).read_bytes()
    assert done == []


def test_photos_of_a_scan_stand_as_chosen_and_are_put_right_on_the_page(page, live_server, make_order):
    page, _ = page
    order = make_order(State.CONTRACT_OPEN)
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(live_server.url + reverse("workorders:contract_scan", args=[order.pk]))
    chosen = [
        {"name": f"第{number}页.jpg", "mimeType": "image/jpeg", "buffer": photo(number).read()} for number in (1, 2, 3)
    ]

    page.locator("#upload-contract_scan").set_input_files(chosen)
    wait_until(page, "document.querySelectorAll('.file-row[data-state=done]').length === 3")
    page.reload()
    rows = page.locator(".file-row")
    assert [row.locator("a").inner_text() for row in rows.all()] == ["第1页.jpg", "第2页.jpg", "第3页.jpg"]

    rows.nth(2).get_by_role("button", name="上移").click()
    wait_until(page, "document.activeElement.closest('.file-row')?.nextElementSibling?.innerText.includes('第2页')")
    rows.nth(1).get_by_role("button", name="旋转").click()
    wait_until(page, "document.querySelector('[data-upload-status]').textContent === '照片已旋转'")

    kept = list(Attachment.objects.filter(submission__order=order, kind=AttachmentKind.CONTRACT_SCAN))
    assert [file.original_name for file in kept] == ["第1页.jpg", "第3页.jpg", "第2页.jpg"]
    with kept[0].file.open("rb") as one, kept[1].file.open("rb") as turned:
        assert Image.open(one).size == Image.open(turned).size[::-1]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
