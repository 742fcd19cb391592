"""What happened to the demo's enterprises in the past eight weeks, played in the order of time.

Each act is taken by the service that people use, with the clock of this process set to when it happened: so times,
limits, numbers of the day, the trace's chain, certificates and signatures agree with each other.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import heapify, heappop, heappush
from random import Random
from typing import Any

import time_machine
from django.utils import timezone

from accounts.models import User
from notifications.services import mark_all_read
from workorders import hooks
from workorders.complaints import feedback_box, ratings
from workorders.demo import cast, driver
from workorders.demo.cast import Company
from workorders.enums import ContractMethod, Sealing, State
from workorders.figures import counting
from workorders.inputs import Reason
from workorders.journey import flow
from workorders.limits.calendar import Calendar
from workorders.models import WorkOrder

WEEKS = 8
OPENS = time(8, 30)
# Working days that an order stays in a state, on the main road and within the limits.
STAYS: dict[str, int] = {
    State.DRAFT: 0,
    State.SUBMITTED: 1,
    State.ACCEPTED: 0,
    State.SURVEY_BOOKED: 1,
    State.SURVEYING: 4,
    State.PLAN_ISSUED: 1,
    State.PLAN_SIGNED: 0,
    State.DESIGN_OPEN: 3,
    State.DESIGN_SUBMITTED: 3,
    State.DESIGN_OPINION_ISSUED: 1,
    State.DESIGN_OPINION_SIGNED: 0,
    State.MID_OPEN: 4,
    State.MID_SUBMITTED: 2,
    State.MID_NOTICE_ISSUED: 1,
    State.MID_NOTICE_SIGNED: 0,
    State.COMPLETION_OPEN: 4,
    State.COMPLETION_SUBMITTED: 2,
    State.COMPLETION_OPINION_ISSUED: 1,
    State.COMPLETION_OPINION_SIGNED: 0,
    State.CONTRACT_OPEN: 1,
    State.CONTRACT_SIGNED: 1,
}
_DESIGN = [state for state in STAYS if state.startswith("design_")]
_MID = [state for state in STAYS if state.startswith("mid_")]
# States beside the main road: where an order leaves it, by which step, and why.
_LEAVES = {
    State.RETURNED: (State.SUBMITTED, "return_for_correction", "营业执照照片不清楚，请重新拍摄上传。"),
    State.TERMINATED: (State.SURVEYING, "terminate", "客户调整投资计划，书面申请终止。"),
}


@dataclass(frozen=True)
class Project:
    """What an enterprise wants power for (capacity in kVA), and for how many working days the order has stood where."""

    company: Company
    place: str
    capacity: int
    state: State
    days: int
    short: bool = False
    design_fails: bool = False
    contract: ContractMethod = ContractMethod.SIGNATURE
    region: str = driver.REGION
    manager: str = "manager"

    @property
    def road_end(self) -> str:
        """The last state on the main road."""
        return _LEAVES[self.state][0] if self.state in _LEAVES else self.state

    @property
    def began(self) -> int:
        """How many working days ago it was filed."""
        states: list[str] = list(STAYS)
        passed = states[: states.index(self.road_end)] if self.road_end in STAYS else states
        passed = [state for state in passed if not (self.short and state in (*_DESIGN, *_MID))]
        passed += [self.road_end] if self.state in _LEAVES else []
        passed += _DESIGN if self.design_fails else []
        return self.days + sum(STAYS[state] for state in passed)


# A limit that began yesterday and is one day long runs out today; two have run out.
PROJECTS = (
    Project(cast.MACHINES, "一号厂房", 800, State.ARCHIVED, 2, contract=ContractMethod.SEAL),
    Project(cast.MACHINES, "二号厂房", 1250, State.MID_OPEN, 4),
    Project(cast.MACHINES, "研发楼", 1000, State.PLAN_ISSUED, 1),
    Project(cast.MACHINES, "员工充电站", 630, State.SURVEYING, 8),
    Project(cast.COLD_STORES, "一号冷库", 2000, State.COMPLETION_OPEN, 6),
    Project(cast.COLD_STORES, "二号冷库", 1600, State.DESIGN_OPEN, 5),
    Project(cast.COLD_STORES, "分拣中心", 800, State.SUBMITTED, 0),
    Project(cast.MATERIALS, "中试车间", 1000, State.COMPLETION_OPINION_ISSUED, 1),
    Project(cast.MATERIALS, "扩产一线", 2500, State.DESIGN_SUBMITTED, 6),
    Project(cast.MATERIALS, "仓储楼", 500, State.SURVEY_BOOKED, 2),
    Project(cast.FOODS, "烘焙车间", 1000, State.CONTRACT_OPEN, 2),
    Project(cast.FOODS, "速冻车间", 1600, State.DESIGN_OPINION_ISSUED, 1),
    Project(cast.FOODS, "配送站", 400, State.ACCEPTED, 1),
    Project(cast.TEXTILES, "织造车间", 2000, State.COMPLETION_SUBMITTED, 0),
    Project(cast.TEXTILES, "印花车间", 1250, State.PLAN_SIGNED, 0),
    Project(cast.TEXTILES, "宿舍楼", 400, State.RETURNED, 2),
    Project(cast.DATA, "一号机房楼", 2500, State.MID_SUBMITTED, 1),
    Project(cast.DATA, "二号机房楼", 2500, State.DESIGN_OPINION_SIGNED, 0, design_fails=True),
    Project(cast.DATA, "展示中心", 315, State.TERMINATED, 12),
    Project(cast.PACKAGING, "印刷车间", 1000, State.COMPLETION_OPINION_SIGNED, 0),
    Project(cast.PACKAGING, "瓦楞纸车间", 1600, State.MID_NOTICE_SIGNED, 0),
    Project(cast.PACKAGING, "立体仓库", 630, State.MID_NOTICE_ISSUED, 0),
    Project(cast.WORKSHOP, "主车间", 400, State.CONTRACT_SIGNED, 1, short=True, contract=ContractMethod.SCAN),
    Project(cast.WORKSHOP, "新车间", 500, State.DRAFT, 0),
    Project(cast.WORKSHOP, "城东分厂", 315, State.SURVEYING, 2, region="330105", manager="other"),
)


def working_days() -> list[date]:
    """Return the working days of the past weeks, yesterday's or the one before it first; today is not among them."""
    calendar, today = Calendar.current(), timezone.localdate()
    days = [today - timedelta(days=number) for number in range(1, 7 * WEEKS + 1)]
    return [day for day in days if calendar.is_working(day)[0]]


