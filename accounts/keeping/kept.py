"""Forms that came when they could not be taken: kept sealed for a while, for the person who filled them in.

Passwords and codes are not kept; files are, within bounds (accounts.keeping.kept_files).
"""

import json
import uuid
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.documents import mask
from accounts.keeping import form_token, kept_files
from accounts.models import KeptForm, User
from bandian.db.crypto import SealBroken
from bandian.web.posting import NEVER_SHOWN, words_in
from bandian.web.rates import Rate, is_within, subscriber

PARAMETER = "kept"
LIFE = KeptForm.LIFE
STRANGERS_LIFE = timedelta(minutes=30)
MOST_CHARACTERS = 64 * 1024
MOST_ROWS = 50
MOST_FORMS = 20  # of one person
OF_STRANGERS = Rate("kept-forms", 30, timedelta(hours=1))
MOST_FORMS_OF_A_STRANGER = 5
_OF_THIS_BROWSER = "kept_forms"  # in the session: ids of what a stranger sent from here


@dataclass(frozen=True)
class Sent:
    """What was sent: where to, the fields with their values, the names of the files.

    `held` are the (field, name) of those that were kept, under `pk`; `page` is where it was filled in.
    """

    path: str
    fields: dict[str, list[str]]
    files: list[str]
    held: tuple[tuple[str, str], ...] = ()
    pk: str = ""
    page: str = ""

    def rows(self, prefix: str, which: str) -> int:
        """Return how many rows a formset had, in all (TOTAL) or when its page was made (INITIAL); MOST_ROWS at most."""
        count = (self.fields.get(f"{prefix}-{which}_FORMS") or [""])[0]
        return min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() and len(count) < 4 else 0


def keep(request: HttpRequest) -> str:
    """Keep a form that was sent; return the address of its page, which shows it filled in, or "" where it cannot be.

    Whoever made the page is who may see it again, whether they are logged in now or not; a stranger in this browser.
    """
    token = form_token.read(request) if request.method == "POST" else None
    if token is None or not (token.owner or is_within(OF_STRANGERS, subscriber(request.META.get("REMOTE_ADDR", "")))):
        return ""
    # At the desk a code is that of a supply unit.
    secret = NEVER_SHOWN - ({"code"} if request.path.startswith(reverse("admin:index")) else set())
    fields = {name: values for name, values in request.POST.lists() if name not in secret}
    names = [str(file.name)[:100] for _, files in request.FILES.lists() for file in files]
    sent = json.dumps({"path": request.path, "fields": fields, "files": names[:20]}, ensure_ascii=False)
    if len(sent) > MOST_CHARACTERS:
        return ""
    owner = uuid.UUID(token.owner) if token.owner else None
    page = urlsplit(token.page)
    row = KeptForm.objects.create(user_id=owner, page=page.path, sent=sent)
    if owner:
        kept_files.keep(row, request)
        old = KeptForm.objects.filter(user_id=owner).values_list("pk", flat=True)[MOST_FORMS:]
        KeptForm.objects.filter(pk__in=list(old)).delete()
    else:
        # An address alone would show its text to whoever is sent it, as if the site said so.
        own = [*request.session.get(_OF_THIS_BROWSER, []), row.pk.hex]
        request.session[_OF_THIS_BROWSER] = own[-MOST_FORMS_OF_A_STRANGER:]
    query = [part for part in page.query.split("&") if part and not part.startswith(f"{PARAMETER}=")]
    return f"{page.path}?{'&'.join([*query, urlencode({PARAMETER: row.pk})])}"


def find(request: HttpRequest) -> Sent | None:
    """Return what was kept for this page and this reader, by the id in the address."""
    row = _rows(request, request.GET.get(PARAMETER, "")).filter(page=request.path).first()
    if row is None or timezone.now() - row.created_at > (LIFE if row.user_id else STRANGERS_LIFE):
        return None
    try:
        sent = Sent(**json.loads(row.sent))
    except SealBroken:
        return None
    return replace(sent, held=tuple(row.files.values_list("field", "name")), pk=str(row.pk), page=row.page)


def of_person(user: User) -> list[dict[str, Any]]:
    """Return what is kept of somebody, for the copy of one's data, with numbers of documents masked as elsewhere."""
    found = []
    for row in user.kept_forms.all():
        with suppress(SealBroken):
            sent = Sent(**json.loads(row.sent))
            fields = {
                name: list(map(mask, values)) if name.endswith("id_number") else values
                for name, values in sent.fields.items()
                if name not in NEVER_SHOWN
            }
            found.append({"页面": row.page, "时间": row.created_at, "内容": fields, "文件": sent.files})
    return found


def forget(request: HttpRequest) -> None:
    """Delete what the page was filled with, now that it has been sent again."""
    token = form_token.read(request)
    for part in urlsplit(token.page).query.split("&") if token else ():
        if part.startswith(f"{PARAMETER}="):
            _rows(request, part.removeprefix(f"{PARAMETER}=")).delete()


def words(request: HttpRequest) -> list[str]:
    """Return the texts that came with a request that cannot take them, or were kept for it."""
    sent = getattr(request, "kept_form", None)
    return words_in(dict(request.POST.lists()) if request.method == "POST" else sent.fields if sent else {})


def purge() -> int:
    """Delete what is too old to be shown; return how many forms that were."""
    return KeptForm.objects.filter(created_at__lt=timezone.now() - LIFE).delete()[0]


def notice(sent: Sent) -> Iterable[str]:
    """Say above the form what it is that stands in it."""
    yield "下面是您刚才填写的内容，还没有提交：请核对后再点一次。"
    held = [name for _, name in sent.held]
    if gone := [name for name in sent.files if name not in held]:
        yield f"这些文件没有保留，请重新选择：{'、'.join(gone)}。"


def _rows(request: HttpRequest, pk: str) -> QuerySet[KeptForm]:
    try:
        own = KeptForm.objects.filter(pk=uuid.UUID(pk))
    except ValueError:
        return KeptForm.objects.none()
    if owner := form_token.owner_of(request):
        return own.filter(user_id=uuid.UUID(owner))
    return own.filter(user=None, pk__in=request.session.get(_OF_THIS_BROWSER, []))
