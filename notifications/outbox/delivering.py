"""What leaves the house: one row per message and channel, sent once, tried again until it was taken over.

A message goes out by one channel only, so that nobody is called twice for one thing. What was read meanwhile stays.
"""

import random
import time as clock
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from notifications.enums import Channel, DeliveryState, Kind
from notifications.models import Delivery, Notification, Preference, PushSubscription
from notifications.outbox import push, sms

BATCH = 10
# Who claimed rows and died leaves them to the others after this time.
LEASE = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=2)
# With the waits doubling from a minute on, the last one comes after about four hours.
MOST_ATTEMPTS = 8
# One call stops claiming after this time, so that a dead gateway holds no request for long.
SECONDS = 20


def plan(rows: list[Notification]) -> int:
    """Write how each message leaves the house, in the caller's transaction; return how many do."""
    users = {row.user_id for row in rows}
    wanted = {(row.user_id, row.kind): row.channel for row in Preference.objects.filter(user__in=users)}
    browsers = set(PushSubscription.objects.filter(user__in=users).values_list("user_id", flat=True))
    found = []
    for row in rows:
        channel = _channel(row, wanted.get((row.user_id, row.kind)), has_browser=row.user_id in browsers)
        if channel != Channel.SITE:
            found.append(Delivery(notification=row, channel=channel, next_attempt_at=_start(row, channel)))
    Delivery.objects.bulk_create(found)
    return len(found)


def _channel(row: Notification, wanted: str | None, *, has_browser: bool) -> str:
    silent = Channel.PUSH if has_browser else Channel.SITE
    if not row.sms or row.kind not in (*Kind.actions, *Kind.alerts):
        return Channel.SITE if wanted == Channel.SITE else silent
    if row.kind in Kind.alerts or wanted is None or wanted == Channel.SMS:
        return Channel.SMS
    # Push reaches few browsers in China and a message that needs action has to arrive: without one, by SMS.
    return Channel.SMS if (wanted, silent) == (Channel.PUSH, Channel.SITE) else wanted


def _start(row: Notification, channel: str) -> datetime:
    """Return when to send first: at night an SMS waits for the morning."""
    now = timezone.now()
    if channel != Channel.SMS or row.kind in Kind.alerts or not settings.SMS_QUIET_HOURS:
        return now
    begin, end = settings.SMS_QUIET_HOURS
    local = timezone.localtime(now)
    if not (local.hour >= begin or local.hour < end):
        return now
    day = local.date() + timedelta(days=local.hour >= begin)
    return timezone.make_aware(datetime.combine(day, time(end)))


def send_due() -> Counter[str]:
    """Send what is due; return how many came to which state, the waiting ones to be tried again."""
    done: Counter[str] = Counter()
    stop = clock.monotonic() + SECONDS
    while clock.monotonic() < stop and (batch := _claim()):
        done.update(_attempt(delivery) for delivery in batch)
    return done


@transaction.atomic
def _claim() -> list[Delivery]:
    """Take a few rows that nobody else will touch for the time of the lease."""
    rows = Delivery.objects.due().order_by("next_attempt_at")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)  # SQLite lets one transaction write at a time anyway
    claim, ids = uuid4(), [row.pk for row in rows[:BATCH]]
    for pk in ids:
        attempt = {"claim": claim, "next_attempt_at": timezone.now() + LEASE}
        Delivery.objects.due().filter(pk=pk).update(attempts=F("attempts") + 1, **attempt)
    return list(Delivery.objects.filter(claim=claim).select_related("notification__user"))


def _attempt(delivery: Delivery) -> DeliveryState:
    row, user = delivery.notification, delivery.notification.user
    if row.read_at or not user.is_active:
        return _end(delivery, DeliveryState.SKIPPED)
    if delivery.attempts > MOST_ATTEMPTS:
        return _give_up(delivery, "interrupted again and again")
    start = _start(row, delivery.channel)
    if start > timezone.now():
        return _wait(delivery, start, attempts=delivery.attempts - 1)
    try:
        if delivery.channel == Channel.SMS:
            sms.send(user.phone, row.sms, reference=delivery.pk.hex)
        else:
            push.send(row)
    except (sms.SmsError, push.PushError) as error:
        return _again(delivery, str(error)[:120])
    except push.NoBrowser as error:
        return _give_up(delivery, str(error)[:120])
    return _end(delivery, DeliveryState.SENT, sent_at=timezone.now())


def _again(delivery: Delivery, error: str) -> DeliveryState:
    if delivery.attempts >= MOST_ATTEMPTS:
        return _give_up(delivery, error)
    wait = min(FIRST_WAIT * 2 ** (delivery.attempts - 1), LONGEST_WAIT)
    return _wait(delivery, timezone.now() + wait * random.uniform(0.9, 1.1), last_error=error)


@transaction.atomic
def _give_up(delivery: Delivery, error: str) -> DeliveryState:
    """Nothing more to try by this channel; what needs action goes on by SMS."""
    row = delivery.notification
    state = _end(delivery, DeliveryState.FAILED, last_error=error)
    if delivery.channel == Channel.PUSH and row.sms and row.kind in Kind.actions:
        Delivery.objects.get_or_create(
            notification=row, channel=Channel.SMS, defaults={"next_attempt_at": _start(row, Channel.SMS)}
        )
    return state


def _wait(delivery: Delivery, until: datetime, **values: Any) -> DeliveryState:
    return _end(delivery, DeliveryState.WAITING, next_attempt_at=until, **values)


def _end(delivery: Delivery, state: DeliveryState, **values: Any) -> DeliveryState:
    Delivery.objects.filter(pk=delivery.pk, claim=delivery.claim).update(state=state, claim=None, **values)
    return state
