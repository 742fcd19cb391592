"""Orders as personal data: see accounts.privacy.personal_data.

An order that was accepted is a business file and stays whole (供电营业规则; 民法典 art. 188 for the three years after);
drafts go, and of an application that was ended before acceptance only the trace stays.
"""

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile

from accounts.models import User
from bandian.db.locks import locking
from workorders.complaints import follow_ups
from workorders.enums import State
from workorders.models import Application, Attachment, Feedback, FollowUpCall, Paper, Rating, Submission, WorkOrder
from workorders.papers import answers
from workorders.requests import uploads

# What tells who the people of an application are.
_PERSONAL = (
    "legal_name", "legal_id_number", "legal_phone", "handler_name", "handler_id_number", "handler_phone", "email",
)  # fmt: skip


def export(user: User) -> dict[str, Any]:
    orders = WorkOrder.objects.filter(customer=user).select_related("application")
    calls = FollowUpCall.objects.filter(follow_up__order__customer=user).select_related("follow_up__order", "by")
    box = Feedback.objects.filter(by=user).select_related("order").prefetch_related("turns__by")
    return {
        "工单": [_order(order) for order in orders],
        "回访": [_call(row) for row in calls],
        "意见与投诉": [_feedback(row, user) for row in box],
        "满意度评价": [
            {"工单": str(row.order), "星级": row.stars, "评价": row.text, "时间": row.at}
            for row in Rating.objects.filter(by=user).select_related("order")
        ],
    }


def files(user: User) -> Iterator[tuple[str, FieldFile]]:
    for file in Attachment.objects.filter(submission__order__customer=user).select_related("submission__order"):
        name = f"{file.get_kind_display()}-{str(file.pk)[:8]}{PurePath(str(file.file.name)).suffix}"
        yield f"{_folder(file.submission.order)}/{name.replace('/', '／')}", file.file
    for paper in Paper.objects.filter(order__customer=user).select_related("order", "document"):
        yield f"{_folder(paper.order)}/{paper}.pdf", paper.document.current.file
    forms = Submission.objects.filter(order__customer=user).exclude(document=None).select_related("order", "document")
    for form in forms:
        yield f"{_folder(form.order)}/{form}-申请表.pdf", form.document.current.file


def refusal(user: User) -> str:
    count = WorkOrder.objects.filter(customer=user).open().exclude(state=State.DRAFT).count()
    return f"您还有 {count} 个工单正在办理，办结或撤回之后才能注销。" if count else ""


def erase(user: User) -> None:
    mine = list(locking(WorkOrder.objects, key=True).filter(customer=user).order_by("pk"))
    if reason := refusal(user):  # a draft was handed in meanwhile
        raise ValidationError(reason)
    follow_ups.forget(user)
    # The number may be given to somebody else, who must not find these orders by it.
    Application.objects.filter(order__in=mine, handler_phone=user.phone).update(handler_phone="")
    for order in mine:
        if order.state == State.DRAFT:
            _erase_papers(order)
            order.submissions.all().delete()
            order.delete()
        elif order.state == State.TERMINATED and order.number is None:
            _erase_papers(order)
            Application.objects.filter(order=order).update(**dict.fromkeys(_PERSONAL, ""))


def _erase_papers(order: WorkOrder) -> None:
    for attachment in Attachment.objects.filter(submission__order=order):
        uploads.discard(attachment)


def _folder(order: WorkOrder) -> str:
    return f"工单 {order} {str(order.pk)[:8]}"


def _feedback(row: Feedback, user: User) -> dict[str, Any]:
    """Return a word in the box as its writer sees it; whoever answered has no copy of it."""
    return {
        "编号": row.number,
        "类型": row.get_kind_display(),
        "投诉事项": row.get_about_display(),
        "相关工单": row.order and str(row.order),
        "匿名": row.is_anonymous,
        "状态": row.state_words,
        "记录": [
            {
                "时间": turn.at,
                "谁": "您" if turn.by_id == user.pk else turn.by.name,
                "事项": turn.get_kind_display(),
                "内容": turn.text,
            }
            for turn in row.turns.all()
        ],
    }


def _call(row: FollowUpCall) -> dict[str, Any]:
    return {
        "工单": str(row.follow_up.order),
        "时间": row.at,
        "回访人": row.by.name,
        "受访人": row.contact_name,
        "受访人电话": row.contact_phone,
        "结果": row.get_outcome_display(),
        "对办理时长": row.get_speed_display(),
        "对人员态度": row.get_attitude_display(),
        "指定单位": row.designated,
        "规定外收费": row.charged,
        "建议和备注": row.advice,
    }


def _order(order: WorkOrder) -> dict[str, Any]:
    return {
        "编号": str(order),
        "状态": order.standing,
        "创建时间": order.created_at,
        "申请": {
            title: {label: value for label, value, _ in rows} for title, rows in answers.sections(order.application)
        },
        "工作痕迹": [
            {"时间": event.at, "办理人": event.by.name, "事项": event.label, "说明": event.note}
            for event in order.events.filter(is_public=True).select_related("by")
        ],
    }
