"""A second click on the way in ends where the first did: a code and a proof count once, and the person is in."""

import pytest
from django.urls import reverse

from accounts.conftest import PASSWORD
from accounts.models import User
from accounts.tests.steps import NEW_PHONE, ask, is_logged_in, shown_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings):
    settings.DEMO = True


def twice(client, name, data):
    """Send a form twice; return where both answers lead."""
    answers = [client.post(f"{reverse(f'accounts:{name}')}?next=/records/", data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    return [answer.headers["Location"] for answer in answers]


def test_login_by_password(client, customer):
    assert twice(client, "login", {"username": customer.phone, "password": PASSWORD}) == ["/records/"] * 2
    assert is_logged_in(client)


def test_login_by_code(client, customer):
    ask(client, "login_code", customer.phone)

    assert twice(client, "login_verify", {"code": shown_code(client, "login_verify")}) == ["/records/"] * 2
    assert is_logged_in(client)


def test_registration(client):
    ask(client, "register", NEW_PHONE)
    details = f"{reverse('accounts:register_details')}?next=%2Frecords%2F"
    person = {"name": "演示新人", "password": PASSWORD, "consent": "on"}

    assert twice(client, "register_verify", {"code": shown_code(client, "register_verify")}) == [details] * 2
    assert twice(client, "register_details", person) == ["/records/"] * 2
    assert User.objects.get().phone == NEW_PHONE


def test_code_for_a_new_password(client, customer):
    ask(client, "reset", customer.phone)
    new = f"{reverse('accounts:reset_password')}?next=%2Frecords%2F"

    assert twice(client, "reset_verify", {"code": shown_code(client, "reset_verify")}) == [new] * 2
