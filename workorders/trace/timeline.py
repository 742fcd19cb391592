"""The trace as people read it: every public line with who, when, what and the files that belong to it."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from django.urls import reverse

from workorders.enums import Stage
from workorders.models import Attachment, Event, Paper, Submission, WorkOrder


@dataclass
class Entry:
    event: Event
    who: str
    hash: str
    files: list = field(default_factory=list)  # (name, address)


def who(order: WorkOrder, event: Event) -> str:
    """Return who did it with the part they had in this order, e.g. 客户经理 张三."""
    part = "客户" if event.by_id == order.customer_id else event.by.get_role_display()
    return f"{part} {event.by.name}"


def entries(order: WorkOrder, events: Iterable[Event], hashes: dict[int, str]) -> list[Entry]:
    """Return the lines in their order, with the hashes that `copies` tells.

    A file stands with the line that issued, signed, handed in or added it.
    """
    papers = list(Paper.objects.filter(order=order))
    rounds = list(order.submissions.handed_in().select_related("document").prefetch_related("attachments"))
    events = list(events)
    attachments = {str(file.pk): file for each in rounds for file in each.attachments.all()}
    later = attachments.keys() & {event.data.get("attachment_id") for event in events}
    found = []
    for event in events:
        entry = Entry(event, who(order, event), hashes[event.number])
        entry.files += [(str(paper), paper.get_absolute_url()) for paper in papers if _is_named(paper, event, "paper")]
        for submission in _handed_in(event, rounds):
            entry.files += _files(order, submission, without=later)
        if event.data.get("attachment_id") in later:
            entry.files.append(_link(attachments[event.data["attachment_id"]]))
        found.append(entry)
    return found


def _is_named(row: Paper | Submission, event: Event, what: str) -> bool:
    """Whether a line names a paper or a hand-in: by its id, or, in lines from before ids were kept, by its title."""
    if pk := event.data.get(f"{what}_id"):
        return str(row.pk) == pk
    return str(row) == event.data.get(what)


def _handed_in(event: Event, rounds: Iterable[Submission]) -> list[Submission]:
    """Return the round of papers that a line handed in, as a list of one or none."""
    if event.name == "submit" and "submission_id" not in event.data:  # a line from before it was kept
        before = [
            each for each in rounds if each.stage == Stage.APPLICATION and (each.submitted_at or event.at) <= event.at
        ]
        return sorted(before, key=lambda each: each.submitted_at or event.at)[-1:]
    return [each for each in rounds if _is_named(each, event, "submission")]


def _files(order: WorkOrder, submission: Submission, *, without: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the files of a round, but for those that followed it and have lines of their own."""
    if document := submission.document:
        yield document.title, reverse("workorders:document", args=[order.pk, document.pk])
    for attachment in submission.attachments.all():
        if str(attachment.pk) not in without:
            yield _link(attachment)


def _link(attachment: Attachment) -> tuple[str, str]:
    return f"{attachment.get_kind_display()}：{attachment.original_name}", attachment.get_absolute_url()
