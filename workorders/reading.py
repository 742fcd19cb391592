"""Who of the staff looked at what a customer handed in about people: lines of the trace that the customer sees.

Source: 个人信息保护法 art. 51 (records of access) and 54 (audit).
"""

from django.db import transaction
from django.utils import timezone

from workorders import flow
from workorders.enums import Stage


def record_read(order, attachment, *, by):
    """Note that a member of staff opened a paper of the application: once per person, paper and day."""
    if not by.is_staff or attachment.submission.stage != Stage.APPLICATION:
        return
    file, kind = str(attachment.pk), attachment.get_kind_display()
    if _is_noted(order, file, by):
        return
    with transaction.atomic():
        flow.lock(order)  # two pages of one file come at the same moment
        if not _is_noted(order, file, by):
            flow.note(order, "read_papers", label="查看申请资料", by=by, reason=kind, attachment=file)


def reveal_id_number(order, field, *, by, reason):
    """Return a whole identity number of the application ("legal_id_number" or "handler_id_number") and note why."""
    label = order.application._meta.get_field(field).verbose_name
    flow.note(order, "read_id_number", label="查看证件号码", by=by, reason=f"{label}：{reason}")
    return getattr(order.application, field)


def _is_noted(order, file, by):
    today = timezone.localdate()
    return order.events.filter(name="read_papers", by=by, data__attachment=file, at__date=today).exists()
