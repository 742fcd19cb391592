from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from workorders.demo import driver
from workorders.enums import State
from workorders.journey import flow
from workorders.limits.calendar import a_year_after
from workorders.models import WorkOrder
from workorders.requests import plan_term
from workorders.tests.bare import bare_order
from workorders.trace import record


@pytest.fixture
def order_with(customer, manager, area):
    """Return a function that makes an order whose plan ends in so many days."""

    def make(days, state=State.DESIGN_OPEN, **fields):
        return bare_order(
            customer, manager, state, plan_expires_on=timezone.localdate() + timedelta(days=days), **fields
        )

    return make


@pytest.fixture
def asked(order_with, customer):
    order = order_with(20)
    plan_term.ask(order, by=customer, reason="变压器供货推迟")
    return WorkOrder.objects.get(pk=order.pk)


def extend_url(order):
    return reverse("workorders:extend", args=[order.pk])


def answer_url(order):
    return reverse("admin:workorders_workorder_extension", args=[order.pk])


def test_signature_under_the_plan_starts_a_year(make_order, manager):
    order = make_order(State.PLAN_ISSUED)
    assert plan_term.term(order) is None

    order = driver.drive(order, State.PLAN_SIGNED, manager=manager)

    assert order.plan_expires_on == a_year_after(timezone.localdate())
    assert order.events.last().data["plan_expires_on"] == str(order.plan_expires_on)


def test_term_ends_with_the_signature_under_the_completion_opinion(order_with):
    assert plan_term.term(order_with(5, State.COMPLETION_OPINION_ISSUED)) is not None
    assert plan_term.term(order_with(5, State.COMPLETION_OPINION_SIGNED, number="261124000002")) is None


def test_customer_asks_on_the_page_and_the_manager_hears_of_it(order_with, browser_of, customer, manager):
    order = order_with(20)

    response = browser_of(customer).post(extend_url(order), {"reason": "变压器供货推迟", "seen": order.event_count})

    assert response.url == order.get_absolute_url()
    assert "延期申请待答复" in browser_of(customer).get(response.url).content.decode()
    assert Notification.objects.get(user=manager).title.endswith("申请供电方案延期")
    order.refresh_from_db(fields=["event_count", "plan_expires_on"])
    assert order.events.get().note == "变压器供货推迟"
    assert order.state == State.DESIGN_OPEN


@pytest.mark.parametrize(
    ("days", "words"), [(31, ""), (30, "还有 30 天到期"), (9, "需要延期请尽快联系客户经理"), (-1, "供电方案已过有效期")]
)
def test_plan_that_ends_soon_is_said_on_top_of_the_page(order_with, browser_of, customer, days, words):
    page = browser_of(customer).get(order_with(days).get_absolute_url()).content.decode()

    assert ("notice__title" in page) == bool(words)
    assert words in page


@pytest.mark.parametrize(("days", "status"), [(10, 200), (9, 409), (-1, 409)])
def test_extension_can_be_asked_for_until_ten_days_before(order_with, browser_of, customer, days, status):
    assert browser_of(customer).get(extend_url(order_with(days))).status_code == status


def test_second_request_waits_for_the_answer_to_the_first(asked, customer):
    with pytest.raises(flow.Conflict):
        plan_term.ask(asked, by=customer, reason="再次申请")


def test_only_the_customer_asks_and_only_with_a_proven_name(order_with, manager, customer):
    order = order_with(20)

    with pytest.raises(PermissionDenied):
        plan_term.ask(order, by=manager, reason="代办")
    customer.real_name.delete()
    customer = type(customer).objects.get(pk=customer.pk)
    with pytest.raises(flow.NotVerified):
        plan_term.ask(order, by=customer, reason="变压器供货推迟")


def test_manager_extends_at_the_desk_and_the_customer_reads_the_date(asked, browser_of, manager, customer):
    until = asked.plan_expires_on + timedelta(days=90)
    page = browser_of(manager).get(answer_url(asked)).content.decode()

    data = {"answer": "agree", "until": until, "seen": asked.event_count}
    response = browser_of(manager).post(answer_url(asked), data)

    assert "变压器供货推迟" in page
    assert response.status_code == 302
    asked.refresh_from_db(fields=["plan_expires_on", "event_count"])
    assert asked.plan_expires_on == until
    assert f"{until.year}年{until.month}月{until.day}日" in Notification.objects.get(user=customer).body


@pytest.mark.parametrize("days", [0, 400])
def test_extension_of_no_day_or_more_than_a_year_is_refused(asked, manager, days):
    with pytest.raises(ValidationError):
        plan_term.extend(asked, by=manager, until=asked.plan_expires_on + timedelta(days=days))


def test_refusal_needs_a_reason_and_keeps_the_term(asked, browser_of, manager):
    term, url, seen = asked.plan_expires_on, answer_url(asked), asked.event_count

    without = browser_of(manager).post(url, {"answer": "refuse", "seen": seen})
    browser_of(manager).post(url, {"answer": "refuse", "reason": "线路规划已调整", "seen": seen})

    assert "请写明原因" in without.content.decode()
    asked.refresh_from_db(fields=["plan_expires_on", "event_count"])
    assert asked.plan_expires_on == term
    assert asked.events.last().note == "线路规划已调整"
    assert browser_of(manager).get(url).status_code == 409


def test_answer_from_a_stale_page_is_refused(asked, browser_of, manager, customer):
    record.note(asked, "supplement", label="补充资料", by=customer)

    data = {"answer": "agree", "until": asked.plan_expires_on + timedelta(days=9), "seen": asked.event_count}

    assert browser_of(manager).post(answer_url(asked), data).status_code == 409


def test_lapsed_order_is_flagged_listed_and_ended_with_the_reason_filled_in(order_with, browser_of, manager, customer):
    lapsed, other = order_with(-1), order_with(0, number="261124000002")
    queue = browser_of(manager).get(reverse("admin:workorders_workorder_changelist"), {"state": "lapsed"})
    page = browser_of(manager).get(reverse("admin:workorders_workorder_change", args=[lapsed.pk]))
    step = browser_of(manager).get(reverse("admin:workorders_workorder_step", args=[lapsed.pk, "terminate"]))

    assert str(lapsed) in queue.content.decode()
    assert str(other) not in queue.content.decode()
    assert "供电方案已过有效期" in page.content.decode()
    assert plan_term.LAPSED in step.content.decode()
    assert "供电方案已过有效期" in browser_of(customer).get(lapsed.get_absolute_url()).content.decode()
