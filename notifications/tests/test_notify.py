import asyncio
import time

import pytest
from django.db import transaction

from notifications.enums import Kind
from notifications.live import relay
from notifications.models import Notification
from notifications.services import mark_key_read, notify


class SlowLayer:
    """A channel layer whose server does not answer."""

    def __init__(self, *args, **kwargs):
        pass

    async def group_send(self, group, message):
        await asyncio.sleep(60)


class BrokenLayer(SlowLayer):
    async def group_send(self, group, message):
        raise ConnectionRefusedError


def test_each_user_gets_one_message(customer, outsider):
    notify([customer, outsider, customer], kind=Kind.STEP, title="公告", body="内容", url="/messages/")

    assert Notification.objects.count() == 2
    assert customer.notifications.get().body == "内容"


def test_long_texts_are_cut_to_fit(customer):
    row = notify([customer], kind=Kind.STEP, title="长" * 81, body="长" * 501)[0]

    assert (len(row.title), row.title[-1], len(row.body)) == (80, "…", 500)


def test_message_goes_with_the_transaction(customer, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        notify([customer], kind=Kind.STEP, title="公告")
        transaction.set_rollback(True)

    assert not Notification.objects.exists()
    assert callbacks == []


def test_nobody_to_tell_is_fine(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        assert notify([], kind=Kind.STEP, title="公告") == []

    assert callbacks == []


@pytest.mark.parametrize("layer", [SlowLayer, BrokenLayer])
def test_dead_channel_layer_costs_a_second_at_most(settings, customer, caplog, transactional_db, layer):
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": f"{__name__}.{layer.__name__}"}}
    start = time.monotonic()

    notify([customer], kind=Kind.STEP, title="公告")

    assert relay.SEND_SECONDS <= 1
    assert time.monotonic() - start < 30  # half of what the slow one takes: a busy machine needs time of its own
    assert customer.notifications.count() == 1
    assert "were not sent" in caplog.text


def test_message_of_the_same_key_is_renewed_until_it_is_read(customer, outsider):
    first = notify([customer], kind=Kind.MESSAGE, title="1 条新消息", url="/a/", key="room:1")[0]
    again = notify([customer, outsider], kind=Kind.MESSAGE, title="2 条新消息", url="/b/", key="room:1")

    assert [row.pk for row in again if row.user_id == customer.pk] == [first.pk]
    row = customer.notifications.get()
    assert (row.title, row.url) == ("2 条新消息", "/b/")
    assert row.created_at > first.created_at
    assert outsider.notifications.count() == 1

    mark_key_read(customer, "room:1")
    notify([customer], kind=Kind.MESSAGE, title="1 条新消息", key="room:1")

    assert customer.notifications.count() == 2
    assert customer.notifications.unread().count() == 1


def test_messages_without_a_key_are_kept_apart(customer):
    for _ in range(2):
        notify([customer], kind=Kind.STEP, title="公告")

    assert customer.notifications.count() == 2
