"""Who of the staff looked at which paper or number: lines of the trace that the customer sees.

Source: 个人信息保护法 art. 51 (records of access) and 54 (audit).
"""

from typing import Any, Protocol

from django.utils import timezone

from accounts.models import User
from bandian.db.locks import atomic
from workorders.locks import lock_order
from workorders.models import Attachment, WorkOrder
from workorders.trace import record


class Titled(Protocol):
    """A row with a title: a document, or what goes along with an order."""

    @property
    def pk(self) -> Any: ...

    @property
    def title(self) -> str: ...


def record_read(order: WorkOrder, paper: Attachment | Titled, *, by: User) -> None:
    """Note that a member of staff opened an attachment or a document: once per person, paper and day."""
    if not by.is_staff:
        return
    key = str(paper.pk)
    # The kind, not the name of the file, which may hold what it pleases.
    name = paper.get_kind_display() if isinstance(paper, Attachment) else paper.title
    if _is_noted(order, key, by):
        return
    _note_once(order, key, name, by)


@atomic
def _note_once(order: WorkOrder, key: str, name: str, by: User) -> None:
    lock_order(order)  # two pages of one file come at the same moment
    if not _is_noted(order, key, by):
        record.note(order, "read_papers", label="查看资料", by=by, note=name, file_id=key)


def reveal_id_number(order: WorkOrder, field: str, *, by: User, reason: str) -> str:
    """Return a whole identity number of the application ("legal_id_number" or "handler_id_number") and note why."""
    label = order.application._meta.get_field(field).verbose_name
    record.note(order, "read_id_number", label="查看证件号码", by=by, note=f"{label}：{reason}")
    return getattr(order.application, field)


def record_dossier(order: WorkOrder, *, by: User) -> None:
    """Note that a member of staff took all papers of an order along."""
    if by.is_staff:
        record.note(order, "read_papers", label="导出卷宗", by=by, note="全部文书、资料和工作痕迹")


def _is_noted(order: WorkOrder, key: str, by: User) -> bool:
    today = timezone.localdate()
    return order.events.filter(name="read_papers", by=by, data__file_id=key, at__date=today).exists()
