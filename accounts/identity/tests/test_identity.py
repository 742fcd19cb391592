"""The real-name check: the customer's page, the supervisor's review."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts import documents
from accounts.conftest import NUMBER, PHOTO, approve
from accounts.enums import ConsentKind, IdentityStatus
from accounts.identity import claims, id_photos
from accounts.models import Consent, IdentityReading, RealName
from accounts.privacy import consents
from notifications.models import Notification

PAGE = "accounts:identity"


@pytest.fixture
def review(client, supervisor, claimed):
    """Return a function that posts an action of the review page as a supervisor."""
    client.force_login(supervisor)
    page = client.get(reverse("admin:accounts_realname_change", args=[claimed.pk])).content.decode()
    sent_back = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))

    def post(action, **data):
        if action == "approve":
            id_photos.show(claimed, by=supervisor)
        url = reverse(f"admin:accounts_realname_{action}", args=[claimed.pk])
        return client.post(url, sent_back | data, follow=action != "number")

    return post


def send(client, user, **changes):
    data = {"name": user.name, "id_number": "890101 19900307 8881", "consent": "on"}
    data["photo"] = SimpleUploadedFile("身份证.jpg", PHOTO, "image/jpeg")
    return client.post(reverse(PAGE), data | changes)


def test_pr_04_sensitive_consent_is_asked_apart_and_kept_with_its_version(client, customer):
    client.force_login(customer)

    refused = send(client, customer, consent="").content.decode()
    send(client, customer)

    assert "须经您单独同意" in refused
    assert "签署文件。：" not in refused  # the list of errors does not have the whole text once more
    consent = Consent.objects.get(kind=ConsentKind.SENSITIVE)
    assert consent.version == consents.TEXTS[ConsentKind.SENSITIVE].version
    assert RealName.objects.get().status == IdentityStatus.PENDING


def test_claim_waits_for_a_supervisor_and_is_shown_masked(client, customer):
    client.force_login(customer)
    send(client, customer)

    page = client.get(reverse(PAGE)).content.decode()

    assert "正在审核" in page
    assert documents.mask(NUMBER) in page
    assert NUMBER not in page
    assert not customer.is_verified


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"id_number": "890101199003078880"}, "校验码不正确"),
        ({"id_number": "8901011990030788"}, "应为 18 位"),
        ({"id_number": "890101199002308881"}, "出生日期"),
        ({"name": "赵强"}, "与账号的姓名"),
    ],
)
def test_wrong_claim_is_refused_with_what_is_wrong(client, customer, changes, message):
    client.force_login(customer)

    assert message in send(client, customer, **changes).content.decode()
    assert not RealName.objects.exists()


def test_supervisor_approves_and_the_customer_hears_of_it(review, customer):
    review("approve")

    assert customer.is_verified
    assert Notification.objects.get(user=customer).title == "实名认证已通过"
    customer.name = "别的名字"
    customer.save()
    assert not customer.is_verified


def test_supervisor_rejects_with_a_reason_and_the_customer_tries_again(review, client, customer):
    review("reject", reason="姓名与证件不一致")

    client.force_login(customer)
    assert "姓名与证件不一致" in client.get(reverse(PAGE)).content.decode()
    send(client, customer)
    assert RealName.objects.get().status == IdentityStatus.PENDING
    assert RealName.objects.get().reason == ""


def test_rejection_without_a_reason_decides_nothing(review, claimed):
    review("reject", reason="")

    claimed.refresh_from_db()
    assert claimed.is_pending


def test_decision_on_a_claim_that_changed_meanwhile_is_refused(review, customer, claimed):
    claims.claim(customer, name=customer.name, id_number="890102198506150015")

    assert "刚刚有变化" in review("approve").content.decode()
    assert not customer.is_verified


@pytest.mark.parametrize("action", ["approve", "reject", "enterprise"])
@pytest.mark.parametrize("changed", ["name", "legal_representative"])
def test_sg_20_a_review_decides_on_exactly_what_was_shown(review, customer, claimed, action, changed):
    type(customer.enterprise).objects.update(**{changed: "改名电气有限公司"})

    answer = review(action, reason="照片看不清，请重新拍摄")

    assert answer.status_code == 409
    page = answer.content.decode()
    assert f"{'企业' if changed == 'name' else '法定代表人'}刚刚有变化" in page
    assert "改名电气有限公司" in page
    assert action != "reject" or 'value="照片看不清，请重新拍摄"' in page
    claimed.refresh_from_db()
    customer.enterprise.refresh_from_db()
    assert (claimed.is_pending, customer.enterprise.verified_at) == (True, None)


def test_one_number_opens_one_account(review, customer, outsider, claimed, supervisor):
    other = claims.claim(outsider, name=outsider.name, id_number=NUMBER, photo=PHOTO)
    review("approve")

    with pytest.raises(ValidationError, match="另一个账号"):
        approve(other, supervisor)
    assert not outsider.is_verified


def test_pr_18_claim_of_a_registered_number_is_answered_like_any_other(client, outsider, claimed, supervisor):
    approve(claimed, supervisor)
    client.force_login(outsider)

    answers = []
    for number in (NUMBER, "890102198506150015"):
        answer = send(client, outsider, id_number=number)
        answers.append((answer.status_code, answer.url, client.get(answer.url).content.count(b"notice")))
        assert RealName.objects.get(user=outsider).status == IdentityStatus.PENDING

    assert answers[0] == answers[1]


def test_enterprise_is_verified_in_the_same_review_and_a_change_undoes_it(review, client, customer, supervisor):
    enterprise = customer.enterprise
    assert review("enterprise", seen="").status_code == 409
    enterprise.refresh_from_db()
    assert enterprise.verified_at is None

    review("enterprise", credit_code=enterprise.credit_code)
    enterprise.refresh_from_db()
    assert enterprise.verified_by == supervisor

    client.force_login(customer)
    data = {
        "name": "改名公司",
        "credit_code": enterprise.credit_code,
        "legal_representative": "王建国",
        "address": "一号",
    }
    client.post(reverse("accounts:enterprise"), data)
    enterprise.refresh_from_db()
    assert enterprise.verified_at is None


def test_az_23_nobody_verifies_an_enterprise_of_their_own(supervisor, customer, claimed):
    own = RealName.objects.select_related("user__enterprise").get(pk=claimed.pk)

    for decide in (claims.decide, claims.approve_enterprise):
        with pytest.raises(ValidationError, match="自己"):
            decide(own, by=customer, seen=claims.shown(own))
    assert customer.enterprise.verified_at is None


def test_pr_02_reviewer_sees_the_number_for_a_reason_only_once_and_on_record(review, client, customer, claimed):
    change = reverse("admin:accounts_realname_change", args=[claimed.pk])
    pages = [client.get(url) for url in (change, reverse("admin:accounts_realname_changelist"))]
    assert all(NUMBER not in page.content.decode() for page in pages)
    assert NUMBER not in review("number", reason="").content.decode()

    shown = review("number", reason="核对身份证照片")

    assert NUMBER in shown.content.decode()
    assert shown["Refresh"].startswith("30;")
    assert "no-store" in shown["Cache-Control"]
    assert IdentityReading.objects.get().reason == "核对身份证照片"
    history = client.get(reverse("admin:accounts_realname_history", args=[claimed.pk])).content.decode()
    assert "查看证件号码：核对身份证照片" in history
    assert NUMBER not in history + "".join(LogEntry.objects.values_list("change_message", flat=True))


def test_pr_09_person_sees_who_read_the_number(review, client, customer, supervisor):
    review("number", reason="核对身份证照片")

    client.force_login(customer)
    page = client.get(reverse("accounts:privacy_mine")).content.decode()

    assert "核对身份证照片" in page
    assert supervisor.name in page


@pytest.mark.parametrize("action", ["approve", "reject", "enterprise", "number"])
def test_managers_do_not_review(client, manager, claimed, action):
    client.force_login(manager)

    assert client.post(reverse(f"admin:accounts_realname_{action}", args=[claimed.pk])).status_code == 403
    claimed.refresh_from_db()
    assert claimed.is_pending


def test_pr_06_name_is_corrected_until_it_is_verified(client, customer, claimed, supervisor):
    client.force_login(customer)
    client.post(reverse("accounts:name"), {"name": "李小明"})
    customer.refresh_from_db()
    assert customer.name == "李小明"
    assert not RealName.objects.exists()

    approve(claims.claim(customer, name=customer.name, id_number=NUMBER, photo=PHOTO), supervisor)
    assert client.post(reverse("accounts:name"), {"name": "李大明"}).status_code == 403


def test_staff_have_no_identity_page(client, manager):
    client.force_login(manager)

    assert client.get(reverse(PAGE)).status_code == 403
