"""The room's pages and what its script asks for."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import Role
from bandian.web.tests.test_headers import Page
from chat.messaging import history, recalling
from chat.models import Membership, Message, QuickReply
from chat.rooms import inviting, membership
from workorders import inputs
from workorders.journey import flow

JSON = {"HTTP_ACCEPT": "application/json"}


def address(name, room, *more):
    return reverse(f"chat:{name}", args=[room.pk, *more])


@pytest.fixture
def post(room, browser_of):
    """Return a function that posts as a user, as the script does."""

    def send(user, body="您好", uuid=None, **data):
        return browser_of(user).post(address("post", room), {"uuid": uuid or uuid4(), "body": body, **data}, **JSON)

    return send


def test_script_gets_the_message_with_its_number(room, customer, post):
    uuid = uuid4()

    first, again, other = post(customer, "您好", uuid), post(customer, "您好", uuid), post(customer, "再见", uuid)

    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    message = first.json()["message"]
    assert message == again.json()["message"]
    assert (message["body"], message["uuid"], message["author"]["name"]) == ("您好", str(uuid), "演示客户")
    assert message["seq"] == Message.objects.get(client_uuid=uuid).seq
    assert other.json()["error"]["code"] == "conflict"


def test_plain_form_posts_and_comes_back(room, customer, browser_of):
    http = browser_of(customer)
    page = http.get(room.get_absolute_url()).content.decode()

    answer = http.post(address("post", room), {"uuid": uuid4(), "body": "没有脚本也能发"})

    assert 'name="uuid"' in page
    assert answer.url == f"{room.get_absolute_url()}#end"
    assert "没有脚本也能发" in http.get(room.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("body", "words"), [("", "请输入内容"), (" \n ", "请输入内容"), ("长" * 4001, "4,000")])
def test_refused_text_stays_in_the_box(room, customer, browser_of, post, body, words):
    plain = browser_of(customer).post(address("post", room), {"uuid": uuid4(), "body": body})

    assert post(customer, body).json()["error"]["code"] == "invalid"
    assert plain.status_code == 422
    assert words in plain.content.decode()
    assert body.strip() in plain.content.decode()
    assert not Message.objects.filter(author=customer).exists()


def test_too_fast_is_429_with_the_time_and_the_text_kept(room, customer, browser_of, post):
    for _ in range(10):
        post(customer)

    answer = post(customer)
    plain = browser_of(customer).post(address("post", room), {"uuid": uuid4(), "body": "第十一条"})

    assert answer.status_code == plain.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 10
    assert "第十一条" in plain.content.decode()
    assert "太快" in plain.content.decode()


def test_sync_gives_what_is_new_and_nothing_twice(room, customer, manager, browser_of, post):
    http = browser_of(customer)
    start = http.get(address("sync", room), {"after": 0}).json()
    post(manager, "一")
    post(manager, "二")

    new = browser_of(customer).get(address("sync", room), {"after": start["upto"]}).json()
    nothing = browser_of(customer).get(address("sync", room), {"after": new["upto"]}).json()

    assert [line["body"] for line in new["messages"]] == ["一", "二"]
    assert nothing["messages"] == []
    assert {member["name"] for member in new["members"]} == {"演示客户", "演示经理"}
    assert new["may_post"] is True


def test_cf_23_three_hundred_missed_messages_come_in_pages(room, customer, manager, browser_of):
    known = room.last_change
    Message.objects.bulk_create(
        Message(
            room=room,
            author=manager,
            author_role="manager",
            client_uuid=uuid4(),
            body=str(number),
            seq=room.last_seq + number,
            change=room.last_change + number,
            created_at=timezone.now(),
        )
        for number in range(1, 301)
    )
    type(room).objects.filter(pk=room.pk).update(last_seq=room.last_seq + 300, last_change=room.last_change + 300)
    http, got = browser_of(customer), []
    while True:
        answer = http.get(address("sync", room), {"after": known}).json()
        got += [line["body"] for line in answer["messages"]]
        known = answer["upto"]
        if not answer["more"]:
            break

    assert got == [str(number) for number in range(1, 301)]
    row = Membership.objects.select_related("room").get(room=room, user=customer)
    assert answer["last_seq"] - row.last_read_seq >= 300


@pytest.mark.parametrize("after", ["", "-1", "x", "99999999999999999999", "1e3"])
def test_ch_06_nonsense_is_refused_not_an_error(room, customer, browser_of, after):
    answer = browser_of(customer).get(address("sync", room), {"after": after}, **JSON)

    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "invalid"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"body": "x"},
        {"uuid": "x", "body": "x"},
        {"uuid": str(uuid4())},
        {"uuid": str(uuid4()), "body": "x", "reply_to": "1"},
        {"uuid": str(uuid4()), "body": "x", "mentions": ["all"] * 500},
    ],
)
def test_ch_06_malformed_message_is_refused_not_an_error(room, customer, browser_of, data):
    answer = browser_of(customer).post(address("post", room), data, **JSON)

    assert answer.status_code in (403, 422)
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("合同\u202efdp.exe", "合同fdp.exe"),
        ("a\x1b[31mb\r\nX-Forged: 1", "a[31mb\nX-Forged: 1"),
        ("e" + "\u0301" * 10_000, "é" + "\u0301" * 7),
    ],
)
def test_ch_03_hostile_text_is_shown_as_text(room, customer, browser_of, post, typed, shown):
    assert post(customer, typed[:4000]).status_code == 201

    page = browser_of(customer).get(room.get_absolute_url()).content.decode()

    assert shown in page
    assert Page(page).problems == []


def test_history_goes_by_pages(room, customer, manager, browser_of, monkeypatch):
    monkeypatch.setattr(history, "PAGE_SIZE", 1)
    http = browser_of(customer)
    seqs = list(room.messages.values_list("seq", flat=True))

    newest = http.get(address("history", room)).json()
    older = http.get(address("history", room), {"before": newest["messages"][0]["seq"]}).json()

    assert [line["seq"] for line in older["messages"] + newest["messages"]] == seqs
    assert newest["has_older"]
    assert not older["has_older"]


def test_read_mark_counts_and_only_grows(room, customer, manager, browser_of, post):
    seq = post(customer).json()["message"]["seq"]
    http = browser_of(manager)

    http.post(address("read", room), {"seq": seq}, **JSON)
    http.post(address("read", room), {"seq": 1}, **JSON)
    answer = browser_of(customer).get(address("sync", room), {"after": 0}).json()

    read = {member["name"]: member["read"] for member in answer["members"]}
    assert read["演示经理"] == seq
    page = browser_of(customer).get(room.get_absolute_url()).content.decode()
    assert "已读 1/1" in page


def test_unread_stands_in_the_list_behind_a_divider_and_on_the_order(room, customer, manager, browser_of, post):
    http = browser_of(customer)
    http.post(address("read", room), {"seq": room.last_seq}, **JSON)
    post(manager, "请准备资料")

    listed = browser_of(customer).get(reverse("chat:rooms"))
    order = http.get(room.order.get_absolute_url()).content.decode()

    assert [row.unread for row in listed.context["rows"]] == [1]
    assert "演示经理：请准备资料" in listed.content.decode()
    assert "即时沟通" in order
    page = http.get(room.get_absolute_url()).content.decode()
    assert page.index("以下是未读消息") < page.index("请准备资料</p>")


def test_supervisor_in_no_room_is_led_to_the_list_of_all(room, supervisor, browser_of):
    page = browser_of(supervisor).get(reverse("chat:rooms")).content.decode()

    assert "您不在任何群聊里" in page
    assert f'href="{reverse("admin:chat_room_changelist")}"' in page


def queries(http, url):
    """Return how many queries a page takes, once the session has begun."""
    http.get(url)
    with CaptureQueriesContext(connection) as asked:
        http.get(url)
    return len(asked)


def test_lists_ask_the_same_for_one_room_and_for_three(make_room, customer, manager, browser_of):
    lists = ((customer, reverse("chat:rooms")), (manager, reverse("admin:chat_room_changelist")))
    make_room()
    one = [queries(browser_of(user), url) for user, url in lists]
    make_room()
    make_room()

    assert [queries(browser_of(user), url) for user, url in lists] == one


def test_room_asks_the_same_for_few_lines_and_for_many(room, customer, manager, browser_of, post):
    urls = [room.get_absolute_url(), address("sync", room) + "?after=0", address("history", room)]
    few = [queries(browser_of(customer), url) for url in urls]
    for number in range(5):
        post(customer, str(number))
        post(manager, str(number))

    assert [queries(browser_of(customer), url) for url in urls] == few


def test_members_page_asks_the_same_for_few_and_for_many(room, customer, let_in, builder, contact, browser_of):
    url, person = address("members", room), {"role": "design", "name": "演示设计", "by": customer}
    let_in(builder)
    inviting.invite(room, phone="19900000071", **person)
    few = queries(browser_of(customer), url)
    let_in(contact)
    inviting.invite(room, phone="19900000072", **person)
    inviting.invite(room, phone="19900000073", **person)

    assert queries(browser_of(customer), url) == few


def test_desk_lists_who_waits_longest_first(make_room, customer, manager, browser_of):
    quiet, waiting, longest = make_room(), make_room(), make_room()
    for room in (longest, waiting):
        browser_of(customer).post(address("post", room), {"uuid": uuid4(), "body": "在吗"}, **JSON)

    rows = browser_of(manager).get(reverse("admin:chat_room_changelist")).context["rows"]

    assert [row.room for row in rows] == [longest, waiting, quiet]


def test_search_finds_words_and_not_what_was_recalled(room, customer, manager, browser_of, post):
    post(manager, "电缆沟照片请补拍")
    gone = post(customer, "电缆型号写错了").json()["message"]
    browser_of(customer).post(address("recall", room, gone["id"]), **JSON)

    answer = browser_of(customer).post(address("search", room), {"q": "电缆"})
    page = browser_of(customer).get(answer.url)

    assert [line["body"] for line in page.context["found"]] == ["电缆沟照片请补拍"]
    assert (
        "没有找到" in browser_of(customer).get(address("search", room), {"q": "变压器"}, follow=True).content.decode()
    )


def test_pr_17_search_in_the_chat_leaves_no_phone_in_an_address(room, customer, manager, browser_of, post):
    post(manager, f"请联系 {customer.phone}")

    answer = browser_of(customer).post(address("search", room), {"q": customer.phone})
    page = browser_of(customer).get(answer.url)

    assert customer.phone not in answer.url
    assert len(page.context["found"]) == 1
    assert 'method="post" role="search"' in page.content.decode()


def test_recall_has_a_page_for_browsers_without_script(room, customer, manager, browser_of, post):
    mine, other = (post(user, "打错了").json()["message"]["id"] for user in (manager, customer))
    assert browser_of(customer).get(address("recall", room, mine)).status_code == 403
    http = browser_of(manager)

    assert "撤回原因" not in http.get(address("recall", room, mine)).content.decode()
    assert "撤回原因" in http.get(address("recall", room, other)).content.decode()
    assert http.post(address("recall", room, mine)).status_code == 302
    assert "不能撤回" in http.post(address("recall", room, other)).content.decode()
    assert http.post(address("recall", room, other), {"reason": "含他人信息"}).status_code == 302


def test_manager_of_the_area_comes_in_for_a_colleague(room, area, far_manager, customer, browser_of, post):
    area.managers.add(far_manager)
    http = browser_of(far_manager)

    assert "加入群聊" in http.get(room.get_absolute_url()).content.decode()
    assert room.order.events.filter(name="read_papers", by=far_manager).count() == 1
    assert http.post(address("join", room)).status_code == 302
    assert post(far_manager, "我来接替").status_code == 201


def test_supervisor_looks_and_says_nothing(room, supervisor, browser_of, post):
    http = browser_of(supervisor)

    assert http.get(room.get_absolute_url()).status_code == 200
    assert post(supervisor).status_code == 403
    assert http.post(address("join", room)).status_code == 403
    assert http.post(address("read", room), {"seq": 1}, **JSON).status_code == 403


def test_ch_07_cf_18_removed_member_gets_nothing_more(room, customer, let_in, builder, browser_of, post):
    member = let_in(builder)
    inside = browser_of(builder)
    assert inside.get(address("sync", room), {"after": 0}).status_code == 200

    membership.remove(member, by=customer)

    for name in ("room", "sync", "history", "members", "search"):
        assert browser_of(builder).get(address(name, room), {"after": 0, "q": "x"}).status_code == 404
    assert post(builder).status_code == 404
    assert not browser_of(builder).get(reverse("chat:rooms")).context["rows"]


def test_manager_who_is_no_longer_staff_is_out_at_once(room, manager, browser_of, post):
    assert browser_of(manager).get(room.get_absolute_url()).status_code == 200

    type(manager).objects.filter(pk=manager.pk).update(role=Role.CONTACT)

    http = browser_of(manager)
    assert http.get(room.get_absolute_url()).status_code == http.get(address("sync", room)).status_code == 404
    assert post(manager).status_code == 404
    assert not http.get(reverse("chat:rooms")).context["rows"]


def test_contact_removes_nobody_and_may_leave(room, customer, manager, let_in, builder, contact, browser_of):
    mine, other = let_in(builder), let_in(contact)
    http = browser_of(builder)

    assert http.post(address("remove", room, other.pk)).status_code == 403
    assert http.post(address("remove", room, room.memberships.get(user=customer).pk)).status_code == 403
    assert http.post(address("remove", room, mine.pk)).url == reverse("chat:rooms")
    assert "退出了群聊" in room.messages.last().body


def test_phones_of_members_are_masked(room, let_in, builder, customer, browser_of):
    let_in(builder)

    page = browser_of(builder).get(address("members", room)).content.decode()

    assert customer.phone not in page
    assert customer.masked_phone in page
    assert "邀请成员" not in page


def test_quick_replies_are_ones_own(manager, far_manager, customer, browser_of):
    url = reverse("chat:replies")
    browser_of(manager).post(url, {"text": "收到"})
    reply = QuickReply.objects.get(owner=manager)

    assert "已经有这一条" in browser_of(manager).post(url, {"text": "收到"}).content.decode()
    browser_of(far_manager).post(url, {"delete": reply.pk})
    assert QuickReply.objects.filter(pk=reply.pk).exists()
    browser_of(manager).post(url, {"delete": reply.pk})
    assert not QuickReply.objects.exists()
    assert browser_of(customer).get(url).status_code == 403


def test_read_only_room_can_be_read(room, manager, customer, browser_of, post):
    flow.advance(room.order, "terminate", inputs.Reason(reason="客户不再需要"), by=manager)

    page = browser_of(customer).get(room.get_absolute_url()).content.decode()

    assert "群聊只读" in page
    assert "data-say" not in page
    assert post(customer).status_code == 403


def test_ch_11_recalled_text_is_for_supervisors_with_a_reason_on_record(room, customer, supervisor, browser_of, post):
    message = post(customer, "发错的内容").json()["message"]["id"]
    url = address("original", room, message)
    http = browser_of(supervisor)
    assert http.get(url).status_code == 403
    recalling.recall(Message.objects.get(pk=message), by=customer)

    assert f'href="{url}">查看原文' in http.get(room.get_absolute_url()).content.decode()
    assert "发错的内容" not in http.get(url).content.decode() + http.post(url).content.decode()
    assert not room.audit.filter(action="read_recalled").exists()
    assert "发错的内容" in http.post(url, {"reason": "处理投诉"}).content.decode()
    assert room.audit.get(action="read_recalled").reason == "处理投诉"


def test_ch_15_name_and_text_forge_no_line_of_the_log(room, customer, browser_of, caplog):
    hostile = "x\r\nRefused: status=200 \x1b[31m"
    browser_of(customer).post(address("post", room), {"uuid": hostile, "body": hostile, "reply_to": hostile}, **JSON)
    browser_of(customer).get(f"/chat/{room.pk}/files/{hostile}/")

    for record in caplog.records:
        assert "\n" not in record.getMessage()
        assert "\x1b" not in record.getMessage()


def test_desk_leads_from_the_order_to_the_same_room(room, customer, manager, browser_of, post):
    post(customer)
    url = reverse("admin:workorders_workorder_change", args=[room.pk])

    page = browser_of(manager).get(url).content.decode()

    assert f'href="{room.get_absolute_url()}">即时沟通' in page
    assert "条未读" in page


def test_two_ways_lead_to_the_list_of_rooms(room, customer, browser_of):
    for name in ("workorders:assistant", "workorders:functions", "notifications:inbox"):
        assert f'href="{reverse("chat:rooms")}"' in browser_of(customer).get(reverse(name)).content.decode()
