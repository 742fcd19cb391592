import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import middleware, services
from accounts.conftest import PASSWORD
from accounts.models import Session
from accounts.tests.steps import ask, verify
from bandian.web.posting import FORM_TOKEN
from notifications.models import PushSubscription
from notifications.outbox.tests.browsers import Browser

LOGIN, ME = "/account/login/", "/account/me/"
START = timezone.make_aware(timezone.datetime(2026, 11, 23, 9))
CHROME = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def log_in(client, user):
    return client.post(LOGIN, {"username": user.phone, "password": PASSWORD})


@pytest.mark.parametrize(("who", "minutes"), [("customer", 30), ("manager", 15)])
def test_au_15_idle_session_ends_with_a_message(client, clock, request, who, minutes):
    log_in(client, request.getfixturevalue(who))
    clock.shift(timedelta(minutes=minutes, seconds=-1))
    assert client.get(ME).status_code == 200

    clock.shift(timedelta(minutes=minutes))
    response = client.get(ME)

    assert response.url == f"{LOGIN}?next={ME}"
    assert "登录已过期" in client.get(response.url).content.decode()


@pytest.mark.parametrize(("who", "hours"), [("customer", 12), ("manager", 8)])
def test_au_15_session_in_use_ends_all_the_same(client, clock, request, who, hours):
    log_in(client, request.getfixturevalue(who))
    for _ in range(hours * 6 - 1):
        clock.shift(timedelta(minutes=10))
        assert client.get(ME).status_code == 200

    clock.shift(timedelta(minutes=10))

    assert client.get(ME).status_code == 302


def test_au_15_session_is_written_once_a_minute(client, clock, customer, django_assert_num_queries):
    log_in(client, customer)
    client.get(ME)
    row = customer.sessions.get()

    clock.shift(timedelta(seconds=59))
    client.get(ME)
    assert customer.sessions.get().seen_at == row.seen_at
    clock.shift(timedelta(seconds=1))
    client.get(ME)

    assert customer.sessions.get().seen_at > row.seen_at


@pytest.fixture
def strangers():
    """Return a function that counts the rows of sessions that nobody is logged in with."""
    return lambda: Session.objects.filter(user=None).count()


def test_au_40_cookie_that_never_was_a_session_makes_few(customer, strangers, monkeypatch):
    monkeypatch.setattr(middleware, "NOTICES", replace(middleware.NOTICES, most=3))

    for number in range(8):
        stranger = Client()
        stranger.cookies["sessionid"] = f"nosession{number}"
        assert stranger.get(ME).status_code == 302

    assert strangers() == 3


def test_au_40_leaving_without_having_been_in_makes_no_session(client, strangers):
    assert client.post(reverse("accounts:logout")).status_code == 302
    assert strangers() == 0


def test_au_40_refused_code_makes_no_session(customer, strangers):
    ask(Client(), "login_code", customer.phone)
    again = ask(Client(), "login_code", customer.phone)

    assert again.status_code == 200
    assert strangers() == 1


def test_au_40_sessions_that_ended_are_cleared(client, clock, customer, strangers):
    log_in(client, customer)
    ask(Client(), "login_code", "13912345678")
    clock.shift(timedelta(hours=13))
    ask(Client(), "login_code", "13912345679")

    call_command("clear_codes", verbosity=0)

    assert (Session.objects.count(), strangers()) == (1, 1)


def test_au_17_user_lists_and_ends_own_sessions(client, customer):
    elsewhere = Client(HTTP_USER_AGENT=CHROME, REMOTE_ADDR="203.0.113.9")
    for browser in (client, elsewhere):
        log_in(browser, customer)

    page = client.get(reverse("accounts:sessions")).content.decode()
    assert "Chrome · Android" in page
    assert "203.0.*.*" in page
    assert page.count("本机") == 1
    assert elsewhere.session.session_key not in page
    other = customer.sessions.get(browser="Chrome · Android")
    client.post(reverse("accounts:end_session", args=[other.public_id]))

    assert elsewhere.get(ME).status_code == 302
    assert client.get(ME).status_code == 200


def test_au_17_who_ends_the_own_session_is_told_so(client, customer):
    log_in(client, customer)

    client.post(reverse("accounts:end_session", args=[customer.sessions.get().public_id]))

    assert client.get(ME).status_code == 302
    assert "已退出该设备上的登录" in client.get(reverse("accounts:login")).content.decode()


