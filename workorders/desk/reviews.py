"""What waits for a supervisor, all kinds in one place: names, seals, words in the box, calls, unserved orders."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.enums import IdentityStatus
from accounts.models import RealName, User
from signing.enums import SealState
from signing.models import Seal
from workorders.desk import tabs
from workorders.models import Feedback, FollowUp, WorkOrder
from workorders.models.service_choices import FollowUpState

SHOWN = 20


@dataclass(frozen=True)
class Kind:
    label: str
    # The list with all of them, by the name of its URL and its query.
    page: str
    query: str
    # What waits for a supervisor, the longest first, and of each row what it is, since when it waits, and where it is
    # decided.
    waiting: Callable[[User], QuerySet]
    row: Callable[[Any], tuple[str, datetime, str]]


@dataclass(frozen=True)
class Waiting:
    label: str
    count: str
    rows: list[tuple[str, datetime, str]]
    url: str


KINDS = (
    Kind(
        "实名认证",
        "admin:accounts_realname_changelist",
        f"status__exact={IdentityStatus.PENDING}",
        lambda user: RealName.objects.filter(status=IdentityStatus.PENDING).order_by("submitted_at"),
        lambda row: (row.name, row.submitted_at, reverse("admin:accounts_realname_change", args=[row.pk])),
    ),
    Kind(
        "印章申请",
        "admin:signing_seal_changelist",
        f"state__exact={SealState.PENDING}",
        lambda user: Seal.objects.filter(state=SealState.PENDING).select_related("enterprise").order_by("applied_at"),
        lambda row: (f"{row.enterprise} {row}", row.applied_at, reverse("admin:signing_seal_change", args=[row.pk])),
    ),
    Kind(
        "意见与投诉",
        "admin:workorders_feedback_changelist",
        "mine=1",
        lambda user: Feedback.objects.awaiting(user).order_by("due_on", "since"),
        lambda row: (f"{row}，应于 {row.due_words}前答复", row.since, row.get_desk_url()),
    ),
    Kind(
        "归档后回访",
        "admin:workorders_followup_changelist",
        f"state__exact={FollowUpState.WAITING}",
        lambda user: FollowUp.objects.visible_to(user).waiting().select_related("order").order_by("due_on"),
        lambda row: (f"{row}，应于 {row.due_words}前完成", row.archived_at, row.get_desk_url()),
    ),
    Kind(
        "没有供电单位的申请",
        "admin:workorders_workorder_changelist",
        "tab=pool",
        lambda user: (
            WorkOrder.objects.running().filter(service_area=None).select_related("application").order_by("sort_on")
        ),
        lambda row: (f"{row} {row.application}", row.submitted_at, row.get_desk_url()),
    ),
)


def waiting(user: User) -> list[Waiting]:
    """Return every kind with how many wait, counted to 99, and the first of them."""
    found = []
    for kind in KINDS:
        rows = list(kind.waiting(user)[:SHOWN])
        count = tabs.count(kind.waiting(user)) if len(rows) == SHOWN else str(len(rows))
        found.append(Waiting(kind.label, count, [kind.row(row) for row in rows], f"{reverse(kind.page)}?{kind.query}"))
    return found


def count(user: User) -> int:
    """Return how many wait for a supervisor, each kind counted to one more than 99."""
    return sum(kind.waiting(user).order_by()[: tabs.MOST_COUNTED + 1].count() for kind in KINDS)


def context(request: HttpRequest) -> dict[str, Any]:
    """Return how much waits as reviews_waiting, for every page; counted when a template first uses it."""

    def total() -> int:
        user = getattr(request, "user", None)
        return count(user) if user is not None and user.is_authenticated and user.is_supervisor else 0

    return {"reviews_waiting": SimpleLazyObject(total)}
