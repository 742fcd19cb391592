"""The journey as people see it: stages in the guide's words, who did what when, and whose turn it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from workorders.enums import Chapter, State, Turn
from workorders.limits import deadlines
from workorders.models import STEPS, Event, WorkOrder
from workorders.models.step import Step
from workorders.rights import is_customer


@dataclass
class ChapterProgress:
    """One chapter on the progress page; `status` is finish, process, wait or error."""

    chapter: Chapter
    status: str = "wait"
    events: list[Event] = field(default_factory=list)

    @property
    def last(self) -> Event | None:
        """What was done last; that somebody looked counts only where nothing was done."""
        done = [event for event in self.events if not event.is_reading] or self.events
        return done[-1] if done else None


_MAIN_STEPS = {
    state: step for step in STEPS.values() if step.by is is_customer and not step.is_aside for state in step.source
}
# Between two chapters: the manager opens the next stage.
_BETWEEN = {state for step in STEPS.values() if step.opens for state in step.source}
_OPENED = {step.targets[0]: step.opens for step in STEPS.values() if step.opens}


def customer_step(order: WorkOrder) -> Step | None:
    """Return the transition that waits for the customer in this state, or None."""
    return _MAIN_STEPS.get(order.state)


@dataclass(frozen=True)
class Ahead:
    """What comes after the step that is waited for now: the state's words, whose turn, days where limited."""

    label: str
    turn: Turn
    days: int | None
    ready: tuple[str, ...]


def ahead(order: WorkOrder) -> Ahead | None:
    """Return what comes next, provided that all goes well, and what to have ready for it; None at the end."""
    if not order.is_open:
        return None
    steps = [each.custom["step"] for each in order.get_available_state_transitions()]
    # What leads aside, such as another time for the survey, comes after nothing.
    state = State(sort_steps(order, [step for step in steps if not step.is_aside])[0].targets[0])
    kinds = _OPENED[state].kinds if state in _OPENED else ()
    days = deadlines.limit(order, state)
    return Ahead(state.label, state.turn, days, tuple(kind.label for kind in kinds if kind.is_required))


def sort_steps(order: WorkOrder, steps: Iterable[Step]) -> list[Step]:
    """Return steps with the way forward first, then ways back, then the end."""
    states: list[str] = list(State)

    def rank(step: Step) -> tuple[bool, bool, bool, int]:
        # A step that may end in two states leads on in the first.
        target = step.targets[0]
        is_back = states.index(target) <= states.index(order.state)
        return target == State.TERMINATED, step.is_aside, is_back, states.index(target)

    return sorted(steps, key=rank)


def chapters(order: WorkOrder, events: Sequence[Event]) -> list[ChapterProgress]:
    """Return the chapters of an order with their events; stages that the supply plan waived are left out."""
    found = {chapter: ChapterProgress(chapter) for chapter in Chapter if not _is_waived(order, chapter)}
    current = _current(order, events)
    for event in events:
        found[_chapter_of(event) or current].events.append(event)
    keys = list(found)
    for each in found.values():
        if keys.index(each.chapter) < keys.index(current) or order.state == State.ARCHIVED:
            each.status = "finish"
    if order.state != State.ARCHIVED:
        found[current].status = "error" if order.state == State.TERMINATED else "process"
    return list(found.values())


def _current(order: WorkOrder, events: Sequence[Event]) -> Chapter:
    """Return the chapter the order stands in; a closed one stands where it was ended."""
    if order.state == State.TERMINATED:
        ending = next((event for event in reversed(events) if not event.is_reading), None)
        return (ending and State(ending.source).chapter) or Chapter.APPLICATION
    chapter = Chapter(order.next_stage) if order.next_stage else State(order.state).chapter
    return chapter or Chapter.APPLICATION


def _chapter_of(event: Event) -> Chapter | None:
    """Return the chapter a line belongs to; None between two chapters, where it belongs to the present one."""
    if event.target in _OPENED:
        return State(event.target).chapter
    return None if event.source in _BETWEEN else State(event.source).chapter


def _is_waived(order: WorkOrder, chapter: Chapter) -> bool:
    """Whether a signed-off plan spares the customer this stage; before a plan the full road is shown."""
    return (chapter == Chapter.DESIGN and not order.needs_design_review) or (
        chapter == Chapter.MID and not order.needs_mid_inspection
    )
