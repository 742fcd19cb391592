"""The demo data: a story of eight weeks with every role and state, by the steps that people take."""

import io
import subprocess
import sys
from collections import Counter
from datetime import time, timedelta
from itertools import chain, pairwise
from math import ceil

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.enums import Role
from accounts.models import Enterprise, User
from accounts.validators import validate_credit_code
from bandian.tests import again
from chat.models import Message
from chat.rooms import listing
from notifications.models import Notification
from signing.check.verify import check
from signing.models import Certificate, Document, Signature
from workorders.demo import pictures
from workorders.demo.browser import find_chromium
from workorders.demo.cast import ACCOUNTS
from workorders.enums import State
from workorders.figures.telling import STAGES
from workorders.limits import deadlines, promise
from workorders.limits.calendar import Calendar
from workorders.limits.tests.test_calendar import slow_is_working
from workorders.models import STEPS, Application, Attachment, Event, Feedback, StageTime, WholeTime, WorkOrder


class Hasher(PBKDF2PasswordHasher):
    """The site's own, because the pictures are taken from a real one, but for the seconds that it takes."""

    iterations = 1


@pytest.fixture(scope="module")
def told(settings_of_all, django_db_setup, django_db_blocker, tmp_path_factory):
    """What `manage.py demo` printed; its data are there for the whole module."""
    data = tmp_path_factory.mktemp("demo")
    own = {"MEDIA_ROOT": data / "media", "SIGNING_DIR": data / "signing"}
    own["PASSWORD_HASHERS"] = [f"{__name__}.Hasher"]
    with (
        django_db_blocker.unblock(),
        override_settings(DEBUG=True, **own),
        transaction.atomic(),
    ):
        yield again.again("demo", tell, forever=True), own
        transaction.set_rollback(True)


def tell():
    output = io.StringIO()
    call_command("demo", stdout=output)
    return output.getvalue()


@pytest.fixture
def demo(told, db, settings, test_settings):
    """The people by their key, among the data of the module."""
    for name, value in told[1].items():
        setattr(settings, name, value)
    return {key: User.objects.get(phone=phone) for key, (phone, _, _) in ACCOUNTS.items()}


def states_of(orders):
    return {State(state) for state in orders.values_list("state", flat=True)}


def test_demo_has_every_role_and_state_and_prints_the_accounts(told, demo):
    assert {user.role for user in demo.values()} == set(Role)
    assert states_of(WorkOrder.objects.all()) == set(State)
    assert states_of(WorkOrder.objects.visible_to(demo["manager"])) == set(State) - {State.DRAFT}
    for user in demo.values():
        assert user.check_password("yanshi-2026")
        assert f"{user.phone}  {user.name}  {user.get_role_display()}" in told[0]


def test_demo_customer_has_four_orders_and_little_to_read(demo):
    customer = demo["customer"]

    assert states_of(customer.orders) == {State.ARCHIVED, State.MID_OPEN, State.PLAN_ISSUED, State.SURVEYING}
    assert customer.orders.count() == 4
    assert 1 <= Notification.objects.visible_to(customer).unread().count() <= 3
    rows, _ = listing.mine(customer)
    assert 1 <= sum(row.unread for row in rows) <= 3


def test_demo_enterprises_are_a_handful_with_few_orders_each(demo):
    orders = Counter(Application.objects.values_list("company", flat=True))

    assert orders.pop(demo["customer"].enterprise.name) == 4
    assert 5 <= len(orders) <= 8
    assert set(orders.values()) <= {1, 2, 3}


def test_demo_has_two_limits_past_and_some_near(demo):
    left = {order: deadlines.remaining(order) for order in WorkOrder.objects.running()}
    running = [remaining for remaining in left.values() if remaining]

    assert sum(remaining.is_late for remaining in running) == 2
    assert sum(remaining.level == "amber" for remaining in running) >= 3
    assert any(remaining.level == "ok" for remaining in running)
    for order in left:
        assert (order.due_on, order.due_is_estimate) == deadlines.due(order, timezone.localdate(order.entered_at))
    assert StageTime.objects.exists()
    assert not StageTime.objects.filter(is_late=True).exists()


def test_demo_figures_equal_a_count_by_hand(demo, client):
    months = client.get(reverse("workorders:figures_json")).json()["months"]
    rows = [(month["month"], row) for month in months for row in month["areas"] if row["code"]]

    assert any(row["received"] for _, row in rows)
    assert any(row["received"] is None for _, row in rows)
    for month, row in rows:
        assert row == {"area": row["area"], "code": row["code"]} | count_by_hand(month, row["area"])


