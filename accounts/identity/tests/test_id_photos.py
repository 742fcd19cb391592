"""The photo of an identity document: compared by who decides, sealed, and gone with the decision."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.conftest import NUMBER, PHOTO, approve, jpeg
from accounts.enums import ConsentKind, IdentityStatus
from accounts.identity import claims, id_photos
from accounts.identity.tests.test_identity import send
from accounts.models import IdentityPhoto, IdentityReading, RealName
from accounts.privacy import consents
from bandian.web.rates import count
from files import checks
from notifications.models import Delivery, Notification
from workorders.demo import samples


def test_waiting_claim_is_announced_to_every_supervisor_by_sms_and_taken_back_when_decided(supervisor, claimed):
    told = Notification.objects.get(user=supervisor, title="实名认证待审核")

    assert told.url == reverse("admin:accounts_realname_change", args=[claimed.pk])
    assert Delivery.objects.get(notification=told).channel == "sms"
    assert claimed.name not in told.sms
    approve(claimed, supervisor)
    told.refresh_from_db()
    assert told.read_at


def test_decision_is_told_by_sms(claimed, supervisor, customer):
    approve(claimed, supervisor)

    told = Notification.objects.get(user=customer, title="实名认证已通过")
    assert "实名认证已通过" in told.sms
    assert Delivery.objects.filter(notification=told, channel="sms").exists()


def test_claim_needs_a_photo_and_an_error_elsewhere_keeps_the_one_that_came(client, customer):
    client.force_login(customer)

    assert "请上传证件照片" in send(client, customer, photo="").content.decode()
    page = send(client, customer, id_number="1").content.decode()
    assert "照片已上传，不必再选" in page
    send(client, customer, photo="")

    assert RealName.objects.get().is_pending
    assert IdentityPhoto.objects.get().user == customer


def test_photo_without_consent_is_not_kept(client, customer):
    client.force_login(customer)

    send(client, customer, consent="")

    assert not id_photos.is_kept(customer)


def test_pdf_and_what_is_no_picture_are_refused_in_words(client, customer):
    client.force_login(customer)

    for file in (samples.pdf("身份证"), SimpleUploadedFile("身份证.jpg", b"abc", "image/jpeg")):
        page = send(client, customer, photo=file).content.decode()
        assert "field__error" in page
        assert not id_photos.is_kept(customer)


def test_up_36_photo_of_a_document_counts_as_an_upload(client, customer):
    client.force_login(customer)
    count(checks.UPLOADS, customer.pk, checks.UPLOADS.most)

    page = send(client, customer).content.decode()

    assert "上传过于频繁" in page
    assert not id_photos.is_kept(customer)


def test_photo_is_small_sealed_and_bound_to_its_column(customer):
    kept = id_photos.prepare(SimpleUploadedFile("证件.jpg", jpeg(3000), "image/jpeg"), by=customer)
    id_photos.keep(customer, kept)

    with connection.cursor() as cursor:
        cursor.execute("SELECT image FROM accounts_identityphoto")
        stored = cursor.fetchone()[0]
    row = IdentityPhoto.objects.get()
    assert row.image not in stored
    assert len(kept) < 200_000


def test_nobody_approves_what_they_did_not_compare(claimed, supervisor, customer, client):
    with pytest.raises(ValidationError, match="核对证件照片"):
        claims.decide(claimed, by=supervisor, seen=claims.shown(claimed))

    client.force_login(supervisor)
    page = client.get(reverse("admin:accounts_realname_change", args=[claimed.pk])).content.decode()
    assert "通过认证" not in page
    shown = client.post(reverse("admin:accounts_realname_compare", args=[claimed.pk]))
    body = shown.content.decode()
    assert NUMBER in body
    assert "data:image/jpeg;base64," in body
    assert "核对一致，通过认证" in body
    assert "no-store" in shown["Cache-Control"]
    assert IdentityReading.objects.get(user=customer).by == supervisor
    client.force_login(customer)
    assert id_photos.COMPARING in client.get(reverse("accounts:privacy_mine")).content.decode()


def test_claim_without_a_photo_is_not_approved(customer, supervisor):
    record = claims.claim(customer, name=customer.name, id_number=NUMBER)

    with pytest.raises(ValidationError, match="没有证件照片"):
        approve(record, supervisor)


def test_photo_that_was_replaced_meanwhile_is_compared_anew(claimed, supervisor, customer):
    id_photos.show(claimed, by=supervisor)
    seen = claims.shown(claimed)
    id_photos.keep(customer, jpeg(80))

    with pytest.raises(ValidationError, match="证件照片"):
        claims.decide(claimed, by=supervisor, seen=seen)


def test_photo_that_came_after_the_comparing_is_approved_by_nobody(claimed, supervisor, customer, client):
    id_photos.show(claimed, by=supervisor)
    client.force_login(customer)
    send(client, customer, id_number="1", photo=SimpleUploadedFile("证件.jpg", jpeg(80), "image/jpeg"))

    assert not id_photos.was_compared(claimed, by=supervisor)
    with pytest.raises(ValidationError, match="核对证件照片"):
        claims.decide(claimed, by=supervisor, seen=claims.shown(claimed))  # of a page made just now


@pytest.mark.parametrize("reason", ["", "照片看不清"])
def test_photo_goes_with_the_decision(claimed, supervisor, customer, reason):
    id_photos.show(claimed, by=supervisor)

    claims.decide(claimed, by=supervisor, seen=claims.shown(claimed), reason=reason)

    assert not id_photos.is_kept(customer)


def test_photo_of_who_has_passed_is_not_kept(claimed, supervisor, customer, client):
    approve(claimed, supervisor)
    client.force_login(customer)

    send(client, customer)

    assert not id_photos.is_kept(customer)


def test_photo_goes_with_the_consent_and_with_a_corrected_name(claimed, customer):
    consents.withdraw(customer, ConsentKind.SENSITIVE)
    assert not id_photos.is_kept(customer)
    id_photos.keep(customer, PHOTO)

    claims.correct_name(customer, "李小明")

    assert not id_photos.is_kept(customer)


def test_sweep_takes_what_waits_for_nobody(claimed, customer, outsider):
    id_photos.keep(outsider, PHOTO)
    assert id_photos.sweep() == 0

    old = timezone.now() - timedelta(days=2)
    IdentityPhoto.objects.update(uploaded_at=old)
    assert id_photos.sweep() == 1
    assert id_photos.is_kept(customer)
    RealName.objects.update(status=IdentityStatus.REJECTED, reason="演示", decided_at=timezone.now())
    assert id_photos.sweep() == 1


def test_start_page_says_that_the_claim_is_being_looked_at(client, customer, claimed):
    client.force_login(customer)
    home = reverse("workorders:home")
    assert "实名认证正在审核" in client.get(home).content.decode()

    RealName.objects.update(status=IdentityStatus.REJECTED, reason="照片看不清", decided_at=timezone.now())

    page = client.get(home).content.decode()
    assert "实名认证未通过" in page
    assert "照片看不清" in page


def test_own_page_says_how_the_claim_stands(client, customer, claimed):
    client.force_login(customer)
    assert "审核中" in client.get(reverse("accounts:me")).content.decode()

    RealName.objects.update(status=IdentityStatus.REJECTED, reason="照片看不清", decided_at=timezone.now())

    assert "未通过" in client.get(reverse("accounts:me")).content.decode()
