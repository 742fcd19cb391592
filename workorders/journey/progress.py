"""The journey as people see it: stages in the guide's words, who did what when, and whose turn it is."""

from dataclasses import dataclass, field

from workorders.enums import KINDS_BY_STAGE, Stage, State, Turn
from workorders.journey.flow import STEPS
from workorders.limits import deadlines
from workorders.models import WorkOrder
from workorders.rights import is_customer


@dataclass
class Chapter:
    """One stage of the progress page; `status` is finish, process, wait or error."""

    key: str
    name: str
    help: str
    status: str = "wait"
    events: list = field(default_factory=list)

    @property
    def last(self):
        """What was done last; that somebody looked counts only where nothing was done."""
        done = [event for event in self.events if not event.is_reading] or self.events
        return done[-1] if done else None


_CHAPTERS = (
    ("application", "提交申请", "填写企业新装资料并提交；必需资料齐全即可受理，其余可容缺后补。"),
    ("acceptance", "客户经理接单", "客户经理确认申请，受理后生成正式工单。"),
    ("survey", "预约勘察", "填写意向勘察时间，客户经理派工并按时上门。"),
    ("plan", "答复供电方案", "现场勘察后答复供电方案，您在线预览、下载并签字确认；有异议可在一个月内提出。"),
    ("design", "设计文件送审", "提交受电工程设计文件，审核意见单由您签字确认。"),
    ("mid", "中间检查", "隐蔽工程覆盖前申请检查，意见单由您签字确认。"),
    ("completion", "竣工报验", "提交竣工资料并签名，检验意见单由您签字确认。"),
    ("contract", "合同签订", "签订《高压供用电合同》，可在线签字，也可打印盖章后上传。"),
    ("energised", "送电归档", "装表接电，资料归档，可在服务记录中查询。"),
)
_CHAPTER_BY_STATE = {
    State.DRAFT: "application",
    State.RETURNED: "application",
    State.SUBMITTED: "acceptance",
    State.ACCEPTED: "survey",
    State.SURVEY_BOOKED: "survey",
    State.SURVEYING: "plan",
    State.PLAN_ISSUED: "plan",
    State.DESIGN_OPEN: "design",
    State.DESIGN_SUBMITTED: "design",
    State.DESIGN_OPINION_ISSUED: "design",
    State.MID_OPEN: "mid",
    State.MID_SUBMITTED: "mid",
    State.MID_NOTICE_ISSUED: "mid",
    State.COMPLETION_OPEN: "completion",
    State.COMPLETION_SUBMITTED: "completion",
    State.COMPLETION_OPINION_ISSUED: "completion",
    State.COMPLETION_OPINION_SIGNED: "contract",
    State.CONTRACT_OPEN: "contract",
    State.CONTRACT_SIGNED: "energised",
    State.ARCHIVED: "energised",
}
_CHAPTER_BY_STAGE = {Stage.DESIGN: "design", Stage.MID: "mid", Stage.COMPLETION: "completion"}
# Ways off the road, never the thing to do next.
_ASIDE = {"withdraw", "object_to_supply_plan", "change_survey_time"}
_MAIN_STEPS = {
    step.source: step
    for step in WorkOrder._meta.get_field("state").get_all_transitions(WorkOrder)
    if step.permission is is_customer and step.name not in _ASIDE
}


def customer_step(order):
    """Return the transition that waits for the customer in this state, or None."""
    return _MAIN_STEPS.get(order.state)


@dataclass(frozen=True)
class Ahead:
    """What comes after the step that is waited for now: the state's words, whose turn, days where limited."""

    label: str
    turn: Turn
    days: int | None
    ready: tuple[str, ...]


def ahead(order):
    """Return what comes next, provided that all goes well, and what to have ready for it; None at the end."""
    if not order.is_open:
        return None
    steps = sort_steps(order, order.get_available_state_transitions())
    state = State(_FIXED[steps[0].name])
    kinds = KINDS_BY_STAGE.get(_STAGE_BY_STATE.get(state), ())
    days = deadlines.limit(order, state)
    return Ahead(state.label, state.turn, days, tuple(kind.label for kind in kinds if kind.is_required))


_STAGE_BY_STATE = {
    State.DESIGN_OPEN: Stage.DESIGN,
    State.MID_OPEN: Stage.MID,
    State.COMPLETION_OPEN: Stage.COMPLETION,
}


def sort_steps(order, steps):
    """Return steps with the way forward first, then ways back, then the end."""
    states = list(State)

    def rank(step):
        # A step that may end in two states leads on in the first.
        target = _FIXED[step.name]
        return target == State.TERMINATED, states.index(target) < states.index(order.state), states.index(target)

    return sorted(steps, key=rank)


_FIXED = {
    name: step.target if isinstance(step.target, str) else step.target.allowed_states[0] for name, step in STEPS.items()
}


def chapters(order, events):
    """Return the chapters of an order with their events; stages that the supply plan waived are left out."""
    found = {key: Chapter(key, name, text) for key, name, text in _CHAPTERS if not _is_waived(order, key)}
    current = _current(order, events)
    for event in events:
        found[_chapter_of(event) or current].events.append(event)
    keys = list(found)
    for chapter in found.values():
        if keys.index(chapter.key) < keys.index(current) or order.state == State.ARCHIVED:
            chapter.status = "finish"
    if order.state != State.ARCHIVED:
        found[current].status = "error" if order.state == State.TERMINATED else "process"
    return list(found.values())


def _current(order, events):
    """Return the chapter the order stands in; a closed one stands where it was ended."""
    ending = next((event for event in reversed(events) if not event.is_reading), None)
    state = ending.source if order.state == State.TERMINATED and ending else order.state
    return _CHAPTER_BY_STATE.get(state) or _CHAPTER_BY_STAGE.get(order.next_stage) or _next_unsigned(order, state)


def _next_unsigned(order, state):
    """The chapter after the paper that was signed last, for an order that was ended right there."""
    signed = {State.PLAN_SIGNED: "plan", State.DESIGN_OPINION_SIGNED: "design", State.MID_NOTICE_SIGNED: "mid"}
    return signed[state]


def _chapter_of(event):
    if event.target in (State.DESIGN_OPEN, State.MID_OPEN, State.COMPLETION_OPEN):
        return _CHAPTER_BY_STATE[event.target]
    return _CHAPTER_BY_STATE.get(event.source)


def _is_waived(order, key):
    """Whether a signed-off plan spares the customer this stage; before a plan the full road is shown."""
    return (key == "design" and not order.needs_design_review) or (key == "mid" and not order.needs_mid_inspection)
