"""Tell the other side: a row in the inbox with the step, and an SMS where the customer has to act.

Rows are written inside the step's transaction; messages leave the house after the commit only.
"""

from collections.abc import Iterable
from datetime import datetime

from accounts import reviews
from accounts.enums import Role
from accounts.models import User
from notifications.enums import Kind
from notifications.services import notify
from workorders.enums import Turn
from workorders.inputs import Dispatch, Opinion, minute
from workorders.models import Event, Paper, WorkOrder
from workorders.models.step import Step
from workorders.papers.values import day
from workorders.rights import looks_after


def announce_step(event: Event, step: Step) -> None:
    """Tell the reader whom the step's row names; a step of the customer's goes to the managers."""
    if step.tells.reader == Turn.UTILITY:
        _tell_managers(event)
    elif step.given is Dispatch and (at := event.order.survey_at):
        _tell_of_visit(event, step.tells.kind, at)
    elif step.given is Opinion and step.issues and (paper := event.order.paper(step.issues)):
        _tell_of_opinion(event, step.tells.kind, paper)
    else:
        _tell_customer(event, step.tells.kind)


def announce_note(event: Event, *, kind: Kind = Kind.STEP) -> None:
    """Tell the other side of a line that moved nothing; of a `kind` that needs action, the customer by SMS too."""
    if event.by_id == event.order.customer_id:
        _tell_managers(event)
    else:
        _tell_customer(event, kind)


def _tell_managers(event: Event) -> None:
    order = event.order
    title = f"{order.application.company}：{event.label}"
    body = f"工单 {order}，{event.get_target_display()}" + (f"。{event.note}" if event.note else "")
    if order.service_area is None:
        body = f"{order.application.company}，{order.application.full_address}，没有对应的供电单位，请派发"
        reviews.ask("申请待派发", body=body, url=order.get_desk_url(), key=review_of(order))
        return
    notify(managers_of(order), kind=Kind.STEP, title=title, body=body, url=order.get_desk_url())


def _tell_customer(event: Event, kind: Kind) -> None:
    order = event.order
    body = f"工单 {order}，{event.get_target_display()}" + (f"。{event.note}" if event.note else "")
    sms = f"您的工单 {order} 有新进展：{event.label}，请登录办电E助手办理。"
    _notify_customer(order, kind, title=event.label, body=body, sms=sms)


def _tell_of_visit(event: Event, kind: Kind, at: datetime) -> None:
    """The SMS names the time: whoever is told has to be there then, and may not look at the site before."""
    order, when = event.order, minute(at)
    sms = f"您的工单 {order} 已安排勘察：预计 {when} 上门，请留人接待；时间不便请登录办电E助手变更。"
    _notify_customer(order, kind, title=f"{event.label}：{when} 上门", body=f"工单 {order}。{event.note}", sms=sms)


def _tell_of_opinion(event: Event, kind: Kind, paper: Paper) -> None:
    """The verdict comes first, and until when to mend: the customer reads at once whether anything is left to do."""
    order, verdict = event.order, paper.get_verdict_display()
    mend = f"请于{day(paper.mend_by)}前整改。" if paper.mend_by else ""
    body = f"工单 {order}，{event.get_target_display()}。{mend}{event.note}"
    sms = f"您的工单 {order} 的《{paper}》结论为{verdict}。{mend}请登录办电E助手签字确认。"
    _notify_customer(order, kind, title=f"{paper}：{verdict}", body=body, sms=sms)


def _notify_customer(order: WorkOrder, kind: Kind, *, title: str, body: str, sms: str) -> None:
    """Leave a row in the inbox, and send the SMS where the customer has to act."""
    sms = f"【办电E助手】{sms}" if kind in Kind.actions else ""
    notify([order.customer], kind=kind, title=title, body=body, url=order.get_absolute_url(), sms=sms)


def review_of(order: WorkOrder) -> str:
    """Return the name under which an order waits for a unit (accounts.reviews)."""
    return f"order:{order.pk.hex}"


def managers_of(order: WorkOrder) -> list[User]:
    """Return the order's manager; before its acceptance, or where they left its area, all of the area.

    Where it has none, the supervisors.
    """
    if order.manager and looks_after(order, order.manager):
        return [order.manager]
    managers: Iterable[User] = order.service_area.managers.filter(is_active=True) if order.service_area else []
    return list(managers) or supervisors()


def supervisors() -> list[User]:
    return list(User.objects.filter(role=Role.SUPERVISOR, is_active=True))
