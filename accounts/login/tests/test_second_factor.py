import re
import time
from base64 import b32decode

import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.conftest import PASSWORD
from accounts.login import codes, second_factor
from accounts.models import RecoveryCode

PAGE, DESK = "/account/second-factor/", "/admin/"


@pytest.fixture(autouse=True)
def forced(settings):
    settings.STAFF_OTP = True


@pytest.fixture
def device(manager):
    return TOTPDevice.objects.create(user=manager, confirmed=True)


def log_in(client, user, query=""):
    return client.post("/account/login/" + query, {"username": user.phone, "password": PASSWORD})


def code_of(device, steps=0):
    return f"{totp(device.bin_key, drift=steps):06d}"


def new_device(client):
    """Open the set-up and return the device as the authenticator app has it from the page."""
    secret = re.search(r"[A-Z2-7]{4}(?: [A-Z2-7]{4}){7}", client.get(PAGE).content.decode())[0]
    return TOTPDevice(key=b32decode(secret.replace(" ", "")).hex())


def show(client, code):
    return client.post(PAGE, {"code": code})


@pytest.mark.parametrize("url", [DESK, "/", "/account/me/", "/messages/", "/admin/workorders/workorder/"])
def test_au_21_staff_without_a_device_reach_only_enrolment(client, manager, url):
    log_in(client, manager)

    assert client.get(url).url.startswith(PAGE)
    assert "设置两步验证" in client.get(PAGE).content.decode()


def test_au_21_login_page_of_the_admin_leads_to_that_of_the_site(client, manager):
    response = client.post("/admin/login/?next=/admin/", {"username": manager.phone, "password": PASSWORD})

    assert response.url == "/account/login/?next=%2Fadmin%2F"
    assert "_auth_user_id" not in client.session


def test_au_21_customer_at_the_desk_is_refused(client, customer):
    client.force_login(customer)

    assert client.get("/admin/login/?next=/admin/").status_code == 403


def test_au_21_enrolment_shows_the_recovery_codes_once(client, manager):
    log_in(client, manager)
    device = new_device(client)
    before = client.session.session_key
    assert client.get(reverse("accounts:second_factor_qr"))["Content-Type"] == "image/svg+xml"

    page = show(client, code_of(device)).content.decode()

    codes = re.findall(r"<code>([0-9A-Z]{5}-[0-9A-Z]{5})</code>", page)
    assert len(set(codes)) == RecoveryCode.objects.count() == 10
    assert client.get(DESK).status_code == 200
    assert client.session.session_key != before
    assert client.get(reverse("accounts:second_factor_qr")).status_code == 404
    assert not any(code in client.get(PAGE).content.decode() for code in codes)


def test_enrolment_asks_for_no_recovery_code(client, manager):
    log_in(client, manager)

    assert "恢复码" not in client.get(PAGE).content.decode()


def test_au_34_secret_exists_from_its_enrolment_and_in_its_session_only(client, manager):
    first, second = client, Client()
    for browser in (first, second):
        log_in(browser, manager)
    seen = new_device(first)
    assert not TOTPDevice.objects.exists()

    own = new_device(second)
    assert own.key != seen.key
    assert new_device(second).key == own.key
    show(second, code_of(seen))
    assert second.get(DESK).status_code == 302
    show(second, code_of(own))

    assert TOTPDevice.objects.get().key == own.key
    assert second.get(DESK).status_code == 200
    show(first, code_of(seen))
    assert first.get(DESK).status_code == 302


def test_au_34_code_of_the_enrolment_does_not_count_again(client, manager):
    log_in(client, manager)
    device = new_device(client)
    code = code_of(device)
    show(client, code)
    again = Client()
    log_in(again, manager)
    show(again, code)

    assert again.get(DESK).status_code == 302


def test_au_21_password_alone_cannot_replace_a_device(client, manager, device):
    log_in(client, manager)

    assert "恢复码" in client.get(PAGE).content.decode()
    assert client.get(reverse("accounts:second_factor_qr")).status_code == 404
    assert TOTPDevice.objects.count() == 1
    assert client.get(DESK).url.startswith(PAGE)


def test_au_22_code_opens_the_desk_and_works_once(client, manager, device):
    code = code_of(device)
    log_in(client, manager, "?next=/admin/")
    assert client.post(f"{PAGE}?next=/admin/", {"code": code}).url == "/admin/"
    again = Client()
    log_in(again, manager)

    show(again, code)

    assert client.get(DESK).status_code == 200
    assert again.get(DESK).status_code == 302


@pytest.mark.parametrize(("steps", "status"), [(-2, 302), (-1, 200), (1, 200), (2, 302)])
def test_au_22_one_step_early_or_late_counts(client, manager, device, steps, status):
    with time_machine.travel(time.time() // 30 * 30 + 15, tick=False):
        log_in(client, manager)

        show(client, code_of(device, steps))

        assert client.get(DESK).status_code == status


def test_au_22_recovery_code_is_hashed_and_works_once(client, manager):
    log_in(client, manager)
    page = show(client, code_of(new_device(client))).content.decode()
    code = re.search(r"<code>([0-9A-Z-]{11})</code>", page)[1]
    statuses = []
    for browser in (Client(), Client()):
        log_in(browser, manager)
        show(browser, code.lower())
        statuses.append(browser.get(DESK).status_code)

    assert statuses == [200, 302]
    assert {len(row.code_hash) for row in RecoveryCode.objects.all()} == {64}


def test_au_22_supervisor_resets_a_device_and_leaves_a_trace(client, supervisor, manager, device, settings):
    settings.STAFF_OTP = False
    client.force_login(supervisor)

    client.post(reverse("admin:accounts_user_reset_otp", args=[manager.pk]))

    assert not TOTPDevice.objects.exists()
    assert LogEntry.objects.get().change_message == "重置两步验证。"


def test_au_22_supervisor_resets_no_supervisor(client, supervisor, django_user_model, settings):
    settings.STAFF_OTP = False
    other = django_user_model.objects.create_user("13600136001", "郑华", PASSWORD, role="supervisor")
    client.force_login(supervisor)

    assert client.post(reverse("admin:accounts_user_reset_otp", args=[other.pk])).status_code == 403
    assert client.post(reverse("admin:accounts_user_reset_otp", args=[supervisor.pk])).status_code == 403


def test_au_21_demo_server_offers_without_force(client, manager, settings):
    settings.STAFF_OTP = False
    log_in(client, manager)

    assert client.get(DESK).status_code == 200
    assert "演示系统不强制" in client.get(PAGE).content.decode()


def test_au_22_recovery_codes_and_codes_by_sms_are_hashed_under_names_that_outlive_their_modules(settings):
    """What is stored was hashed under these names; a module that moves must not change them."""
    settings.SECRET_KEY = "k" * 50
    code, sms = salted_hmac("accounts.second_factor", "AB", algorithm="sha256"), "accounts.codes.code"

    assert second_factor._hash("AB") == code.hexdigest()
    assert codes._hash("code", "1") == salted_hmac(sms, "1", algorithm="sha256").hexdigest()
