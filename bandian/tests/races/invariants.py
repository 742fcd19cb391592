"""What holds for an order whatever was done to it at once."""

from uuid import UUID

from django.db import connection

from signing.models import Document, Proposal, Signature
from workorders.enums import AttachmentKind, ContractMethod, Stage, State
from workorders.journey import submissions
from workorders.models import (
    STEPS,
    Application,
    Attachment,
    Event,
    Paper,
    Submission,
    SupplementRequest,
    Transformer,
    WorkOrder,
)
from workorders.trace import chain


def written(order) -> list:
    """Return all rows that belong to an order as text by table, to compare them; one question asks for all."""
    mine = {"order": order.pk}
    found = [
        WorkOrder.objects.filter(pk=order.pk),
        Application.objects.filter(**mine),
        Transformer.objects.filter(application=order.pk),
        Submission.objects.filter(**mine),
        Attachment.objects.filter(submission__order=order.pk),
        Paper.objects.filter(**mine),
        SupplementRequest.objects.filter(**mine),
        Event.objects.filter(**mine),
        Proposal.objects.filter(document__paper__order=order.pk),
        Signature.objects.filter(field__document__paper__order=order.pk),
        Signature.objects.filter(field__document__submission__order=order.pk),
    ]
    asked = [rows.query.sql_with_params() for rows in found]
    table = "(SELECT string_agg(found::text, '|' ORDER BY found::text) FROM ({}) AS found)"
    values = [value for _, values in asked for value in values]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(table.format(sql) for sql, _ in asked), values)
        return cursor.fetchall()


def handed_in(order) -> dict:
    """Return {round: {file: hash}} of what was handed in."""
    rounds = Submission.objects.filter(order=order.pk).handed_in().prefetch_related("attachments")
    return {each.pk: {file.pk: file.sha256 for file in each.attachments.all()} for each in rounds}


def broken(order, begun, before) -> list[str]:
    """Return in words what does not hold for an order that began in a state, with these rounds handed in before."""
    order = WorkOrder.objects.get(pk=order.pk)
    return [*_trace(order, begun), *_rounds(order, before), *_signatures(order)]


def _trace(order, begun):
    events = list(order.events.order_by("number"))
    state = begun
    for number, event in enumerate(events, 1):
        if (event.number, event.source) != (number, state):
            yield f"line {event.number} leaves {event.source}, not {state}"
        state = event.target
    if (state, len(events)) != (order.state, order.event_count):
        yield f"{len(events)} lines lead to {state}; the order says {order.event_count} and {order.state}"
    yield from (f"the chain breaks at {line}: {what}" for line, what in chain.check(order))


def _rounds(order, before):
    rounds = {each.pk: each for each in order.submissions.select_related("document").prefetch_related("attachments")}
    for event in order.events.filter(data__has_key="submission_id"):
        submission = rounds[UUID(event.data["submission_id"])]
        if submission.submitted_at is None:
            yield f"{event.label} was taken, but {submission} is open"
        yield from _lacking(submission)
    handing = {step.name for step in STEPS.values() if step.hands_in}
    told = order.events.filter(name__in=handing, data__has_key="submission_id").count()
    if told != sum(each.submitted_at is not None for each in rounds.values()) - len(before):
        yield "rounds were handed in that no line tells of"
    for pk, files in before.items():
        now = {file.pk: file.sha256 for file in rounds[pk].attachments.all()}
        added = rounds[pk].attachments.exclude(pk__in=files)
        if files.items() - now.items() or (rounds[pk].stage != Stage.APPLICATION and added):
            yield f"files of {rounds[pk]} changed after it was handed in"
    open_stages = [each.stage for each in rounds.values() if each.submitted_at is None]
    if len(open_stages) != len(set(open_stages)):
        yield "a stage has two open rounds"


def _lacking(submission):
    stage = Stage(submission.stage)
    kinds = {AttachmentKind(file.kind) for file in submission.attachments.all()}
    if lacking := [kind.label for kind in stage.kinds if kind.is_required and kind not in kinds]:
        yield f"{submission} was handed in without {lacking}"
    is_same = not submission.order.events.filter(name="assign").exists()  # the form names the manager of its moment
    if stage == Stage.COMPLETION and is_same and not submissions.form_stands(submission.order, submission):
        yield "the form that was signed names something else than the round holds"


def _signatures(order):
    mine = Document.objects.filter(paper__order=order) | Document.objects.filter(submission__order=order)
    for document in mine.distinct().prefetch_related("revisions__signature"):
        revisions = sorted(document.revisions.all(), key=lambda each: each.number)
        if [each.number for each in revisions] != list(range(len(revisions))):
            yield f"versions of {document} are missing"
        if any(not hasattr(each, "signature") for each in revisions[1:]):
            yield f"{document} has a version without a signature"
        if (
            len(revisions) > 1
            and document.proposals.filter(role="customer").exists()
            and not document.awaits("customer")
        ):
            yield f"{document} is signed, and waits to be confirmed"
    signed = set(
        order.events.filter(name__startswith="sign_", data__has_key="sha256").values_list("data__sha256", flat=True)
    )
    ours = Signature.objects.filter(field__document__paper__order=order).values_list("revision__sha256", flat=True)
    if not signed <= set(ours):
        yield "a line tells of a signature that is not there"
    is_scan = order.contract_method == ContractMethod.SCAN
    if order.state == State.CONTRACT_SIGNED and not is_scan and order.paper("contract").document.awaits("customer"):
        yield "the contract counts as signed without a signature"
