"""What is raced: one row for every page that writes what belongs to an order, and for every step of the manager."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from django.urls import reverse
from django.utils import timezone

from accounts.models import PhoneCode
from bandian.tests import matrix
from chat.rooms import links
from workorders.contract import confirming
from workorders.contract.confirming import document_of
from workorders.contract.tests.contracts import code_for, code_of_scan, propose
from workorders.demo import driver, samples
from workorders.enums import AttachmentKind, Sealing, Stage, State
from workorders.forms.paper_forms import SupplyPlanForm
from workorders.journey import submissions
from workorders.models import STEPS, Attachment, WorkOrder
from workorders.requests import plan_term, supplements
from workorders.rights import is_customer
from workorders.trace import record

WORDS = {"reason": "演示原因，请核对", "text": "演示内容"}


@dataclass(frozen=True)
class Action:
    """A POST by somebody to a page of an order in one of the states.

    `data` and `args` get (order, cast) and return what is posted and what else the address holds; `prepare` gets the
    same, before the race. `answer` is the status of a POST that nothing comes in the way of.
    """

    page: str
    by: str
    states: tuple
    data: Callable = lambda order, cast: {}
    args: Callable = lambda order, cast: ()
    prepare: Callable = lambda order, cast: None
    step: str = ""
    answer: int = 302

    def __str__(self):
        return f"{self.page} {self.step}".strip()

    def form(self, order, cast):
        """Return (address, what is posted there), as the page has it before anything is done."""
        self.prepare(order, cast)
        order = WorkOrder.objects.get(pk=order.pk)
        data = {"seen": order.event_count} | self.data(order, cast)
        first = () if self.page in ("chat:join_start", "admin:workorders_workorder_bulk") else (order.pk,)
        return reverse(self.page, args=[*first, *self.args(order, cast)]), data

    def job(self, order, cast, browser):
        """Return the request as a function; what it posts is what the page showed before the race."""
        address, data = self.form(order, cast)
        return lambda: browser.post(address, data)


ALL = [state for state in State if state not in (State.RETURNED, State.TERMINATED)]
FROM_SURVEY = tuple(ALL[ALL.index(State.SURVEYING) :])
TALKING = tuple(state for state in FROM_SURVEY if state != State.ARCHIVED)
OPEN = tuple(state for state in ALL if state in State.open_states)
FILING = (State.DESIGN_OPEN, State.MID_OPEN, State.COMPLETION_OPEN)
PAPERS = (State.PLAN_ISSUED, State.DESIGN_OPINION_ISSUED, State.MID_NOTICE_ISSUED, State.COMPLETION_OPINION_ISSUED)
REQUESTS = tuple(state for state in ALL if state in supplements.STATES)


def _reason(order, cast):
    return WORDS


def _file(order, cast):
    return {"file": samples.pdf(f"演示{uuid4().hex[:6]}")}


def _kind(order, cast):
    stage = submissions.open_stage(order)
    return [stage.kinds[0] if stage else AttachmentKind.PROPERTY]


def _own_file(order, cast):
    return [Attachment.objects.filter(submission__order=order, submission__submitted_at=None).first().pk]


def _application(order, cast):
    rows = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-0-capacity": "1000", "form-0-count": "1"}
    rows |= {"form-0-kind": "oil", "form-0-duty": "main"}
    return {"keep": "1", "company": "演示改写有限公司", "has_transformer": "True", **rows}


def _survey(order, cast):
    return WORDS | {"intended_survey_at": f"{driver.visit_at(3):%Y-%m-%dT%H:%M}"}


def _submission(order, cast):
    return {
        "intended_connection_on": timezone.localdate() + timedelta(days=30), "contact_name": "演示联系",
        "contact_phone": "19900000201", "partner_name": "演示施工", "partner_phone": "19900000009", "declared": "on",
        "basic_charge": "capacity",
    }  # fmt: skip


def _signed(document):
    return {"strokes": samples.scribble(), "sha256": document.current.sha256, "agreed": "on"}


def _paper(order, cast):
    return _signed(order.papers.order_by("issued_at").last().document)


def _completion(order, cast):
    return _signed(submissions.draft(order, Stage.COMPLETION).document)


def _propose(order, cast):
    if not document_of(order).proposals.exists():
        propose(order, cast.seal, cast.customer)


def _code(order, cast):
    if order.pk not in cast.codes:
        PhoneCode.objects.all().delete()
        cast.codes[order.pk] = code_for(document_of(order).proposals.get())
    return {"code": cast.codes[order.pk], "sha256": document_of(order).current.sha256}


def _scan_code(order, cast):
    key = order.pk, confirming.scan_subject_of(order, cast.customer)
    if key not in cast.codes:
        PhoneCode.objects.all().delete()
        cast.codes[key] = code_of_scan(order, cast.customer)
    return {"code": cast.codes[key], "declared": "on"}


def _paper_of(order, cast):
    return [order.papers.order_by("issued_at").last().document_id]


def _ask_for_more_time(order, cast):
    record.note(order, "ask_plan_extension", label="申请供电方案延期", by=cast.customer)


def _request(state):
    return lambda order, cast: [order.requests.get(state=state).pk]


def _said(recalled):
    return lambda order, cast: [order.room.messages.exclude(author=None).get(recalled_at__isnull=not recalled).pk]


def _invitation(order, cast):
    return [order.room.invitations.get().pk]


def _countersign(order, cast):
    return {"seal": cast.supplier_seal.pk, "sha256": document_of(order).current.sha256}


def _bulk(order, cast):
    return {"orders": [order.pk], "area": cast.area.pk, "manager": cast.colleague.pk if order.manager_id else ""}


def _ask(order, cast):
    return {"kind": "other", "text": "演示", "due_on": timezone.localdate() + timedelta(days=2), "pauses": "on"}


def _invite(order, cast):
    return {"role": "construction", "name": "演示施工", "phone": "19900000299"}


def _post(order, cast):
    return {"uuid": uuid4(), "body": "演示"}


def _plan(order, cast):
    form = SupplyPlanForm(order=order, user=cast.manager)
    values = {name: form.get_initial_for_field(each, name) for name, each in form.fields.items()}
    given = driver.prepare(order, STEPS["issue_supply_plan"], manager=cast.manager).facts
    values |= {name: value for name, value in given.items() if name in form.fields}
    return {name: value for name, value in values.items() if value not in (None, False, "")} | {"sealing": ""}


_ROWS = [
    ("workorders:region", "customer", (State.DRAFT,),
     lambda *_: {"province": "33", "city": "3301", "district": "330102"}),
    ("workorders:application", "customer", (State.DRAFT,), _application),
    ("workorders:autosave", "customer", (State.DRAFT,), _application),
    ("workorders:check", "customer", (State.DRAFT,), lambda *_: {"declared": "on"}),
    ("workorders:withdraw", "customer", STEPS["withdraw"].source, _reason),
    ("workorders:survey", "customer", (State.ACCEPTED, State.SURVEY_BOOKED, State.SURVEYING), _survey),
    ("workorders:object", "customer", (State.PLAN_ISSUED,), _reason),
    ("workorders:sign", "customer", PAPERS, _paper),
    ("workorders:submission", "customer", FILING, _submission),
    ("workorders:submission_autosave", "customer", FILING, _submission),
    ("workorders:completion_sign", "customer", (State.COMPLETION_OPEN,), _completion),
    ("workorders:contract_sign", "customer", (State.CONTRACT_OPEN,), _paper),
    ("workorders:contract_scan", "customer", (State.CONTRACT_OPEN,)),
    ("workorders:contract_scan_code", "customer", (State.CONTRACT_OPEN,)),
    ("workorders:contract_scan_confirm", "customer", (State.CONTRACT_OPEN,), _scan_code),
    ("workorders:contract_seal", "customer", (State.CONTRACT_OPEN,), _paper, lambda order, cast: [cast.seal.pk]),
    ("workorders:contract_confirm", "customer", (State.CONTRACT_OPEN,), _code, None, _propose),
    ("workorders:contract_discard", "customer", (State.CONTRACT_OPEN,), None, None, _propose),
    ("workorders:contract_code", "customer", (State.CONTRACT_OPEN,), None, None, _propose),
    ("workorders:upload", "customer", (State.DRAFT, *FILING, State.CONTRACT_OPEN, *REQUESTS), _file, _kind),
    ("workorders:remove", "customer", (State.DRAFT, *FILING, State.CONTRACT_OPEN), None, _own_file),
    ("workorders:arrange", "customer", (State.DRAFT, *FILING, State.CONTRACT_OPEN), lambda *_: {"do": "up"}, _own_file),
    ("workorders:supplement", "customer", REQUESTS, lambda *_: {"property": samples.pdf(uuid4().hex[:6])}),
    ("workorders:request", "customer", REQUESTS, _reason, _request("open")),
    ("workorders:extend", "customer", tuple(state for state in ALL if state in plan_term.BINDING), _reason),
    ("workorders:rate", "customer", (State.ARCHIVED,), lambda *_: {"stars": "5"}),
    ("workorders:evidence", "supervisor", FROM_SURVEY[1:], None, _paper_of),
    ("workorders:trace_pdf", "manager", OPEN),
    ("workorders:dossier", "manager", OPEN),
    ("admin:workorders_workorder_preview", "manager", (State.SURVEYING,), _plan, lambda *_: ["issue_supply_plan"]),
    ("admin:workorders_workorder_ask", "manager", REQUESTS, _ask),
    ("admin:workorders_workorder_note", "manager", OPEN, _reason),
    ("admin:workorders_workorder_remind", "manager", tuple(s for s in OPEN if s in State.customer_states)),
    ("admin:workorders_workorder_close_request", "manager", OPEN, None, _request("answered")),
    ("admin:workorders_workorder_cancel_request", "manager", OPEN, _reason, _request("open")),
    ("admin:workorders_workorder_id_number", "manager", OPEN, lambda *_: WORDS | {"field": "legal_id_number"}),
    ("admin:workorders_workorder_extension", "manager", tuple(s for s in ALL if s in plan_term.BINDING),
     lambda *_: WORDS | {"answer": "refuse"}, None, _ask_for_more_time),
    ("admin:workorders_workorder_countersign", "manager", (State.CONTRACT_SIGNED,), _countersign),
    ("admin:workorders_workorder_assign", "supervisor", (State.SUBMITTED,), lambda _, cast: {"area": cast.area.pk}),
    ("admin:workorders_workorder_bulk", "supervisor", OPEN, _bulk),
    ("chat:post", "contact", TALKING, _post),
    ("chat:upload", "customer", TALKING, lambda *_: {"uuid": uuid4(), "file": samples.photo(uuid4().hex[:6])}),
    ("chat:read", "manager", TALKING, lambda *_: {"seq": 1}),
    ("chat:recall", "customer", TALKING, None, _said(recalled=False)),
    ("chat:original", "supervisor", TALKING, _reason, _said(recalled=True)),
    ("chat:join", "colleague", TALKING),
    ("chat:mute", "customer", TALKING, lambda *_: {"on": "1"}),
    ("chat:remove", "manager", TALKING, None,
     lambda order, cast: [order.room.memberships.get(user=cast.contact).pk]),
    ("chat:transcript", "manager", TALKING),
    ("chat:invite", "customer", TALKING, _invite),
    ("chat:again", "customer", TALKING, None, _invitation),
    ("chat:revoke", "manager", TALKING, None, _invitation),
    ("chat:join_start", "invited", TALKING, None, lambda order, _: [links.token_of(order.room.invitations.get())]),
]  # fmt: skip


def _row(page, by, states, data=None, args=None, prepare=None):
    given = {"data": data, "args": args, "prepare": prepare}
    given = {name: value for name, value in given.items() if value}
    return Action(page, by, tuple(state for state in states if state in ALL), answer=_ANSWERS.get(page, 302), **given)


_ANSWERS = dict.fromkeys(
    [
        "workorders:autosave", "workorders:submission_autosave", "workorders:upload", "workorders:evidence",
        "workorders:trace_pdf", "workorders:dossier", "admin:workorders_workorder_preview",
        "admin:workorders_workorder_id_number",
        "chat:original", "chat:transcript",
    ],
    200,
)  # fmt: skip


def _step(step):
    """Return the row of a manager's step, with what its form has to hold."""

    def data(order, cast):
        given = {
            **WORDS, "manager": cast.manager.pk, "surveyor": "演示", "verdict": "pass", "remarks": "演示意见",
            "survey_at": f"{driver.visit_at(4):%Y-%m-%dT%H:%M}", "energised_on": timezone.localdate(),
            "meter_reading": "0", "term_years": "3", "sign_place": "演示市", "scan_checked": "on",
            "sealing": Sealing.NONE if step.name == "open_contract" else "",
        }  # fmt: skip
        return given | (_plan(order, cast) if step.name == "issue_supply_plan" else {})

    def scanned(order, cast):
        WorkOrder.objects.filter(pk=order.pk).update(contract_method="scan")

    more = {"prepare": scanned} if step.name in ("reject_contract_scan", "archive") else {}
    # From the earlier ones a stage is opened only where the plan waives those between.
    states = step.source[-1:] if step.opens else tuple(state for state in step.source if state in ALL)
    name = "admin:workorders_workorder_step"
    return Action(name, "manager", states, data, lambda *_: [step.name], step=step.name, **more)


