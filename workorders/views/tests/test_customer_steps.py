"""The customer's step pages: survey, objection, withdrawal, submissions."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from notifications.models import Notification
from workorders import inputs
from workorders.demo import driver, samples
from workorders.enums import BasicCharge, Stage, State
from workorders.journey import flow
from workorders.models import WorkOrder


@pytest.fixture
def post(browser_of, customer):
    """Return a function that posts to a page of an order as its customer, with the event count it would show."""

    def send(page, order, data=(), **extra):
        order = WorkOrder.objects.get(pk=order.pk)
        body = {"seen": order.event_count, **dict(data), **extra}
        return browser_of(customer).post(reverse(f"workorders:{page}", args=[order.pk]), body)

    return send


def state_of(order):
    return WorkOrder.objects.get(pk=order.pk).state


def a_time(days):
    """Return half past nine, so many working days from today."""
    return driver.visit_at(days).strftime("%Y-%m-%dT%H:%M")


def test_survey_is_booked_and_changed_and_both_sides_read_the_times(make_order, post, browser_of, customer, manager):
    order = make_order(State.ACCEPTED)

    post("survey", order, intended_survey_at=a_time(3))
    assert state_of(order) == State.SURVEY_BOOKED
    post("survey", order, intended_survey_at=a_time(5), reason="当天停产")

    order = WorkOrder.objects.get(pk=order.pk)
    assert timezone.localtime(order.intended_survey_at).strftime("%Y-%m-%dT%H:%M") == a_time(5)
    old, new, arrival = (f"{driver.visit_at(days):%Y年%-m月%-d日 %-H:%M}" for days in (3, 5, 6))
    assert order.events.last().note == f"意向勘察时间由 {old} 改为 {new}。当天停产"
    assert Notification.objects.filter(user=manager, body__contains=new).exists()
    visit = inputs.Dispatch(survey_at=driver.visit_at(6), surveyor="演示勘察")
    flow.advance(order, "dispatch_survey", visit, by=manager)
    page, trace = (browser_of(customer).get(url).content.decode() for url in (
        order.get_absolute_url(), reverse("workorders:trace", args=[order.pk])))  # fmt: skip
    assert page.count(f"预计上门时间 <strong>{arrival}</strong>") == 1
    assert f"意向勘察时间：{old}。" in trace
    assert f"意向勘察时间由 {old} 改为 {new}。" in trace
    told = Notification.objects.get(user=customer, title=f"勘察派工：{arrival} 上门")
    assert f"预计 {arrival} 上门，请留人接待" in told.sms


@pytest.mark.parametrize("when", ["", "昨天", "2020-01-02T09:30", "9999-12-31T09:30"])
def test_survey_time_that_cannot_be_is_refused(make_order, post, when):
    order = make_order(State.ACCEPTED)

    response = post("survey", order, intended_survey_at=when)

    assert response.status_code == 200
    assert "field__error" in response.content.decode()
    assert state_of(order) == State.ACCEPTED


def test_change_of_survey_time_says_why(make_order, post):
    order = make_order(State.SURVEY_BOOKED)

    assert "请写明变更原因" in post("survey", order, intended_survey_at=a_time(5)).content.decode()


def test_objection_and_withdrawal_need_a_reason(make_order, post):
    issued, submitted = make_order(State.PLAN_ISSUED), make_order(State.SUBMITTED, address="演示路 2 号")

    assert "请写明原因" in post("object", issued).content.decode()
    post("object", issued, reason="容量不够")
    post("withdraw", submitted, reason="项目取消")

    assert state_of(issued) == State.SURVEYING
    assert state_of(submitted) == State.TERMINATED


def test_wf_04_stale_page_is_told_and_changes_nothing(make_order, post, manager):
    order = make_order(State.SUBMITTED)
    flow.advance(order, "accept", inputs.Acceptance(manager=manager), by=manager)

    response = post("withdraw", order, reason="不办了", seen=1)

    assert response.status_code == 409
    assert "演示经理已办理“受理并生成正式工单”" in response.content.decode()
    assert state_of(order) == State.ACCEPTED


def test_wf_05_second_click_is_told_it_was_done(make_order, post, browser_of, customer):
    order = make_order(State.SUBMITTED)
    post("withdraw", order, reason="不办了", seen=1)

    again = post("withdraw", order, reason="不办了", seen=1)

    assert again.status_code == 409
    assert "您已办理“撤回申请”" in again.content.decode()


def submission_data(**changes):
    return {
        "intended_connection_on": timezone.localdate() + timedelta(days=60),
        "contact_name": "演示客户",
        "contact_phone": "19900000011",
        "partner_name": "演示设计",
        "partner_phone": "13900000001",
        "declared": "on",
        **changes,
    }


@pytest.mark.parametrize(
    ("state", "stage", "target"),
    [(State.DESIGN_OPEN, Stage.DESIGN, State.DESIGN_SUBMITTED), (State.MID_OPEN, Stage.MID, State.MID_SUBMITTED)],
)
def test_papers_are_handed_in(make_order, post, state, stage, target):
    order = make_order(state, has_transformer=False)
    driver.attach_needed(order, stage)

    response = post("submission", order, submission_data())

    # Nobody to invite: an order without a transformer has no chat.
    assert response.url == reverse("workorders:records")
    assert state_of(order) == target
    assert order.submissions.get(stage=stage).contact_phone == "19900000011"


def test_submission_page_is_prefilled_as_the_guide_says(make_order, browser_of, customer):
    order = make_order(State.DESIGN_OPEN)

    page = browser_of(customer).get(reverse("workorders:submission", args=[order.pk])).content.decode()

    assert f'value="{order.suggested_connection_on:%Y-%m-%d}"' in page
    assert f'value="{customer.phone}"' in page
    assert "我户受电工程设计文件已完成，请予审核" in page


def test_every_gap_is_named_and_what_was_typed_stays(make_order, post):
    order = make_order(State.DESIGN_OPEN)

    page = post("submission", order, submission_data(declared="", partner_phone="123")).content.decode()

    assert "请勾选确认后再提交。" in page
    assert "请输入 11 位手机号" in page
    assert 'value="演示设计"' in page
    assert state_of(order) == State.DESIGN_OPEN


def test_wf_15_what_was_typed_on_a_stale_page_is_kept_though_not_handed_in(make_order, post):
    order = make_order(State.DESIGN_OPEN)
    driver.attach_needed(order, Stage.DESIGN)

    assert post("submission", order, submission_data(contact_name="演示新人", seen=1)).status_code == 409

    assert (state_of(order), order.submissions.get(stage=Stage.DESIGN).contact_name) == (State.DESIGN_OPEN, "演示新人")


def completion_data(**changes):
    data = submission_data(**{"basic_charge": BasicCharge.CAPACITY, **changes})
    del data["declared"]
    return data


def test_contracted_demand_must_fit_the_capacity(make_order, post):
    order = make_order(State.COMPLETION_OPEN, short=True)
    driver.attach_needed(order, Stage.COMPLETION)
    wrong = {
        "": "请填写需量值",
        "1200": "不能超过供电容量 1000 kVA",
        "399": "请填写 400 kW 及以上",
        "1.5": "整数",
    }

    for demand, message in wrong.items():
        choice = completion_data(basic_charge=BasicCharge.CONTRACT_DEMAND, contract_demand=demand)
        assert message in post("submission", order, choice).content.decode()


def test_demand_is_dropped_where_it_is_not_contracted(make_order, post):
    order = make_order(State.COMPLETION_OPEN, short=True)
    driver.attach_needed(order, Stage.COMPLETION)

    post("submission", order, completion_data(contract_demand="800"))

    assert order.submissions.get(stage=Stage.COMPLETION).contract_demand is None


def test_small_customer_is_not_asked_for_the_basic_charge(make_order, browser_of, customer):
    order = make_order(State.COMPLETION_OPEN, short=True, capacity=250)

    page = browser_of(customer).get(reverse("workorders:submission", args=[order.pk])).content.decode()

    assert "基本电费收费方式" not in page


def test_completion_is_previewed_signed_and_handed_in(make_order, post, browser_of, customer):
    order = make_order(State.COMPLETION_OPEN, short=True)
    driver.attach_needed(order, Stage.COMPLETION)

    to_sign = post("submission", order, completion_data())
    assert to_sign.url == reverse("workorders:completion_sign", args=[order.pk])
    document = order.submissions.get(stage=Stage.COMPLETION).document
    post("completion_sign", order, strokes=samples.scribble(), sha256=document.current.sha256, agreed="on")

    assert state_of(order) == State.COMPLETION_SUBMITTED
    assert document.is_signed
