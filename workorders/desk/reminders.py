"""What nobody should forget: limits and promises near and past, a survey tomorrow, a plan that ends, an unseen scan.

`send` may run at any time and any number of times, also twice at once: a row of Reminder per cause is written with
the message in one transaction, and it is unique. After a stop it sends what is still true, the most urgent only.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format

from bandian.db.locks import atomic
from notifications.enums import Kind
from notifications.services import notify
from workorders.complaints import overdue
from workorders.enums import ContractMethod, State, Turn
from workorders.journey import announce, flow
from workorders.limits import deadlines, promise
from workorders.limits.calendar import Calendar
from workorders.locks import lock_order
from workorders.models import Reminder, WorkOrder
from workorders.models.order import WorkOrderQuerySet
from workorders.requests import plan_term

NEAR = 1  # working days left from which a limit counts as near
SCAN_DAYS = 1  # working days within which a contract scan is looked at


@dataclass(frozen=True)
class Due:
    """A reminder that is due; `key` tells its cause from every other of the same kind and order.

    With `sms`, what a text message says of it, it goes to the customer too.
    """

    order: WorkOrder
    kind: str
    key: str
    title: str
    body: str
    sms: str = ""
    to_supervisors: bool = False


def send() -> int:
    """Send every reminder that is due and was not sent yet; return how many that were."""
    calendar, today = Calendar.current(), timezone.localdate()
    found = [*_limits(calendar, today), *_promises(calendar, today), *_surveys(today), *_plans(today)]
    found += _scans(calendar, today)
    return sum(_send_once(due) for due in found) + overdue.send()


@atomic
def _send_once(due: Due) -> bool:
    if flow.is_stale(lock_order(due.order), due.order.event_count):  # the next run sees what has become of it
        return False
    _, is_new = Reminder.objects.get_or_create(order=due.order, kind=due.kind, key=due.key)
    if not is_new:
        return False
    order = due.order
    readers = announce.managers_of(order)
    if due.to_supervisors:
        readers = [*readers, *announce.supervisors()]
    notify(readers, kind=Kind.DEADLINE, title=due.title, body=due.body, url=order.get_desk_url())
    if due.sms:
        url, sms = order.get_absolute_url(), f"【办电E助手】{due.sms}"
        notify([order.customer], kind=Kind.DEADLINE, title=due.title, body=due.body, url=url, sms=sms)
    return True


def _orders() -> WorkOrderQuerySet:
    return WorkOrder.objects.open().select_related("application", "manager", "service_area", "customer")


def _limits(calendar: Calendar, today: date) -> Iterator[Due]:
    last, _ = calendar.add(today, NEAR)
    for order in _orders().awaiting(Turn.UTILITY).filter(due_on__lte=last):
        left = deadlines.remaining(order, today, calendar)
        kind, title = ("overdue", "工单已超期") if left.is_late else ("near", "工单即将到期")
        body = f"{order} {order.application.company}，{order.standing}：{left.text}"
        key = f"{order.entered_at.isoformat(timespec='seconds')} {order.due_on}"
        yield Due(order, kind, key, title, body, to_supervisors=left.is_late)


def _promises(calendar: Calendar, today: date) -> Iterator[Due]:
    """A promise that is near its end is said once in each turn; one that is past, once: it stays so to the end."""
    orders = _orders().filter(promise_on__lte=promise.last_day_near(today, calendar)).prefetch_related("requests")
    for order in orders:
        if (total := promise.total(order, today, calendar)) is None:  # a draft, which runs nowhere
            continue
        body = f"{order} {order.application.company}，{order.standing}：{total.text}，{total.left_text}"
        if total.is_late:
            key = f"{total.promised}"
            yield Due(order, "promise_past", key, "总时限已超出承诺", body, to_supervisors=True)
        else:
            key = order.entered_at.isoformat(timespec="seconds")
            yield Due(order, "promise_near", key, "总时限即将用完", body)


def _surveys(today: date) -> Iterator[Due]:
    """Visits from now until the end of tomorrow, so that a late run still reminds."""
    end = timezone.make_aware(datetime.combine(today + timedelta(days=2), time.min))
    coming = _orders().filter(state=State.SURVEYING, survey_at__gt=timezone.now(), survey_at__lt=end)
    for order in coming:
        at = timezone.localtime(order.survey_at)
        day = "今天" if at.date() == today else "明天"
        body = f"{order} {order.application.company}，{day} {at:%H:%M} 现场勘察，勘察人员 {order.surveyor}"
        sms = f"您的工单 {order} {day} {at:%H:%M} 现场勘察，请安排人员到场。勘察人员见办电E助手。"
        yield Due(order, "survey", order.survey_at.isoformat(), "现场勘察提醒", body, sms=sms)


def _plans(today: date) -> Iterator[Due]:
    for order in plan_term.expiring(_orders(), within=max(plan_term.REMIND_AHEAD)):
        if (ends := order.plan_expires_on) is None:  # `expiring` has none of these
            continue
        days = (ends - today).days
        until = f"{order} 的供电方案有效期至{date_format(ends, 'Y年n月j日')}"
        if days < 0:
            kind, title, body = "plan_lapsed", "供电方案已过有效期", f"{until}，尚未通过竣工检验，请尽快联系处理"
        else:
            step = min(ahead for ahead in plan_term.REMIND_AHEAD if days <= ahead)
            kind, title = f"plan_{step}", "供电方案即将到期"
            last = ends - timedelta(days=plan_term.ASK_AHEAD)
            how = f"请在{date_format(last, 'n月j日')}前申请" if days >= plan_term.ASK_AHEAD else "请直接联系客户经理"
            body = f"{until}，还有 {days} 天；需要延期{how}"
        yield Due(order, kind, str(ends), title, body, sms=f"{title}：{body}。")


def _scans(calendar: Calendar, today: date) -> Iterator[Due]:
    for order in _orders().filter(state=State.CONTRACT_SIGNED, contract_method=ContractMethod.SCAN):
        handed_in = timezone.localdate(order.entered_at)
        if calendar.between(handed_in, today) > SCAN_DAYS:
            body = f"{order} {order.application.company} 的合同扫描件已提交超过 {SCAN_DAYS} 个工作日，请审核"
            yield Due(order, "scan", order.entered_at.isoformat(timespec="seconds"), "合同扫描件待审核", body)
