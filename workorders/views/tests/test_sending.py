"""Files go out by one view: to whom it may, as what they are, whole or in part."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from bandian.web import pools
from files import previews
from files.tests.samples import costly_pdf
from workorders.demo import samples
from workorders.enums import AttachmentKind, State
from workorders.requests import uploads


@pytest.fixture
def kept(make_order):
    order = make_order(State.DESIGN_OPEN)
    file = SimpleUploadedFile("图纸.pdf", samples.pdf("图纸").read())
    return uploads.attach(order, AttachmentKind.DESIGN_FILES, file, by=order.customer)


def stored(kept):
    with kept.file.open() as file:
        return file.read()


@pytest.fixture
def url(kept):
    return reverse("workorders:attachment_download", args=[kept.submission.order_id, kept.pk])


def test_up_07_what_is_sent_cannot_act(kept, url, customer, browser_of):
    response = browser_of(customer).get(url)

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment;")
    assert response["ETag"] == f'"{kept.sha256}"'
    assert response["Accept-Ranges"] == "bytes"
    assert b"".join(response) == stored(kept)


def test_up_20_others_get_nothing_not_even_that_it_is_unchanged(kept, url, outsider, browser_of):
    assert browser_of(outsider).get(url, headers={"If-None-Match": f'"{kept.sha256}"'}).status_code == 404


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("bytes=0-9", slice(0, 10)),
        ("bytes=5-", slice(5, None)),
        ("bytes=-7", slice(-7, None)),
        ("bytes=10-99999999", slice(10, None)),
        ("bytes=-99999999", slice(0, None)),
    ],
)
def test_a_part_is_sent(asked, part, kept, url, customer, browser_of):
    response = browser_of(customer).get(url, headers={"Range": asked})

    assert response.status_code == 206
    assert response.content == stored(kept)[part]
    start = range(kept.size)[part].start
    assert response["Content-Range"] == f"bytes {start}-{start + len(response.content) - 1}/{kept.size}"
    assert response["Content-Type"] == "application/pdf"


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0"])
def test_a_part_that_there_is_not_is_refused(asked, kept, url, customer, browser_of):
    response = browser_of(customer).get(url, headers={"Range": asked})

    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{kept.size}"


@pytest.mark.parametrize("asked", ["bytes=0-1,4-5", "bytes=9-3", "bytes=-", "lines=1-2", "bytes=a-b", "bytes=٣-٤"])
def test_what_is_no_part_is_answered_with_the_whole(asked, kept, url, customer, browser_of):
    response = browser_of(customer).get(url, HTTP_RANGE=asked)

    assert response.status_code == 200
    assert response.getvalue() == stored(kept)


def test_a_part_of_another_version_is_answered_with_the_whole(kept, url, customer, browser_of):
    http = browser_of(customer)

    other = http.get(url, headers={"Range": "bytes=0-9", "If-Range": '"other"'})
    assert other.getvalue() == stored(kept)
    assert http.get(url, headers={"Range": "bytes=0-9", "If-Range": f'"{kept.sha256}"'}).status_code == 206
    assert http.get(url, headers={"If-None-Match": f'"{kept.sha256}"'}).status_code == 304


def test_the_web_server_sends_where_it_can(kept, url, customer, browser_of, settings):
    settings.SENDFILE_HEADER = "X-Accel-Redirect"

    response = browser_of(customer).get(url)

    assert response["X-Accel-Redirect"] == f"/protected/{kept.file.name}"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response.content == b""


def test_page_images_go_with_their_file(kept, url, customer, browser_of, django_capture_on_commit_callbacks):
    order = kept.submission.order_id
    page = browser_of(customer).get(reverse("workorders:attachment_page", args=[order, kept.pk, 1]))
    image = f"previews/{kept.sha256[:2]}/{kept.sha256}-0-1200.png"

    assert page["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert default_storage.exists(image)
    with django_capture_on_commit_callbacks(execute=True):
        uploads.remove(kept.submission.order, kept)

    assert not default_storage.exists(image)


def test_up_33_a_page_that_cannot_be_drawn_is_answered_by_a_picture_of_words(kept, customer, browser_of, monkeypatch):
    monkeypatch.setattr(previews.PREVIEWS, "cpu", 1)
    default_storage.delete(kept.file.name)
    default_storage.save(kept.file.name, ContentFile(costly_pdf()))
    http = browser_of(customer)

    page = http.get(reverse("workorders:attachment_page", args=[kept.submission.order_id, kept.pk, 1]))

    assert (page.status_code, page["Content-Type"]) == (422, "image/svg+xml")
    assert "第 1 页的内容过于复杂" in page.content.decode()
    assert page["Content-Security-Policy"] == "default-src 'none'; sandbox"
    whole = http.get(reverse("workorders:attachment_download", args=[kept.submission.order_id, kept.pk]))
    assert whole.getvalue().startswith(b"%PDF-")


def test_up_32_who_spent_the_time_is_told_to_wait_and_loses_nothing(make_order, customer, browser_of):
    order = make_order(State.DESIGN_OPEN)
    with pools.charged_to(lambda: str(customer.pk)) as account:
        account.charge(pools.SECONDS.most)

    alone = reverse("workorders:upload", args=[order.pk, AttachmentKind.DESIGN_FILES])
    for path, data in (
        (alone, {"file": samples.pdf("图纸")}),
        (
            reverse("workorders:submission", args=[order.pk]),
            {"contact_name": "演示客户", "design_files": samples.pdf("图纸")},
        ),
    ):
        answer = browser_of(customer).post(path, data)

        assert (answer.status_code, answer["Retry-After"]) == (503, "600"), path
        assert "请过 10 分钟再试" in answer.content.decode(), path
    assert 'value="演示客户"' in answer.content.decode()
    browser = browser_of(customer)
    browser.raise_request_exception = False
    for page in ("dossier", "trace_pdf"):
        answer = browser.post(reverse(f"workorders:{page}", args=[order.pk]))
        assert (answer.status_code, answer["Retry-After"]) == (503, "600"), page
        assert "请过 10 分钟再试" in answer.content.decode(), page
