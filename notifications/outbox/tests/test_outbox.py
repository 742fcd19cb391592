from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from notifications.enums import Channel, DeliveryState, Kind
from notifications.models import Delivery, Notification, Preference
from notifications.outbox import delivering
from notifications.services import mark_read, notify

TEXT = "【办电E助手】您的工单 261124000001 有新进展：供电方案答复，请登录办电E助手办理。"


@pytest.fixture
def tell(django_capture_on_commit_callbacks):
    """Return a function that notifies and lets the transaction end."""

    def run(*users, kind=Kind.SIGN, text=TEXT):
        with django_capture_on_commit_callbacks(execute=True):
            return notify(users, kind=kind, title="供电方案答复", sms=text)

    return run


@pytest.fixture
def at(monkeypatch):
    """Return a function that sets the clock."""
    return lambda now: monkeypatch.setattr(timezone, "now", lambda: now)


def later(at, minutes):
    at(timezone.now() + timedelta(minutes=minutes))


def test_message_that_needs_action_goes_out_once_by_sms(tell, customer, gateway):
    tell(customer)
    delivering.send_due()

    delivery = Delivery.objects.get()
    assert gateway.taken == [({"phone": customer.phone, "text": TEXT, "id": delivery.pk.hex}, "Bearer secret")]
    assert (delivery.state, delivery.attempts, delivery.last_error) == (DeliveryState.SENT, 1, "")
    assert delivery.sent_at


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in (*Kind.actions, *Kind.alerts)])
def test_news_without_need_for_action_costs_no_sms(tell, customer, capsys, kind):
    tell(customer, kind=kind)

    assert not Delivery.objects.exists()
    assert capsys.readouterr().out == ""


def test_action_without_words_for_it_costs_no_sms(tell, customer):
    tell(customer, text="")

    assert not Delivery.objects.exists()


def test_nothing_leaves_where_the_transaction_fails(customer, capsys, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        notify([customer], kind=Kind.SIGN, title="供电方案答复", sms=TEXT)
        transaction.set_rollback(True)

    assert not Delivery.objects.exists()
    assert capsys.readouterr().out == ""


def test_failure_is_tried_again_later_and_later(tell, customer, gateway, at):
    gateway.answers = [500] * delivering.MOST_ATTEMPTS
    tell(customer)
    waits = []

    for attempt in range(1, delivering.MOST_ATTEMPTS):
        delivery = Delivery.objects.get()
        assert (delivery.state, delivery.attempts, delivery.last_error) == (DeliveryState.WAITING, attempt, "HTTP 500")
        waits.append(round((delivery.next_attempt_at - timezone.now()).total_seconds() / 60))
        delivering.send_due()  # not due yet
        at(delivery.next_attempt_at)
        delivering.send_due()

    assert len(gateway.taken) == delivering.MOST_ATTEMPTS
    assert [wait == pytest.approx(2**number, rel=0.2, abs=1) for number, wait in enumerate(waits)] == [True] * 7
    assert Delivery.objects.get().state == DeliveryState.FAILED
    later(at, 60 * 24)
    assert delivering.send_due() == {}


def test_second_try_succeeds_under_the_same_id(tell, customer, gateway, at):
    gateway.answers = [500, 200]
    tell(customer)
    later(at, 2)

    assert delivering.send_due() == {DeliveryState.SENT: 1}

    first, second = (body["id"] for body, _ in gateway.taken)
    assert first == second
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_error_that_is_kept_shows_no_token(tell, customer, settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    settings.SMS_SENDER, settings.SMS_HTTP_TOKEN = "http", "secret"
    settings.SMS_HTTP_URL = "http://127.0.0.1:1/send?key=secret"

    tell(customer)

    assert Delivery.objects.get().last_error == "URLError"


def test_worker_that_died_leaves_its_claim_to_the_next(customer, capsys, at):
    notify([customer], kind=Kind.SIGN, title="供电方案答复", sms=TEXT)
    assert len(delivering._claim()) == 1  # and then the power went off

    assert delivering.send_due() == {}
    later(at, delivering.LEASE / timedelta(minutes=1))
    assert delivering.send_due() == {DeliveryState.SENT: 1}
    assert capsys.readouterr().out.count(customer.phone) == 1


def test_row_that_kills_every_worker_is_given_up(customer):
    row = notify([customer], kind=Kind.SIGN, title="供电方案答复", sms=TEXT)[0]
    row.deliveries.update(attempts=delivering.MOST_ATTEMPTS)

    assert delivering.send_due() == {DeliveryState.FAILED: 1}


def test_message_read_meanwhile_is_not_sent(customer, capsys):
    mark_read(notify([customer], kind=Kind.SIGN, title="供电方案答复", sms=TEXT)[0])

    assert delivering.send_due() == {DeliveryState.SKIPPED: 1}
    assert capsys.readouterr().out == ""


def test_locked_user_gets_nothing(customer, capsys):
    notify([customer], kind=Kind.SIGN, title="供电方案答复", sms=TEXT)
    customer.is_active = False
    customer.save()

    assert delivering.send_due() == {DeliveryState.SKIPPED: 1}
    assert capsys.readouterr().out == ""


def shanghai(text):
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "sent"),
    [
        ("2026-11-25 21:59", "2026-11-25 21:59"),
        ("2026-11-25 22:00", "2026-11-26 08:00"),
        ("2026-11-30 23:59", "2026-12-01 08:00"),
        ("2026-11-26 00:00", "2026-11-26 08:00"),
        ("2026-11-26 07:59", "2026-11-26 08:00"),
        ("2026-11-26 08:00", "2026-11-26 08:00"),
    ],
)
def test_sms_of_the_night_waits_for_eight_oclock(tell, customer, settings, capsys, at, now, sent):
    settings.SMS_QUIET_HOURS = 22, 8
    at(shanghai(now))
    tell(customer)

    if now != sent:
        assert capsys.readouterr().out == ""
        at(shanghai(sent))
        delivering.send_due()
    assert capsys.readouterr().out.count(customer.phone) == 1
    assert Delivery.objects.get().attempts == 1


