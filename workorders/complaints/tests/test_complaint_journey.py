"""A complaint climbs from a phone to the head of the area and comes back, in real browsers."""

import re

import pytest
from playwright.sync_api import expect

from workorders.enums import State
from workorders.models import Feedback
from workorders.tests.people import Customer, Desk

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_complaint_climbs_to_the_head_and_comes_back(
    live_site, new_context, make_order, customer, supervisor, second, head
):
    order = make_order(State.SUBMITTED)
    phone = Customer(new_context, live_site)
    phone.come_in(customer)
    page = phone.page
    page.goto(order.get_absolute_url())
    phone.press("对这个工单有意见或投诉")
    expect(page.get_by_label("超时限")).to_be_visible()  # the kind is chosen already
    page.get_by_label("超时限").check()
    page.get_by_label("内容").fill("受理已经三天，没有人联系")
    page.get_by_label("匿名提交").check()
    phone.shot("投诉")
    phone.press("提交")
    expect(page.locator("main")).to_contain_text(re.compile(r"已收到，编号 TS\d+"))
    phone.shot("已提交")
    complaint = Feedback.objects.get()

    for number, by in enumerate((supervisor, second, head), 1):
        desk = Desk(new_context, live_site)
        desk.come_in(by)
        desk.page.goto("/admin/workorders/workorder/reviews/")
        desk.press(complaint.number)
        expect(desk.page.locator("#content")).to_contain_text("匿名客户")
        expect(desk.page.locator("#content")).not_to_contain_text(customer.name)
        desk.page.get_by_label("答复").fill(f"第 {number} 次答复")
        desk.shot("答复")
        desk.press("答复客户")
        expect(desk.page.locator(".messagelist .success")).to_be_visible()
        desk.shot("已答复")
        assert desk.complaints == []
        page.goto(complaint.get_absolute_url())
        expect(page.locator(".timeline")).to_contain_text(f"第 {number} 次答复")
        if by != head:
            page.get_by_label("您的意见").fill("还是没有人联系")
            phone.shot("答复")
            phone.press("另一位主管处理" if by == supervisor else "区域负责人处理")
    expect(page.locator("main")).to_contain_text("12398")
    phone.shot("区域负责人的答复")
    phone.press("满意，办结")
    expect(page.locator(".page-head")).to_contain_text("已办结")
    phone.shot("已办结")

    complaint.refresh_from_db()
    assert complaint.state == "settled"
    assert phone.complaints == []
