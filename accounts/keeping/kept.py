"""Forms that came when they could not be taken: kept sealed for a while, for the person who filled them in.

Files are not kept, and neither are passwords and codes.
"""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from accounts.keeping import form_token
from accounts.models import KeptForm
from bandian.db.crypto import SealBroken
from bandian.web.posting import NEVER_SHOWN, words_in
from bandian.web.rates import Rate, is_within, subscriber

PARAMETER = "kept"
LIFE = timedelta(hours=12)
STRANGERS_LIFE = timedelta(minutes=30)
MOST_CHARACTERS = 64 * 1024
MOST_ROWS = 50
MOST_FORMS = 20  # of one person
OF_STRANGERS = Rate("kept-forms", 30, timedelta(hours=1))
MOST_FORMS_OF_A_STRANGER = 5
_OF_THIS_BROWSER = "kept_forms"  # in the session: ids of what a stranger sent from here


@dataclass(frozen=True)
class Sent:
    """What was sent: where to, the fields with their values, the names of the files."""

    path: str
    fields: dict[str, list[str]]
    files: list[str]

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
        return Sent(**json.loads(row.sent))
    except SealBroken:
        return None


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
    if sent.files:
        yield f"文件不会保留，请重新选择：{'、'.join(sent.files)}。"


def _rows(request, pk):
    try:
        own = KeptForm.objects.filter(pk=uuid.UUID(pk))
    except ValueError:
        return KeptForm.objects.none()
    if owner := form_token.owner_of(request):
        return own.filter(user_id=uuid.UUID(owner))
    return own.filter(user=None, pk__in=request.session.get(_OF_THIS_BROWSER, []))
