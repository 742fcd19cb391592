"""Talks with invented people, for the demo server: by the same services that people use."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.db import transaction

from accounts.models import User
from chat.enums import MemberRole
from chat.messaging import attachments, numbering, posting, recalling
from chat.messaging.posting import Draft
from chat.models import Membership, Message, QuickReply, Room
from chat.rooms import inviting, membership
from workorders.demo import samples

_READY = ("收到，我马上核对。", "请补充清晰的照片。", "明天上午到现场，请安排人员配合。")


def fill(rooms: list[Room], contact: User, wait: Callable[[int], None]) -> None:
    """Let everybody read their rooms; then people talk in the first open one, and in two more somebody asks."""
    for member in Membership.objects.present().filter(room__in=rooms).select_related("room", "user"):
        membership.mark_read(member, member.room.last_seq)
    for room, happen in zip([room for room in rooms if room.is_open], (_talk, _ask, _urge), strict=False):
        if manager := room.order.manager:
            happen(room, manager, contact, wait)
            _prepare(manager)


def _talk(room: Room, manager: User, contact: User, wait: Callable[[int], None]) -> None:
    """Bring a contact in by invitation, say a few things, show a photo, take one thing back."""
    customer = room.order.customer

    def say(by: User, body: str = "", **parts: Any) -> Message:
        wait(2)
        return posting.post(room, Draft(uuid4(), body, **parts), by=by)[0]

    say(customer, "您好，土建已经完成，设备下周到货。中间检查需要提前几天申请？")
    question = say(manager, "您好，资料齐了随时可以申请，我们三个工作日内到现场。接地装置做好了吗？")
    say(customer, "接地网昨天做完的，施工单位的同事我请进群。", reply_to=question.pk)
    person = {"name": contact.name, "phone": contact.phone}
    invitation = inviting.invite(room, role=MemberRole.CONSTRUCTION, by=customer, **person)
    wait(4)
    inviting.accept(invitation, contact)
    say(contact, "各位好，我负责施工。电缆沟和接地网已经完成，照片如下。")
    say(contact, file=attachments.take(samples.trench("电缆沟现场")))
    recalling.recall(say(contact, "发错了"), by=contact)
    reader = room.memberships.present().select_related("room", "user").get(user=customer)
    membership.mark_read(reader, reader.room.last_seq)
    words = f"@{contact.name} 收到。隐蔽前请拍好接头照片，和接地电阻测量记录一起上传。"
    say(manager, words, mentions=(contact.pk.hex,))
    inviting.invite(room, role=MemberRole.DESIGN, name="演示设计", phone="19900000009", by=customer)


def _ask(room: Room, manager: User, contact: User, wait: Callable[[int], None]) -> None:
    """Bring the contact into another room, where they wait for an answer."""
    with transaction.atomic():
        membership.add(numbering.lock(room.pk), contact, MemberRole.CONSTRUCTION)
    wait(3)
    posting.post(room, Draft(uuid4(), "竣工资料已经整理好，什么时候可以报验？"), by=contact)


def _urge(room: Room, manager: User, contact: User, wait: Callable[[int], None]) -> None:
    """Let the customer ask where the utility takes its time."""
    wait(6)
    posting.post(room, Draft(uuid4(), "设计文件送审一周多了，请问意见单什么时候能出？"), by=room.order.customer)


def _prepare(manager: User) -> None:
    """Give a manager ready answers."""
    for text in _READY:
        QuickReply.objects.get_or_create(owner=manager, text=text)
