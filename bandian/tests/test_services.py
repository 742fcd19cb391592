"""The settings against the real servers."""

import asyncio
import subprocess
import sys
import time
from datetime import timedelta
from uuid import uuid4

import pytest
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from django.db import connection

import dev
from bandian.web.rates import Rate, is_within
from conftest import PATIENCE
from notifications.tasks import send_outbox, send_sms

pytestmark = pytest.mark.services
# Seconds; redis-py's own limit for a silent socket is five.
SILENCE = 5.5


@pytest.mark.django_db
def test_database_is_postgresql():
    with connection.cursor() as cursor:
        cursor.execute("SELECT version()")

        assert cursor.fetchone()[0].startswith("PostgreSQL")


def test_task_goes_through_the_broker_to_a_worker(worker):
    text = f"送电完成 {uuid4()}"
    send_sms.delay("13900000000", text)

    deadline = time.monotonic() + PATIENCE
    while text not in worker.read_text():
        assert time.monotonic() < deadline, worker.read_text()
        time.sleep(0.05)


def test_processes_of_a_worker_reach_the_database_task_after_task(worker):
    before = len(worker.read_text())
    for _ in range(6):
        send_outbox.delay()

    deadline = time.monotonic() + PATIENCE
    while (log := worker.read_text()[before:]).count(" succeeded in ") < 6:
        assert time.monotonic() < deadline, log
        time.sleep(0.05)
    assert "ForkPoolWorker" in log
    assert "raised" not in log


def test_idle_subscription_lives_and_hears_another_process():
    config = settings.CHANNEL_LAYERS["default"]["CONFIG"]
    message = {"type": "notice", "title": "新消息"}

    async def send_after_a_silence():
        # Two layers share nothing but the server, like two processes.
        listener, sender = RedisPubSubChannelLayer(**config), RedisPubSubChannelLayer(**config)
        channel = await listener.new_channel()
        await listener.group_add("people", channel)
        await asyncio.sleep(SILENCE)
        await sender.group_send("people", message)
        received = await asyncio.wait_for(listener.receive(channel), PATIENCE)
        await listener.flush()
        await sender.flush()
        return received

    assert asyncio.run(send_after_a_silence()) == message


def test_au_35_processes_share_one_count_and_readiness_asks_redis(client, db, settings):
    rate = Rate("shared", 3, timedelta(minutes=1))
    count = "import django; django.setup(); from bandian.web.rates import *; from datetime import timedelta\n"
    count += 'print(*[is_within(Rate("shared", 3, timedelta(minutes=1)), "127.0.0.1") for _ in range(3)])'
    assert is_within(rate, "127.0.0.1")

    other = subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True, cwd=dev.ROOT)
    assert other.stdout.split() == ["True", "True", "False"]
    assert not is_within(rate, "127.0.0.1")
    assert client.get("/readyz").status_code == 200
    settings.CACHES = {**settings.CACHES, "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert client.get("/readyz").status_code == 503
    # Without Redis the site goes on, and each process counts for itself.
    assert [is_within(rate, "127.0.0.1") for _ in range(4)] == [True, True, True, False]
