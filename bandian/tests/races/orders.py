"""Orders to race on: one goes through the flow to the archive, and its rows in every state are kept to be copied.

Copies begin a trace of their own; their files are the first order's, but for those that can still be taken back.
"""

from itertools import count, groupby
from types import SimpleNamespace
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.enums import Role
from accounts.models import Enterprise, User
from chat.enums import MemberRole, MessageKind
from chat.messaging import numbering
from chat.models import Invitation, Room
from chat.models.invitation import LIFETIME
from chat.rooms import membership
from signing.enums import SealKind, SealOrigin, SealState
from signing.models import Document, Revision, Seal, Signature, SignatureField
from signing.models.document import check_code
from workorders import inputs, papers
from workorders.contract import confirming, countersigning
from workorders.demo import driver, people
from workorders.enums import RequestState, Sealing, Stage, State
from workorders.journey import flow
from workorders.models import (
    Application,
    AreaRegion,
    Attachment,
    Paper,
    ServiceArea,
    Submission,
    SupplementRequest,
    SupplyPlan,
    Transformer,
    WorkOrder,
)

_NUMBERS = count(1)


def make_cast() -> SimpleNamespace:
    """Return who acts, by name, the seals they have, and the order's rows in each state."""
    cast = SimpleNamespace(templates={}, codes={})
    roles = {"customer": Role.CUSTOMER, "contact": Role.CONTACT, "invited": Role.CONTACT, "supervisor": Role.SUPERVISOR}
    roles |= {"manager": Role.MANAGER, "colleague": Role.MANAGER, "newcomer": Role.CUSTOMER}
    for number, (name, role) in enumerate(roles.items(), 1):
        setattr(
            cast,
            name,
            User.objects.create_user(f"199000002{number:02}", f"演示{'甲乙丙丁戊己庚'[number - 1]}", role=role),
        )
    for user in (cast.customer, cast.contact, cast.invited):
        people.verify(user)
    facts = {"legal_representative": "演示法人", "address": "演示路 88 号", "verified_at": timezone.now()}
    mine = Enterprise.objects.create(name="演示精密制造有限公司", credit_code="91330100MABCDEF10F", **facts)
    theirs = Enterprise.objects.create(name="演示供电有限公司", credit_code="91320100MA1DEM0A9A", **facts)
    cast.customer.enterprise = mine
    cast.customer.save()
    cast.seal, cast.supplier_seal = _seal(mine, cast.customer), _seal(theirs, cast.customer)
    cast.area = ServiceArea.objects.create(
        name="演示区", code="3301001", company=theirs.name, credit_code=theirs.credit_code, address="演示路",
        enterprise=theirs,
    )  # fmt: skip
    AreaRegion.objects.create(area=cast.area, prefix="33")
    cast.area.managers.set([cast.manager, cast.colleague])
    _travel(cast)
    return cast


def _seal(enterprise, by):
    return Seal.objects.create(
        enterprise=enterprise, kind=SealKind.CONTRACT, origin=SealOrigin.GENERATED, text=enterprise.name,
        sha256="0" * 64, state=SealState.VALID, applied_by=by,
    )  # fmt: skip


def _travel(cast):
    """Take an order along the whole road and keep its rows in every state, with what its step needs."""
    order = driver.start(cast.customer)
    while order.state != State.ARCHIVED:
        by = cast.customer if order.state in State.customer_states else cast.manager
        step = next(step for step in flow.steps_for(order, by) if step.name in driver.ROAD)
        sealing = Sealing.AFTER if step.name == "open_contract" else Sealing.NONE
        given = driver.prepare(order, step, manager=cast.manager, sealing=sealing)
        if step.name == "sign_contract":
            driver.attach_needed(order, Stage.CONTRACT)
        cast.templates[State(order.state)] = rows_of(order)
        if step.name == "archive":
            countersign(order, cast)
        order = flow.advance(order, step.name, given, by=by)
    cast.templates[State.ARCHIVED] = rows_of(order)


def countersign(order, cast) -> None:
    """Put the supplier's seal on the contract, which the archive wants."""
    sha256 = confirming.document_of(order).current.sha256
    countersigning.countersign(order, by=cast.manager, seal=cast.supplier_seal, sha256=sha256, client=inputs.Client())


