"""Rounds of papers that customers hand in: drafts, the files in them, and what is still missing."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from workorders import papers, spans
from workorders.enums import AttachmentKind, Stage
from workorders.models import STEPS, Attachment, Submission, WorkOrder


def open_stage(order: WorkOrder) -> Stage | None:
    """Return the stage whose papers the customer may hand in now, or None."""
    return next((step.hands_in for step in STEPS.values() if step.hands_in and order.state in step.source), None)


def draft(order: WorkOrder, stage: Stage) -> Submission:
    """Return the open round of a stage; a new one, not saved yet, is prefilled from account and round before."""
    found = order.submissions.filter(stage=stage, submitted_at=None).first()
    if found:
        return found
    last = order.submissions.filter(stage=stage).last()
    values: dict[str, Any] = {
        "intended_connection_on": order.suggested_connection_on,
        "contact_name": order.customer.name,
        "contact_phone": order.customer.phone,
    }
    if last:
        carried = ("contact_name", "contact_phone", "partner_name", "partner_phone", "basic_charge", "contract_demand")
        values |= {name: getattr(last, name) for name in carried}
    number = last.round + 1 if last else 1
    return Submission(order=order, stage=stage, round=number, **values)


def open_round(order: WorkOrder, stage: Stage) -> Submission:
    """Return the open round of a stage as a row of its own, to write into; call it with the order locked."""
    submission = draft(order, stage)
    if submission._state.adding:
        submission.save(force_insert=True)
    return submission


def carry_over(order: WorkOrder, stage: Stage) -> None:
    """Open the next round with the files of the round before, so that only what was wrong is replaced.

    Call it with the order locked. The rows are new, the stored files are those of the round before: a file goes when
    no row names it any more (workorders.requests.uploads).
    """
    last = order.submissions.filter(stage=stage).handed_in().last()
    if last is None:
        return
    submission = open_round(order, stage)
    for attachment in last.attachments.all():
        uploaded_at = attachment.uploaded_at
        attachment.pk, attachment._state.adding, attachment.submission = uuid.uuid4(), True, submission
        attachment.save(force_insert=True)
        Attachment.objects.filter(pk=attachment.pk).update(uploaded_at=uploaded_at)


def form_stands(order: WorkOrder, submission: Submission) -> bool:
    """Whether a round has a form to sign that still says what it says of order, answers and files as they are now."""
    return submission.document is not None and submission.basis == papers.completion_basis(order, submission)


def missing(order: WorkOrder, stage: Stage) -> list[AttachmentKind]:
    """Return the required kinds of paper without a file.

    A round of design, inspection or completion stands for itself; the application's papers count from all rounds.
    """
    files = Submission.objects.filter(order=order, stage=stage)
    if stage != Stage.APPLICATION:
        files = files.filter(submitted_at=None)
    present = set(files.values_list("attachments__kind", flat=True))
    return [kind for kind in stage.kinds if kind.is_required and kind not in present]


def hand_in(order: WorkOrder, stage: Stage, *, by: User) -> Submission:
    """Close the open round, with the order locked; raise ValidationError naming what papers and answers are missing."""
    if lacking := missing(order, stage):
        raise ValidationError([f"请上传《{kind.label}》。" for kind in lacking])
    submission = open_round(order, stage)
    if stage.declaration and not submission.declared:
        raise ValidationError({"declared": "请勾选确认后再提交。"})
    if submission.intended_connection_on:
        spans.check_connection_day("intended_connection_on", submission.intended_connection_on)
    submission.settle_basic_charge()
    submission.submitted_by = by
    submission.submitted_at = timezone.now()
    submission.save(update_fields=["basic_charge", "contract_demand", "submitted_by", "submitted_at"])
    return submission
