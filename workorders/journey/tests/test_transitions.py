"""The state machine as one literal table."""

from pathlib import Path
from typing import get_args
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django_fsm import RETURN_VALUE

from workorders import inputs
from workorders.enums import State
from workorders.facts import FACTS
from workorders.forms import manager_forms
from workorders.journey import flow
from workorders.models import STEPS, WorkOrder

TABLE = {
    ("draft", "submit", "submitted"),
    ("returned", "submit", "submitted"),
    ("submitted", "return_for_correction", "returned"),
    ("submitted", "accept", "accepted"),
    ("accepted", "book_survey", "survey_booked"),
    ("survey_booked", "change_survey_time", "survey_booked"),
    ("surveying", "change_survey_time", "survey_booked"),
    ("survey_booked", "dispatch_survey", "surveying"),
    ("surveying", "issue_supply_plan", "plan_issued"),
    ("plan_issued", "sign_supply_plan", "plan_signed"),
    ("plan_issued", "object_to_supply_plan", "surveying"),
    ("plan_signed", "open_design_review", "design_open"),
    ("design_open", "submit_design", "design_submitted"),
    ("design_submitted", "issue_design_opinion", "design_opinion_issued"),
    ("design_opinion_issued", "sign_design_opinion", ("design_opinion_signed", "design_open")),
    ("plan_signed", "open_mid_inspection", "mid_open"),
    ("design_opinion_signed", "open_mid_inspection", "mid_open"),
    ("mid_open", "submit_mid_inspection", "mid_submitted"),
    ("mid_submitted", "issue_mid_notice", "mid_notice_issued"),
    ("mid_notice_issued", "sign_mid_notice", ("mid_notice_signed", "mid_open")),
    ("plan_signed", "open_completion", "completion_open"),
    ("design_opinion_signed", "open_completion", "completion_open"),
    ("mid_notice_signed", "open_completion", "completion_open"),
    ("completion_open", "submit_completion", "completion_submitted"),
    ("completion_submitted", "issue_completion_opinion", "completion_opinion_issued"),
    ("completion_opinion_issued", "sign_completion_opinion", ("completion_opinion_signed", "completion_open")),
    ("completion_opinion_signed", "open_contract", "contract_open"),
    ("contract_open", "sign_contract", "contract_signed"),
    ("contract_signed", "reject_contract_scan", "contract_open"),
    ("contract_signed", "archive", "archived"),
    ("draft", "withdraw", "terminated"),
    ("returned", "withdraw", "terminated"),
    ("submitted", "withdraw", "terminated"),
    ("accepted", "withdraw", "terminated"),
    ("survey_booked", "withdraw", "terminated"),
} | {(state, "terminate", "terminated") for state in State.open_states}

CUSTOMER_STEPS = {
    "submit", "book_survey", "change_survey_time", "sign_supply_plan", "object_to_supply_plan", "submit_design",
    "sign_design_opinion", "submit_mid_inspection", "sign_mid_notice", "submit_completion", "sign_completion_opinion",
    "sign_contract", "withdraw",
}  # fmt: skip

TRANSITIONS = list(WorkOrder._meta.get_field("state").get_all_transitions(WorkOrder))


def test_wf_01_machine_equals_the_table():
    def target(transition):
        if isinstance(transition.target, RETURN_VALUE):
            return tuple(str(state) for state in transition.target.allowed_states)
        return str(transition.target)

    assert {(str(each.source), each.name, target(each)) for each in TRANSITIONS} == TABLE


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda each: f"{each.name}-{each.source}")
def test_every_transition_has_permission_label_and_one_confirm_page(transition):
    owner = "is_customer" if transition.name in CUSTOMER_STEPS else "is_manager"

    step = transition.custom["step"]
    assert transition.permission.__name__ == step.by.__name__ == owner
    assert step.label
    assert bool(step.form) != bool(step.page)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_every_step_keeps_only_facts_of_the_trace_and_makes_what_it_names(step):
    assert set(step.keeps) <= FACTS
    kinds = get_args(step.given) or (step.given,)
    assert any(issubclass(kind, inputs.Issue) for kind in kinds) == bool(step.issues)
    assert any(issubclass(kind, inputs.Signing) for kind in kinds) >= bool(step.signs)
    assert bool(step.signs) <= ("sha256" in step.keeps)


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_every_step_is_taken_by_a_form_or_on_a_page_that_is_there(step):
    assert hasattr(manager_forms, step.form) if step.form else reverse(f"workorders:{step.page}", args=[uuid4()])


def test_wf_01_wrong_people_change_nothing(make_order, outsider, contact, far_manager, supervisor, customer, manager):
    order = make_order(State.SUBMITTED)

    for name in STEPS:
        for user in (outsider, contact, far_manager, supervisor, manager if name in CUSTOMER_STEPS else customer):
            with pytest.raises(PermissionDenied):
                flow.advance(order, name, by=user)

    order = WorkOrder.objects.get(pk=order.pk)
    assert (order.state, order.event_count) == (State.SUBMITTED, 1)


def test_wf_01_wrong_state_changes_nothing(make_order, customer, manager):
    order = make_order(State.ARCHIVED, short=True)
    before = order.event_count

    for name in STEPS:
        with pytest.raises(flow.Conflict):
            flow.advance(order, name, by=customer if name in CUSTOMER_STEPS else manager)

    order = WorkOrder.objects.get(pk=order.pk)
    assert (order.state, order.event_count) == (State.ARCHIVED, before)


def test_only_the_flow_calls_transitions():
    """Outside flow.py nothing calls a step as a method of an order."""
    root = Path(flow.__file__).resolve().parents[2]
    calls = [f"order.{name}(" for name in STEPS] + [f"self.{name}(" for name in STEPS]
    found = [
        (path, call)
        for path in root.glob("*/**/*.py")
        if path.name != "flow.py" and not {"tests", ".venv", "consumers.py"} & set(path.parts)
        for call in calls
        if call in path.read_text(encoding="utf-8")
    ]

    assert found == []
