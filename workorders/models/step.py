"""How a step of the journey is declared: one row that says all that belongs to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from django_fsm import RETURN_VALUE, transition

from notifications.enums import Kind
from workorders import inputs
from workorders.enums import ContractMethod, PaperKind, Stage, State, Turn
from workorders.rights import Right, is_customer, is_manager

if TYPE_CHECKING:
    from workorders.models.order import WorkOrder

_Method = TypeVar("_Method", bound=Callable[..., str | None])


@dataclass(frozen=True, kw_only=True)
class Tells:
    """Whom a step tells, and as what: what needs action (notifications.enums.Kind) leaves the house by SMS too."""

    reader: Turn
    kind: Kind = Kind.STEP


MANAGERS_READ = Tells(reader=Turn.UTILITY)
CUSTOMER_READS = Tells(reader=Turn.CUSTOMER)
CUSTOMER_ACTS = Tells(reader=Turn.CUSTOMER, kind=Kind.TODO)
CUSTOMER_SIGNS = Tells(reader=Turn.CUSTOMER, kind=Kind.SIGN)
CUSTOMER_MENDS = Tells(reader=Turn.CUSTOMER, kind=Kind.CORRECTION)


@dataclass(frozen=True, kw_only=True)
class Step:
    """All that a step is: what the pages, the flow, the announcements and the tests know of it, they read here."""

    source: tuple[str, ...]
    # Of several, the one where all goes well comes first.
    targets: tuple[str, ...]
    by: Right
    label: str
    tells: Tells
    # The facts that enter the trace, of those that were given and those that came of it (workorders.facts).
    keeps: tuple[str, ...] = ()
    # Where it is taken: the manager's form (workorders.forms.manager_forms), or the customer's page by its URL name.
    form: str = ""
    page: str = ""
    # The paper it issues or signs, the stage whose papers it hands in or opens.
    issues: PaperKind | None = None
    signs: PaperKind | None = None
    hands_in: Stage | None = None
    opens: Stage | None = None
    # A way off the road, never the thing to do next.
    is_aside: bool = False
    # Whether the customer has to have passed the real-name check.
    needs_real_name: bool = True
    # From the method: its name, and the type of what it is given.
    name: str = ""
    given: type = inputs.Nothing


def customer_step(
    source: str | Sequence[str],
    target: State | Sequence[State],
    label: str,
    *,
    page: str,
    tells: Tells = MANAGERS_READ,
    **facts: Any,
) -> Callable[[_Method], _Method]:
    """Declare a method as a step that the customer takes on a page; see `Step` for the facts."""
    return _step(source, target, by=is_customer, label=label, page=page, tells=tells, **facts)


def manager_step(
    source: str | Sequence[str],
    target: State | Sequence[State],
    label: str,
    *,
    form: str,
    tells: Tells = CUSTOMER_READS,
    **facts: Any,
) -> Callable[[_Method], _Method]:
    """Declare a method as a step that a manager of the order's service area takes by a form."""
    return _step(source, target, by=is_manager, label=label, form=form, tells=tells, **facts)


def _step(
    source: str | Sequence[str],
    target: State | Sequence[State],
    *,
    by: Right,
    condition: Callable[["WorkOrder"], bool] | None = None,
    **facts: Any,
) -> Callable[[_Method], _Method]:
    """Return the decorator; `target` is a state, or those of which the method returns one."""
    sources = (source,) if isinstance(source, str) else tuple(source)
    targets = (target,) if isinstance(target, State) else tuple(target)
    row = Step(source=sources, targets=targets, by=by, **facts)
    conditions = [leads_to(row.opens)] if row.opens else []
    conditions += [condition] if condition else []

    def declare(method: _Method) -> _Method:
        named = replace(row, name=method.__name__, given=get_type_hints(method)["given"])
        return transition(
            field="state",
            source=list(sources),
            target=targets[0] if len(targets) == 1 else RETURN_VALUE(*targets),
            conditions=conditions,  # type: ignore[arg-type]  # they are asked about orders only
            permission=by,  # type: ignore[arg-type]  # likewise, and of people who are logged in
            custom={"step": named},
        )(method)

    return declare


def leads_to(stage: Stage) -> Callable[["WorkOrder"], bool]:
    """Return the condition that a stage is the next one the order needs."""

    def next_stage_fits(order: "WorkOrder") -> bool:
        return order.next_stage == stage

    return next_stage_fits


def contract_was_scanned(order: "WorkOrder") -> bool:
    return order.contract_method == ContractMethod.SCAN
