"""The roads an order can take, and what each step leaves behind."""

import shutil

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from notifications.models import Notification
from signing.check.verify import check
from workorders import inputs
from workorders.demo import driver
from workorders.enums import PaperKind, Stage, State, Verdict
from workorders.journey import flow, submissions
from workorders.models import Event, WorkOrder
from workorders.trace import chain


def test_full_road_ends_in_the_archive_with_a_gapless_trace(make_order):
    order = make_order(State.ARCHIVED)

    events = list(order.events.all())
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    assert [event.name for event in events][-3:] == ["open_contract", "sign_contract", "archive"]
    assert {paper.kind for paper in order.papers.all()} == set(PaperKind)
    assert all(paper.document.is_signed for paper in order.papers.all())


def test_short_road_skips_design_review_and_mid_inspection(make_order):
    order = make_order(State.ARCHIVED, short=True)

    names = set(order.events.values_list("name", flat=True))
    assert not names & {"open_design_review", "open_mid_inspection"}
    assert {paper.kind for paper in order.papers.all()} == {"supply_plan", "completion_opinion", "contract"}


def test_wf_13_failed_opinion_opens_a_second_round_and_keeps_the_first(make_order):
    rounds = {
        "issue_design_opinion": (PaperKind.DESIGN_OPINION, Stage.DESIGN),
        "issue_mid_notice": (PaperKind.MID_NOTICE, Stage.MID),
        "issue_completion_opinion": (PaperKind.COMPLETION_OPINION, Stage.COMPLETION),
    }

    order = make_order(State.COMPLETION_OPINION_SIGNED, failed=rounds)

    for kind, stage in rounds.values():
        papers = order.papers.filter(kind=kind)
        assert [paper.verdict for paper in papers.order_by("round")] == [Verdict.FAIL, Verdict.PASS], kind
        assert [each.round for each in order.submissions.filter(stage=stage)] == [1, 2], stage
        assert all(each.attachments.exists() for each in order.submissions.filter(stage=stage)), stage


def test_objection_returns_to_the_survey_and_a_new_plan_is_round_two(make_order, customer, manager):
    order = make_order(State.PLAN_ISSUED)

    order = flow.advance(order, "object_to_supply_plan", inputs.Reason(reason="电源点太远"), by=customer)
    order = driver.drive(order, State.PLAN_SIGNED, manager=manager)

    plans = order.papers.filter(kind=PaperKind.SUPPLY_PLAN).order_by("round")
    assert [plan.round for plan in plans] == [1, 2]
    assert [plan.document.is_signed for plan in plans] == [False, True]
    assert order.events.get(name="object_to_supply_plan").note == "电源点太远"


def test_wf_13_returned_application_is_corrected_under_the_same_number(make_order, customer, manager):
    order = make_order(State.SUBMITTED)
    number = order.application_number

    order = flow.advance(order, "return_for_correction", inputs.Reason(reason="照片不清楚"), by=manager)
    order = flow.advance(order, "submit", by=customer)

    assert (order.state, order.application_number) == (State.SUBMITTED, number)
    assert order.submissions.filter(stage=Stage.APPLICATION).count() == 2


def test_changed_survey_time_goes_back_to_dispatch(make_order, customer):
    order = make_order(State.SURVEYING)

    order = flow.advance(
        order,
        "change_survey_time",
        inputs.SurveyWish(intended_survey_at=order.survey_at, reason="当天停产检修"),
        by=customer,
    )

    assert (order.state, order.survey_at, order.surveyor) == (State.SURVEY_BOOKED, None, "")


def test_scanned_contract_can_be_rejected_and_sent_again(make_order, customer, manager):
    order = make_order(State.CONTRACT_OPEN)
    for _ in range(2):
        driver.attach_needed(order, Stage.CONTRACT)
        order = flow.advance(order, "sign_contract", inputs.ContractScan(**driver.confirmed(customer)), by=customer)
        assert order.state == State.CONTRACT_SIGNED
        order = flow.advance(order, "reject_contract_scan", inputs.Reason(reason="缺少签署页"), by=manager)

    assert order.state == State.CONTRACT_OPEN
    assert order.submissions.handed_in().filter(stage=Stage.CONTRACT).count() == 2
    assert order.submissions.get(stage=Stage.CONTRACT, submitted_at=None).attachments.count() == 1


def test_signed_contract_cannot_be_rejected_as_a_scan(make_order, manager):
    order = make_order(State.CONTRACT_SIGNED)

    with pytest.raises(flow.Conflict):
        flow.advance(order, "reject_contract_scan", inputs.Reason(reason="试试"), by=manager)


def test_wf_08_step_that_lacks_a_paper_leaves_nothing_behind(make_order, customer):
    order = make_order(State.DESIGN_OPEN)
    events = Event.objects.count()

    with pytest.raises(ValidationError, match="设计单位资质证书"):
        flow.advance(order, "submit_design", by=customer)

    assert WorkOrder.objects.get(pk=order.pk).state == State.DESIGN_OPEN
    assert Event.objects.count() == events


def test_late_page_is_told_who_was_first(make_order, manager, customer):
    order = make_order(State.SUBMITTED)
    flow.advance(order, "accept", inputs.Acceptance(manager=manager), by=manager, seen=1)

    with pytest.raises(flow.Conflict) as caught:
        flow.advance(order, "withdraw", inputs.Reason(reason="不办了"), by=customer, seen=1)

    assert (caught.value.event.name, caught.value.event.by) == ("accept", manager)


def test_unfinished_application_is_refused_with_what_is_missing(customer, area):
    order = driver.start(customer, usage_category="", address="")

    with pytest.raises(ValidationError) as caught:
        flow.advance(order, "submit", by=customer)

    assert "请填写“用电类别”。" in caught.value.messages
    assert "请填写“详细地址”。" in caught.value.messages


def test_step_tells_the_other_side(make_order, customer, manager):
    order = make_order(State.ACCEPTED)

    told = Notification.objects.get(user=customer, title="受理并生成正式工单")
    assert told.url == order.get_absolute_url()
    assert Notification.objects.filter(user=manager, title__contains="提交申请").exists()


def test_second_round_is_prefilled_from_the_first(make_order):
    order = make_order(State.DESIGN_OPINION_ISSUED, failed={"issue_design_opinion"})
    signing = driver.signing(order.paper(PaperKind.DESIGN_OPINION).document)
    order = flow.advance(order, "sign_design_opinion", signing, by=order.customer)

    draft = submissions.draft(order, Stage.DESIGN)

    assert (draft.round, draft.partner_name, draft.declared) == (2, "演示设计", False)


def test_order_that_is_put_back_is_one_that_went_the_road(make_order, manager, settings):
    with transaction.atomic():
        driven = make_order(State.DESIGN_OPEN)
        transaction.set_rollback(True)
    shutil.rmtree(settings.MEDIA_ROOT)
    shutil.rmtree(settings.SIGNING_DIR)

    order = make_order(State.DESIGN_OPEN)

    assert order == driven
    assert chain.check(order) == []
    with order.paper("supply_plan").document.current.file.open() as file:
        (result,) = check(file.read())
    assert result.is_good
    assert driver.drive(order, State.DESIGN_OPINION_SIGNED, manager=manager).state == State.DESIGN_OPINION_SIGNED
