"""What people look for may be a phone or a name: it is posted, and goes on in the address under a seal.

The seal opens for the person who searched, for LIFE; an address that somebody else gets hold of tells nothing.
"""

import re
import time
from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bandian.db.crypto import SealBroken, seal, unseal
from bandian.text.fields import PlainField
from bandian.web.posting import FORM_TOKEN

SEARCH = "q"
LIFE = timedelta(hours=12)
_MOST = 500  # signs
# As `seal` writes it: the key's name, then base64 of a nonce and no less than a tag.
_SEALED = re.compile(r"[a-z0-9]{1,12}:[A-Za-z0-9+/]{38,}={0,2}")


def sealed(text: str, *, whose: object) -> str:
    """Return the text as it may stand in an address of somebody's; nothing stays nothing."""
    return seal(f"{int(time.time())}:{text}", place=_place(whose)) if text else ""


class SearchField(PlainField):
    """A text that comes sealed in an address of `whose`; another's, or an old one, is none."""

    whose: object = None

    def make_plain(self, value: str) -> str:
        try:
            at, _, text = unseal(value, place=_place(self.whose)).partition(":")
        except SealBroken:
            return ""
        return super().make_plain(text) if int(at) > time.time() - LIFE.total_seconds() else ""


def to_results(request: HttpRequest) -> HttpResponse | None:
    """Lead from a search, posted or typed into the address, to the page of what was found; None on that page."""
    if request.method == "POST" and SEARCH in request.POST:
        sent = request.POST.copy()
        for token in ("csrfmiddlewaretoken", FORM_TOKEN):
            sent.pop(token, None)
    elif request.method != "POST" and request.GET.get(SEARCH, "").strip():
        sent = request.GET.copy()
    else:
        return None
    text = sent.get(SEARCH, "").strip()[:_MOST]
    if request.method != "POST" and _SEALED.fullmatch(text):
        return None
    sent[SEARCH] = sealed(text, whose=request.user.pk)
    return redirect(f"{request.path}?{sent.urlencode()}")


def _place(whose: object) -> str:
    return f"search {whose}"
