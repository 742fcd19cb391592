"""The hidden field of every form: for whom, on which page and in which moment it was made.

A POST may go to an address that shows no form of its own; the page is the one where it was filled in.
"""

import secrets
from dataclasses import dataclass

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest

from bandian.web.posting import FORM_TOKEN

LONGEST_PAGE = 500
_signer = Signer(salt="accounts.keeping")


@dataclass(frozen=True)
class FormToken:
    """`owner` is the user's id in hex, nothing for a stranger; `nonce` differs each time a page is made."""

    owner: str
    nonce: str
    page: str

    def is_of(self, request: HttpRequest) -> bool:
        return self.owner == owner_of(request)


def owner_of(request: HttpRequest) -> str:
    """Return whose page this is, as a token says it."""
    user = getattr(request, "user", None)
    return user.pk.hex if user is not None and user.is_authenticated else ""


def issue(request: HttpRequest) -> str:
    """Return the token for the forms of the page that is being made, one for all of them."""
    token: str | None = getattr(request, "form_token", None)
    if token is None:
        page = request.get_full_path() if request.method == "GET" else request.path
        before = read(request)
        if before and before.is_of(request) and request.method != "GET":
            page = before.page  # shown again with what is wrong
        page = page if len(page) <= LONGEST_PAGE else request.path
        token = _signer.sign(f"{owner_of(request)}:{secrets.token_urlsafe(9)}:{page}")
        request.form_token = token  # type: ignore[attr-defined]  # one for all forms of the page
    return token


def read(request: HttpRequest) -> FormToken | None:
    """Return what the token of a sent form says; None where there is none that we made."""
    try:
        return FormToken(*_signer.unsign(request.POST.get(FORM_TOKEN, "")).split(":", 2))
    except (BadSignature, TypeError):
        return None
