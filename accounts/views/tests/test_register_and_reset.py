from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.conftest import PASSWORD
from accounts.models import User
from accounts.tests.steps import NEW_PHONE, ask, is_logged_in, verify

DETAILS = {"name": "孙小红", "password": PASSWORD, "consent": "on"}

pytestmark = pytest.mark.django_db


def test_register_creates_the_account_and_logs_in(client, db):
    ask(client, "register", NEW_PHONE)
    verify(client, "register_verify")

    response = client.post(reverse("accounts:register_details"), DETAILS)

    user = User.objects.get(phone=NEW_PHONE)
    assert response.url == reverse("workorders:home")
    assert client.session["_auth_user_id"] == str(user.pk)
    assert user.is_customer
    assert user.consented_at
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"consent": ""}, "consent"),
        ({"name": "Sun1"}, "name"),
        ({"password": "12345678"}, "password"),
        ({"password": NEW_PHONE + "a"}, "password"),
        ({"password": "猫" * 129}, "password"),
    ],
)
def test_register_keeps_what_was_typed_when_something_is_wrong(client, db, change, field):
    ask(client, "register", NEW_PHONE)
    verify(client, "register_verify")

    response = client.post(reverse("accounts:register_details"), DETAILS | change)

    assert list(response.context["form"].errors) == [field]
    assert (DETAILS | change)["name"] in response.content.decode()
    assert not User.objects.exists()


def test_box_left_open_is_told_without_its_long_label(client, db):
    ask(client, "register", NEW_PHONE)
    verify(client, "register_verify")

    page = client.post(reverse("accounts:register_details"), DETAILS | {"consent": ""}).content.decode()

    summary = page.split("data-error-summary")[1].split("</ul>")[0]
    assert "请阅读并勾选同意后再注册。" in summary
    assert "我已阅读" not in summary


def test_register_details_need_a_proven_phone(client, db):
    response = client.post(reverse("accounts:register_details"), DETAILS)

    assert response.url == reverse("accounts:register")
    assert not User.objects.exists()


def test_au_07_proof_for_one_purpose_is_none_for_another(client, customer):
    ask(client, "reset", customer.phone)
    verify(client, "reset_verify")

    response = client.post(reverse("accounts:register_details"), DETAILS)

    assert response.url == reverse("accounts:register")


def test_au_27_password_set_without_the_old_one_is_told_and_holds_signing_for_a_day(client, customer, texts):
    client.force_login(customer)
    own = {"old_password": PASSWORD, "password": "自己改的密码 6"}
    assert "密码" not in texts(client.post, reverse("accounts:password"), own)
    customer.refresh_from_db()
    assert (customer.check_password("自己改的密码 6"), customer.signing_hold_until) == (True, None)

    client.logout()
    ask(client, "reset", customer.phone)
    verify(client, "reset_verify")
    sent = texts(client.post, reverse("accounts:reset_password"), {"password": "新的一句话密码 7"})

    customer.refresh_from_db()
    assert customer.signing_hold_until - timezone.now() > timedelta(hours=23)
    assert customer.phone in sent
    assert "重置了密码" in sent


def test_first_password_of_staff_is_set_not_reset_and_holds_nothing(client, manager, texts):
    manager.set_unusable_password()
    manager.save()
    ask(client, "reset", manager.phone)
    verify(client, "reset_verify")
    sent = texts(client.post, reverse("accounts:reset_password"), {"password": "新的一句话密码 7"})

    page = client.get(reverse("accounts:login")).content.decode()
    assert "设置了密码。" in sent
    assert "密码已设置。请用新密码登录。" in page
    assert "签字" not in sent
    assert "重置" not in page


def test_au_19_reset_works_once_and_ends_all_sessions(client, customer):
    elsewhere = Client()
    elsewhere.force_login(customer)
    ask(client, "reset", customer.phone)
    verify(client, "reset_verify")

    response = client.post(reverse("accounts:reset_password"), {"password": "新的一句话密码 7"})

    customer.refresh_from_db()
    assert customer.check_password("新的一句话密码 7")
    assert response.url == reverse("accounts:login")
    assert not is_logged_in(client)
    assert elsewhere.get(reverse("accounts:me")).status_code == 302
    again = client.post(reverse("accounts:reset_password"), {"password": "再来一次的密码 8"})
    assert again.url == reverse("accounts:reset")
