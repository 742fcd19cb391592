"""Three people with a browser each, on the real server, database and worker: the customer and the contact on phones."""

import io
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from accounts.models import User
from chat.models import Message
from chat.tests.talkers import Talker
from signing.tests import making
from workorders.demo import people
from workorders.demo.browser import wait_until
from workorders.tests.people import PASSWORD, Customer, Desk, Person

pytestmark = [pytest.mark.services, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CONTACT = "19900000041"


@pytest.fixture
def picture(tmp_path):
    path, stream = tmp_path / "现场.jpg", io.BytesIO()
    Image.new("RGB", (1600, 1200), "#4a7a5a").save(stream, "JPEG")
    path.write_bytes(stream.getvalue())
    return path


@pytest.fixture
def two(new_context, live_site, room, customer, manager):
    """The customer and the manager."""
    phone, desk = Customer(new_context, live_site), Desk(new_context, live_site)
    phone.come_in(customer)
    desk.come_in(manager)
    return Talker(phone, room), Talker(desk, room)


@pytest.fixture
def third(new_context, live_site, room):
    """Somebody with nothing yet but a phone."""
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True}
    return Talker(Person(new_context, live_site, "contact", **phone), room)


def invite(talker, name, phone):
    """成员列表 → +: return the link."""
    page, person = talker.page, talker.person
    page.locator("[data-member-count]").click()
    person.press("邀请成员")
    page.get_by_label("施工单位联系人").check()
    page.get_by_label("姓名").fill(name)
    page.get_by_label("手机号").fill(phone)
    person.press("生成邀请链接")
    person.shot("分享邀请")
    talker.check_access()
    return page.locator("[data-share-link]").inner_text()


def join(talker, link):
    """Open the link, prove the phone, make an account, and come in."""
    page, person = talker.page, talker.person
    page.goto(link)
    person.shot("邀请链接")
    talker.check_access()
    page.get_by_label("手机号").fill(CONTACT)
    person.press("获取验证码")
    told = page.locator(".notice", has_text="不发送真实短信").inner_text()
    page.get_by_label("短信验证码").fill(re.search(r"】(\d{6})", told)[1])
    person.press("验证并注册")
    page.get_by_label("密码").fill(PASSWORD)
    page.locator("[name=consent]").check()
    person.shot("注册并加入")
    person.press("注册并加入")
    people.verify(User.objects.get(phone=CONTACT))


def test_three_people_talk_share_take_back_and_part(two, third, picture, room):
    (customer, manager), contact = two, third
    three = (customer, manager, contact)
    customer.enter()
    manager.enter()

    customer.say("您好，我们想约明天勘察")
    expect(manager.line("想约明天勘察")).to_be_visible()
    expect(customer.line("想约明天勘察").locator("[data-state]")).to_have_text("已读 1/1")

    join(contact, invite(customer, "演示施工员", CONTACT))
    contact.enter()
    assert contact.bodies() == []
    expect(manager.line("演示施工员 加入了群聊")).to_be_visible()
    expect(manager.page.locator("[data-member-count]")).to_have_text("3")

    customer.enter()
    contact.page.locator("[data-files] input[type=file]").set_input_files(str(picture))
    for talker in (customer, manager):
        image = talker.page.locator(".line__image img")
        expect(image).to_be_visible()
        assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") == 480
    manager.page.locator(".line__image").click()
    expect(manager.page.locator("[data-viewer-image]")).to_be_visible()
    assert manager.page.locator("[data-viewer-image]").evaluate("image => image.decode().then(() => true)")
    manager.page.get_by_role("button", name="关闭").click()

    manager.line("想约明天勘察").get_by_text("回复").click()
    manager.say("明天上午九点，请施工单位也到场")
    quote = customer.line("明天上午九点").locator(".quote")
    expect(quote).to_contain_text("想约明天勘察")
    contact.page.once("dialog", lambda dialog: dialog.accept())
    contact.say("我发错了")
    expect(customer.line("我发错了")).to_be_visible()
    contact.line("我发错了").get_by_text("撤回").click()
    expect(customer.line("演示施工员 撤回了一条消息")).to_be_visible()
    expect(contact.line("您撤回了一条消息")).to_be_visible()
    assert "我发错了" not in customer.page.content()
    for talker in three:
        talker.person.shot("群聊")
        talker.check_access()

    customer.page.locator("[data-member-count]").click()
    customer.person.shot("群成员")
    customer.check_access()
    customer.page.get_by_role("button", name="移出演示施工员").click()
    expect(contact.page.locator("[data-status]")).to_contain_text("已不在这个群聊")
    manager.say("只有我们两个了")
    expect(manager.line("只有我们两个了").locator("time")).to_be_visible()
    assert "只有我们两个了" not in contact.page.content()
    assert contact.page.goto(room.get_absolute_url()).status == 404
    assert [talker.person.complaints for talker in three] == [[], [], []]


