"""Supervisors beside the first, and complaints."""

import pytest

from accounts.enums import Role
from workorders.complaints import feedback_box
from workorders.conftest import person
from workorders.enums import State
from workorders.models import Feedback
from workorders.tests.bare import bare_order


@pytest.fixture
def second(supervisor):
    """Another supervisor."""
    return person("19900000018", "演示副主管", role=Role.SUPERVISOR)


@pytest.fixture
def head(area, second):
    """The head of the order's area."""
    area.head = person("19900000020", "演示负责", role=Role.SUPERVISOR)
    area.save()
    return area.head


@pytest.fixture
def order(customer, manager, area):
    """An order with a manager."""
    return bare_order(customer, manager, State.ACCEPTED)


@pytest.fixture
def complain(customer):
    """Return a function that files a complaint."""

    def file(order=None, *, text="上门时间改了没有通知", about="attitude", **more) -> Feedback:
        return feedback_box.give(kind="complaint", about=about, text=text, order=order, by=customer, **more)

    return file


@pytest.fixture
def say(customer):
    """Return a function by which the customer says a word on the answer."""

    def call(service, complaint, text="还没有解决"):
        return getattr(feedback_box, service)(Feedback.objects.get(pk=complaint.pk), text=text, by=customer)

    return call
