"""The test client does not ask for CSRF tokens: only these tests see a form that has lost its own."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts.tests.steps import ask, verify
from notifications.services import notify

FORM = re.compile(r'<form[^>]*method="post".*?</form>', re.DOTALL)


def forms_of(client, name):
    """Return the markup of the page's POST forms; there must be one at least."""
    forms = FORM.findall(client.get(reverse(name)).content.decode())
    assert forms
    return forms


@pytest.mark.parametrize("name", ["login", "login_code", "register", "reset"])
def test_form_for_strangers_holds_a_token(client, db, name):
    assert all("csrfmiddlewaretoken" in form for form in forms_of(client, f"accounts:{name}"))


@pytest.mark.parametrize("name", ["accounts:me", "accounts:enterprise", "accounts:password", "notifications:inbox"])
def test_form_for_users_holds_a_token(client, customer, name):
    notify([customer], kind="step", title="公告")
    client.force_login(customer)

    assert all("csrfmiddlewaretoken" in form for form in forms_of(client, name))


@pytest.mark.parametrize(("step", "last"), [("register", "register_details"), ("reset", "reset_password")])
def test_form_after_the_code_holds_a_token(client, customer, step, last):
    ask(client, step, customer.phone if step == "reset" else "15000150000")
    assert all("csrfmiddlewaretoken" in form for form in forms_of(client, f"accounts:{step}_verify"))
    verify(client, f"{step}_verify")

    assert all("csrfmiddlewaretoken" in form for form in forms_of(client, f"accounts:{last}"))


def test_phone_form_passes_the_check(customer):
    client = Client(enforce_csrf_checks=True)
    token = re.search(
        r'csrfmiddlewaretoken" value="(\w+)"', client.get(reverse("accounts:login_code")).content.decode()
    )

    response = client.post(reverse("accounts:login_code"), {"phone": customer.phone, "csrfmiddlewaretoken": token[1]})

    assert response.url == reverse("accounts:login_verify")
