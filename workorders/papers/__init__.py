"""The papers the system makes, as PDFs ready to be frozen and signed.

Each ends in a place for the customer to sign, whose words (客户签字, 客户签收, 用电人, 申请人签字) stand last in the
document: signing finds it by them. Imports trace, for the paper of the trace, and signing.marks.
"""

from collections.abc import Mapping
from typing import Any

from workorders.enums import PaperKind
from workorders.models import Submission, WorkOrder
from workorders.papers import completion_request, opinions, supply_contract, supply_plan


def make(kind: str, order: WorkOrder, data: Mapping[str, Any]) -> bytes:
    """Return the PDF of a paper that the utility issues; `data` is what the manager's form gathered, and `by`.

    The order is an accepted one; opinions and the contract also need its plan.
    """
    match PaperKind(kind):
        case PaperKind.SUPPLY_PLAN:
            return supply_plan.make(order, data)
        case PaperKind.CONTRACT:
            return supply_contract.make(order, data)
        case opinion:
            return opinions.make(opinion, order, data)


def completion_basis(order: WorkOrder, submission: Submission) -> str:
    """Return the hash over all that the request of `make_completion_request` names."""
    return completion_request.basis(order, submission)


def make_completion_request(order: WorkOrder, submission: Submission) -> bytes:
    """Return the PDF of the request that the customer signs to hand in a round of completion papers."""
    return completion_request.make(order, submission)
