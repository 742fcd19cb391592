"""Photos of a scan stand in the order in which they were chosen, and can be put right before they are handed in."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from bandian.web.rates import count
from files import checks
from files.tests.samples import upload
from workorders.contract import confirming
from workorders.demo import samples
from workorders.enums import AttachmentKind, State
from workorders.locks import Conflict
from workorders.models import Attachment
from workorders.requests import arranging, uploads

KIND = AttachmentKind.CONTRACT_SCAN


def photo(shade, size=(60, 40)):
    stream = io.BytesIO()
    Image.new("RGB", size, (shade, 0, 0)).save(stream, "JPEG")
    return upload(stream.getvalue(), f"第{shade}页.jpg")


def names(order):
    return [file.original_name for file in Attachment.objects.filter(submission__order=order, kind=KIND)]


@pytest.fixture
def order(make_order):
    return make_order(State.CONTRACT_OPEN)


def test_photos_stand_as_they_were_chosen_and_not_as_they_arrived(order, customer, browser_of):
    url = reverse("workorders:upload", args=[order.pk, KIND])
    for shade, place in ((3, 2), (1, 0), (2, 1)):
        assert browser_of(customer).post(url, {"file": photo(shade), "place": place}).status_code == 200
    browser_of(customer).post(url, {"file": photo(4), "place": "x"})

    assert names(order) == ["第1页.jpg", "第2页.jpg", "第3页.jpg", "第4页.jpg"]
    page = browser_of(customer).get(reverse("workorders:contract_scan", args=[order.pk])).content.decode()
    assert 'data-next-place="4"' in page
    assert page.index("第1页") < page.index("第4页")


def test_a_photo_is_moved_and_turned_until_it_is_handed_in_and_the_code_counts_for_what_was_shown(
    order, customer, browser_of, django_capture_on_commit_callbacks
):
    first, second = (uploads.attach(order, KIND, photo(shade), by=customer) for shade in (1, 2))
    subject = confirming.scan_subject_of(order, customer)
    url = reverse("workorders:arrange", args=[order.pk, second.pk])

    browser_of(customer).post(url, {"do": "up"})
    assert names(order) == ["第2页.jpg", "第1页.jpg"]
    assert (moved := confirming.scan_subject_of(order, customer)) != subject
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser_of(customer).post(url, {"do": "turn"}, headers={"X-Requested-With": "XMLHttpRequest"})

    old, found = second, Attachment.objects.get(pk=second.pk)
    with found.file.open("rb") as file, Image.open(file) as image:
        assert image.size == (40, 60)
    assert found.sha256[:8] in answer.content.decode()
    assert not old.file.storage.exists(old.file.name)
    assert confirming.scan_subject_of(order, customer) not in (subject, moved)
    assert browser_of(customer).post(url, {"do": "spin"}).status_code == 302
    found.submission.submitted_at = timezone.now()
    found.submission.save()
    for what in ("up", "turn"):
        with pytest.raises(Conflict):
            arranging.arrange(order, first, what)


def test_up_36_turning_a_photo_counts_as_an_upload(order, customer, browser_of):
    file = uploads.attach(order, KIND, photo(1), by=customer)
    url, alone = reverse("workorders:arrange", args=[order.pk, file.pk]), {"X-Requested-With": "XMLHttpRequest"}
    count(checks.UPLOADS, customer.pk, checks.UPLOADS.most - 1)

    turned, refused, moved = (
        browser_of(customer).post(url, {"do": what}, headers=alone) for what in ("turn", "turn", "up")
    )

    assert (turned.status_code, refused.status_code, moved.status_code) == (200, 422, 200)
    assert "上传过于频繁" in refused.content.decode()


def test_a_pdf_is_not_turned(order, customer):
    file = uploads.attach(order, KIND, samples.pdf("扫描"), by=customer)

    with pytest.raises(ValidationError, match="转正后重新上传"):
        arranging.arrange(order, file, "turn")