ACTIONS = [*(_row(*row) for row in _ROWS), *(_step(step) for step in STEPS.values() if step.by is not is_customer)]

# Pages that take a POST and write nothing of an order that is there.
ELSEWHERE = {
    "workorders:new",  # opens one
    "workorders:feedback_box",
    "workorders:feedback_confirm",  # of a complaint, which moves no order: see services
    "workorders:feedback_reopen",
    "workorders:feedback_escalate",
    "chat:replies",
    "chat:search",  # posted, so that no phone stands in an address; it writes nothing
    "chat:join_code",  # the same joining as by chat:join_start, after a login
    "chat:join_details",
    "admin:workorders_workorder_handover",  # lists; `bulk` does it
}


def posting_pages(rows) -> set[str]:
    """Return the pages about orders and rooms that take a POST of anybody, by the matrix of pages."""
    ours = ("workorders:", "chat:", "admin:workorders_workorder_", "admin:chat_")
    found = set()
    for name, (_, answers) in rows.items():
        staff = name.startswith("admin:")
        asked = ("manager", "supervisor") if staff else matrix.ACTORS[1:-1]
        if name.startswith(ours) and any(answers["POST"][actor] not in (403, 404, 405) for actor in asked):
            found.add(name)
    return found


def meetings(actions=ACTIONS):
    """Yield (first, second, state) for every two actions that may be taken in one state, in both orders."""
    for first in actions:
        for second in actions:
            if shared := [state for state in first.states if state in second.states]:
                yield first, second, State(shared[0])
