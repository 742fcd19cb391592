"""Services that write, called at once: what pages do to an order stands in `actions`, here is what else takes locks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.utils import timezone

from accounts.enums import CodePurpose, ConsentKind, IdentityProvider, IdentityStatus, Role
from accounts.identity import claims, id_photos
from accounts.login import codes
from accounts.models import RealName, User
from accounts.privacy import consents, personal_data
from accounts.services import save_enterprise
from bandian.db.crypto import blind_index
from bandian.db.locks import atomic
from bandian.tests.races import orders
from chat.messaging import posting
from chat.rooms import membership
from notifications.enums import Kind
from notifications.outbox import delivering
from notifications.services import mark_all_read, notify
from signing import drafts
from signing.enums import SealKind, SealState
from signing.evidence import report
from signing.models import Seal
from signing.seals import lifecycle
from signing.tests import making
from workorders.complaints import feedback_box, follow_ups, overdue
from workorders.demo import driver, people, samples
from workorders.desk import dispatch, reminders
from workorders.enums import Stage, State
from workorders.journey import flow
from workorders.limits import deadlines
from workorders.models import Attachment, Feedback, FollowUp, WorkOrder
from workorders.requests import draft_quota, supplements, uploads
from workorders.trace import access_log, anchors

ALL = tuple(state for state in State if state not in (State.RETURNED, State.TERMINATED))
OPEN = tuple(state for state in ALL if state in State.open_states)
ISSUED = ALL[ALL.index(State.PLAN_ISSUED) :]
FILING = (State.DESIGN_OPEN, State.MID_OPEN, State.COMPLETION_OPEN)
TALKING = tuple(state for state in ALL[ALL.index(State.SURVEYING) :] if state != State.ARCHIVED)


@dataclass(frozen=True)
class Service:
    """A service and how it is called on an order in one of the states: `call(order, cast)` returns the call."""

    name: str
    states: tuple
    call: Callable

    def __str__(self):
        return self.name

    def job(self, order, cast):
        """Return the call, with what it needs made before."""
        return self.call(WorkOrder.objects.get(pk=order.pk), cast)


def _step(order, cast):
    """Take the step of the main road that is due."""
    by = cast.customer if order.state in State.customer_states else cast.manager
    step = next(step for step in flow.steps_for(order, by) if step.name in driver.ROAD)
    if order.state in FILING:  # what was filed already is handed in by `prepare` once more
        Attachment.objects.filter(submission__order=order, submission__submitted_at=None).delete()
        order.submissions.filter(submitted_at=None).delete()
    if order.state == State.CONTRACT_SIGNED:
        orders.countersign(order, cast)
    given = driver.prepare(order, step, manager=cast.manager)
    return lambda: flow.advance(order, step.name, given, by=by)


def _answer(order, cast):
    waiting = _complaint(order, cast)
    return lambda: feedback_box.answer(waiting, text="演示答复", by=cast.supervisor)


def _say_on_answer(service):
    """Return how the customer says a word on an answer, or the house on it."""

    def call(order, cast):
        answered = feedback_box.answer(_complaint(order, cast), text="演示答复", by=cast.supervisor)
        return lambda: service(answered, text="演示", by=cast.customer)

    return call


def _escalate(order, cast):
    User.objects.get_or_create(phone="19900000077", defaults={"name": "演示主管乙", "role": Role.SUPERVISOR})
    return _say_on_answer(feedback_box.escalate)(order, cast)


def _name_accused(order, cast):
    waiting = _complaint(order, cast)
    return lambda: feedback_box.name_accused(waiting, person=cast.colleague, by=cast.supervisor)


def _remind_of_answers(order, cast):
    Feedback.objects.filter(pk=_complaint(order, cast).pk).update(due_on=timezone.localdate() - timedelta(days=1))
    return overdue.send


def _call(order, cast):
    follow_up, _ = FollowUp.objects.get_or_create(order=order, defaults={"due_on": timezone.localdate()})
    said = {"contact_name": "演示", "contact_phone": cast.customer.phone, "outcome": "reached", "was_designated": True}
    return lambda: follow_ups.call(
        follow_up, seen=follow_up.calls.count(), by=cast.supervisor, designated="演示", speed="good", **said
    )


def _complaint(order, cast):
    Feedback.objects.filter(by=cast.customer).update(created_at=timezone.now() - timedelta(days=2))
    return feedback_box.give(kind="complaint", about="other", text="演示", order=order, by=cast.customer)


def _give(order, cast):
    Feedback.objects.filter(by=cast.customer).update(created_at=timezone.now() - timedelta(days=2))
    return lambda: feedback_box.give(kind="complaint", about="other", text="演示", order=order, by=cast.customer)


def _pending(cast):
    number = people.id_number(300)
    values = {
        "name": cast.newcomer.name, "id_number": number, "id_index": blind_index(number), "reason": "",
        "status": IdentityStatus.PENDING, "provider": IdentityProvider.REVIEW, "submitted_at": timezone.now(),
        "decided_at": None, "decided_by": None,
    }  # fmt: skip
    User.objects.filter(pk=cast.newcomer.pk).update(enterprise=cast.customer.enterprise)
    RealName.objects.update_or_create(user=cast.newcomer, defaults=values)
    return RealName.objects.select_related("user__enterprise").get(pk=cast.newcomer.pk)


def _claim(order, cast):
    _pending(cast)
    return lambda: claims.claim(cast.newcomer, name=cast.newcomer.name, id_number=people.id_number(301))


def _decide(order, cast):
    record = _pending(cast)
    id_photos.keep(cast.newcomer, b"photo")
    id_photos.show(record, by=cast.supervisor)  # nobody approves what they did not look at
    return lambda: claims.decide(record, by=cast.supervisor, seen=claims.shown(record))


def _enterprise(order, cast):
    type(cast.customer.enterprise).objects.filter(pk=cast.customer.enterprise_id).update(verified_at=None)
    record = _pending(cast)
    return lambda: claims.approve_enterprise(record, by=cast.supervisor, seen=claims.shown(record))


def _apply(order, cast):
    _seals(cast, SealKind.OFFICIAL).update(state=SealState.CANCELLED)
    return lambda: lifecycle.apply(cast.customer.enterprise, kind=SealKind.OFFICIAL, by=cast.customer)


def _seals(cast, kind):
    return Seal.objects.filter(enterprise=cast.customer.enterprise, kind=kind)


def _seal(cast, kind, state):
    _seals(cast, kind).update(state=SealState.CANCELLED)  # there is one of a kind
    return Seal.objects.create(
        enterprise=cast.customer.enterprise, kind=kind, origin="generated", text="演示法人",
        sha256="0" * 64, state=state, applied_by=cast.customer,
    )  # fmt: skip


def _decide_seal(order, cast):
    seal = _seal(cast, SealKind.LEGAL, SealState.PENDING)
    return lambda: lifecycle.decide(seal, by=cast.supervisor, seen=lifecycle.shown(seal), reason="演示")


def _cancel_seal(order, cast):
    seal = _seal(cast, SealKind.OFFICIAL, SealState.VALID)
    return lambda: lifecycle.cancel(seal, by=cast.customer, reason="演示")


def _upload(order, cast):
    stage = {State.DRAFT: "application"}.get(order.state) or order.state.removesuffix("_open")
    kind = next(each for each in Stage(stage).kinds if each.is_required)
    return lambda: uploads.attach(order, kind, samples.pdf(uuid4().hex[:6]), by=cast.customer)


def _new_draft(order, cast):
    WorkOrder.objects.filter(customer=cast.customer, state=State.DRAFT).exclude(pk=order.pk).update(
        state=State.TERMINATED
    )

    @atomic
    def begin():
        draft_quota.check_drafts(cast.customer)
        WorkOrder.objects.create(customer=cast.customer)

    return begin


def _say(order, cast):
    return lambda: posting.post(order.room, posting.Draft(uuid4(), body="演示"), by=cast.customer)


def _read_room(order, cast):
    member = order.room.memberships.get(user=cast.manager)
    return lambda: membership.mark_read(member, 1)


def _notify(order, cast):
    people_told = [cast.customer, cast.manager, cast.contact]
    return lambda: notify(people_told, kind=Kind.FEEDBACK, title="演示")


def _code(order, cast):
    purpose, address = CodePurpose.LOGIN, f"192.0.2.{uuid4().int % 250}"
    return lambda: codes.issue(cast.customer.phone, purpose, browser="A", address=address)


def _anchor(order, cast):
    day = timezone.localdate() - timedelta(days=order.pk.int % 30_000)
    return lambda: anchors.make(day)


SERVICES = [
    *(Service(f"flow.advance from {state}", (state,), _step) for state in ALL if state != State.ARCHIVED),
    Service("feedback_box.give", ALL, _give),
    Service("feedback_box.answer", ALL, _answer),
    Service("feedback_box.confirm", ALL, _say_on_answer(feedback_box.confirm)),
    Service("feedback_box.reopen", ALL, _say_on_answer(feedback_box.reopen)),
    Service("feedback_box.escalate", ALL, _escalate),
    Service("feedback_box.name_accused", ALL, _name_accused),
    Service("overdue.send", ALL, _remind_of_answers),
    Service("follow_ups.call", (State.ARCHIVED,), _call),
    Service("claims.claim", ALL, _claim),
    Service("claims.decide", ALL, _decide),
    Service("claims.approve_enterprise", ALL, _enterprise),
    Service("save_enterprise", ALL,
            lambda order, cast: lambda: save_enterprise(cast.customer.enterprise, by=cast.customer)),
    Service("consents.give", ALL, lambda order, cast: lambda: consents.give(cast.customer, ConsentKind.SENSITIVE)),
    Service("personal_data.close", ALL, lambda order, cast: lambda: personal_data.close(cast.customer)),
    Service("codes.issue", ALL, _code),
    Service("lifecycle.apply", ALL, _apply),
    Service("lifecycle.decide", ALL, _decide_seal),
    Service("lifecycle.cancel", ALL, _cancel_seal),
    Service("drafts.keep", ALL, lambda order, cast: lambda: drafts.keep(making.paper(), by=cast.manager)),
    Service("draft_quota.check_drafts", ALL, _new_draft),
    Service("uploads.attach", (State.DRAFT, State.DESIGN_OPEN), _upload),
    Service("supplements.ask", OPEN[2:], lambda order, cast: lambda: supplements.ask(
        order, kind="other", text="演示", due_on=timezone.localdate(), by=cast.manager)),
    Service("supplements.cancel", OPEN[2:], lambda order, cast: lambda: supplements.cancel(
        order.requests.get(state="open"), reason="演示", by=cast.manager)),
    Service("supplements.add_note", OPEN[2:], lambda order, cast: lambda: supplements.add_note(
        order, text="演示", by=cast.manager)),
    Service("dispatch.reassign", OPEN[2:], lambda order, cast: lambda: dispatch.reassign(
        [order], area=cast.area, manager=cast.colleague, by=cast.supervisor)),
    Service("reminders.send", ALL, lambda order, cast: reminders.send),
    Service("deadlines.recompute", ALL, lambda order, cast: deadlines.recompute),
    Service("access_log.record_read", ISSUED, lambda order, cast: lambda: access_log.record_read(
        order, order.paper("supply_plan").document, by=cast.manager)),
    Service("report.of", ISSUED, lambda order, cast: lambda: report.of(order.paper("supply_plan").document)),
    Service("posting.post", TALKING, _say),
    Service("membership.mark_read", TALKING, _read_room),
    Service("notifications.notify", ALL, _notify),
    Service("notifications.mark_all_read", ALL, lambda order, cast: lambda: mark_all_read(cast.customer)),
    Service("delivering.send_due", ALL, lambda order, cast: delivering.send_due),
    Service("anchors.make", ALL, _anchor),
]  # fmt: skip
