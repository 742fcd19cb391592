"""How long a page has left, and what scripts are told when the login has ended."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models.session import LIMITS

STATE = "/account/session/"


def test_asking_how_long_is_left_is_no_use_of_the_session_but_work_is(client, manager):
    idle, absolute = LIMITS[True]
    start = timezone.now()
    client.force_login(manager)
    with time_machine.travel(start, tick=False):
        client.get("/account/terms/")
    for minutes, ask, left in ((10, client.get, 5), (12, client.post, 15), (20, client.get, 7)):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            state = ask(STATE).json()
        assert (state["user"], round(state["seconds"] / 60)) == (manager.pk.hex, left), minutes
    # Whoever works for ever is asked to log in all the same.
    now = start + timedelta(minutes=20)
    while now < start + absolute:
        now += idle - timedelta(minutes=1)
        with time_machine.travel(now, tick=False):
            state = client.post(STATE).json()
    assert state == {"user": "", "seconds": 0, "csrf": state["csrf"]}


@pytest.mark.parametrize("headers", [{"accept": "application/json"}, {"x-requested-with": "XMLHttpRequest"}])
def test_script_without_a_login_is_told_so_in_json(client, headers):
    answer = client.post(reverse("workorders:feedback_box"), headers=headers)

    assert answer.status_code == 401
    assert "登录已过期" in answer.json()["error"]["message"]


def test_form_that_comes_after_the_cookie_has_ended_is_said_to_be_kept(client, customer):
    client.force_login(customer)
    page = client.get(reverse("workorders:feedback_box")).content.decode()
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    client.cookies.clear()

    response = client.post(reverse("workorders:feedback_box"), hidden | {"text": "夜里写的"}, follow=True)

    assert "刚才填写的内容已经保留" in response.content.decode()


def test_script_with_a_stale_token_gets_a_fresh_one(customer):
    client = Client(enforce_csrf_checks=True)
    client.force_login(customer)
    headers = {"accept": "application/json", "origin": "http://testserver"}

    refused = client.post(STATE, {"csrfmiddlewaretoken": "x" * 64}, headers=headers)
    taken = client.post(STATE, {"csrfmiddlewaretoken": refused.json()["csrf"]}, headers=headers)

    assert (refused.status_code, refused.json()["user"], taken.status_code) == (403, customer.pk.hex, 200)


def test_pages_carry_what_the_warning_needs(client, customer, manager):
    for user, url, most in ((customer, "/", 1800), (manager, reverse("admin:index"), 900)):
        client.force_login(user)
        page = client.get(url).content.decode()
        assert f'data-user="{user.pk.hex}"' in page
        assert f'data-seconds="{most}"' in page or f'data-seconds="{most - 1}"' in page
        assert "继续办理" in page
