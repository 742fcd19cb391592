"""待您处理: an item is there exactly when the customer has something to do."""

import pytest
from django.urls import reverse

from workorders.enums import ContractMethod, Stage, State, Turn
from workorders.journey import progress
from workorders.journey.tests.test_walks import ASIDES, FLAGS
from workorders.models import Application, WorkOrder


def orders():
    """Return an order in every state, under every plan and way of signing."""
    for state in State:
        for needs_design_review, needs_mid_inspection in FLAGS:
            for method in ("", *ContractMethod.values):
                order = WorkOrder(needs_design_review=needs_design_review, needs_mid_inspection=needs_mid_inspection)
                order.contract_method = method
                WorkOrder._meta.get_field("state").set_state(order, state)
                yield order


def test_item_exists_exactly_when_the_customer_has_a_legal_step(customer):
    for order in orders():
        order.customer = customer
        legal = {step.name for step in order.get_available_user_state_transitions(customer)} - ASIDES
        item = progress.customer_step(order)

        assert ({item.name} if item else set()) == legal
        assert (State(order.state).turn == Turn.CUSTOMER) == bool(legal)


@pytest.mark.parametrize("who", ["outsider", "manager"])
def test_nobody_else_has_it(who, request, customer):
    user = request.getfixturevalue(who)
    for order in orders():
        order.customer = customer
        steps = {each.name for each in order.get_available_user_state_transitions(user)}
        assert not steps & {progress.customer_step(order).name if progress.customer_step(order) else None}


def test_what_comes_next_is_told_in_every_open_state(customer):
    for order in orders():
        order.application = Application()
        ahead = progress.ahead(order)

        assert bool(ahead) == order.is_open
        if ahead:
            assert ahead.label in State.labels
            assert ahead.label != State(order.state).label, order.state


def test_papers_to_have_ready_are_named_before_the_stage_opens(make_order, browser_of, customer):
    order = make_order(State.PLAN_SIGNED)

    page = browser_of(customer).get(reverse("workorders:order", args=[order.pk])).content.decode()

    assert "下一步：待设计文件送审（客户），请准备设计单位资质证书、工程设计文件及说明" in page
    assert progress.ahead(order).ready == tuple(k.label for k in Stage.DESIGN.kinds)
