"""What is shown while the socket is dead though open, or never opens: asked for in good time."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from chat.messaging import posting
from chat.messaging.posting import Draft
from chat.tests.talkers import Talker, elsewhere
from notifications.enums import Kind
from notifications.services import notify
from workorders.demo.browser import wait_until

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Networks that let pages through, but no socket. The first ends each try after a second, with long waits between.
VAIN = """Math.random = () => 0.7;
window.WebSocket = class extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  constructor() {
    super();
    setTimeout(() => this.dispatchEvent(Object.assign(new Event("close"), { code: 1006 })), 1000);
  }
  close() {}
};"""
# The other lets one open and then swallows everything, also the tries that follow.
BLACK_HOLE = """window.tries = 0;
window.WebSocket = class extends EventTarget {
  static OPEN = 1;
  readyState = window.tries++ ? 0 : 1;
  constructor() {
    super();
    if (this.readyState) setTimeout(() => this.dispatchEvent(new Event("open")), 100);
  }
  send() {}
  close() {}
};"""


def test_dead_connection_is_noticed_and_what_was_missed_is_shown_within_five_seconds(person, customer, manager, room):
    page = person.page
    page.goto("/account/terms/")
    silent = []  # open, and without an answer for ever
    page.route_web_socket("**/ws/notices/", lambda socket: silent.append(socket))
    page.goto("/account/privacy/")
    wait_until(page, "import('/static/notifications/live.js').then(live => live.isOpen())")
    elsewhere(notify, [customer], kind=Kind.STEP, title="演示：供电方案已答复")
    page.wait_for_timeout(1500)
    assert page.locator(".toast").count() == 0
    before = int(page.locator("[data-unread-number]").first.text_content().strip() or 0)

    page.evaluate("window.dispatchEvent(new Event('focus'))")

    expect(page.locator(".toast")).to_contain_text("供电方案已答复", timeout=5000)
    expect(page.locator("[data-unread-number]").first).to_have_text(str(before + 1))
    # The socket that does not answer is given up, though it never closed, and another is tried.
    page.wait_for_timeout(4000)
    assert len(silent) == 2

    page.goto(reverse("chat:rooms"))
    before = int(re.search(r"\d+", page.locator("[data-rooms] .count").inner_text())[0])
    elsewhere(posting.post, room, Draft(uuid4(), "演示：明天上门"), by=manager)
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("[data-rooms]")).to_contain_text("明天上门", timeout=5000)
    expect(page.locator("[data-rooms] .count")).to_contain_text(str(before + 1))
    assert person.complaints == []


def test_vain_tries_of_the_socket_do_not_put_off_what_the_room_asks_for(person, manager, room):
    person.context.add_init_script(VAIN)
    talker = Talker(person, room)
    talker.enter()
    person.page.wait_for_timeout(700)
    elsewhere(posting.post, room, Draft(uuid4(), "演示：没有推送也看得到"), by=manager)

    expect(talker.line("没有推送也看得到")).to_be_visible(timeout=6500)
    assert person.complaints == []


def test_room_badge_and_title_are_right_soon_after_coming_back_to_a_dead_connection(person, customer, manager, room):
    page, talker, asked = person.page, Talker(person, room), []
    page.route("**/sync/**", lambda route: asked.append(route) or (len(asked) > 1 and route.continue_()))
    person.context.add_init_script(BLACK_HOLE)
    talker.enter()  # its first question never comes back
    page.wait_for_timeout(2500)
    elsewhere(posting.post, room, Draft(uuid4(), "演示：断线时说的"), by=manager)

    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(talker.line("断线时说的")).to_be_visible(timeout=2500)
    # What comes right after that is told neither by the socket nor by what was asked at once.
    elsewhere(posting.post, room, Draft(uuid4(), "演示：刚回来时说的"), by=manager)
    elsewhere(notify, [customer], kind=Kind.STEP, title="演示：供电方案已答复")
    expect(page.locator(".toast", has_text="供电方案已答复")).to_be_visible(timeout=5000)
    expect(talker.line("刚回来时说的")).to_be_visible(timeout=5000)
    left = customer.notifications.unread().exclude(kind=Kind.MESSAGE).count()
    expect(page.locator("[data-unread-number]").first).to_have_text(str(left), timeout=4000)
    expect(page).to_have_title(re.compile(rf"^\({left}\) "), timeout=1000)
    assert person.complaints == []
