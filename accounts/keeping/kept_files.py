"""The files of a form that came too late: sealed beside its words, and handed in with them when it is sent again.

A browser fills in no file, so that the page shows a box with their names; whoever leaves it ticked sends them.
Pictures of identity documents are not kept: their owner has agreed to that only once the form is taken.
"""

import base64
import binascii
import uuid
from contextlib import suppress
from io import BytesIO

from django.core.files.uploadedfile import InMemoryUploadedFile
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import KeptFile, KeptForm, User
from bandian.db.crypto import SealBroken
from bandian.web.posting import KEPT_FILES

MOST_BYTES = 20 * 1024 * 1024  # of one form
MOST_FORMS = 3  # of one person, with files
_NEVER = {"photo", "legal_id", "handler_id"}


def keep(row: KeptForm, request: HttpRequest) -> None:
    """Keep the files that came with a form, and those that it was to bring from the time before."""
    left = MOST_BYTES
    for field, files in request.FILES.lists():
        for file in files:
            size = file.size or 0
            if field in _NEVER or size > left:
                continue
            left -= size
            file.seek(0)
            data = base64.b64encode(file.read()).decode()
            told = {"name": str(file.name)[-100:], "content_type": str(file.content_type or "")[:100]}
            KeptFile.objects.create(form=row, field=field[:100], data=data, **told)
    _of_before(request, row.user).exclude(field__in=list(request.FILES)).update(form=row)
    old = KeptForm.objects.filter(user=row.user, files__isnull=False).distinct().values_list("pk", flat=True)
    KeptFile.objects.filter(form__in=list(old[MOST_FORMS:])).delete()


def hand_in(request: HttpRequest, owner: User) -> None:
    """Put the kept files that a form names among those that it brings, where no other was chosen."""
    brought = list(request.FILES)
    for pk in _of_before(request, owner).exclude(field__in=brought).values_list("pk", flat=True):
        with suppress(SealBroken, binascii.Error):
            kept = KeptFile.objects.get(pk=pk)
            data = base64.b64decode(kept.data)
            file = InMemoryUploadedFile(BytesIO(data), kept.field, kept.name, kept.content_type, len(data), None)
            request.FILES.appendlist(kept.field, file)


def _of_before(request: HttpRequest, owner: User | None) -> QuerySet[KeptFile]:
    try:
        form = uuid.UUID(request.POST.get(KEPT_FILES, ""))
    except ValueError:
        return KeptFile.objects.none()
    return KeptFile.objects.filter(form=form, form__user=owner, form__created_at__gt=timezone.now() - KeptForm.LIFE)
