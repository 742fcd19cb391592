"""A talk with invented people, for the demo server: by the same services that people use."""

from uuid import uuid4

from django.db import transaction

from chat.enums import MemberRole
from chat.messaging import attachments, numbering, posting, recalling
from chat.messaging.posting import Draft
from chat.models import QuickReply, Room
from chat.rooms import inviting, membership
from workorders import demo

_READY = ("收到，我马上核对。", "请补充清晰的照片。", "明天上午到现场，请安排人员配合。")


def talk(room: Room, contact) -> None:
    """Bring a contact in by invitation, say a few things, show a photo, take one thing back."""
    customer, manager = room.order.customer, room.order.manager

    def say(by, body="", **parts):
        return posting.post(room, Draft(uuid4(), body, **parts), by=by)[0]

    say(customer, "您好，请问勘察时需要我们准备什么资料？")
    question = say(manager, "您好，请准备总平面图和主要用电设备清单。配电房位置定了吗？")
    say(customer, "定了，在厂区东北角。", reply_to=question.pk)
    person = {"name": contact.name, "phone": contact.phone}
    invitation = inviting.invite(room, role=MemberRole.CONSTRUCTION, by=customer, **person)
    inviting.accept(invitation, contact)
    say(contact, "各位好，我负责施工。电缆沟已经开挖，照片如下。")
    say(contact, file=attachments.take(demo.photo("电缆沟现场")))
    recalling.recall(say(contact, "发错了"), by=contact)
    say(manager, f"@{contact.name} 收到，隐蔽前请先申请中间检查。", mentions=(contact.pk.hex,))
    inviting.invite(room, role=MemberRole.DESIGN, name="演示设计", phone="19900000009", by=customer)


def come_in(room: Room, contact) -> None:
    """Bring the contact into another room, where somebody waits for an answer."""
    with transaction.atomic():
        membership.add(numbering.lock(room.pk), contact, MemberRole.CONSTRUCTION)
    draft = Draft(uuid4(), "竣工资料已经整理好，什么时候可以报验？")
    posting.post(room, draft, by=contact)


def prepare(manager) -> None:
    """Give a manager ready answers."""
    for text in _READY:
        QuickReply.objects.get_or_create(owner=manager, text=text)
