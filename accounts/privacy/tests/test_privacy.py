"""我的 → 个人信息: consents, the copy of my data, the end of the account."""

import io
import json
import zipfile

import pytest
from asgiref.sync import async_to_sync
from django.urls import reverse

from accounts import personal
from accounts.conftest import PASSWORD
from accounts.enums import ConsentKind
from accounts.identity import claims, id_photos
from accounts.models import Consent, Enterprise, IdentityPhoto, KeptForm, PhoneCode, RealName, User
from accounts.privacy import consents, personal_data
from accounts.validators import validate_phone
from notifications.models import Notification
from notifications.services import notify

NUMBER = "890101199003078881"
MINE = "accounts:privacy_mine"


@pytest.fixture
def verified(customer, supervisor):
    record = claims.claim(customer, name=customer.name, id_number=NUMBER)
    id_photos.keep(customer, b"jpeg")
    id_photos.show(record, by=supervisor)
    claims.decide(record, by=supervisor, seen=claims.shown(record))
    return customer


def unpack(response):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))
    assert archive.testzip() is None
    return archive, json.loads(archive.read("个人信息.json"))


def close(client, password=PASSWORD):
    return client.post(reverse("accounts:close"), {"password": password, "understood": "on"})


def test_pr_04_consents_are_listed_with_version_and_effect_and_can_be_withdrawn(client, verified):
    client.force_login(verified)
    page = client.get(reverse(MINE)).content.decode()
    assert consents.TEXTS[ConsentKind.SENSITIVE].effect in page
    assert "2026-11" in page

    client.post(reverse("accounts:withdraw_consent"), {"kind": "sensitive"})

    assert Consent.objects.get(kind=ConsentKind.SENSITIVE).withdrawn_at
    assert not RealName.objects.exists()
    assert not verified.is_verified


def test_pr_04_sharing_is_a_consent_of_its_own(client, customer):
    client.force_login(customer)
    assert not consents.is_given(customer, ConsentKind.SHARING)

    client.post(reverse("accounts:give_consent"), {"kind": "sharing"})
    assert consents.is_given(customer, ConsentKind.SHARING)
    assert not consents.is_given(customer, ConsentKind.SENSITIVE)

    client.post(reverse("accounts:withdraw_consent"), {"kind": "sharing"})
    client.post(reverse("accounts:give_consent"), {"kind": "sharing"})
    assert Consent.objects.filter(kind=ConsentKind.SHARING).count() == 2


def test_pr_04_a_new_version_of_the_text_is_asked_anew(customer, monkeypatch):
    consents.give(customer, ConsentKind.SHARING)
    newer = consents.Text("2027-01", "", "")
    monkeypatch.setitem(consents.TEXTS, ConsentKind.SHARING, newer)

    assert not consents.is_given(customer, ConsentKind.SHARING)


@pytest.mark.parametrize("kind", ["terms", "everything", ""])
def test_terms_and_unknown_consents_are_not_withdrawn_here(client, customer, kind):
    client.force_login(customer)

    assert client.post(reverse("accounts:withdraw_consent"), {"kind": kind}).status_code == 403


def test_pr_05_export_holds_my_rows_and_nobody_elses(client, verified, outsider):
    notify([verified], kind="step", title="我的消息")
    notify([outsider], kind="step", title="别人的消息")
    client.force_login(verified)

    archive, data = unpack(client.post(reverse("accounts:export")))

    text = archive.read("个人信息.json").decode()
    assert data["账号"]["手机号"] == verified.phone
    assert data["实名认证"]["证件"] == "居民身份证 890101********8881"
    assert NUMBER not in text
    assert "我的消息" in text
    for foreign in ("别人的消息", outsider.phone, outsider.name):
        assert foreign not in text


def test_pr_22_exports_have_a_rate(client, customer):
    client.force_login(customer)
    answers = [client.post(reverse("accounts:export")) for _ in range(personal_data.EXPORTS.most + 1)]

    assert [answer.status_code for answer in answers] == [200] * personal_data.EXPORTS.most + [302]
    assert "导出过于频繁" in client.get(reverse(MINE)).content.decode()
    assert Notification.objects.filter(title="您的个人信息已导出").count() == personal_data.EXPORTS.most


def test_export_holds_the_forms_that_are_kept_with_their_numbers_masked(client, customer):
    fields = {"text": ["还没有交的话"], "id_number": [NUMBER], "csrfmiddlewaretoken": ["x1"]}
    sent = json.dumps({"path": "/feedback/", "fields": fields, "files": ["图.pdf"]})
    KeptForm.objects.create(user=customer, page="/feedback/", sent=sent)
    client.force_login(customer)

    _, data = unpack(client.post(reverse("accounts:export")))

    (form,) = data["待提交的表单"]
    assert form["内容"] == {"text": ["还没有交的话"], "id_number": ["890101********8881"]}
    assert (form["页面"], form["文件"]) == ("/feedback/", ["图.pdf"])


def test_pr_05_export_is_logged_and_is_no_link(client, customer):
    client.force_login(customer)

    response = client.post(reverse("accounts:export"))
    b"".join(response.streaming_content)

    assert Notification.objects.get(user=customer).title == "您的个人信息已导出"
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("accounts:export")).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_export_streams_from_the_asgi_server_too(async_client, customer):
    async def fetch():
        await async_client.aforce_login(customer)
        response = await async_client.post(reverse("accounts:export"))
        return b"".join([part async for part in response.streaming_content])

    body = async_to_sync(fetch)()
    assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None


def test_pr_07_closed_account_leaves_nothing_personal(client, verified):
    phone, name, enterprise = verified.phone, verified.name, verified.enterprise
    PhoneCode.objects.create(
        phone=phone, purpose="login", code_hash="x", browser="x", address="x", expires_at=verified.date_joined
    )
    client.force_login(verified)

    response = close(client)

    verified.refresh_from_db()
    assert response.url == reverse("accounts:login")
    assert verified.name == personal.CLOSED_NAME
    assert verified.phone.startswith(personal.CLOSED_PREFIX)
    validate_phone(verified.phone)
    assert not verified.is_active
    assert not verified.has_usable_password()
    assert not User.objects.filter(phone=phone).exists()
    for model in (RealName, IdentityPhoto, Consent, PhoneCode, Enterprise):
        assert not model.objects.exists(), model
    assert not any(name in f"{row.title}{row.body}" for row in Notification.objects.all())
    assert client.get(reverse(MINE)).status_code == 302
    assert User.objects.create_user(phone, name, PASSWORD)
    assert enterprise.name


def test_pr_07_enterprise_with_other_people_stays(client, verified, outsider):
    User.objects.filter(pk=outsider.pk).update(enterprise=verified.enterprise)
    client.force_login(verified)

    close(client)

    assert Enterprise.objects.exists()


def test_wrong_password_closes_nothing(client, customer):
    client.force_login(customer)

    assert "当前密码不正确" in close(client, "不是这个密码").content.decode()
    customer.refresh_from_db()
    assert customer.is_active


def test_pr_07_staff_cannot_close_their_account_here(client, manager):
    client.force_login(manager)

    assert close(client).status_code == 403
    manager.refresh_from_db()
    assert manager.is_active
