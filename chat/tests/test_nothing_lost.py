"""What people type and are told, with the login ended, a tab left behind, and a browser that is old."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Session
from accounts.models.session import LOGIN
from chat.tests.talkers import Talker
from workorders.enums import State
from workorders.models import Application, Feedback

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPINION = "演示意见：停电两次，请核实"


def leave_seconds(user, seconds):
    """Set the session of the user back, as if nothing had been done in it until so many seconds before its end."""
    row = Session.objects.get(user=user)
    store = row.get_session_store_class()(row.session_key)
    seen = timezone.now() - timedelta(minutes=30) + timedelta(seconds=seconds)
    store[LOGIN] = store[LOGIN] | {"seen": seen.isoformat()}
    store.save()


def test_opinion_outlives_the_login_and_is_given_once(person, customer):
    page = person.page
    page.goto("/feedback/")
    page.get_by_label("咨询").check()
    page.get_by_label("内容").fill(OPINION)
    Session.objects.filter(user=customer).delete()
    person.press("提交")
    expect(page.locator("main")).to_contain_text("刚才填写的内容已经保留")
    person.shot("登录后继续")
    page.get_by_label("手机号").fill(customer.phone)
    page.get_by_label("密码").fill("yanshi-2026")
    person.press("登录")
    expect(page.get_by_label("内容")).to_have_value(OPINION)
    expect(page.locator("[data-kept]")).to_contain_text("还没有提交")
    Talker(person, None).check_access()
    person.shot("填写的内容还在")
    page.get_by_role("button", name="提交").dblclick(no_wait_after=True)
    expect(page.locator("main")).to_contain_text("已收到")

    assert Feedback.objects.get().text == OPINION
    assert person.complaints == []


def test_page_warns_in_time_and_a_login_elsewhere_serves_the_page_that_was_left(person, customer):
    page = person.page
    leave_seconds(customer, 125)
    page.goto("/account/terms/")  # a page in use moves the end on: this one is older than that
    leave_seconds(customer, 90)
    page.clock.install()
    page.goto("/feedback/")
    leave_seconds(customer, 90)
    page.get_by_label("内容").fill(OPINION)
    page.clock.fast_forward("28:30")
    expect(page.get_by_role("dialog")).to_contain_text("登录即将结束")
    person.shot("登录即将结束")
    Talker(person, None).check_access()
    page.get_by_role("button", name="继续办理").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert (Session.objects.get(user=customer).expire_date - timezone.now()) > timedelta(minutes=29)

    leave_seconds(customer, 300)
    page.clock.fast_forward("01:10")
    page.get_by_label("内容").press_sequentially("。")  # who works at a form is not sent away
    page.wait_for_timeout(500)
    assert (Session.objects.get(user=customer).expire_date - timezone.now()) > timedelta(minutes=29)

    Session.objects.filter(user=customer).delete()
    page.clock.fast_forward("31:00")
    expect(page.get_by_role("dialog")).to_contain_text("登录已结束")
    person.shot("登录已结束")
    other = person.context.new_page()
    other.goto("/account/login/")
    other.get_by_label("手机号").fill(customer.phone)
    other.get_by_label("密码").fill("yanshi-2026")
    other.get_by_role("button", name="登录").click()
    other.wait_for_load_state()
    page.get_by_role("button", name="已经登录，继续").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_label("咨询").check()
    person.press("提交")
    expect(page.locator("main")).to_contain_text("已收到")
    assert person.complaints == []


def test_two_tabs_on_one_draft_and_a_line_left_in_the_room(person, customer, room, make_order):
    draft = make_order(State.DRAFT)
    first, second = person.page, person.context.new_page()
    for page in (first, second):
        page.goto(f"/orders/{draft.pk}/application/")
    first.get_by_label("详细地址").fill("演示路 1 号")
    expect(first.locator("[data-autosave-status]")).to_contain_text("已保存")
    second.get_by_label("详细地址").fill("演示路 2 号")
    expect(second.locator("[data-autosave-status]")).to_contain_text("在别处改过")
    second.get_by_role("button", name="保存草稿").click()
    expect(second.locator("main")).to_contain_text("在别处改成了“演示路 1 号”")
    expect(second.get_by_label("详细地址")).to_have_value("演示路 2 号")
    assert Application.objects.get(pk=draft.pk).address == "演示路 1 号"

    talker = Talker(person, room)
    talker.enter()
    first.locator("#say").fill("写了一半")
    first.goto("/messages/")
    talker.enter()
    expect(first.locator("#say")).to_have_value("写了一半")
    first.goto("/account/me/")
    person.press("退出")
    assert first.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('chat-')).length") == 0
    assert person.complaints == []


# What the oldest supported browsers lack, or every browser without https.
WITHOUT = """delete Crypto.prototype.randomUUID; delete AbortSignal.timeout; delete Array.prototype.at;
delete Array.prototype.findLast; delete HTMLFormElement.prototype.requestSubmit; delete String.prototype.at;"""
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", "表格里的字");
  data.items.add(new File(["x"], "图.png", { type: "image/png" }));
  return text.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def test_oldest_browser_talks_and_is_asked_before_lines_and_pictures_go(person, room, new_context, live_site):
    person.context.add_init_script(WITHOUT)
    talker, page = Talker(person, room), person.page
    talker.enter()
    talker.say("旧手机发的")
    expect(talker.line("旧手机发的").locator("time")).to_be_visible()

    # A picture that comes with text goes nowhere by itself.
    assert page.locator("#say").evaluate(PASTE)
    expect(page.locator("[data-pasted]")).to_be_visible()
    person.shot("粘贴")
    page.get_by_role("button", name="不用").click()
    expect(page.locator("[data-pending]")).to_have_count(0)

    page.route("**/messages/", lambda route: route.abort())
    talker.say("没有发出的")
    expect(talker.line("没有发出的")).to_contain_text("发送中")
    page.goto("/account/me/")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    assert "1 条" in asked[0]
    talker.enter()
    expect(talker.line("没有发出的")).to_be_visible()
    assert person.complaints == []

    wechat = new_context(base_url=live_site, user_agent="Mozilla/5.0 MicroMessenger/8.0").new_page()
    wechat.goto("/check/")
    expect(wechat.locator("[data-in-wechat]")).to_contain_text("在浏览器中打开")
    old = new_context(base_url=live_site)
    old.add_init_script("delete window.HTMLDialogElement")
    too_old = old.new_page()
    too_old.goto("/check/")
    expect(too_old.locator("[data-old-browser]")).to_be_visible()
    expect(too_old.locator("[data-in-wechat]")).to_be_hidden()


# The worker's script with the browser's part played: what it shows for a payload, for none, and for a broken one.
WORKER = """code => {
  const shown = [];
  window.registration = { showNotification: (title, { tag }) => shown.push([title, tag ?? ""]) };
  window.clients = { claim() {} };
  document.head.append(Object.assign(document.createElement("script"), { textContent: code }));
  for (const data of [{ json: () => ({ title: "供电方案", tag: "a" }) }, null, { json() { throw new Error(); } }]) {
    window.dispatchEvent(Object.assign(new Event("push"), { data, waitUntil() {} }));
  }
  return shown;
}"""


def test_every_push_message_shows_a_notification(chromium, client):
    page = chromium.new_page()  # blank: without our security policy

    shown = page.evaluate(WORKER, client.get("/sw.js").content.decode())
    page.close()

    assert shown == [["供电方案", "a"], ["您有新消息", ""], ["您有新消息", ""]]