def test_ch_10_cf_16_customer_offline_for_five_messages_comes_back_complete_in_order_without_doubles(two, room):
    customer, manager = two
    customer.enter()
    manager.enter()
    customer.say("在线的话")
    expect(manager.line("在线的话")).to_be_visible()

    customer.person.context.set_offline(True)
    for number in range(1, 6):
        customer.say(f"离线第 {number} 条")
        manager.say(f"对方第 {number} 条")
    expect(customer.page.locator("[data-pending]")).to_have_count(5)
    expect(customer.line("离线第 5 条")).to_contain_text("发送中")
    customer.person.shot("离线")
    customer.person.context.set_offline(False)

    expect(customer.page.locator("[data-pending]")).to_have_count(0)
    expect(manager.line("离线第 5 条")).to_be_visible()
    expect(customer.line("对方第 5 条")).to_be_visible()
    rows = Message.objects.filter(room=room).exclude(author=None).order_by("seq")
    stored = list(rows.values_list("body", flat=True))
    assert len(stored) == len(set(stored)) == 11
    assert [body for body in stored if body.startswith("离线")] == [f"离线第 {number} 条" for number in range(1, 6)]
    assert customer.bodies() == manager.bodies() == stored


def test_ch_10_what_was_written_offline_survives_a_reload(two, room):
    customer, manager = two
    customer.enter()
    customer.page.route("**/messages/", lambda route: route.abort())
    customer.say("写好的话")
    expect(customer.page.locator("[data-pending]")).to_have_count(1)
    customer.page.unroute("**/messages/")

    customer.page.reload()

    manager.enter()
    expect(manager.line("写好的话")).to_be_visible()
    expect(customer.page.locator("[data-pending]")).to_have_count(0)
    assert Message.objects.filter(room=room, body="写好的话").count() == 1


def test_cf_10_lost_answer_is_one_bubble_and_one_row(two, room):
    """The server has the message, the page never hears of it: the same UUID again is the same row."""
    customer, manager = two
    customer.enter()
    lost = []

    def lose(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        return route.abort()

    customer.page.route("**/messages/", lose)
    customer.say("只说一次")

    expect(customer.page.locator("[data-pending]")).to_have_count(0)
    manager.enter()
    assert lost == [201]
    assert customer.bodies() == manager.bodies() == ["只说一次"]
    assert Message.objects.filter(room=room, body="只说一次").count() == 1


def test_room_without_sockets_is_kept_complete_by_asking(two):
    customer, manager = two
    customer.page.clock.install()
    customer.page.route_web_socket("**/ws/**", lambda socket: socket.close())
    customer.enter()
    manager.enter()

    manager.say("没有实时连接也能收到")
    expect(manager.line("没有实时连接也能收到").locator("time")).to_be_visible()
    customer.page.clock.fast_forward("00:30")

    expect(customer.line("没有实时连接也能收到")).to_be_visible()


def test_cf_26_only_new_messages_of_others_are_announced(two, say, manager):
    customer, _ = two
    for number in range(3):
        say(manager, f"旧消息 {number}")
    customer.enter()
    region = customer.page.locator("[data-announcer]")

    expect(region).to_have_text("")
    customer.say("我自己说的")
    expect(customer.line("我自己说的").locator("[data-state]")).to_contain_text("已读")
    expect(region).to_have_text("")
    say(manager, "新消息")
    customer.page.evaluate("window.dispatchEvent(new Event('online'))")
    expect(region).to_have_text("演示经理：新消息")


def test_enter_sends_with_a_keyboard_and_not_while_a_word_is_composed(two):
    _, manager = two
    manager.enter()
    box = manager.page.locator("#say")

    box.fill("nihao")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True})
    expect(box).to_have_value("nihao")
    box.press("Shift+Enter")
    expect(box).to_have_value("nihao\n")
    box.fill("你好")
    box.press("Enter")
    expect(manager.line("你好")).to_be_visible()
    expect(box).to_have_value("")


def test_picture_is_pasted_and_a_paper_dropped(two, picture):
    customer, manager = two
    manager.enter()
    customer.enter()
    put = """([target, kind, name, type, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name, { type }));
      const options = { bubbles: true, cancelable: true, clipboardData: data, dataTransfer: data };
      const event = kind === "paste" ? new ClipboardEvent(kind, options) : new DragEvent(kind, options);
      document.querySelector(target).dispatchEvent(event);
    }"""

    page, paper = manager.page, making.paper()
    page.evaluate(put, ["#say", "paste", "剪贴板.jpg", "image/jpeg", list(picture.read_bytes())])
    expect(customer.page.locator(".line__image img")).to_be_visible()
    page.evaluate(put, ["[data-chat]", "drop", "图纸.pdf", "application/pdf", list(paper)])
    expect(customer.line("图纸.pdf")).to_be_visible()
    page.evaluate(put, ["[data-chat]", "drop", "安装.exe", "application/x-msdownload", list(b"MZ" * 50)])
    expect(manager.page.locator(".line--failed")).to_contain_text("只能发送")
    manager.page.get_by_role("button", name="删除").click()
    expect(manager.page.locator("[data-pending]")).to_have_count(0)


def test_box_stays_in_view_above_the_keyboard(two, say, manager):
    customer, _ = two
    for number in range(8):
        say(manager, f"一段比较长的话，用来把列表填满，看看输入框会不会被挤出去 {number}")
    customer.enter()

    customer.page.locator("[data-newest]").click()
    customer.page.set_viewport_size({"width": 360, "height": 360})
    customer.page.locator("#say").click()

    customer.person.shot("键盘打开")
    above = "last => last.getBoundingClientRect().bottom <= document.querySelector('#say').getBoundingClientRect().top"
    wait_until(customer.page, f"({above})([...document.querySelectorAll('.line')].at(-1))")
    box = customer.page.locator("#say").bounding_box()
    assert box["y"] + box["height"] <= 360
    assert "挤出去 7" in customer.page.locator(".line").last.inner_text()
    assert customer.page.evaluate("document.documentElement.scrollWidth") <= 360