def tell(progress: Callable[[datetime], None]) -> None:
    """Fill the database; `progress` hears of the time to which the story has come."""
    days = working_days()
    with time_machine.travel(_moment(days[-1])):
        people = cast.appear()
    _play([_live(project, people, Diary(days, project)) for project in PROJECTS], progress)
    _complain(days, people)
    with time_machine.travel(_moment(days[0], minutes=390)) as clock:
        hooks.demo(_talked_about(), people["contact"], lambda minutes: clock.shift(timedelta(minutes=minutes)))
    counting.publish()


def _complain(days: list[date], people: dict[Any, User]) -> None:
    """Let one complaint wait for the customer's word on the answer, and one for the answer; and one question end."""
    customer, order = people[cast.MACHINES], WorkOrder.objects.get(application__address__endswith="员工充电站")
    with time_machine.travel(_moment(days[3], minutes=95)):
        text = "现场勘察已经过去一周，一直没有收到供电方案，打电话也没有说清楚还要几天。"
        late = feedback_box.give(kind="complaint", about="overdue", text=text, order=order, by=customer)
    with time_machine.travel(_moment(days[2], minutes=140)):
        text = "分拣中心和一号冷库能不能共用一路电源？"
        question = feedback_box.give(kind="question", text=text, order=None, by=people[cast.COLD_STORES])
    with time_machine.travel(_moment(days[1], minutes=30)):
        text = "经核实，供电方案因电网接入点变更多用了几天，仍在承诺的时限内，预计本周答复。给您带来不便，深表歉意。"
        feedback_box.answer(late, text=text, by=people["supervisor"])
        text = "两处分属不同用电地址，不能共用；可以就近申请双电源，客户经理会联系您。"
        feedback_box.answer(question, text=text, by=people["supervisor"])
    with time_machine.travel(_moment(days[1], minutes=260)):
        text = "施工前有人暗示只能找某家施工队，否则验收会很慢。请核实。"
        feedback_box.give(
            kind="complaint", about="designated", text=text, order=None, by=people[cast.TEXTILES], is_anonymous=True
        )


