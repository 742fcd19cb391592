import pytest
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from signing.models import Certificate
from signing.pki import keys


@pytest.fixture
def certificate(db):
    serial = keys.signer_for("user-1", "李晓明").signing_cert.serial_number
    return Certificate.objects.get(serial=f"{serial:x}")


@pytest.fixture
def desk(client, db):
    client.force_login(
        User.objects.create_user("13600136000", "周敏", role=Role.SUPERVISOR),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


def test_a_supervisor_finds_and_revokes_a_certificate(desk, certificate):
    listed = desk.get(reverse("admin:signing_certificate_changelist"), {"q": "李晓明"}, follow=True)
    asked = desk.get(reverse("admin:signing_certificate_revoke", args=[certificate.pk]))

    done = desk.post(
        reverse("admin:signing_certificate_revoke", args=[certificate.pk]), {"reason": "授权终止"}, follow=True
    )

    assert certificate.serial in listed.content.decode()
    assert "之前的签名仍然有效" in asked.content.decode()
    assert "已吊销证书" in done.content.decode()
    certificate.refresh_from_db()
    assert (certificate.revocation_reason, bool(certificate.revoked_at)) == ("授权终止", True)


def test_a_reason_is_needed_and_a_second_revocation_is_refused(desk, certificate):
    url = reverse("admin:signing_certificate_revoke", args=[certificate.pk])

    blank = desk.post(url, {"reason": " "})
    assert blank.context["form"].errors["reason"]
    assert not Certificate.objects.get().revoked_at

    desk.post(url, {"reason": "授权终止"})
    again = desk.post(url, {"reason": "再来一次"}, follow=True)
    assert "不用再吊销" in again.content.decode()
    assert Certificate.objects.get().revocation_reason == "授权终止"


def test_nothing_is_edited_in_the_admin(desk, certificate):
    url = reverse("admin:signing_certificate_change", args=[certificate.pk])

    assert desk.post(url, {"name": "别人"}).status_code == 403
    assert b'name="name"' not in desk.get(url).content
