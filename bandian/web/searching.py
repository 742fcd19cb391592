"""What people look for may be a phone or a name: it is posted, and goes on in the address under a seal."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from bandian.db.crypto import SealBroken, seal, unseal
from bandian.web.posting import FORM_TOKEN

SEARCH = "q"
_PLACE = "search"


def sealed(text: str) -> str:
    """Return the text as it may stand in an address; nothing stays nothing."""
    return seal(text, place=_PLACE) if text else ""


class SearchField(forms.CharField):
    """A text that comes sealed in an address, or plain from whoever typed the address."""

    def to_python(self, value):
        value = super().to_python(value)
        try:
            return unseal(value, place=_PLACE)
        except SealBroken:
            return value


def is_search(request: HttpRequest) -> bool:
    """Whether the request is a search form that was sent."""
    return request.method == "POST" and SEARCH in request.POST


def to_results(request: HttpRequest) -> HttpResponse:
    """Lead from a posted search form to the page that shows what was found."""
    sent = request.POST.copy()
    for token in ("csrfmiddlewaretoken", FORM_TOKEN):
        sent.pop(token, None)
    sent[SEARCH] = sealed(request.POST.get(SEARCH, "").strip())
    return redirect(f"{request.path}?{sent.urlencode()}")