def test_try_that_falls_into_the_night_waits_and_is_not_counted(tell, customer, settings, gateway, at):
    settings.SMS_QUIET_HOURS = 22, 8
    gateway.answers = [500, 200]
    at(shanghai("2026-11-25 21:59"))
    tell(customer)
    at(shanghai("2026-11-25 22:05"))

    assert delivering.send_due() == {DeliveryState.WAITING: 1}

    delivery = Delivery.objects.get()
    assert (delivery.attempts, delivery.next_attempt_at) == (1, shanghai("2026-11-26 08:00"))


def test_alert_goes_out_at_night_and_against_every_wish(tell, customer, settings, capsys, at):
    settings.SMS_QUIET_HOURS = 22, 8
    Preference.objects.create(user=customer, kind=Kind.SEAL, channel=Channel.SITE)
    at(shanghai("2026-11-26 03:00"))

    tell(customer, kind=Kind.SEAL)

    assert customer.phone in capsys.readouterr().out


def test_wish_for_the_inbox_only_is_kept(tell, customer, outsider, capsys):
    Preference.objects.create(user=customer, kind=Kind.SIGN, channel=Channel.SITE)

    tell(customer, outsider)

    assert [customer.phone in (out := capsys.readouterr().out), outsider.phone in out] == [False, True]
    assert customer.notifications.count() == 1


def test_command_sends_and_says_what(customer, capsys):
    notify([customer], kind=Kind.SIGN, title="供电方案答复", sms=TEXT)
    out = StringIO()

    call_command("send_outbox", stdout=out)

    assert out.getvalue() == "已发送 1，还有 0 条待发送。\n"


@pytest.mark.parametrize("count", [1, 3])
def test_notifying_takes_the_same_queries_for_any_number(make_people, count, django_assert_num_queries):
    people = make_people(count)

    with django_assert_num_queries(4):  # messages, wishes, browsers, deliveries
        notify(people, kind=Kind.SIGN, title="供电方案答复", sms=TEXT)


@pytest.fixture
def make_people(django_user_model, db):
    return lambda count: [django_user_model.objects.create_user(f"1380000000{n}", "演示") for n in range(count)]


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_message_once(make_people, gateway):
    people = make_people(10)
    gateway.answers = [200] * 100
    rows = [Notification(user=user, kind=Kind.SIGN, title="供电方案答复", sms=TEXT) for user in people * 3]
    Notification.objects.bulk_create(rows)
    delivering.plan(rows)

    def work(_):
        delivering.send_due()
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    ids = [body["id"] for body, _ in gateway.taken]
    assert len(ids) == len(set(ids)) == 30
    assert connection.features.has_select_for_update_skip_locked
