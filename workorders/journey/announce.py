"""Tell the other side: a row in the inbox with the step, and an SMS where the customer has to act."""

from accounts.enums import Role
from accounts.models import User
from notifications.enums import Kind
from notifications.services import notify
from workorders.enums import State, Turn

# What the customer has to do in a state, where it is not just the next step.
_KINDS = {
    State.RETURNED: Kind.CORRECTION,
    State.PLAN_ISSUED: Kind.SIGN,
    State.DESIGN_OPINION_ISSUED: Kind.SIGN,
    State.MID_NOTICE_ISSUED: Kind.SIGN,
    State.COMPLETION_OPINION_ISSUED: Kind.SIGN,
    State.CONTRACT_OPEN: Kind.SIGN,
}


def event(event, *, urgent=None):
    """Announce a step inside its transaction; messages leave the house after the commit only.

    An urgent one reaches the customer by SMS too: by default where it is their turn.
    """
    order, state = event.order, State(event.target)
    if event.by_id == order.customer_id:
        readers = managers_of(order)
        title = f"{order.application.company}：{event.label}"
        body = f"工单 {order}，{state.label}" + ("" if order.service_area else "，没有对应的供电单位，请派发")
        notify(readers, kind=Kind.STEP, title=title, body=body, url=desk_url(order))
        return
    kind, sms = Kind.STEP, ""
    if state.turn == Turn.CUSTOMER if urgent is None else urgent:
        kind = _KINDS.get(state, Kind.TODO) if urgent is None else Kind.CORRECTION
        sms = f"【办电E助手】您的工单 {order} 有新进展：{event.label}，请登录办电E助手办理。"
    url = order.get_absolute_url()
    notify([order.customer], kind=kind, title=event.label, body=_body(event), url=url, sms=sms)


def managers_of(order):
    """Return the order's manager; before its acceptance all of its area; where there is none, the supervisors."""
    if order.manager:
        return [order.manager]
    managers = order.service_area.managers.filter(is_active=True) if order.service_area else []
    return list(managers) or supervisors()


def supervisors():
    return list(User.objects.filter(role=Role.SUPERVISOR, is_active=True))


def _body(event):
    return f"工单 {event.order}，{event.get_target_display()}" + (f"。{event.note}" if event.note else "")


def desk_url(order):
    """Return the path of the order's page at the desk."""
    return f"/admin/workorders/workorder/{order.pk}/change/"
