"""Random walks through the journey, held against a model that knows nothing of the machine but its literal table."""

import random
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied

from workorders import inputs
from workorders.demo import driver
from workorders.enums import ContractMethod, State
from workorders.journey import flow
from workorders.journey.tests.test_transitions import CUSTOMER_STEPS, TABLE
from workorders.models import STEPS, WorkOrder

TRANSITIONS = 100_000
# What a step of the manager opens, by the flags of the supply plan: needs design review, needs mid-inspection.
OPENS = {
    ("plan_signed", True, True): "open_design_review",
    ("plan_signed", True, False): "open_design_review",
    ("plan_signed", False, True): "open_mid_inspection",
    ("plan_signed", False, False): "open_completion",
    ("design_opinion_signed", True, True): "open_mid_inspection",
    ("design_opinion_signed", True, False): "open_completion",
    ("mid_notice_signed", True, True): "open_completion",
    ("mid_notice_signed", False, True): "open_completion",
}
FLAGS = [(True, True), (True, False), (False, True), (False, False)]
# What the customer may do besides what is waited for.
ASIDES = {"withdraw", "object_to_supply_plan", "change_survey_time"}
STAGES = {"open_design_review", "open_mid_inspection", "open_completion"}
TARGETS = {(source, name): target for source, name, target in TABLE}


def legal(state, order):
    """Return the names of the steps that the table and the plan's flags allow."""
    names = {name for source, name in TARGETS if source == state}
    opens = OPENS.get((state, order.needs_design_review, order.needs_mid_inspection))
    names -= STAGES - {opens}
    return names if order.contract_method == ContractMethod.SCAN else names - {"reject_contract_scan"}


# What comes of a step besides what it is given.
RESULTS = {
    "submit": ("application_number", "service_area"),
    "accept": ("number", "account_number"),
    "sign_supply_plan": ("plan_expires_on",),
}


def take(order, name, draw):
    """Call a step as `flow.advance` does, with data drawn at random."""
    passes = draw.random() < 0.6
    order.has_passed = lambda kind: passes
    flags = {"needs_design_review": draw.random() < 0.5, "needs_mid_inspection": draw.random() < 0.5}
    fields = ("manager", "intended_survey_at", "survey_at", "suggested_connection_on", "energised_on", "meter_reading")
    data = dict.fromkeys(fields) | {"surveyor": "", "contract_method": draw.choice(ContractMethod.values)} | flags
    before = order.state
    getattr(order, name)(SimpleNamespace(**data), **dict.fromkeys(RESULTS.get(name, ())))
    target = TARGETS[before, name]
    if isinstance(target, tuple):
        target = target[0] if passes else target[1]
    return target


def test_wf_12_a_hundred_thousand_random_steps_keep_to_the_table():
    """Steps of the machine alone, on orders in memory: which are open, and where each leads."""
    draw = random.Random(12)
    taken = visited = 0
    ended = set()
    while taken < TRANSITIONS:
        order = WorkOrder()
        visited += 1
        while names := legal(order.state, order):
            if draw.random() < 0.1:  # asking costs more than walking
                assert {each.name for each in order.get_available_state_transitions()} == names
            # Rarely an end, or walks would never get far.
            name = draw.choices(sorted(names), [0.02 if n in ("terminate", "withdraw") else 1 for n in sorted(names)])[
                0
            ]
            assert order.state == State(order.state)
            expected = take(order, name, draw)
            assert order.state == expected
            taken += 1
        assert not list(order.get_available_state_transitions())
        ended.add(order.state)

    assert ended == set(State.closed_states)
    assert visited > 100


@pytest.mark.parametrize("seed", range(3))
def test_wf_12_random_steps_through_the_flow_lose_no_event(customer, manager, area, seed):
    """Real steps with rows, of the part of the journey before the first paper; refused ones leave nothing."""
    draw = random.Random(seed)
    order = driver.start(customer)
    expected = []
    for _ in range(40):
        order = WorkOrder.objects.get(pk=order.pk)
        name = draw.choice(CHEAP)
        by = customer if name in CUSTOMER_STEPS else manager
        before = order.state
        try:
            flow.advance(order, name, _given(order, name, manager), by=by)
            expected.append((name, before))
        except (flow.Conflict, PermissionDenied):  # a draft is no manager's yet
            assert (before, name) not in TARGETS

    order = WorkOrder.objects.get(pk=order.pk)
    events = list(order.events.steps())
    assert [(event.name, event.source) for event in events] == expected
    assert [event.number for event in order.events.all()] == list(range(1, order.event_count + 1))
    assert all(one.target == other.source for one, other in pairwise(events))
    assert order.state == (events[-1].target if events else State.DRAFT)
    assert order.used_days == sum(order.times.values_list("days", flat=True))
    assert (order.promised_days is None) == (order.state == State.DRAFT)
    assert (order.promise_on is not None) == (order.state in State.utility_states)


CHEAP = ["submit", "return_for_correction", "accept", "book_survey", "change_survey_time", "dispatch_survey"] * 4
CHEAP += ["terminate", "withdraw", "archive", "sign_contract"]


def _given(order, name, manager):
    """Return an input of the right kind, also for a step that the order is not ready for."""
    if name == "change_survey_time":
        return inputs.SurveyWish(intended_survey_at=driver.visit_at(4), reason="演示")
    if STEPS[name].given is inputs.Reason:
        return inputs.Reason(reason="演示")
    if name == "sign_contract":
        return inputs.ContractScan(**driver.confirmed(order.customer))
    return driver.prepare(order, STEPS[name], manager=manager)
