from datetime import timedelta

import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.conftest import PASSWORD
from accounts.enums import CodePurpose
from accounts.models import PhoneCode
from accounts.tests.steps import NEW_PHONE, ask, shown_code, verify


def prove(client):
    return client.post(reverse("accounts:phone"), {"old_password": PASSWORD})


def test_au_18_change_needs_the_old_factor(client, customer):
    client.force_login(customer)

    assert ask(client, "phone_new", NEW_PHONE).url == reverse("accounts:phone")
    assert not PhoneCode.objects.exists()


def test_au_18_password_and_new_code_change_the_phone(client, customer, capsys, django_capture_on_commit_callbacks):
    elsewhere = Client()
    for browser in (client, elsewhere):
        browser.force_login(customer)
    before = client.session.session_key

    assert prove(client).url == reverse("accounts:phone_new")
    assert client.session.session_key != before
    ask(client, "phone_new", NEW_PHONE)
    capsys.readouterr()
    with django_capture_on_commit_callbacks(execute=True):
        response = verify(client, "phone_new_verify")

    customer.refresh_from_db()
    sent = capsys.readouterr().out
    assert response.url == reverse("accounts:me")
    assert customer.phone == NEW_PHONE
    assert "13800138000：" in sent
    assert f"{NEW_PHONE}：" in sent
    assert client.get(reverse("accounts:me")).status_code == 200
    assert elsewhere.get(reverse("accounts:me")).status_code == 302


def test_au_18_code_to_the_old_phone_stands_in_for_the_password(client, customer):
    client.force_login(customer)
    client.post(reverse("accounts:phone_code"))

    assert verify(client, "phone_code_verify").url == reverse("accounts:phone_new")
    assert PhoneCode.objects.get().purpose == CodePurpose.CONFIRM


def test_au_18_signing_is_held_for_a_day(customer):
    assert customer.signing_hold_until is None
    customer.access_changed_at = timezone.now()

    assert customer.signing_hold_until == customer.access_changed_at + timedelta(hours=24)
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        assert customer.signing_hold_until is None


def test_au_18_phone_of_another_account_gets_no_code(client, customer, outsider, capsys):
    client.force_login(customer)
    prove(client)

    response = ask(client, "phone_new", outsider.phone)

    assert response.url == reverse("accounts:phone_new_verify")
    assert "已有账号" in capsys.readouterr().out


def test_au_07_login_code_changes_no_phone(client, customer):
    client.force_login(customer)
    stranger = Client()
    ask(stranger, "login_code", customer.phone)
    code = shown_code(stranger, "login_verify")

    assert verify(client, "phone_code_verify", code).url == reverse("accounts:phone_code")
