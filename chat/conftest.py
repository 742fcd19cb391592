"""The cast of the chat: an order with its room, and a contact who came in."""

from uuid import uuid4

import pytest
from django.db import transaction

from accounts.enums import Role
from accounts.models import User
from bandian.tests import again
from chat.enums import MemberRole
from chat.exceptions import ChatError
from chat.messaging import numbering
from chat.messaging.posting import Draft, post
from chat.models import Room
from chat.rooms import membership
from workorders import inputs
from workorders.conftest import *  # noqa: F403 - the cast of the orders, which is the chat's too
from workorders.demo import driver, people
from workorders.enums import State
from workorders.journey import flow
from workorders.models import Application, DailyCounter, WorkOrder
from workorders.tests.people import Customer


@pytest.fixture
def make_room(customer, manager, area):
    """Return a function that makes an order right before the dispatch and dispatches it, without the way there."""

    def make(*, has_transformer=True):
        made = again.again(("room", has_transformer), lambda: dispatch(has_transformer))
        return Room.objects.filter(pk=made).first()

    @transaction.atomic
    def dispatch(has_transformer):
        order = WorkOrder.objects.create(
            customer=customer,
            manager=manager,
            service_area=area,
            state=State.SURVEY_BOOKED,
            number=DailyCounter.draw("order"),
            account_number="7" + DailyCounter.draw("account"),
        )
        Application.objects.create(order=order, company="演示精密制造有限公司", has_transformer=has_transformer)
        flow.advance(
            order, "dispatch_survey", inputs.Dispatch(survey_at=driver.visit_at(3), surveyor="演示勘察"), by=manager
        )
        return order.pk

    return make


@pytest.fixture
def room(make_room):
    return make_room()


@pytest.fixture
def person(new_context, live_site, customer):
    """The customer on a phone."""
    on_phone = Customer(new_context, live_site)
    on_phone.come_in(customer)
    return on_phone


@pytest.fixture
def builder(db):
    """A contact of the construction company, verified."""
    user = User.objects.create_user("19900000018", "演示施工员", "yanshi-2026", role=Role.CONTACT)
    people.verify(user)
    return user


@pytest.fixture
def let_in(room):
    """Return a function that brings a contact into the room."""

    @transaction.atomic
    def bring(user, role=MemberRole.CONSTRUCTION):
        return membership.add(numbering.lock(room.pk), user, role)

    return bring


@pytest.fixture
def say(room):
    """Return a function that says something in the room."""

    def say(by, body="您好", **parts):
        return post(room, Draft(uuid4(), body, **parts), by=by)[0]

    return say


def refusal(call, *args, **kwargs):
    """Return the code with which a call is refused."""
    with pytest.raises(ChatError) as caught:
        call(*args, **kwargs)
    return caught.value.code
