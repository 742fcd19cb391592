"""Uploads in the forms of a stage: one row per file, each with its own progress, error and way back."""

from dataclasses import dataclass, field
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.requests import UserRequest
from files import checks
from workorders.enums import AttachmentKind, Stage
from workorders.journey import submissions
from workorders.models import Attachment, WorkOrder
from workorders.requests import arranging, uploads
from workorders.views.access import own_order

# Of each kind, the files that were refused and why: (name, message).
Problems = dict[AttachmentKind, list[tuple[str, str]]]


@dataclass
class UploadField:
    """One kind of paper in a form: its files, and what is wrong with those just sent."""

    kind: AttachmentKind
    url: str
    attachments: list[Attachment]
    problems: list[tuple[str, str]] = field(default_factory=list)
    max_bytes: int = 0

    @property
    def next_place(self) -> int:
        """The place of the next file: behind all that are there."""
        return max((file.place for file in self.attachments), default=-1) + 1


def upload_fields(order: WorkOrder, stage: Stage, problems: Problems | None = None) -> list[UploadField]:
    """Return the stage's upload fields with the files of the open round (the application's: of all rounds)."""
    files = Attachment.objects.filter(submission__order=order, submission__stage=stage).select_related("submission")
    if stage != Stage.APPLICATION:
        files = files.filter(submission__submitted_at=None)
    kept = list(files)
    return [
        UploadField(
            kind,
            reverse("workorders:upload", args=[order.pk, kind]),
            [file for file in kept if file.kind == kind],
            (problems or {}).get(kind, []),
            max_bytes=max(settings.PDF_MAX_BYTES, settings.IMAGE_MAX_BYTES),
        )
        for kind in stage.kinds
    ]


def keep_uploads(request: UserRequest, order: WorkOrder, stage: Stage) -> Problems:
    """Keep the files that came with the form (the way without JS); return {kind: [(name, message)]} of the others."""
    problems: Problems = {}
    for kind in stage.kinds:
        for file in request.FILES.getlist(kind):
            try:
                _attach(request, order, kind, file)
            except ValidationError as error:
                problems.setdefault(kind, []).append(_problem(file, error))
    return problems


def ask_for_missing(order: WorkOrder, stage: Stage, problems: Problems) -> None:
    """Add to the problems with files, {kind: [(name, message)]}, those that the stage still needs."""
    for kind in submissions.missing(order, stage):
        problems.setdefault(kind, []).append(("", f"请上传《{kind.label}》。"))


@require_POST
def upload(request: UserRequest, pk: UUID, kind: str) -> HttpResponse:
    """Take one file by itself and answer with its row; 422 where the row says what is wrong."""
    order = own_order(request, pk)
    if kind not in AttachmentKind:
        raise Http404
    file = request.FILES.get("file")
    try:
        if file is None:
            raise ValidationError("请选择文件。")
        place = request.POST.get("place", "")
        given = int(place) if place.isascii() and place.isdigit() and len(place) < 6 else None
        attachment = _attach(request, order, AttachmentKind(kind), file, place=given)
    except ValidationError as error:
        name, message = _problem(file, error)
        return render(request, "workorders/_file_problem.html", {"name": name, "message": message}, status=422)
    return render(request, "workorders/_file_row.html", {"attachment": attachment})


@require_POST
def remove(request: UserRequest, pk: UUID, attachment: UUID) -> HttpResponse:
    """Take a file back that was not handed in yet."""
    order = own_order(request, pk)
    files = Attachment.objects.filter(submission__order=order).select_related("submission")
    found = get_object_or_404(files, pk=attachment)
    uploads.remove(order, found)
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return HttpResponse()
    return redirect(f"workorders:{_PAGES.get(found.submission.stage, 'submission')}", order.pk)


@require_POST
def arrange(request: UserRequest, pk: UUID, attachment: UUID) -> HttpResponse:
    """Move a file that was not handed in yet up or down, or turn a photo; answer with its row."""
    order = own_order(request, pk)
    files = Attachment.objects.filter(submission__order=order).select_related("submission")
    found = get_object_or_404(files, pk=attachment)
    is_alone = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    try:
        what = request.POST.get("do", "")
        if what == arranging.TURN:  # the photo is opened and drawn anew, as one that is uploaded
            checks.check_rate(request.user.pk, found.size)
        arranged = arranging.arrange(order, found, what)
    except ValidationError as error:
        if is_alone:
            context = {"name": found.original_name, "message": " ".join(error.messages)}
            return render(request, "workorders/_file_problem.html", context, status=422)
        messages.error(request, " ".join(error.messages))
        arranged = None
    if is_alone and arranged:
        return render(request, "workorders/_file_row.html", {"attachment": arranged})
    return redirect(f"workorders:{_PAGES.get(found.submission.stage, 'submission')}", order.pk)


def _attach(
    request: UserRequest, order: WorkOrder, kind: AttachmentKind, file: UploadedFile, place: int | None = None
) -> Attachment:
    checks.check_rate(request.user.pk, file.size or 0)
    return uploads.attach(order, kind, file, by=request.user, place=place)


def _problem(file: UploadedFile | None, error: ValidationError) -> tuple[str, str]:
    """Return the name of a refused file as it may be shown, and what is wrong with it."""
    return checks.shown_name(file.name or "") if file else "", " ".join(error.messages)


_PAGES: dict[str, str] = {Stage.APPLICATION: "application", Stage.CONTRACT: "contract_scan"}
