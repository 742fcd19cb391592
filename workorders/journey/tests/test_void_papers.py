"""SG-23: a paper that no longer counts is said to be void since when, on the public check page."""

from importlib import import_module

from django.apps import apps

from signing.models import Document
from workorders.demo import driver
from workorders.enums import PaperKind, Stage, State
from workorders.inputs import Reason
from workorders.journey import flow
from workorders.models import STEPS
from workorders.requests import completion


def said_of(client, document):
    return client.get(f"/check/{document.code}/").content.decode()


def test_sg_23_earlier_rounds_and_papers_of_an_ended_order_are_void(client, make_order, customer, manager):
    order = make_order(State.PLAN_ISSUED)
    first = order.paper(PaperKind.SUPPLY_PLAN).document
    assert "作废" not in said_of(client, first)

    flow.advance(order, "object_to_supply_plan", Reason(reason="容量不对"), by=customer)
    assert "起作废：客户提出异议" in said_of(client, first)
    driver.drive(order, State.PLAN_ISSUED, manager=manager)
    second = order.paper(PaperKind.SUPPLY_PLAN).document
    assert "作废" not in said_of(client, second)
    flow.advance(order, "terminate", Reason(reason="客户书面申请终止"), by=manager)

    assert "起作废：工单已终止" in said_of(client, second)
    assert "起作废：客户提出异议" in said_of(client, first)


def test_sg_23_papers_from_before_that_was_kept_are_void_since_what_ended_them(make_order, customer, manager):
    order = make_order(State.PLAN_ISSUED)
    first = order.paper(PaperKind.SUPPLY_PLAN).document
    flow.advance(order, "object_to_supply_plan", Reason(reason="容量不对"), by=customer)
    driver.drive(order, State.PLAN_ISSUED, manager=manager)
    flow.advance(order, "terminate", Reason(reason="客户书面申请终止"), by=manager)
    Document.objects.update(void_since=None, void_reason="")

    import_module("workorders.migrations.0007_void_papers").say_void(apps, None)

    second, ended = order.paper(PaperKind.SUPPLY_PLAN), order.events.get(name="terminate").at
    first.refresh_from_db()
    assert (first.void_since, first.void_reason) == (second.issued_at, "已由新一轮代替")
    assert (second.document.void_since, second.document.void_reason) == (ended, "工单已终止")


def test_sg_23_failed_opinion_is_void_once_the_next_round_is_issued(client, make_order, manager):
    order = make_order(State.DESIGN_OPINION_ISSUED, failed={"issue_design_opinion"})
    failed = order.paper(PaperKind.DESIGN_OPINION).document
    flow.advance(order, "sign_design_opinion", driver.signing(failed), by=order.customer)
    assert "作废" not in said_of(client, failed)

    driver.drive(order, State.DESIGN_OPINION_ISSUED, manager=manager)

    assert f"起作废：已由《{order.paper(PaperKind.DESIGN_OPINION)}》代替" in said_of(client, failed)


def test_sg_23_form_that_was_made_anew_is_void(client, make_order, manager):
    order = make_order(State.COMPLETION_SUBMITTED, short=True)
    signed = order.submissions.get(stage=Stage.COMPLETION).document
    driver.drive(order, State.COMPLETION_OPINION_ISSUED, manager=manager, failed={"issue_completion_opinion"})
    opinion = order.paper(PaperKind.COMPLETION_OPINION).document
    order = flow.advance(order, "sign_completion_opinion", driver.signing(opinion), by=order.customer)
    driver.prepare(order, STEPS["submit_completion"], manager=manager)
    unsigned = order.submissions.get(stage=Stage.COMPLETION, round=2).document
    assert "作废" not in said_of(client, signed) + said_of(client, unsigned)

    again = completion.prepare(order, by=order.customer).document
    flow.advance(order, "submit_completion", driver.signing(again), by=order.customer)

    assert "起作废：申请表已重新生成" in said_of(client, unsigned)
    assert "起作废：已由《" in said_of(client, signed)
    assert "作废" not in said_of(client, again)
