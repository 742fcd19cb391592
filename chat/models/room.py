"""An order's room (即时沟通) and who is in it."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from chat.enums import MemberRole, RoomState
from workorders.models import ServiceArea, WorkOrder


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, user: User) -> Self:
        """Return the rooms that a user may read: their own; staff also those of the orders they see at the desk."""
        mine = Q(pk__in=Membership.objects.entitled().filter(user=user).values("room"))
        if user.is_staff:
            return self.filter(mine | Q(order__in=WorkOrder.objects.visible_to(user)))
        return self.filter(mine)


class Room(models.Model):
    """The chat of one order. Whatever changes in a room locks this row first, and takes the next `last_change`.

    `last_seq` numbers the messages without gaps, so that unread is a difference; `last_change` also counts recalls and
    members who come and go, so that one number tells how much of a room a page knows.
    """

    order = models.OneToOneField(WorkOrder, models.PROTECT, primary_key=True, related_name="room", verbose_name="工单")
    state = models.CharField("状态", max_length=10, choices=RoomState, default=RoomState.OPEN)
    last_seq = models.PositiveIntegerField(default=0, editable=False)
    last_change = models.PositiveIntegerField(default=0, editable=False)
    last_at = models.DateTimeField("最近消息", auto_now_add=True)
    # Since when somebody has been waiting for the utility's answer; empty once a manager said something.
    waiting_since = models.DateTimeField("等待回复", null=True, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群聊"
        ordering = ["-last_at", "-pk"]
        indexes = [
            models.Index(fields=["-last_at", "-order"], name="room_by_age"),
            models.Index(fields=["waiting_since"], condition=Q(waiting_since__isnull=False), name="room_waiting"),
        ]

    def __str__(self) -> str:
        return f"工单 {self.order}"

    def get_absolute_url(self) -> str:
        return reverse("chat:room", args=[self.pk])

    @property
    def title(self) -> str:
        """What the order's trace says when a member of staff who is not in the room reads it."""
        return "群聊记录"

    @property
    def is_open(self) -> bool:
        return self.state == RoomState.OPEN


class MembershipQuerySet(models.QuerySet["Membership"]):
    def present(self) -> Self:
        return self.filter(removed_at=None)

    def entitled(self) -> Self:
        """Return who is in a room and has its rights: a manager only as long as they look after its order."""
        own_area = ServiceArea.managers.through.objects.filter(
            servicearea=OuterRef("room__order__service_area"), user=OuterRef("user"), user__role__in=Role.staff_roles
        )
        looks_after = Q(user__role=Role.SUPERVISOR) | Q(Exists(own_area))
        return self.present().filter(~Q(role=MemberRole.MANAGER) | looks_after)


class Membership(models.Model):
    """That somebody is, or was, in a room; who comes back gets a new row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    room = models.ForeignKey(Room, models.PROTECT, related_name="memberships", verbose_name="群聊")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="chat_memberships", verbose_name="成员"
    )
    role = models.CharField("身份", max_length=12, choices=MemberRole)
    joined_at = models.DateTimeField("加入时间", auto_now_add=True)
    # What was said up to this number is not for a contact, who came later.
    history_from_seq = models.PositiveIntegerField(default=0)
    last_read_seq = models.PositiveIntegerField(default=0)
    muted = models.BooleanField("免打扰", default=False)
    removed_at = models.DateTimeField("离开时间", null=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="移出人"
    )
    removal_reason = models.CharField("原因", max_length=100, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "群成员"
        ordering = ["joined_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["room", "user"], condition=Q(removed_at=None), name="member_once_per_room")
        ]
        indexes = [models.Index(fields=["user"], condition=Q(removed_at=None), name="member_rooms")]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"

    @property
    def is_contact(self) -> bool:
        return self.role in MemberRole.contacts
