"""What is kept: the transcript in the dossier, the copy and the erasure of personal data, the demo."""

import io
import json
import zipfile
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from pypdf import PdfReader

from accounts.privacy import personal_data
from chat import order_hooks, personal, transcript
from chat.enums import MemberRole
from chat.messaging import attachments, posting, recalling
from chat.messaging.posting import Draft
from chat.models import AuditEntry, Invitation, Membership, Message, Room
from chat.rooms import inviting, unread
from signing.check.verify import check
from workorders.demo import samples
from workorders.dossier import contents


@pytest.fixture
def talk(room, customer, manager):
    """A few lines: words, a reply, a picture, one that was recalled."""
    question, _ = posting.post(room, Draft(uuid4(), "什么时候上门？"), by=customer)
    posting.post(room, Draft(uuid4(), "明天上午", reply_to=question.pk), by=manager)
    posting.post(room, Draft(uuid4(), file=attachments.take(samples.photo("现场"))), by=customer)
    gone, _ = posting.post(room, Draft(uuid4(), "不合适的话"), by=customer)
    recalling.recall(gone, by=customer)
    room.refresh_from_db()
    return room


def text_of(pdf):
    return "".join("".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages)


def test_transcript_tells_every_line_and_no_recalled_text(talk):
    pdf = transcript.make(talk)

    told = text_of(pdf)
    for words in ("什么时候上门？", "明天上午", "【图片】现场.jpg", "撤回", "演示经理"):
        assert words in told
    assert "不合适的话" not in told
    (signature,) = check(pdf)
    assert signature.is_good


@pytest.mark.parametrize("body", ["长" * 4000, "行\n" * 1999 + "尾", "<b>&{{ x }}" * 300])
def test_transcript_of_the_longest_messages_is_made(room, customer, body):
    posting.post(room, Draft(uuid4(), body), by=customer)

    assert text_of(transcript.make(room)).count(body[0]) >= body.count(body[0])


def test_ch_14_transcript_is_for_the_hosts_and_on_record(talk, customer, builder, let_in, browser_of):
    let_in(builder)
    url = reverse("chat:transcript", args=[talk.pk])

    answer = browser_of(customer).post(url)

    assert answer["Content-Type"] == "application/pdf"
    assert AuditEntry.objects.get(room=talk, action="export").by == customer
    assert browser_of(builder).post(url).status_code == 403


def test_dossier_holds_the_transcript_and_the_files(talk):
    with contents.make(talk.order, whole=False) as file, zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        listed = {entry["path"] for entry in json.loads(archive.read("manifest.json"))["files"]}

    wanted = [name for name in names if name.startswith("群聊记录/")]
    assert "群聊记录/群聊记录.pdf" in wanted
    assert any(name.endswith("现场.jpg") for name in wanted)
    assert set(wanted) <= listed


def test_dossier_of_an_order_without_a_room_has_no_transcript(make_order):
    order = make_order("accepted")

    with contents.make(order, whole=False) as file, zipfile.ZipFile(file) as archive:
        assert not [name for name in archive.namelist() if name.startswith("群聊记录")]


def test_pr_05_export_holds_what_i_said_and_sent(talk, customer, manager):
    archive = zipfile.ZipFile(io.BytesIO(b"".join(personal_data.export(customer))))

    data = json.loads(archive.read("个人信息.json"))
    assert [row["内容"] for row in data["聊天消息"]] == ["什么时候上门？", "", "不合适的话"]
    assert data["群聊"][0]["身份"] == "客户"
    assert any("现场.jpg" in name for name in archive.namelist())


def test_pr_07_closed_account_of_a_contact_leaves_its_rooms(talk, customer, builder, let_in):
    let_in(builder)
    said, _ = posting.post(talk, Draft(uuid4(), "收到"), by=builder)

    personal_data.close(builder)

    assert not Membership.objects.present().filter(user=builder).exists()
    assert Message.objects.get(pk=said.pk).body == "收到"
    assert "施工单位联系人 演示施工员 退出了群聊" in talk.messages.last().body


def test_pr_07_invitations_that_brought_nobody_go_with_the_account(talk, customer, builder):
    person = {"role": MemberRole.DESIGN, "name": "演示设计", "phone": "19900000077"}
    inviting.invite(talk, by=customer, **person)

    personal.erase(customer)

    assert not Invitation.objects.exists()


def test_phone_of_an_invitation_is_sealed(talk, customer):
    person = {"role": MemberRole.DESIGN, "name": "演示设计", "phone": "19900000077"}
    inviting.invite(talk, by=customer, **person)

    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM chat_invitation")
        assert "19900000077" not in cursor.fetchone()[0]


def test_demo_has_rooms_with_a_talk_and_people_who_wait(make_room, builder, customer):
    orders = [make_room().order for _ in range(4)]
    waits = []

    order_hooks.demo(orders, builder, waits.append)

    rooms = [Room.objects.get(pk=order.pk) for order in orders]
    assert [room.messages.filter(kind="image").count() for room in rooms] == [1, 0, 0, 0]
    assert [room.waiting_since is not None for room in rooms] == [False, True, True, False]
    assert Membership.objects.present().filter(user=builder).count() == 2
    assert [unread.count(room, customer) for room in rooms] == [1, 2, 0, 0]
    assert 20 <= sum(waits) <= 60
