"""What an order allows is decided below the forms: the flow refuses it whatever a form says."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from bandian.tests import again
from workorders import inputs
from workorders.demo import driver
from workorders.enums import BasicCharge, PaperKind, Stage, State, Tariff, Verdict
from workorders.journey import flow, submissions
from workorders.models import STEPS, SupplyPlan, WorkOrder
from workorders.requests import completion, supplements

IN_A_WEEK = timezone.localdate() + timedelta(days=7)


def refused(order, name, given, *, by) -> dict:
    """Return the words of the refusal by field; the order is as it was before."""
    before = WorkOrder.objects.get(pk=order.pk)
    with pytest.raises(ValidationError) as caught:
        flow.advance(order, name, given, by=by)
    after = WorkOrder.objects.get(pk=order.pk)
    assert (after.state, after.event_count) == (before.state, before.event_count)
    return caught.value.message_dict


def plan_for(order, manager, **changes):
    return replace(driver.prepare(order, STEPS["issue_supply_plan"], manager=manager), **changes)


@pytest.mark.parametrize(
    "answers", [{"is_critical": True}, {"nonlinear_load": True}, {"supply_mode": "double"}, {"voltage": 35}]
)
def test_plan_cannot_waive_a_design_review_that_is_obligatory(make_order, manager, answers):
    order = make_order(State.SURVEYING, **answers)
    waived = plan_for(order, manager, needs_design_review=False)

    assert refused(order, "issue_supply_plan", waived, by=manager).keys() == {"needs_design_review"}
    assert not SupplyPlan.objects.exists()
    order = flow.advance(order, "issue_supply_plan", replace(waived, needs_design_review=True), by=manager)
    assert order.state == State.PLAN_ISSUED


def test_plan_of_an_ordinary_customer_may_waive_the_design_review(make_order, manager):
    order = make_order(State.SURVEYING)

    order = flow.advance(order, "issue_supply_plan", plan_for(order, manager, needs_design_review=False), by=manager)

    assert (order.state, order.needs_design_review) == (State.PLAN_ISSUED, False)


@pytest.mark.parametrize(
    ("capacity", "tariff", "words"),
    [
        (100, Tariff.TWO_PART, "用电容量 100 kVA 的工商业用电应执行单一制电价。"),
        (315, Tariff.ONE_PART, "用电容量 315 kVA 的工商业用电应执行两部制电价。"),
    ],
)
def test_plan_cannot_give_a_tariff_that_the_capacity_does_not_allow(make_order, manager, capacity, tariff, words):
    order = make_order(State.SURVEYING)

    given = plan_for(order, manager, capacity=capacity, tariff=tariff)

    assert refused(order, "issue_supply_plan", given, by=manager) == {"tariff": [words]}


def test_tariff_of_others_than_industry_and_commerce_is_the_managers_to_say(make_order, manager):
    order = make_order(State.SURVEYING, usage_category="agriculture")
    assert order.application.usual_tariff == Tariff.ONE_PART

    order = flow.advance(order, "issue_supply_plan", plan_for(order, manager), by=manager)

    assert not order.chooses_basic_charge


@pytest.mark.parametrize(
    ("capacity", "agreed", "chooses"),
    [(314, None, False), (314, Tariff.TWO_PART, True), (315, None, True), (1000, None, True)],
)
def test_basic_charge_is_chosen_where_the_plans_tariff_has_two_parts(make_order, manager, capacity, agreed, chooses):
    order = make_order(State.SURVEYING, capacity=capacity)
    given = plan_for(order, manager)

    order = flow.advance(order, "issue_supply_plan", replace(given, tariff=agreed or given.tariff), by=manager)

    assert order.chooses_basic_charge == chooses


@pytest.fixture
def ready(make_order):
    """Return a function that makes an order whose completion papers are there, with answers in the open round."""

    def hand_in(capacity):
        order = make_order(State.COMPLETION_OPEN, short=True, capacity=capacity)
        driver.attach_needed(order, Stage.COMPLETION)
        return order.pk

    def make(capacity=1000, **answers):
        order = WorkOrder.objects.get(pk=again.again(("completion papers", capacity), lambda: hand_in(capacity)))
        draft = submissions.open_round(order, Stage.COMPLETION)
        type(draft).objects.filter(pk=draft.pk).update(**answers)
        submission = completion.prepare(order, by=order.customer)
        return order, driver.signing(submission.document)

    return make


@pytest.mark.parametrize(
    ("answers", "field", "words"),
    [
        ({}, "basic_charge", "请选择基本电费收费方式。"),
        ({"basic_charge": BasicCharge.CONTRACT_DEMAND}, "contract_demand", "请填写需量值"),
        ({"basic_charge": BasicCharge.CONTRACT_DEMAND, "contract_demand": 1001}, "contract_demand", "不能超过供电容量"),
        ({"basic_charge": BasicCharge.CONTRACT_DEMAND, "contract_demand": 399}, "contract_demand", "400 kW 及以上"),
    ],
)
def test_completion_is_not_handed_in_without_a_basic_charge_that_fits(ready, customer, answers, field, words):
    order, given = ready(**answers)

    found = refused(order, "submit_completion", given, by=customer)

    assert list(found) == [field]
    assert words in found[field][0]


@pytest.mark.parametrize(
    ("capacity", "answers", "kept"),
    [
        (1000, {"basic_charge": BasicCharge.CONTRACT_DEMAND, "contract_demand": 400}, ("contract_demand", 400)),
        (1000, {"basic_charge": BasicCharge.ACTUAL_DEMAND, "contract_demand": 400}, ("actual_demand", None)),
        (314, {"basic_charge": BasicCharge.CONTRACT_DEMAND, "contract_demand": 200}, ("", None)),
    ],
)
def test_handed_in_completion_keeps_of_the_basic_charge_what_applies(ready, customer, capacity, answers, kept):
    order, given = ready(capacity, **answers)

    flow.advance(order, "submit_completion", given, by=customer)

    submission = order.submissions.get(stage=Stage.COMPLETION)
    assert (submission.basic_charge, submission.contract_demand) == kept


def test_papers_are_not_handed_in_without_the_declaration(make_order, customer):
    order = make_order(State.DESIGN_OPEN)
    driver.attach_needed(order, Stage.DESIGN)

    assert refused(order, "submit_design", inputs.Nothing(), by=customer) == {"declared": ["请勾选确认后再提交。"]}


@pytest.fixture
def reviewed(make_order):
    return make_order(State.DESIGN_SUBMITTED)


def opinion(verdict, mend_by=None):
    return inputs.Opinion(verdict=verdict, remarks="演示意见", mend_by=mend_by)


@pytest.mark.parametrize(
    ("days", "words"), [(None, "结论为不合格时，请填写整改期限。"), (-1, "整改期限不能早于今天。")]
)
def test_failed_opinion_says_until_when_to_mend(reviewed, manager, days, words):
    mend_by = None if days is None else timezone.localdate() + timedelta(days=days)

    found = refused(reviewed, "issue_design_opinion", opinion(Verdict.FAIL, mend_by), by=manager)

    assert found == {"mend_by": [words]}
    assert reviewed.paper(PaperKind.DESIGN_OPINION) is None


@pytest.mark.parametrize(("verdict", "mend_by"), [(Verdict.FAIL, timezone.localdate()), (Verdict.PASS, None)])
def test_opinion_keeps_a_mending_date_where_it_failed_only(reviewed, manager, verdict, mend_by):
    order = flow.advance(reviewed, "issue_design_opinion", opinion(verdict, timezone.localdate()), by=manager)

    paper = order.paper(PaperKind.DESIGN_OPINION)
    assert (paper.verdict, paper.mend_by) == (verdict, mend_by)
    assert ("mend_by" in order.events.last().data) == (mend_by is not None)


def test_order_is_not_archived_ahead_of_the_day(make_contract, customer, manager):
    order = make_contract()
    order = flow.advance(
        order, "sign_contract", driver.prepare(order, STEPS["sign_contract"], manager=manager), by=customer
    )
    tomorrow = timezone.localdate() + timedelta(days=1)

    given = inputs.Archiving(energised_on=tomorrow, meter_reading=Decimal(0))

    assert refused(order, "archive", given, by=manager) == {"energised_on": ["送电日期不能晚于今天。"]}


def test_request_asks_for_a_paper_only_where_it_is_one_and_for_no_day_that_is_over(make_order, manager):
    order = make_order(State.ACCEPTED)
    with pytest.raises(ValidationError, match="期限不能早于今天"):
        supplements.ask(order, kind="other", text="演示", due_on=timezone.localdate() - timedelta(days=1), by=manager)

    asked = {"text": "演示", "due_on": IN_A_WEEK, "attachment_kind": "property", "by": manager}
    found = [supplements.ask(order, kind=kind, **asked).attachment_kind for kind in ("paper", "other")]

    assert found == ["property", ""]


@pytest.mark.parametrize("given", [inputs.Reason(reason="演示"), inputs.ContractScan(), inputs.Issue()])
def test_step_that_needs_nothing_takes_no_other_steps_input(make_order, customer, given):
    order = make_order(State.DESIGN_OPEN)

    with pytest.raises(TypeError, match="submit_design takes"):
        flow.advance(order, "submit_design", given, by=customer)
