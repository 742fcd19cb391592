"""The socket side of what is sent to harm, against the server as it is deployed."""

import json
from contextlib import ExitStack, suppress

import pytest
from django.conf import settings as django_settings
from django.test import Client
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from conftest import PATIENCE
from notifications.enums import Close
from notifications.live import publishing
from notifications.services import notify, recheck_sockets

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def dial(live_site, customer):
    """Return a function that opens a socket of the customer; they all close at the end."""
    client = Client()
    client.force_login(customer, backend="django.contrib.auth.backends.ModelBackend")
    name = django_settings.SESSION_COOKIE_NAME
    headers = {"Cookie": f"{name}={client.cookies[name].value}"}
    url = live_site.replace("http", "ws") + "/ws/notices/"
    with ExitStack() as stack:
        options = {"additional_headers": headers, "proxy": None, "open_timeout": PATIENCE, "close_timeout": 1}
        yield lambda origin=live_site: stack.enter_context(connect(url, origin=origin, **options))


def code_after(each, *messages):
    """Send the messages; return the code that the server closes with, 1006 where it just hangs up."""
    try:
        for message in messages:
            each.send(message)
        while True:
            each.recv(timeout=PATIENCE)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else 1006


def event_of(each, kind, *, timeout=PATIENCE):
    """Return the next event of the kind; one frame holds an event, or a list of them."""
    while True:
        events = json.loads(each.recv(timeout=timeout))
        for event in events if isinstance(events, list) else [events]:
            if event["type"] == kind:
                return event


def dial_heard(dial, user):
    """Return an open socket of the user, from which on the server hears other processes."""
    socket = dial()
    while True:
        publishing.send([user.pk], {"type": "hello"})
        with suppress(TimeoutError):
            event_of(socket, "hello", timeout=0.5)
            return socket


def test_cf_24_what_harms_one_socket_leaves_the_others(dial, customer):
    calm = dial_heard(dial, customer)

    # Who goes on sending does not always get to read why the line was cut.
    assert code_after(dial(), "x" * 2 * 1024 * 1024) in (1006, 1009)
    assert code_after(dial(), ("x" * 1000 for _ in range(10_000))) in (1006, 1009)
    assert code_after(dial(), *["{}"] * 1000) in (1006, Close.TOO_MUCH)
    for nonsense in ("{", '{"front": "another room"}', b"\xff\x00", '{"front": ' + "9" * 500 + "}"):
        calm.send(nonsense)
    notify([customer], kind="step", title="公告")

    assert event_of(calm, "notice")["title"] == "公告"


@pytest.mark.parametrize(
    "origin", [None, "null", "https://evil.example", "http://127.0.0.1.evil.example", "http://127.0.0.1@evil.example"]
)
def test_cf_24_page_of_another_site_opens_no_socket(dial, origin):
    with pytest.raises(InvalidStatus) as refused:
        dial(origin=origin)

    assert refused.value.response.status_code == 403


def test_au_14_socket_closes_with_the_logout_and_does_not_come_back(dial, customer):
    socket = dial_heard(dial, customer)
    customer.sessions.all().delete()

    recheck_sockets(customer)

    assert code_after(socket) == Close.CHECK_AGAIN
    assert code_after(dial()) == Close.LOGIN_NEEDED
