"""What counts as working, and keeps a login alive: not what pages ask by themselves."""

from datetime import timedelta
from uuid import uuid4

import time_machine
from django.db import transaction
from django.urls import reverse

from accounts.models.session import LIMITS

SCRIPT = {"accept": "application/json"}


def test_what_a_page_asks_by_itself_keeps_no_login_alive_and_what_somebody_does_does(world):
    """Polling, and the marks of what was shown, go on for ever where a page is left open."""
    client, state, room = world.browser("manager"), reverse("accounts:session"), [world.order.pk]
    left = LIMITS[True][0].total_seconds()
    by_itself = [
        lambda: client.get(reverse("chat:sync", args=room), {"after": 0}, headers=SCRIPT),
        lambda: client.get(reverse("notifications:unread"), headers=SCRIPT),
        lambda: client.get(reverse("chat:rooms"), headers={"x-requested-with": "XMLHttpRequest"}),
        lambda: client.post(reverse("chat:read", args=room), {"seq": 1}, headers=SCRIPT),
        lambda: client.get(state),
    ]
    work = [
        lambda: client.post(reverse("chat:post", args=room), {"uuid": uuid4(), "body": "演示"}, headers=SCRIPT),
        lambda: client.post(state, headers=SCRIPT),  # somebody types
        lambda: client.get(reverse("chat:rooms")),
    ]
    start = world.made_at + timedelta(minutes=2)
    for acts, wanted in ((by_itself, left - 9 * 60), (work, left)):
        for act in acts:
            with transaction.atomic():
                with time_machine.travel(start, tick=False):
                    client.post(state)
                with time_machine.travel(start + timedelta(minutes=9), tick=False):
                    assert act().status_code in (200, 201)
                    assert client.get(state).json()["seconds"] == wanted
                transaction.set_rollback(True)