def count_by_hand(month, area):
    """Go through the trace of every order, day by day, and tell nothing of fewer than five."""
    received, whole, stars, stays = 0, [], [], {words: {} for words in STAGES.values()}
    for order in WorkOrder.objects.filter(service_area__name=area):
        moves = [event for event in order.events.order_by("number") if event.name in STEPS]
        received += f"{timezone.localtime(moves[0].at):%Y-%m}" == month
        used = 0
        for before, after in pairwise(moves):
            if before.target not in State.utility_states:
                continue
            days = worked(timezone.localdate(before.at), timezone.localdate(after.at))
            used += days
            if f"{timezone.localtime(after.at):%Y-%m}" == month and before.target in STAGES:
                stays[STAGES[before.target]].setdefault(order.pk, []).append(days)
        if moves[-1].name == "archive" and f"{timezone.localtime(moves[-1].at):%Y-%m}" == month:
            whole.append(used)
        if hasattr(order, "rating") and f"{timezone.localtime(order.rating.at):%Y-%m}" == month:
            stars.append(order.rating.stars)
    kept = sum(used <= (15 if "城西" in area else 22) for used in whole)
    return {
        "received": received if received >= 5 else None,
        "energised": len(whole) if len(whole) >= 5 else None,
        "whole": spread_by_hand(whole) if len(whole) >= 5 else None,
        "share": round(100 * kept / len(whole)) if len(whole) >= 5 else None,
        "stars": round(sum(stars) / len(stars), 1) if len(stars) >= 5 else None,
        "stages": {
            words: spread_by_hand(list(chain.from_iterable(found.values()))) if len(found) >= 5 else None
            for words, found in stays.items()
        },
    }


def worked(start, end):
    """Count the working days after `start` up to and with `end`."""
    days = (start + timedelta(days=number) for number in range(1, (end - start).days + 1))
    return sum(slow_is_working({}, day)[0] for day in days)


def spread_by_hand(values):
    values = sorted(values)
    return {name: values[ceil(len(values) * part / 10) - 1] for name, part in (("median", 5), ("ninetieth", 9))}


def test_demo_keeps_its_promises_some_barely_and_one_order_took_all_its_turns(demo):
    levels = Counter()
    for order in WorkOrder.objects.exclude(state=State.DRAFT):
        assert order.used_days == sum(order.times.values_list("days", flat=True))
        levels[promise.total(order).level] += 1
    assert levels["amber"] >= 2
    assert levels["ok"] > levels["amber"]
    assert not levels["overdue"]
    whole = WholeTime.objects.get()
    assert (whole.order.state, whole.days) == (State.ARCHIVED, whole.order.used_days)


def test_demo_has_a_complaint_that_waits_and_one_that_was_answered(demo):
    found = {(each.kind, each.state): each for each in Feedback.objects.all()}

    assert found.keys() == {("complaint", "waiting"), ("complaint", "answered"), ("question", "answered")}
    assert found["complaint", "answered"].by == demo["customer"]
    assert found["complaint", "waiting"].is_anonymous


def test_demo_happens_in_office_hours_of_the_past_eight_weeks(demo):
    calendar, today = Calendar.current(), timezone.localdate()
    for model, field in (
        (User, "date_joined"),
        (WorkOrder, "created_at"),
        (Event, "at"),
        (Attachment, "uploaded_at"),
        (Document, "created_at"),
        (Signature, "signed_at"),
        (Notification, "created_at"),
        (Message, "created_at"),
    ):
        times = [timezone.localtime(at) for at in model.objects.values_list(field, flat=True)]
        assert times
        for at in times:
            assert today - timedelta(weeks=8) <= at.date() < today
            assert calendar.is_working(at.date())[0]
            assert time(8, 30) <= at.time() <= time(17, 30)


def test_demo_spreads_over_the_weeks_and_each_order_goes_on_in_time(demo):
    weeks = {timezone.localtime(at).isocalendar()[:2] for at in Event.objects.values_list("at", flat=True)}
    assert len(weeks) >= 6

    for order in WorkOrder.objects.all():
        times = list(order.events.order_by("number").values_list("at", flat=True))
        assert times == sorted(times)
        assert all(order.created_at < at for at in times)


def test_demo_trace_and_signatures_hold(demo, capsys):
    call_command("verify_trace")

    assert "The trace holds." in capsys.readouterr().out
    begins = dict(Certificate.objects.values_list("serial", "not_before"))
    for signature in Signature.objects.all():
        assert begins[signature.certificate_serial] < signature.signed_at
    for document in Document.objects.filter(fields__signature__isnull=False).distinct():
        with document.current.file.open() as file:
            assert all(result.is_good for result in check(file.read()))


def test_demo_names_are_marked_as_invented_and_none_is_a_state(demo):
    names = [*User.objects.values_list("name", flat=True), *Enterprise.objects.values_list("name", flat=True)]
    for application in Application.objects.all():
        names += [application.company, application.address, application.legal_name, application.handler_name]
        validate_credit_code(application.credit_code)
        application.full_clean(exclude=["order"])

    assert all(name.startswith("演示") for name in names)
    assert not [(name, label) for name in names for label in State.labels if label in name]


@pytest.mark.skipif(not find_chromium(), reason="needs Chromium, as the mark browser does")
def test_screenshots_make_both_pictures_small(demo, settings, tmp_path):
    data = settings.MEDIA_ROOT.parent
    (data / "db.sqlite3").write_bytes(connection.connection.serialize())
    command = [sys.executable, "manage.py", "screenshots", "--data", data, "--to", tmp_path]

    subprocess.run(command, cwd=settings.BASE_DIR, check=True)

    for name in ("phone.png", "desk.png"):
        assert (tmp_path / name).stat().st_size <= pictures.MOST_BYTES
        with Image.open(tmp_path / name) as image:
            assert image.mode == "P"
            assert image.width > 1900
            assert len(image.getcolors()) > 30