class Diary:
    """When what happens to one order does: on working days, from half past eight to half past five."""

    def __init__(self, days: list[date], project: Project) -> None:
        self._days, self._ago = days, project.began
        self._draw = Random(f"{project.company.name}{project.place}")
        self._minutes = self._draw.randint(5, 380)

    def after(self, days: int) -> datetime:
        """Return the time of the next act, so many working days after the last one."""
        self._ago -= days
        self._minutes = self._draw.randint(5, 380) if days else self._minutes + self._draw.randint(15, 50)
        return _moment(self._days[self._ago], minutes=self._minutes, seconds=self._draw.randint(0, 59))


def _moment(day: date, **after: float) -> datetime:
    """Return the time so many minutes and seconds after the offices have opened."""
    return timezone.make_aware(datetime.combine(day, OPENS) + timedelta(**after))


def _play(lives: Iterable[Iterator[datetime]], progress: Callable[[datetime], None]) -> None:
    """Let each of the lives go on when its next time has come, the earliest first."""
    waiting = [(next(life), number, life) for number, life in enumerate(lives)]
    heapify(waiting)
    while waiting:
        at, number, life = heappop(waiting)
        progress(at)
        with time_machine.travel(at):
            following = next(life, None)
        if following:
            heappush(waiting, (following, number, life))


def _live(project: Project, people: dict[Any, User], diary: Diary) -> Iterator[datetime]:
    """Take a project from the draft to where it stands; yield the time of each act before it."""
    company, customer, manager = project.company, people[project.company], people[project.manager]
    yield diary.after(0)
    draft = driver.start(
        customer,
        company=company.name,
        credit_code=company.credit_code,
        industry=company.industry,
        region=project.region,
        address=f"{company.address}{project.place}",
        capacity=project.capacity,
        legal_name=company.representative,
    )
    failed = {"issue_design_opinion"} if project.design_fails else ()
    choices = {"short": project.short, "contract": project.contract, "sealing": Sealing.NOW}
    for order in driver.walk(draft, project.road_end, manager=manager, failed=failed, **choices):
        yield diary.after(STAYS[order.state])
        # Who acts has looked at the inbox before.
        mark_all_read(customer if order.state in State.customer_states else manager)
    if project.state in _LEAVES:
        state, step, reason = _LEAVES[project.state]
        yield diary.after(STAYS[state])
        flow.advance(draft, step, Reason(reason=reason), by=manager)
    if project.state == State.ARCHIVED:
        yield diary.after(0)
        mark_all_read(customer)
        ratings.rate(draft, stars=5, text="从申请到送电一个多月，进度随时能看到，很省心。", by=customer)


def _talked_about() -> list[WorkOrder]:
    """Return the orders, first those that are talked about: the works, the completion, a late answer."""
    first = [State.MID_OPEN, State.COMPLETION_OPEN, State.DESIGN_SUBMITTED]
    orders = WorkOrder.objects.exclude(manager=None).order_by("pk")
    return sorted(orders, key=lambda order: first.index(order.state) if order.state in first else len(first))