@transaction.atomic
def fresh(cast, state) -> WorkOrder:
    """Return a new order in a state, with a request that waits and one that was answered, and with its room."""
    order = copy(cast.templates[state])
    facts = {"order": order, "kind": "other", "text": "演示", "due_on": timezone.localdate(), "pauses": False}
    SupplementRequest.objects.create(asked_by=cast.manager, **facts)
    SupplementRequest.objects.create(
        asked_by=cast.manager, state=RequestState.ANSWERED, answer="演示", answered_at=timezone.now(), **facts
    )
    if list(cast.templates).index(state) >= list(cast.templates).index(State.SURVEYING):
        _open_room(order, cast)
    return order


def _open_room(order, cast):
    room = numbering.lock(Room.objects.create(order=order).pk)
    members = (
        (cast.customer, MemberRole.CUSTOMER),
        (cast.manager, MemberRole.MANAGER),
        (cast.contact, MemberRole.DESIGN),
    )
    for user, role in members:
        membership.add(room, user, role, silently=True)
    said = {"author": cast.customer, "author_role": MemberRole.CUSTOMER, "kind": MessageKind.TEXT, "body": "演示"}
    numbering.append(room, client_uuid=uuid4(), **said)
    numbering.append(room, client_uuid=uuid4(), recalled_at=timezone.now(), recalled_by=cast.customer, **said)
    numbering.save_counters(room)
    Invitation.objects.create(
        room=room, role=MemberRole.DESIGN, name="演示设计", phone=cast.invited.phone, invited_by=cast.customer,
        expires_at=timezone.now() + LIFETIME,
    )  # fmt: skip


def rows_of(order) -> list:
    """Return all that belongs to an order but its trace, its requests and its room; what is named comes first."""
    mine, its = {"order": order.pk}, Q(paper__order=order.pk) | Q(submission__order=order.pk)
    documents = Document.objects.filter(its)
    found = [
        WorkOrder.objects.filter(pk=order.pk),
        Application.objects.filter(**mine),
        Transformer.objects.filter(application=order.pk),
        SupplyPlan.objects.filter(**mine),
        documents,
        Revision.objects.filter(document__in=documents),
        SignatureField.objects.filter(document__in=documents),
        Signature.objects.filter(field__document__in=documents),
        Paper.objects.filter(**mine),
        Submission.objects.filter(**mine),
        Attachment.objects.filter(submission__order=order.pk),
    ]
    return [row for rows in found for row in rows]


@transaction.atomic
def copy(rows) -> WorkOrder:
    """Insert rows like these, those of an order, under ids, numbers and codes of their own."""
    number, ids = next(_NUMBERS), {row.pk: uuid4() for row in rows}
    order, *_ = new = [_copied(row, ids) for row in rows]
    named = {"application_number": f"SQ{number:012}", "number": f"{number:012}", "account_number": f"7{number:012}"}
    for name, value in named.items():
        setattr(order, name, value if getattr(order, name) else None)
    order.event_count = 0
    open_rounds = {row.pk for row in new if isinstance(row, Submission) and row.is_draft}
    for row in new:
        if isinstance(row, Document):
            row.code = check_code()
        if isinstance(row, Attachment) and row.submission_id in open_rounds:
            row.file = _own_file(row)
    for model, group in groupby(new, type):
        model.objects.bulk_create(group)
    order = WorkOrder.objects.get(pk=order.pk)
    for submission in order.submissions.exclude(document=None):
        submission.basis = papers.completion_basis(order, submission)
        submission.save(update_fields=["basis"])
    return WorkOrder.objects.get(pk=order.pk)


def _copied(row, ids):
    """Return a row like this one, in which whatever is named by an old id has its new one."""
    columns = [each for each in row._meta.concrete_fields if not each.generated]
    values = {each.attname: getattr(row, each.attname) for each in columns}
    mapped = {name: ids.get(value, value) for name, value in values.items() if isinstance(value, UUID)}
    return type(row)(**values | mapped)


def _own_file(attachment):
    with attachment.file.open("rb") as stored:
        return attachment.file.storage.save(attachment.file.name, ContentFile(stored.read()))
