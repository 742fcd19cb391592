"""Popups as people see them: a real browser, the site in a process of its own, news from another one."""

import re
from threading import Thread

import pytest
from django.conf import settings as django_settings
from django.db import connection
from playwright.sync_api import expect

from notifications.enums import Kind
from notifications.services import notify
from workorders.demo.browser import wait_until

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def context(new_context, live_site, client, customer):
    client.force_login(customer, backend="django.contrib.auth.backends.ModelBackend")
    name = django_settings.SESSION_COOKIE_NAME
    context = new_context(base_url=live_site, viewport={"width": 360, "height": 740})
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_site}])
    return context


def until_open(page):
    """Wait for the page's socket."""
    wait_until(page, "import('/static/notifications/live.js').then(live => live.isOpen())")


def tell(user, **news):
    """Notify from a thread of its own: Playwright's event loop runs in this one."""

    def run():
        notify([user], **news)
        connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()


def test_message_pops_up_on_every_open_page_and_leads_on(context, customer):
    first, second = context.new_page(), context.new_page()
    first.goto("/messages/check/")
    second.goto("/account/me/")
    expect(first.locator("[data-check=connection] [data-when=open]")).to_be_visible()
    until_open(second)

    first.get_by_role("button", name="发送测试消息").click()
    expect(first.get_by_text("收到了：弹窗正常。")).to_be_visible()
    tell(customer, kind=Kind.SIGN, title="供电方案待签字", url="/account/privacy/")

    for page in (first, second):
        assert page.locator("[data-notices]").get_attribute("role") == "status"
        expect(page.locator(".toast")).to_have_count(2)
        expect(page).to_have_title(re.compile(r"^\(2\) "))
    second.get_by_role("link", name="供电方案待签字").click()
    expect(second).to_have_url(re.compile("/account/privacy/$"))
    assert customer.notifications.unread().count() == 1


def test_logged_out_page_hears_nothing_more(context, customer):
    left, other = context.new_page(), context.new_page()
    left.goto("/account/privacy/")
    until_open(left)

    other.goto("/account/me/")
    other.get_by_role("button", name="退出").click()
    other.wait_for_load_state()
    tell(customer, kind=Kind.STEP, title="供电方案已答复")
    left.wait_for_timeout(1500)

    assert left.locator(".toast").count() == 0
