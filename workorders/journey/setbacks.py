"""Why an order waits for the customer once more: the opinion that failed, the reason for which something came back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from workorders.enums import State
from workorders.models import STEPS, Event, Paper, WorkOrder

# The opinion whose failed round leads back to a state, and the step of the manager's that does.
_OPINIONS = {
    step.targets[0]: step.opens.opinion for step in STEPS.values() if step.opens is not None and step.opens.opinion
}
_BACK = {State.RETURNED: "return_for_correction", State.CONTRACT_OPEN: "reject_contract_scan"}


@dataclass(frozen=True)
class Setback:
    """What came back, when and why; until when to mend it, and the paper that says so, where there are such."""

    title: str
    at: datetime
    reason: str
    mend_by: date | None = None
    paper: Paper | None = None


def attach(orders: Iterable[WorkOrder]) -> None:
    """Give each order its `setback`, None where it goes its way, with two queries for all."""
    orders = list(orders)
    papers, lines = _failed(orders), _returned(orders)
    for order in orders:
        order.setback = papers.get(order.pk) or lines.get(order.pk)


def _failed(orders: Iterable[WorkOrder]) -> dict[UUID, Setback]:
    kinds = {order.pk: _OPINIONS[order.state] for order in orders if order.state in _OPINIONS}
    found: dict[UUID, Setback] = {}
    for paper in Paper.objects.filter(order__in=kinds, kind__in=set(kinds.values())).order_by("round"):
        if paper.kind == kinds[paper.order_id]:  # the state says that it failed, or the stage would not be open again
            reason = paper.remarks
            found[paper.order_id] = Setback(
                f"《{paper}》不合格", paper.issued_at, reason, mend_by=paper.mend_by, paper=paper
            )
    return found


def _returned(orders: Iterable[WorkOrder]) -> dict[UUID, Setback]:
    names = {order.pk: _BACK[order.state] for order in orders if order.state in _BACK}
    titles = {"return_for_correction": "申请被退回补正", "reject_contract_scan": "合同扫描件被退回"}
    lines = Event.objects.filter(order__in=names, name__in=set(names.values())).order_by("number")
    return {
        line.order_id: Setback(titles[line.name], line.at, line.note)
        for line in lines
        if line.name == names[line.order_id]
    }
