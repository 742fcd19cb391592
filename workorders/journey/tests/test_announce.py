"""What the customer reads of a step: in the inbox and, where something is to be done, by SMS."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from notifications.enums import Kind
from notifications.models import Notification
from workorders.demo import driver
from workorders.enums import PaperKind, State

OPINIONS = {
    PaperKind.DESIGN_OPINION: ("issue_design_opinion", State.DESIGN_OPINION_ISSUED, "设计审核意见单待签字"),
    PaperKind.MID_NOTICE: ("issue_mid_notice", State.MID_NOTICE_ISSUED, "中间检查意见单待签字"),
    PaperKind.COMPLETION_OPINION: (
        "issue_completion_opinion",
        State.COMPLETION_OPINION_ISSUED,
        "竣工检验意见单待签字",
    ),
}


def in_words(day: date):
    return f"{day.year}年{day.month}月{day.day}日"


@pytest.mark.parametrize("kind", OPINIONS)
def test_customer_reads_at_once_whether_an_opinion_failed_and_until_when_to_mend(make_order, customer, kind):
    step, state, waits = OPINIONS[kind]
    order = make_order(state, failed={step}, short=kind == PaperKind.COMPLETION_OPINION)

    told = Notification.objects.filter(user=customer, kind=Kind.SIGN).latest("created_at")
    until = in_words(timezone.localdate() + timedelta(days=14))
    assert told.title == f"{kind.label}：不合格"
    assert told.body.startswith(f"工单 {order}，{waits}。请于{until}前整改。1. 进线柜保护定值")
    assert told.sms == (
        f"【办电E助手】您的工单 {order} 的《{kind.label}》结论为不合格。请于{until}前整改。请登录办电E助手签字确认。"
    )


def test_customer_reads_that_the_second_round_passed(make_order, manager, customer):
    order = make_order(State.DESIGN_OPINION_ISSUED, failed={"issue_design_opinion"})
    order = driver.drive(order, State.DESIGN_OPEN, manager=manager)
    order = driver.drive(order, State.DESIGN_OPINION_ISSUED, manager=manager)

    told = Notification.objects.filter(user=customer, kind=Kind.SIGN).latest("created_at")
    assert told.title == "客户受电工程设计文件审核意见单（第 2 轮）：合格"
    assert "整改" not in told.body + told.sms
    assert told.sms == (
        f"【办电E助手】您的工单 {order} 的《客户受电工程设计文件审核意见单（第 2 轮）》结论为合格。"
        "请登录办电E助手签字确认。"
    )


def test_other_papers_are_told_by_their_step(make_order, customer):
    order = make_order(State.PLAN_ISSUED)

    told = Notification.objects.get(user=customer, kind=Kind.SIGN)
    assert told.title == "答复供电方案"
    assert told.body == f"工单 {order}，供电方案待签字"
    assert told.sms == f"【办电E助手】您的工单 {order} 有新进展：答复供电方案，请登录办电E助手办理。"
