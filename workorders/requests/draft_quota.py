"""How much of what was never handed in one person may keep: drafts of orders, and the files in them."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils import timezone

from accounts.models import User
from bandian.db.locks import locking
from workorders.enums import State
from workorders.models import Attachment, WorkOrder

MOST_DRAFTS = 20
# Of one person within a day, whatever became of them: who withdraws each draft begins without end otherwise.
MOST_BEGUN, DAY = 50, timedelta(days=1)


def check_begun(user: User) -> None:
    """Raise ValidationError where the user began as many orders as one may in a day; called as `check_drafts`."""
    lock(user)
    if WorkOrder.objects.filter(customer=user, created_at__gt=timezone.now() - DAY).count() >= MOST_BEGUN:
        raise ValidationError(f"您一天内已新建 {MOST_BEGUN} 份申请，请明天再新建。", code="quota")


def check_drafts(user: User) -> None:
    """Raise ValidationError where the user has as many drafts as one may; call it in the transaction that adds one."""
    lock(user)
    if WorkOrder.objects.filter(customer=user, state=State.DRAFT).count() >= MOST_DRAFTS:
        message = f"您已有 {MOST_DRAFTS} 份没有提交的申请，不能再新建。请先提交，或撤销不需要的草稿。"
        raise ValidationError(message, code="quota")


def check_files(order: WorkOrder, size: int) -> None:
    """Raise ValidationError where a draft may take no file of so many bytes: all of a person's have the room of one.

    The person is locked where it is a draft, and the order; call it in the transaction that adds the file.
    """
    if order.state != State.DRAFT:
        return
    # A draft that was withdrawn keeps its files until they are swept.
    waiting = WorkOrder.objects.filter(customer=order.customer, state__in=(State.DRAFT, State.TERMINATED))
    files = Attachment.objects.filter(submission__order__in=waiting, submission__submitted_at=None)
    kept = files.aggregate(bytes=Sum("size", default=0))["bytes"]
    if kept + size > settings.ORDER_MAX_BYTES:
        limit = settings.ORDER_MAX_BYTES // 1024 // 1024
        message = (
            f"您全部草稿里的文件合计最多 {limit} MB，这个文件没有保存。请先提交其他草稿，或删除其中不需要的文件；"
            "撤销的草稿里的文件也算在内，90 天后清除。"
        )
        raise ValidationError(message, code="quota")


def lock(user: User) -> None:
    """Let what one person keeps be counted by one request at a time."""
    locking(User.objects).get(pk=user.pk)
