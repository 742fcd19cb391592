"""What a page was sent, and what its forms make of what was not."""

import re
from collections.abc import Callable
from typing import Any

from django.forms import BaseForm, CheckboxInput, MultiWidget
from django.http import HttpRequest, QueryDict

FORM_TOKEN = "form_token"  # names page and reader of a form: accounts.keeping.form_token
KEPT_FILES = "kept_files"  # a box that hands in files of a form that came too late: accounts.keeping.kept_files
# Secrets, and what a page says to itself: neither kept nor shown again.
NEVER_SHOWN = frozenset(
    ("csrfmiddlewaretoken", FORM_TOKEN, KEPT_FILES, "password", "old_password", "code", "otp", "token", "strokes",
     "sha256", "seen", "uuid", "draft")
)  # fmt: skip
_CJK = re.compile(r"[\u3400-\u9fff]")


def posted(request: HttpRequest) -> QueryDict | None:
    """Return what a form was sent with; None, which leaves the form unbound, where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def is_script(request: HttpRequest) -> bool:
    """Whether a script of a page asks, which reads JSON, and not a person who goes to a page."""
    accepted = request.headers.get("Accept", "")
    is_json = "application/json" in accepted and "text/html" not in accepted
    return is_json or request.headers.get("X-Requested-With") == "XMLHttpRequest"


def by_itself(*methods: str) -> Callable[[Callable], Callable]:
    """Mark a view that pages ask with these methods though nobody does anything: it keeps no login alive."""

    def mark(view: Callable) -> Callable:
        view.asked_by_itself = methods  # type: ignore[attr-defined]  # read by is_work
        return view

    return mark


def is_work(request: HttpRequest, view: Callable) -> bool:
    """Whether somebody does something: opens a page, sends a form, or works at one so that its script sends.

    What a script asks is none, be it a question that comes again and again: whoever types tells so (session.js).
    """
    if request.method in getattr(view, "asked_by_itself", ()):
        return False
    return request.method == "POST" or not is_script(request)


def words_in(fields: dict[str, list[str]]) -> list[str]:
    """Return what somebody wrote in a form, to be copied from a page that cannot take it: the texts, no choices."""
    found = [
        value
        for name, values in fields.items()
        if not name.startswith("_") and name not in NEVER_SHOWN
        for value in values
    ]
    return [value for value in found if _CJK.search(value) or len(value.split()) > 1]


def with_defaults(form: BaseForm) -> Any:
    """Return a form's data with its defaults for what was not sent: a script sends nothing that it hides.

    A box without a tick is not sent either, and stays without.
    """
    if not form.is_bound:
        return form.data
    sent = {}
    for name, field in form.fields.items():
        key, value = form.add_prefix(name), form.get_initial_for_field(field, name)
        absent = field.widget.value_omitted_from_data(form.data, form.files, key)
        if absent and value not in (None, "") and not isinstance(field.widget, (CheckboxInput, MultiWidget)):
            sent[key] = str(value)
    if not sent:
        return form.data
    data: Any = form.data.copy()  # type: ignore[attr-defined]  # a bound form has what QueryDict and dict both can
    for key, value in sent.items():
        data[key] = value
    return data
