"""A paper as it would be issued: its pages with the places for signing, to be moved and then confirmed."""

from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from files.serving import send_page
from signing import drafts
from signing.enums import Role
from signing.models import Draft
from workorders.admin.desk_pages import page_context
from workorders.enums import PaperKind
from workorders.forms.paper_forms import PaperForm
from workorders.forms.placing_form import PlacesForm, token, typed, written
from workorders.journey import supplier_seals, writers
from workorders.models import WorkOrder
from workorders.models.step import Step


def show(request: UserRequest, order: WorkOrder, form: PaperForm, row: Step) -> HttpResponse:
    """Keep what the form would issue as a draft and show it; the form is valid. Raises ValidationError."""
    content = writers.paper_content(order, _kind(row), form.given(), by=request.user)
    return _page(request, order, form, row, drafts.keep(content, by=request.user, name=form.file_name))


def show_again(request: UserRequest, order: WorkOrder, form: PaperForm, row: Step) -> HttpResponse | None:
    """Show the draft that could not be issued, with the boxes where they were put; None where it is gone."""
    try:
        draft = drafts.find(request.POST["draft"], by=request.user)
        return _page(request, order, form, row, draft) if draft else None
    except (KeyError, ValidationError):
        return None


def confirmed(request: UserRequest, order: WorkOrder, form: PaperForm, row: Step) -> drafts.Confirmed | None:
    """Return the draft and the places that were confirmed, for the step's input; None where none was shown.

    Raises ValidationError where the draft, or what was typed, is not what was shown.
    """
    if "draft" not in request.POST:
        return None
    sent = PlacesForm(request.POST, order=order, step=row.name, terms=_terms(order, form, row))
    if not sent.is_valid():
        raise ValidationError([*sent.non_field_errors()])
    paper = drafts.confirmed(sent.cleaned_data["draft"], by=request.user, sha256=sent.cleaned_data["sha256"])
    return drafts.Confirmed(paper, sent.cleaned_data["placed"])


@require_safe
def page(request: UserRequest, draft: UUID, page: int) -> HttpResponseBase:
    """Send a page of a draft as an image, to its owner only; pages count from 1."""
    found = drafts.find(draft, by=request.user)
    if found is None:
        raise Http404
    return send_page(found, page)


def _page(request: UserRequest, order: WorkOrder, form: PaperForm, row: Step, draft: Draft) -> HttpResponse:
    terms = _terms(order, form, row)
    paper = writers.next_paper(order, _kind(row))
    how: dict[str, Any] = {"signers": terms.signers, "sealed": terms.sealed, "cross_page": terms.cross_page}
    layout = drafts.lay_out(draft, title=str(paper), **how)
    context = page_context(request, row.label, order=order, form=form, step=row.name, paper=paper)
    context |= {"draft": draft, "layout": layout, "terms": terms, "pages": _sheets(layout)}
    context |= {"typed": typed(request.POST), "own": draft.pk if form.cleaned_data.get("pdf") else ""}
    context |= {"boxes": [_box(role, layout, request.POST.get(f"place_{role}")) for role in terms.signers]}
    context |= {"token": token(request.POST, draft=draft.pk, order=order, step=row.name, seal=terms.seal)}
    return render(request, "admin/workorders/workorder/place.html", context)


def _kind(row: Step) -> PaperKind:
    if row.issues is None:
        raise Http404
    return row.issues


def _terms(order: WorkOrder, form: PaperForm, row: Step) -> supplier_seals.Terms:
    answers = {name: form.cleaned_data[name] for name in ("sealing", "cross_page") if name in form.cleaned_data}
    return supplier_seals.terms(order, _kind(row), **answers)


def _sheets(layout: drafts.Layout) -> list[tuple[int, int, int]]:
    """Return (number from 1, width, height) of the pages, in whole points."""
    return [(number, round(width), round(height)) for number, (width, height) in enumerate(layout.pages, 1)]


def _box(role: str, layout: drafts.Layout, moved: str | None) -> dict[str, Any]:
    """Return what the page says of a party's box: where the paper's words put it, unless it was moved before."""
    try:
        page, left, top, right, bottom = map(float, moved.split(",")) if moved else layout.places[role]
        width, height = layout.pages[int(page)]
    except (ValueError, IndexError):
        (page, left, top, right, bottom) = layout.places[role]
        width, height = layout.pages[page]
    numbers = left * width, top * height, (right - left) * width, (bottom - top) * height
    return {
        "role": Role(role).value,
        "words": Role(role).line,
        "page": int(page) + 1,
        "value": written((int(page), left, top, right, bottom)),
        **{name: f"{value:.2f}" for name, value in zip(("x", "y", "width", "height"), numbers, strict=True)},
    }