def test_au_17_session_of_another_user_cannot_be_ended(client, customer, outsider):
    log_in(client, customer)
    stranger = Client()
    log_in(stranger, outsider)

    response = client.post(reverse("accounts:end_session", args=[outsider.sessions.get().public_id]))

    assert response.status_code == 404
    assert stranger.get(ME).status_code == 200


def test_au_17_all_other_sessions_end_at_once(client, customer):
    others = [Client(), Client()]
    for browser in (client, *others):
        log_in(browser, customer)

    client.post(reverse("accounts:end_other_sessions"))

    assert [browser.get(ME).status_code for browser in (client, *others)] == [200, 302, 302]


@pytest.mark.parametrize("again", ["accounts:end_other_sessions", "admin:accounts_user_end_sessions"])
def test_au_38_pressed_again_on_the_same_page_ends_what_began_since(client, customer, supervisor, again):
    by, page = (customer, "accounts:sessions") if again == "accounts:end_other_sessions" else (supervisor, again)
    about = [] if by is customer else [customer.pk]
    client.force_login(by)
    log_in(Client(), customer)  # or there is nothing to press
    form = client.get(reverse(page, args=about)).content.decode()
    sent = {FORM_TOKEN: re.search(rf'name="{FORM_TOKEN}" value="([^"]+)"', form)[1]}

    for _ in range(2):
        elsewhere = Client(HTTP_USER_AGENT=CHROME)
        log_in(elsewhere, customer)
        client.post(reverse(again, args=about), sent)
        assert elsewhere.get(ME).status_code == 302


@pytest.mark.parametrize("how", ["by the owner", "by staff", "by a new password"])
def test_au_39_browser_of_a_stolen_login_gets_no_push_once_it_was_put_out(client, customer, supervisor, how):
    PushSubscription.objects.create(user=customer, endpoint="https://fcm.googleapis.com/a", **Browser().keys)
    client.force_login(customer if how == "by the owner" else supervisor)

    if how == "by the owner":  # the stolen session may be over, its browser still hears
        client.post(reverse("accounts:end_other_sessions"))
    elif how == "by staff":
        client.post(reverse("admin:accounts_user_end_sessions", args=[customer.pk]))
    else:
        services.set_password(customer, "changed-Pass-1")

    assert not PushSubscription.objects.exists()


def test_au_17_supervisor_ends_all_sessions_of_a_user(client, supervisor, customer):
    theirs = Client()
    log_in(theirs, customer)
    client.force_login(supervisor)

    client.post(reverse("admin:accounts_user_end_sessions", args=[customer.pk]))

    assert theirs.get(ME).status_code == 302
    assert not customer.sessions.exists()


def test_au_17_manager_ends_nobodys_sessions(client, manager, customer):
    client.force_login(manager)

    assert client.post(reverse("admin:accounts_user_end_sessions", args=[customer.pk])).status_code == 403


def test_au_16_change_of_role_ends_the_sessions(client, supervisor, manager):
    theirs = Client()
    log_in(theirs, manager)
    client.force_login(supervisor)

    data = {"phone": manager.phone, "name": manager.name, "role": "supervisor", "is_active": "on"}
    card = {"card-TOTAL_FORMS": "0", "card-INITIAL_FORMS": "0"}
    response = client.post(reverse("admin:accounts_user_change", args=[manager.pk]), data | card)

    assert response.status_code == 302
    assert theirs.get(ME).status_code == 302
    assert not manager.sessions.exists()


def test_au_19_newer_code_ends_the_proof_of_a_reset(client, customer):
    ask(client, "reset", customer.phone)
    verify(client, "reset_verify")
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        ask(Client(), "reset", customer.phone)

    response = client.get(reverse("accounts:reset_password"))

    assert response.url == reverse("accounts:reset")


def test_au_19_changed_password_ends_the_proof_of_a_reset(client, customer):
    ask(client, "reset", customer.phone)
    verify(client, "reset_verify")
    customer.set_password("新的一句话密码 7")
    customer.save()

    assert client.get(reverse("accounts:reset_password")).url == reverse("accounts:reset")
