"""Papers that an applicant gave lately, with an order or for another seal: they are not asked for again.

Apps above this one that hold such papers are named in the setting SEAL_PAPER_SOURCES; each has `papers_of(user,
since)`, which yields Known papers of the user's own for the user's present enterprise.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from accounts.models import User
from files.checks import Checked
from signing.models import SealPaper
from signing.seals.lifecycle import Paper

WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Known:
    kind: str
    name: str
    file: FieldFile
    content_type: str
    pages: int
    at: datetime

    def paper(self) -> Paper:
        """Return it as a paper of an application; raises ValidationError where its file is gone."""
        try:
            with self.file.open("rb") as stored:
                content = stored.read()
        except OSError as error:
            raise ValidationError("以前上传的文件已不在，请重新选择。", code="gone") from error
        return Paper(self.kind, self.name, Checked(content, self.content_type, self.pages))


def of(user: User) -> dict[str, Known]:
    """Return the latest paper of each kind that the user gave for the enterprise within WITHIN."""
    if user.enterprise is None:
        return {}
    since, found = timezone.now() - WITHIN, list[Known]()
    for path in settings.SEAL_PAPER_SOURCES:
        found += import_module(path).papers_of(user, since)
    rows = SealPaper.objects.filter(seal__enterprise=user.enterprise, seal__applied_by=user, seal__applied_at__gt=since)
    for row in rows.select_related("seal"):
        known = Known(row.kind, row.original_name, row.file, row.content_type, row.pages, row.seal.applied_at)
        found.append(known)
    return {known.kind: known for known in sorted(found, key=lambda known: known.at)}
