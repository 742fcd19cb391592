"""待审核: one queue with a number for names, seals, words in the box, and orders that nobody serves."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.identity import claims
from accounts.models import User
from notifications.models import Delivery, Notification
from signing.enums import SealKind
from signing.seals.tests import sealing
from workorders.complaints import feedback_box
from workorders.demo import driver, people
from workorders.desk import dispatch, reviews
from workorders.enums import State
from workorders.models.service_choices import FeedbackKind

QUEUE = reverse("admin:workorders_workorder_reviews")


@pytest.fixture
def waiting(supervisor, customer, enterprise, area, manager):
    """One of each kind; returns the order."""
    visitor = User.objects.create_user("19900000019", "演示访客")
    claims.claim(visitor, name=visitor.name, id_number=people.id_number(90), photo=b"jpeg")
    sealing.pending(customer, SealKind.LEGAL)
    feedback_box.give(kind=FeedbackKind.COMPLAINT, about="other", text="演示投诉", order=None, by=customer)
    return driver.drive(driver.start(customer, region="110105"), State.SUBMITTED, manager=manager)


def test_queue_holds_all_that_waits_with_numbers_and_ways_there(waiting, supervisor, browser_of):
    page = browser_of(supervisor).get(QUEUE).content.decode()

    for kind in ("实名认证（1）", "印章申请（1）", "意见与投诉（1）", "没有供电单位的申请（1）"):
        assert kind in page
    for words in ("演示访客", "演示精密制造有限公司", "投诉", str(waiting)):
        assert words in page
    assert 'class="count">4</span>' in browser_of(supervisor).get(reverse("admin:index")).content.decode()


def test_all_that_waits_is_announced_like_a_step_until_it_is_decided(waiting, supervisor, area):
    told = Notification.objects.filter(user=supervisor, kind="review").unread()
    titles = {"实名认证待审核", "印章申请待审核", "投诉待答复", "申请待派发"}
    assert set(told.values_list("title", flat=True)) == titles
    assert Delivery.objects.filter(notification__in=told, channel="sms").count() == 4

    dispatch.assign(waiting, area=area, by=supervisor)

    assert set(told.values_list("title", flat=True)) == titles - {"申请待派发"}
    assert reviews.count(supervisor) == 3


def test_queue_costs_the_same_however_many_wait(waiting, supervisor, customer, manager, browser_of):
    http = browser_of(supervisor)

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as found:
            http.get(QUEUE)
        return len(found)

    queries()  # the first looks up more, such as the session
    few = queries()
    for number in range(3):
        feedback_box.give(kind=FeedbackKind.QUESTION, text=f"演示 {number}", order=None, by=customer)
    driver.drive(driver.start(customer, region="110105", address="演示路 2 号"), State.SUBMITTED, manager=manager)

    assert queries() == few


def test_managers_have_no_queue(manager, browser_of):
    http = browser_of(manager)

    assert http.get(QUEUE).status_code == 403
    assert QUEUE not in http.get(reverse("admin:index")).content.decode()
