"""The way back in a real browser: what was half-written is there, what was sent acts once, and no word is untrue."""

import re

import pytest
from playwright.sync_api import expect

from workorders.enums import State
from workorders.models import Event, Feedback
from workorders.tests.people import Customer, Person

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "演示：先写一半"
UNTRUE = re.compile("没有生效|出错|失败")


def go_away_and_back(person, box, *, by):
    """Write half of it, look at another page, come back, and send it; then go back once more and send it again."""
    page = person.page
    page.get_by_label(box).fill(WORDS)
    page.goto("/account/privacy/")
    page.go_back()
    expect(page.get_by_label(box)).to_have_value(WORDS)
    person.press(by)
    expect(page.locator("body")).not_to_contain_text(UNTRUE)
    page.go_back()
    page.wait_for_load_state("load")
    expect(page.locator("body")).not_to_contain_text(UNTRUE)


def test_way_back_brings_the_words_and_one_effect(new_context, live_site, make_order, customer, manager):
    order = make_order(State.SUBMITTED)
    home, desk = Customer(new_context, live_site), Person(new_context, live_site, "manager")
    home.come_in(customer)
    desk.come_in(manager)

    home.page.goto("/feedback/")
    home.page.get_by_label("咨询").check()
    go_away_and_back(home, "内容", by="提交")
    expect(home.page.get_by_label("内容")).to_have_value("")
    desk.page.goto(f"/admin/workorders/workorder/{order.pk}/note/")
    go_away_and_back(desk, "内部备注", by="确认")
    home.page.goto(f"/orders/{order.pk}/withdraw/")
    go_away_and_back(home, "原因", by="撤回申请")
    expect(home.page.locator("main")).to_contain_text("您已办理“撤回申请”")

    assert Feedback.objects.get().text == WORDS
    assert Event.objects.filter(order=order, note=WORDS).count() == 2
    assert home.complaints == desk.complaints == []
