"""The public check page: is this file what was signed? Uploads are looked at and not kept."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods

from accounts.enums import ConsentKind
from accounts.privacy import consents
from bandian.text import plain
from files import sandbox
from signing.check.verdict import check_file, masked
from signing.forms.check_forms import CodeForm, FileForm
from signing.models import Document, Signature

_METHODS = require_http_methods(["GET", "HEAD", "POST"])


@login_not_required
@_METHODS
def start(request: HttpRequest) -> HttpResponse:
    """Take a file to check, or lead on to the page of a code."""
    if request.method == "POST":
        return _checked(request, "signing/check_start.html", {"code_form": CodeForm()})
    code_form = CodeForm(request.GET if "code" in request.GET else None)
    if code_form.is_valid():
        return redirect("check:document", code_form.cleaned_data["code"])
    return render(request, "signing/check_start.html", {"form": _file_form(request), "code_form": code_form})


@login_not_required
@_METHODS
def document(request: HttpRequest, code: str) -> HttpResponse:
    """Say what a code stands for, and compare a file with it; nothing of the content is told."""
    found = Document.objects.filter(code=plain.code(code)).first()
    if found is None:
        return render(request, "signing/check_unknown.html", {"code_form": CodeForm()}, status=404)
    if found.code != code:
        return redirect("check:document", found.code)
    context = {"document": found, "revision": found.current, "parties": _parties(found)}
    if request.method == "POST":
        return _checked(request, "signing/check_document.html", context, wanted=found)
    return render(request, "signing/check_document.html", context | {"form": _file_form(request)})


def _checked(
    request: HttpRequest, template: str, context: dict[str, Any], *, wanted: Document | None = None
) -> HttpResponse:
    form = _file_form(request, request.POST, request.FILES)
    if not form.is_valid():
        status = 429 if form.has_error("__all__", "limit") else 200
        return render(request, template, context | {"form": form}, status=status)
    file = form.cleaned_data["file"]
    try:
        with sandbox.for_a_stranger():
            finding = check_file(file.read(), wanted=wanted)
    except sandbox.Busy as error:
        form.add_error(None, error)
        response = render(request, template, context | {"form": form}, status=503)
        response["Retry-After"] = error.RETRY_SECONDS
        return response
    again = {"form": _file_form(request), "finding": finding, "name": file.name, "wanted": wanted}
    return render(request, "signing/check_result.html", again)


def _file_form(request: HttpRequest, *bound: MultiValueDict) -> FileForm:
    return FileForm(*bound, address=request.META.get("REMOTE_ADDR", ""))


def _parties(found: Document) -> Iterator[tuple[str, str, Signature | None, datetime | None]]:
    """Yield (role, whose name a stranger may read, signature or None, since when the consent behind it is withdrawn)
    per place to sign.
    """
    fields = found.fields.select_related("signature__signer", "signature__enterprise")
    for field in fields:
        signature = getattr(field, "signature", None)
        names, withdrawn = [], None
        if signature:
            names = [*filter(None, [signature.party]), masked(signature.person)]
            withdrawn = consents.withdrawn_since(signature.signer, ConsentKind.SENSITIVE, after=signature.signed_at)
        yield field.get_role_display(), " · ".join(names), signature, withdrawn
