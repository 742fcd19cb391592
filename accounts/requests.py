"""Requests as views get them, for annotations."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from accounts.models import User

if TYPE_CHECKING:
    from accounts.keeping.kept import Sent


class FormRequest(HttpRequest):
    """A request as KeptFormMiddleware hands it on: with what was kept for its page, and the key of its own form."""

    kept_form: "Sent | None"
    repeat_key: str


class UserRequest(FormRequest):
    """A request as views get it that LoginRequiredMiddleware guards: its user is no stranger."""

    user: User
