from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from bandian.celery import app
from notifications.models import Notification
from workorders import tasks
from workorders.desk import reminders
from workorders.enums import ContractMethod, State
from workorders.journey.tests.test_races import at_once
from workorders.limits import calendar, deadlines
from workorders.models import Reminder
from workorders.tests.bare import bare_order


@pytest.fixture
def order_in(customer, manager, area):
    return lambda state, **fields: bare_order(customer, manager, state, **fields)


@pytest.fixture
def send(django_capture_on_commit_callbacks, capsys):
    """Return a function that sends what is due and returns (how many, the text messages)."""

    def run():
        capsys.readouterr()
        with django_capture_on_commit_callbacks(execute=True):
            count = reminders.send()
        return count, capsys.readouterr().out

    return run


def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def back_working_days(days):
    """Return the latest date after which so many working days have begun until today."""
    now, day = calendar.Calendar.current(), timezone.localdate()
    while now.between(day, timezone.localdate()) < days:
        day -= timedelta(days=1)
    return day


def kinds():
    return list(Reminder.objects.order_by("pk").values_list("kind", flat=True))


def readers():
    return set(Notification.objects.values_list("user", flat=True))


def test_near_limit_reminds_the_manager(order_in, send, manager, supervisor):
    order_in(State.DESIGN_SUBMITTED, due_on=in_days(0))

    assert send() == (1, "")
    assert (kinds(), readers()) == (["near"], {manager.pk})


def test_far_limit_and_the_customers_turn_remind_nobody(order_in, send):
    order_in(State.DESIGN_SUBMITTED, due_on=in_days(30))
    order_in(State.DESIGN_OPEN, number="261124000002")
    order_in(State.ARCHIVED, number="261124000003", due_on=in_days(-9))

    assert send() == (0, "")


def test_wf_14_overdue_job_that_runs_late_and_twice_alerts_once(order_in, send, manager, supervisor):
    order_in(State.DESIGN_SUBMITTED, due_on=in_days(-20))

    assert send()[0] == 1
    assert send()[0] == 0
    assert (kinds(), readers()) == (["overdue"], {manager.pk, supervisor.pk})
    assert Notification.objects.count() == 2


@pytest.mark.parametrize(("used", "kind", "both"), [(20, "promise_near", False), (30, "promise_past", True)])
def test_promise_near_its_end_or_past_reminds_once(order_in, send, manager, supervisor, used, kind, both):
    order = order_in(State.DESIGN_SUBMITTED, used_days=used, promised_days=22, due_on=in_days(30))
    theirs = order_in(State.DESIGN_OPEN, used_days=used, promised_days=22, number="261124000002")
    for each in (order, theirs):
        deadlines.restart(each)
        type(each).objects.filter(pk=each.pk).update(due_on=in_days(30) if each == order else None)

    assert (send()[0], send()[0]) == (1, 0)
    assert (kinds(), readers()) == ([kind], {manager.pk, supervisor.pk} if both else {manager.pk})
    text = Notification.objects.filter(user=manager).get().body
    assert f"已用 {used} / 承诺 22 个工作日" in text


def test_next_turn_says_again_that_a_promise_is_near_but_not_that_it_is_past(order_in, send):
    for used, number in ((20, "261124000002"), (30, "261124000003")):
        deadlines.restart(order_in(State.DESIGN_SUBMITTED, used_days=used, promised_days=22, number=number))
    type(order_in(State.DESIGN_OPEN)).objects.update(due_on=None)
    assert send()[0] == 2
    Reminder.objects.first().order.__class__.objects.update(entered_at=timezone.now() + timedelta(minutes=1))

    assert send()[0] == 1
    assert sorted(kinds()) == ["promise_near", "promise_near", "promise_past"]


def test_next_state_with_the_same_due_date_is_another_cause(order_in, send):
    order = order_in(State.DESIGN_SUBMITTED, due_on=in_days(-1))
    send()
    type(order).objects.filter(pk=order.pk).update(entered_at=timezone.now() + timedelta(minutes=1))

    assert send()[0] == 1


def test_survey_tomorrow_reminds_both_sides_once_also_on_the_day_itself(order_in, send, customer, manager):
    order_in(State.SURVEYING, survey_at=timezone.now() + timedelta(seconds=60), surveyor="演示勘察")
    order_in(State.SURVEYING, survey_at=timezone.now() + timedelta(days=3), number="261124000002")

    count, texts = send()

    assert (count, readers()) == (1, {customer.pk, manager.pk})
    assert "演示勘察" not in texts
    assert customer.phone in texts
    assert send()[0] == 0


@pytest.mark.parametrize(
    ("days", "kind"),
    [(31, None), (30, "plan_30"), (11, "plan_30"), (10, "plan_10"), (0, "plan_10"), (-1, "plan_lapsed")],
)
def test_plan_that_ends_reminds_both_sides_of_the_nearest_mark(order_in, send, customer, manager, days, kind):
    order_in(State.MID_OPEN, plan_expires_on=in_days(days))

    texts = send()[1]

    assert kinds() == ([kind] if kind else [])
    assert readers() == ({customer.pk, manager.pk} if kind else set())
    assert (customer.phone in texts) == bool(kind)
    assert ("前申请" in texts, "请直接联系客户经理" in texts) == (10 <= days <= 30, 0 <= days < 10)
    assert send()[0] == 0


@pytest.mark.parametrize(("method", "days", "count"), [("scan", 2, 1), ("scan", 1, 0), ("signature", 2, 0)])
def test_contract_scan_that_nobody_looked_at_reminds_the_manager(order_in, send, method, days, count):
    entered = timezone.now() - (timezone.localdate() - back_working_days(days))
    order_in(State.CONTRACT_SIGNED, contract_method=ContractMethod(method), entered_at=entered)

    assert send()[0] == count


def test_order_without_an_area_is_no_error(customer, manager, area, send):
    order = bare_order(customer, manager, State.SUBMITTED, due_on=in_days(-9))
    type(order).objects.filter(pk=order.pk).update(service_area=None)

    assert send()[0] == 1


def test_command_and_task_do_the_same(order_in):
    order = order_in(State.SUBMITTED, entered_at=timezone.now() - timedelta(days=20))
    out = StringIO()

    call_command("remind", stdout=out)
    tasks.remind.delay()

    order.refresh_from_db(fields=["due_on"])
    assert order.due_on < in_days(-10)
    assert out.getvalue() == "Changed 1 due dates.\nSent 1 reminders.\n"
    assert kinds() == ["overdue"]


def test_beat_knows_every_daily_job_and_our_clock():
    app.loader.import_default_modules()
    planned = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert planned >= {"workorders.tasks.remind", "workorders.tasks.anchor_trace", "signing.tasks.check_documents"}
    assert planned <= set(app.tasks)
    assert app.conf.timezone == settings.TIME_ZONE


@pytest.mark.services
@pytest.mark.django_db(transaction=True)
def test_wf_14_jobs_at_the_same_time_alert_once(order_in, manager):
    for number in range(5):
        order_in(State.SUBMITTED, entered_at=timezone.now() - timedelta(days=20), number=f"26112400000{number}")

    results = at_once(6, lambda _: (deadlines.recompute(), reminders.send()))

    assert [sum(counts) for counts in zip(*results, strict=True)] == [5, 5]
    assert Notification.objects.filter(user=manager).count() == 5
