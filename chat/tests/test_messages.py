"""Messages: numbered, sent once, recalled by the rules, within the pace."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from chat.conftest import refusal
from chat.exceptions import NotFound
from chat.messaging import history, numbering, posting, recalling
from chat.messaging.posting import Draft
from chat.models import AuditEntry, Membership, Message, Room
from chat.rights import Access
from chat.rooms import membership


def post(room, by, body="您好", uuid=None, **parts):
    return posting.post(room, Draft(uuid or uuid4(), body, **parts), by=by)


def sync(room, user, after=0):
    return history.sync(Access(Room.objects.get(pk=room.pk), user), after=after)


def shown(room, user, after=0):
    return sync(room, user, after=after)["messages"]


def test_messages_are_numbered_without_gaps(room, customer, manager):
    for by in (customer, manager, customer):
        post(room, by)

    room.refresh_from_db()
    assert [line.seq for line in room.messages.all()] == list(range(1, room.last_seq + 1))


def test_cf_09_same_uuid_again_is_the_same_message(room, customer):
    uuid = uuid4()

    first, is_new = post(room, customer, "您好", uuid)
    again, is_new_again = post(room, customer, "您好", uuid)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        later, is_new_later = post(room, customer, "您好", uuid)

    assert first == again == later
    assert (is_new, is_new_again, is_new_later) == (True, False, False)
    assert room.messages.filter(client_uuid=uuid).count() == 1


def test_cf_09_same_uuid_with_another_body_is_refused(room, customer):
    uuid = uuid4()
    message, _ = post(room, customer, "您好", uuid)

    assert refusal(post, room, customer, "再见", uuid) == "conflict"
    assert refusal(post, room, customer, "您好", uuid, reply_to=message.pk) == "conflict"


def test_same_uuid_of_two_people_is_two_messages(room, customer, manager):
    uuid = uuid4()

    assert post(room, customer, "您好", uuid)[0] != post(room, manager, "您好", uuid)[0]


def test_own_message_is_read_and_others_count_as_unread(room, customer, manager):
    mine = room.memberships.get(user=customer)

    message, _ = post(room, customer)

    theirs = Membership.objects.get(room=room, user=manager)
    mine.refresh_from_db()
    assert mine.last_read_seq == message.seq
    membership.mark_read(theirs, message.seq + 100)
    theirs.refresh_from_db()
    assert theirs.last_read_seq == message.seq
    membership.mark_read(theirs, 1)
    theirs.refresh_from_db()
    assert theirs.last_read_seq == message.seq


def test_somebody_waits_until_a_manager_answers(room, customer, manager):
    post(room, customer)
    post(room, customer)
    room.refresh_from_db()
    since = room.waiting_since

    post(room, manager)
    room.refresh_from_db()

    assert since is not None
    assert room.waiting_since is None


def test_ch_05_too_fast_is_refused_with_the_time_to_wait(room, customer, manager):
    for _ in range(10):
        post(room, customer)

    assert refusal(post, room, customer) == "too_fast"
    post(room, manager)
    with time_machine.travel(timezone.now() + timedelta(seconds=11)):
        post(room, customer)


def test_stranger_cannot_say_anything(room, outsider, supervisor):
    for user in (outsider, supervisor):
        with pytest.raises(NotFound):
            post(room, user)


def test_contact_without_the_real_name_check_reads_only(room, let_in, contact):
    let_in(contact)

    assert refusal(post, room, contact) == "unverified"
    assert shown(room, contact)


def test_contact_sees_what_is_said_from_the_joining_on(room, customer, let_in, builder):
    post(room, customer, "只给客户经理看的话")
    let_in(builder)
    post(room, customer, "欢迎")

    assert [line["body"] for line in shown(room, builder)] == ["施工单位联系人 演示施工员 加入了群聊", "欢迎"]


def test_reply_quotes_and_hides_what_was_recalled(room, customer, manager):
    question, _ = post(room, customer, "什么时候上门？")
    answer, _ = post(room, manager, "明天上午", reply_to=question.pk)

    before = shown(room, customer)[-1]["reply"]
    recalling.recall(question, by=customer)
    after = next(line for line in shown(room, customer) if line["id"] == str(answer.pk))["reply"]

    assert before == {"seq": question.seq, "name": "演示客户", "text": "什么时候上门？"}
    assert after["text"] == "消息已撤回"


def test_reply_to_what_one_cannot_see_is_refused(room, customer, let_in, builder):
    hidden, _ = post(room, customer, "之前的话")
    let_in(builder)

    assert refusal(post, room, builder, "回复", reply_to=hidden.pk) == "invalid"
    assert refusal(post, room, customer, "回复", reply_to=uuid4()) == "invalid"


def test_mentions_are_members_and_everybody_only_by_a_manager(room, customer, manager, outsider):
    message, _ = post(room, customer, "@演示经理", mentions=(manager.pk.hex, outsider.pk.hex))

    assert message.mentions == [manager.pk.hex]
    assert refusal(post, room, customer, "@所有人", mentions=("all",)) == "not_allowed"
    assert post(room, manager, "@所有人", mentions=("all",))[0].mentions == ["all"]


@pytest.mark.parametrize(("seconds", "is_allowed"), [(119, True), (121, False)])
def test_cf_21_own_message_is_recalled_within_two_minutes(room, customer, seconds, is_allowed):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        message, _ = post(room, customer, "打错了")
        clock.shift(timedelta(seconds=seconds))
        if is_allowed:
            recalling.recall(message, by=customer)
        else:
            assert refusal(recalling.recall, message, by=customer) == "not_allowed"

    assert Message.objects.get(pk=message.pk).is_recalled == is_allowed


def test_cf_21_recall_reaches_who_was_away(room, customer, manager):
    message, _ = post(room, customer, "打错了")
    known = sync(room, manager)["upto"]
    recalling.recall(message, by=customer)

    (line,) = shown(room, manager, after=known)

    told = {"to_author": "您撤回了一条消息", "to_others": "演示客户 撤回了一条消息"}
    assert (line["id"], line["body"], line["recalled"]) == (str(message.pk), "", told)


def test_ch_11_manager_recalls_at_any_time_with_a_reason_that_is_on_record(room, customer, manager):
    message, _ = post(room, customer, "不合适的话")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert refusal(recalling.recall, message, by=manager) == "not_allowed"
        recalling.recall(message, by=manager, reason="含他人信息")

    told = "演示经理 撤回了 演示客户 的一条消息，原因：含他人信息"
    assert shown(room, customer)[-1]["recalled"] == {"to_author": told, "to_others": told}
    assert AuditEntry.objects.get(room=room, action="recall").reason == "含他人信息"
    assert Message.objects.get(pk=message.pk).body == "不合适的话"


def test_ch_11_nobody_recalls_for_others_without_being_the_manager(room, customer, manager, outsider, let_in, builder):
    let_in(builder)
    message, _ = post(room, manager)

    for user in (customer, builder):
        assert refusal(recalling.recall, message, by=user, reason="不喜欢") == "not_allowed"
    with pytest.raises(NotFound):
        recalling.recall(message, by=outsider)
    assert not recalling.may_recall(room.messages.first(), Access(room, manager), "系统消息")


def test_cf_25_order_follows_the_numbers_not_the_clock(room, customer, manager):
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        post(room, customer, "一")
    post(room, manager, "二")

    assert [line["body"] for line in shown(room, customer)][-2:] == ["一", "二"]


def test_record_cannot_be_changed(room):
    entry = room.audit.first()

    with pytest.raises(Exception, match="append-only"):
        type(entry).objects.filter(pk=entry.pk).update(reason="x")


def test_line_of_the_system_is_written_once(room):
    assert posting.announce(numbering.lock(room.pk), "测试", key="x") is not None
    assert posting.announce(numbering.lock(room.pk), "测试", key="x") is None
