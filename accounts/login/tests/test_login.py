import pytest
from django.contrib.auth import SESSION_KEY
from django.test import Client
from django.urls import reverse

from accounts.conftest import PASSWORD

LOGIN = "/account/login/"

pytestmark = pytest.mark.django_db


def log_in(client, phone="13800138000", password=PASSWORD, query=""):
    return client.post(LOGIN + query, {"username": phone, "password": password})


def test_au_13_login_cycles_the_session_key(client, customer):
    client.get(LOGIN)
    session = client.session
    session["fixed"] = True
    session.save()
    before = session.session_key

    response = log_in(client, "138-0013-8000")

    assert response.url == reverse("workorders:home")
    assert client.session.session_key != before
    assert not type(session)().exists(before)


def test_staff_start_at_the_desk(client, manager):
    assert log_in(client, manager.phone).url == reverse("admin:index")


def test_wrong_phone_and_wrong_password_read_the_same(client, customer):
    known = log_in(client, password="不对的密码")
    unknown = log_in(client, phone="13800138999")

    assert known.context["form"].errors == unknown.context["form"].errors == {"password": ["手机号或密码不正确。"]}
    assert 'value="13800138000"' in known.content.decode()


def test_au_16_disabled_user_loses_the_session(client, customer):
    log_in(client)
    customer.is_active = False
    customer.save()

    assert client.get(reverse("accounts:me")).status_code == 302
    assert log_in(client).context["form"].errors
    assert client.get(reverse("accounts:me")).status_code == 302


def test_au_10_ninth_try_is_locked_for_that_address_only(client, customer, settings):
    settings.AXES_ENABLED = True
    for _ in range(settings.AXES_FAILURE_LIMIT):
        last = log_in(client, password="不对的密码")

    response = log_in(client)
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")

    assert last.status_code == response.status_code == 200
    assert "15 分钟后再试" in response.context["form"].errors["password"][0]
    assert SESSION_KEY not in client.session
    assert log_in(elsewhere).status_code == 302


def test_au_10_lock_leaves_sessions_and_codes_alone(client, customer, settings):
    settings.AXES_ENABLED = True
    signed_in = Client()
    signed_in.force_login(customer)
    for _ in range(settings.AXES_FAILURE_LIMIT + 1):
        log_in(client, password="不对的密码")

    assert signed_in.get(reverse("accounts:me")).status_code == 200
    assert client.post(reverse("accounts:login_code"), {"phone": customer.phone}).status_code == 302


@pytest.mark.parametrize(
    "target",
    ["//evil.example", r"\\evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/",
     "javascript:alert(1)", "admin:index", "/%0d%0a/\r\nX: y", "///evil.example"],
)  # fmt: skip
def test_au_23_next_outside_this_site_is_ignored(client, customer, target):
    response = client.post(LOGIN + "?" + "next=" + target, {"username": customer.phone, "password": PASSWORD})

    assert response.status_code == 302
    assert response.url.startswith("/")
    assert not response.url.startswith(("//", "/\\"))
    assert "evil" not in response.url or response.url.startswith("/%")


def test_next_on_this_site_is_followed(client, customer):
    assert log_in(client, query="?next=/messages/%3Fbefore%3D1").url == "/messages/?before=1"


def test_page_of_a_stranger_leads_to_login_and_back(client, customer):
    response = client.get(reverse("accounts:me"))

    assert response.url == f"{LOGIN}?next=/account/me/"
    assert 'href="/account/login/code/?next=%2Faccount%2Fme%2F"' in client.get(response.url).content.decode()


def test_logged_in_user_needs_no_login_page(client, customer):
    client.force_login(customer)

    assert client.get(LOGIN).url == reverse("workorders:home")


def test_au_14_logout_ends_the_session(client, customer):
    client.force_login(customer)
    old = client.cookies["sessionid"].value

    response = client.post(reverse("accounts:logout"))

    assert response.url == LOGIN
    assert response["Clear-Site-Data"] == '"cache"'
    client.cookies["sessionid"] = old
    assert client.get(reverse("accounts:me")).status_code == 302


def test_pr_16_no_name_is_in_a_cookie(client, supervisor, manager):
    client.force_login(supervisor)

    client.post(reverse("admin:accounts_user_end_sessions", args=[manager.pk]))

    assert set(client.cookies) <= {"sessionid", "csrftoken"}
    assert manager.name in client.get(reverse("admin:index")).content.decode()


def test_logout_by_link_is_refused(client, customer):
    client.force_login(customer)

    assert client.get(reverse("accounts:logout")).status_code == 405


def test_au_26_login_from_another_site_is_refused(customer):
    client = Client(enforce_csrf_checks=True)

    assert log_in(client).status_code == 403


@pytest.mark.parametrize("name", ["login", "login_code", "register", "reset", "terms", "privacy"])
def test_public_page_opens_for_strangers(client, db, name):
    assert client.get(reverse(f"accounts:{name}")).status_code == 200


def test_au_14_login_page_is_never_stored(client, db):
    assert "no-store" in client.get(LOGIN)["Cache-Control"]
