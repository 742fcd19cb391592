import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import PhoneCode, User
from accounts.tests.steps import NEW_PHONE, ask, is_logged_in, shown_code, verify

pytestmark = pytest.mark.django_db


def test_au_13_login_by_code_cycles_the_session_key(client, customer):
    ask(client, "login_code", "138 0013 8000")
    before = client.session.session_key

    response = verify(client, "login_verify")

    assert response.url == reverse("workorders:home")
    assert client.session["_auth_user_id"] == str(customer.pk)
    assert client.session.session_key != before


def test_login_by_code_keeps_next_through_its_steps(client, customer):
    response = ask(client, "login_code", customer.phone, "?next=/messages/")
    assert response.url == reverse("accounts:login_verify") + "?next=%2Fmessages%2F"

    assert verify(client, "login_verify", query="?next=%2Fmessages%2F").url == "/messages/"


def test_wrong_code_is_an_error_on_the_field(client, customer):
    ask(client, "login_code", customer.phone)

    response = verify(client, "login_verify", "000000" if shown_code(client, "login_verify") != "000000" else "1" * 6)

    assert "还可以再试 4 次" in response.context["form"].errors["code"][0]
    assert not is_logged_in(client)


def test_malformed_code_costs_no_try(client, customer):
    ask(client, "login_code", customer.phone)

    response = verify(client, "login_verify", "12345")

    assert response.context["form"].errors["code"] == ["请输入短信中的 6 位数字验证码。"]
    assert PhoneCode.objects.get().tries == 0


def test_au_07_code_of_another_browser_fails(client, customer):
    other = Client()
    ask(client, "login_code", customer.phone)
    code = shown_code(client, "login_verify")
    PhoneCode.objects.update(created_at=customer.date_joined.replace(year=2025))
    ask(other, "login_code", customer.phone)

    verify(other, "login_verify", code)

    assert not is_logged_in(other)


@pytest.mark.parametrize("step", ["login", "register", "reset"])
def test_au_01_known_and_unknown_phone_get_the_same_answers(settings, customer, step):
    settings.DEMO = False
    first_step = {"login": "login_code"}.get(step, step)
    answers = []
    for phone in (customer.phone, "13800138999"):
        client = Client()
        asked = ask(client, first_step, phone)
        page = client.get(asked.url)
        wrong = verify(client, f"{step}_verify", "000000")
        varying = phone + r'|138\*{4}\d{4}|[\w-]{64}|form_token" value="[^"]+'
        bodies = [re.sub(varying, "·", p.content.decode()) for p in (page, wrong)]
        headers = [sorted(set(response.headers) - {"Expires"}) for response in (asked, page, wrong)]
        answers.append([asked.status_code, asked.url, page.status_code, wrong.status_code, bodies, headers])

    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("step", "phone", "text"),
    [
        ("register", "13800138000", "您已有账号"),
        ("login_code", NEW_PHONE, "还没有账号"),
        ("reset", NEW_PHONE, "还没有账号"),
    ],
)
def test_au_02_owner_is_told_and_gets_no_code(client, customer, capsys, step, phone, text):
    ask(client, step, phone)

    sent = capsys.readouterr().out
    assert text in sent
    assert not re.search(r"(?<!\d)\d{6}(?!\d)", sent)


def test_disabled_account_gets_no_code(client, customer, capsys):
    User.objects.update(is_active=False)

    ask(client, "login_code", customer.phone)

    assert "已停用" in capsys.readouterr().out


def test_account_disabled_meanwhile_is_not_logged_in(client, customer):
    ask(client, "login_code", customer.phone)
    code = shown_code(client, "login_verify")
    User.objects.update(is_active=False)

    assert verify(client, "login_verify", code).status_code == 404
    assert not is_logged_in(client)


def test_second_request_within_a_minute_says_how_long_to_wait(client, customer):
    ask(client, "login_code", customer.phone)

    response = ask(client, "login_code", customer.phone)

    assert re.fullmatch(r"请 \d+ 秒后再获取验证码。", response.context["form"].errors["phone"][0])


def test_au_24_spoofed_address_changes_nothing(client, customer):
    for number in range(2):
        client.post(
            reverse("accounts:login_code"),
            {"phone": f"1390013900{number}"},
            headers={"x-forwarded-for": f"192.0.2.{number}"},
        )

    assert PhoneCode.objects.values("address").distinct().count() == 1


def test_au_12_refused_message_is_an_error_and_leaves_no_live_code(client, customer, settings, caplog):
    settings.SMS_SENDER, settings.SMS_HTTP_URL = "http", "http://127.0.0.1:1/"

    response = ask(client, "login_code", customer.phone)

    assert response.context["form"].errors["phone"] == ["短信发送失败，请稍后再试。"]
    assert PhoneCode.objects.get().used_at
    assert "138****8000" in caplog.text
    assert customer.phone not in caplog.text
    assert client.get(reverse("accounts:login_verify")).url == reverse("accounts:login_code")


def test_demo_text_is_shown_on_demo_servers_only(client, customer, settings):
    ask(client, "login_code", customer.phone)
    settings.DEMO = False

    assert "演示" not in client.get(reverse("accounts:login_verify")).content.decode()


def test_code_pages_help_the_keyboard_of_a_phone(client, customer):
    assert 'autocomplete="tel"' in client.get(reverse("accounts:login_code")).content.decode()
    ask(client, "login_code", customer.phone)
    page = client.get(reverse("accounts:login_verify")).content.decode()

    assert 'autocomplete="one-time-code"' in page
    assert 'inputmode="numeric"' in page
    assert "data-countdown=" in page
