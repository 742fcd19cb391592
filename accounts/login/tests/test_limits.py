"""Locks, cookies and accounts that must not be there."""

import logging
import os
import runpy
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from axes.models import AccessFailureLog
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services
from accounts.conftest import PASSWORD
from accounts.models import User
from accounts.tests.steps import ask
from bandian import settings as settings_module
from bandian.tests import real_keys

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("step", ["login_code", "register", "reset"])
def test_au_01_known_and_unknown_phone_cost_the_same_work(customer, capsys, step):
    costs = []
    for phone in (customer.phone, "13800138999"):
        capsys.readouterr()
        with CaptureQueriesContext(connection) as queries:
            ask(Client(), step, phone)
        costs.append((len(queries), capsys.readouterr().out.count("[短信]")))

    assert costs[0] == costs[1]
    assert costs[0][1] == 1


def test_au_10_wrong_tries_from_everywhere_leave_the_code(client, customer):
    AccessFailureLog.objects.bulk_create(
        AccessFailureLog(username=customer.phone, ip_address=f"203.0.113.{number}", attempt_time=timezone.now())
        for number in range(services.WRONG_PER_PHONE)
    )

    response = client.post("/account/login/", {"username": customer.phone, "password": PASSWORD})

    assert "请用短信验证码登录" in response.context["form"].errors["password"][0]
    assert ask(client, "login_code", customer.phone).status_code == 302


def test_au_32_one_password_for_many_phones_meets_a_limit_per_address(client, customer):
    data = {"username": customer.phone, "password": PASSWORD}
    for number in range(40):
        client.post("/account/login/", {"username": f"138001390{number:02}", "password": "Password123"})

    here = client.post("/account/login/", data)
    elsewhere = Client(REMOTE_ADDR="192.0.2.1").post("/account/login/", data)

    assert "当前网络密码错误次数过多" in here.context["form"].errors["password"][0]
    assert elsewhere.status_code == 302
    assert ask(client, "login_code", customer.phone).status_code == 302


class SlowBackend:
    """Lets everybody who tries a password wait until no more come, and counts them."""

    tried = 0

    def authenticate(self, request, **credentials):
        SlowBackend.tried += 1
        time.sleep(1)


@pytest.mark.django_db(transaction=True)
def test_au_32_tries_at_once_meet_the_limit_too(settings, rf, monkeypatch):
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.SlowBackend"]
    monkeypatch.setattr(SlowBackend, "tried", 0)

    def spray(number):
        with suppress(ValidationError):
            services.authenticate(rf.post("/"), phone=f"138001390{number:02}", password="Password123")
        connection.close()

    with ThreadPoolExecutor(40) as strangers:
        list(strangers.map(spray, range(40)))

    assert SlowBackend.tried == services.WRONG_PER_ADDRESS.most


def test_au_32_logging_in_uses_nothing_up(client, customer):
    data = {"username": customer.phone, "password": PASSWORD}

    for _ in range(services.WRONG_PER_ADDRESS.most + 5):
        assert client.post("/account/login/", data).status_code == 302
        client.post("/account/logout/")


def test_pr_17_no_phone_is_in_a_log(client, customer, settings, caplog):
    settings.AXES_ENABLED = True
    with caplog.at_level(logging.INFO):
        for _ in range(settings.AXES_FAILURE_LIMIT + 1):
            client.post("/account/login/", {"username": customer.phone, "password": "Password123"})
        settings.SMS_SENDER, settings.SMS_HTTP_URL = "http", "https://127.0.0.1:1/"
        ask(client, "login_code", customer.phone)

    assert "SMS to 138****8000 failed" in caplog.text
    assert "axes" in caplog.text
    assert customer.phone not in caplog.text


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X_Forwarded_For", "X-Real-IP", "Forwarded"])
def test_au_24_spoofed_header_does_not_name_the_session(client, customer, header):
    client.post("/account/login/", {"username": customer.phone, "password": PASSWORD}, headers={header: "192.0.2.1"})

    assert customer.sessions.get().address == "127.0.*.*"


def test_au_25_nobody_is_there_by_default():
    assert not User.objects.exists()
    assert not [*Path(django_settings.BASE_DIR).glob("*/fixtures")]


def test_au_26_cookies_of_production_belong_to_the_host(tmp_path):
    variables = {
        **real_keys.KEYS,
        "ALLOWED_HOSTS": "www.example.com",
        "SMS_SENDER": "http",
        "SMS_HTTP_URL": "https://sms.example.com/",
        "VAR_DIR": str(tmp_path),
    }
    with patch.dict(os.environ, variables, clear=True):
        settings = SimpleNamespace(**runpy.run_path(settings_module.__file__))

    assert (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME) == ("__Host-sessionid", "__Host-csrftoken")
    assert settings.SESSION_COOKIE_SECURE
    assert settings.CSRF_COOKIE_SECURE
    assert settings.CSRF_COOKIE_HTTPONLY
    assert settings.STAFF_OTP
    assert (django_settings.SESSION_COOKIE_SAMESITE, django_settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
    assert django_settings.SESSION_COOKIE_HTTPONLY
