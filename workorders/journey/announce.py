"""Tell the other side: a row in the inbox with the step, and an SMS where the customer has to act.

Rows are written inside the step's transaction; messages leave the house after the commit only.
"""

from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from notifications.enums import Kind
from notifications.services import notify
from workorders.enums import Turn, Verdict
from workorders.models.step import Step


def announce_step(event, step: Step) -> None:
    """Tell the reader whom the step's row names; a step of the customer's goes to the managers."""
    if step.tells.reader == Turn.UTILITY:
        _tell_managers(event)
    else:
        _tell_customer(event, step.tells.kind, verdict=event.data.get("verdict", "") if step.issues else "")


def announce_note(event, *, kind: Kind = Kind.STEP) -> None:
    """Tell the other side of a line that moved nothing; of a `kind` that needs action, the customer by SMS too."""
    if event.by_id == event.order.customer_id:
        _tell_managers(event)
    else:
        _tell_customer(event, kind)


def _tell_managers(event):
    order = event.order
    title = f"{order.application.company}：{event.label}"
    body = f"工单 {order}，{event.get_target_display()}"
    body += "" if order.service_area else "，没有对应的供电单位，请派发"
    notify(managers_of(order), kind=Kind.STEP, title=title, body=body, url=desk_url(order))


def _tell_customer(event, kind, *, verdict=""):
    """The words of an opinion name its verdict first: the customer reads at once whether something is to be mended."""
    order, ending = event.order, ""
    title = f"{event.label}：{Verdict(verdict).label}" if verdict else event.label
    if mend_by := event.data.get("mend_by"):
        ending = f"，请于 {mend_by} 前整改"
    body = f"工单 {order}，{event.get_target_display()}{ending}" + (f"。{event.note}" if event.note else "")
    sms = f"【办电E助手】您的工单 {order} 有新进展：{title}{ending}，请登录办电E助手办理。"
    url = order.get_absolute_url()
    sms = sms if kind in Kind.actions else ""
    notify([order.customer], kind=kind, title=title, body=body, url=url, sms=sms)


def managers_of(order) -> list[User]:
    """Return the order's manager; before its acceptance all of its area; where there is none, the supervisors."""
    if order.manager:
        return [order.manager]
    managers = order.service_area.managers.filter(is_active=True) if order.service_area else []
    return list(managers) or supervisors()


def supervisors() -> list[User]:
    return list(User.objects.filter(role=Role.SUPERVISOR, is_active=True))


def desk_url(order) -> str:
    """Return the path of the order's page at the desk."""
    return reverse("admin:workorders_workorder_change", args=[order.pk])
