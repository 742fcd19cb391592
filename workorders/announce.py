"""Tell the other side: a row in the inbox with the step, and an SMS where the customer has to act."""

from functools import partial

from django.db import transaction

from notifications.services import notify
from notifications.tasks import send_sms
from workorders.enums import State, Turn


def event(event):
    """Announce a step inside its transaction; messages leave the house after the commit only."""
    order, state = event.order, State(event.target)
    if event.by_id == order.customer_id:
        readers = [order.manager] if order.manager else _area_managers(order)
        title = f"{order.application.company}：{event.label}"
        notify(readers, kind="step", title=title, body=f"工单 {order}，{state.label}", url=_desk_url(order))
        return
    notify([order.customer], kind="step", title=event.label, body=_body(event), url=order.get_absolute_url())
    if state.turn == Turn.CUSTOMER:
        text = f"【办电E助手】您的工单 {order} 有新进展：{event.label}，请登录办电E助手办理。"
        transaction.on_commit(partial(send_sms.delay, order.customer.phone, text), robust=True)


def _area_managers(order):
    return list(order.service_area.managers.filter(is_active=True)) if order.service_area else []


def _body(event):
    return f"工单 {event.order}，{event.get_target_display()}" + (f"。{event.note}" if event.note else "")


def _desk_url(order):
    return f"/admin/workorders/workorder/{order.pk}/change/"
