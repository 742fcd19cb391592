"""办电 → 新装: region, form, check, submission."""

from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.requests import UserRequest
from accounts.views.access import customers_only
from bandian.db.locks import atomic
from bandian.web import review, versions
from bandian.web.posting import posted
from workorders import regions
from workorders.enums import Stage
from workorders.forms.application_form import (
    CAPACITIES,
    ApplicationForm,
    BaseTransformerFormSet,
    DeclarationForm,
    RegionForm,
    TransformerForm,
    TransformerFormSet,
    check_transformers,
)
from workorders.inputs import Nothing
from workorders.journey import setbacks, submissions
from workorders.locks import locked
from workorders.models import Application, WorkOrder
from workorders.papers import answers
from workorders.requests import draft_quota
from workorders.views.access import advance_or_show, held, own_order, whole_order
from workorders.views.upload_pages import Problems, ask_for_missing, keep_uploads, upload_fields

# What an autosave is told that comes from a stale page.
CHANGED = {"error": {"code": "changed", "message": "这份草稿在别处改过"}}


@customers_only
@require_http_methods(["GET", "POST"])
def new(request: UserRequest) -> HttpResponse:
    """新装: choose the region, then 企业新装 opens a draft."""
    form = _region_form(request)
    if form.is_valid() and form.is_settled:
        try:
            order = _start(request.user, form.cleaned_data["district"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("workorders:application", order.pk)
    return render(request, "workorders/new.html", {"form": form, "title": "新装"})


@require_http_methods(["GET", "POST"])
def region(request: UserRequest, pk: UUID) -> HttpResponse:
    order = own_order(request, pk, "submit")
    form = _region_form(request, order.application.region)
    if form.is_valid() and form.is_settled:
        with locked(order, "submit"):
            Application.objects.filter(pk=order.pk).update(region=form.cleaned_data["district"])
        return redirect("workorders:application", order.pk)
    return render(request, "workorders/new.html", {"form": form, "title": "修改用电地区", "order": order})


@sensitive_post_parameters(*ApplicationForm.ID_NUMBERS)
@require_http_methods(["GET", "POST"])
def application(request: UserRequest, pk: UUID) -> HttpResponse:
    """企业新装: 保存草稿 keeps what is there; 下一步 leads to the check page once everything is whole."""
    order = own_order(request, pk, "submit")
    data = _posted(request)
    draft = data is not None and not data.keys().isdisjoint({"keep", "more"})
    problems = keep_uploads(request, order, Stage.APPLICATION)
    if data is not None and not draft:
        ask_for_missing(order, Stage.APPLICATION, problems)
    with held(request, order, "submit") as order:
        facts = _facts(order)
        form = ApplicationForm(data, instance=order.application, draft=draft)
        # Posted rows stand for themselves: beside equal ones that autosave kept, they would count as unchanged.
        stored = None if data else list(order.application.transformers.values(*TransformerForm.Meta.fields))
        rows = TransformerFormSet(data, initial=stored)
        stale = versions.changed_elsewhere(facts, form, _typed(rows)) if data else []
        saved = data is not None and not stale and _save(form, rows, draft=draft)
        if stale:
            now = Application.objects.get(pk=order.pk)
            rows_now = "；".join(map(str, now.transformers.all())) or "空"
            versions.show_both(form, now, stale, {"transformers": ("变压器", rows_now)})
        if data is not None:
            form.keep_id_numbers(but=stale)
    if saved and not problems:
        if "more" in data:
            return _application_page(request, order, form, rows, problems)
        if draft:
            return redirect("workorders:records")
        return redirect("workorders:check", order.pk)
    return _application_page(request, order, form, rows, problems)


def _region_form(request: UserRequest, region: str = "") -> RegionForm:
    """Return the form bound to a final choice; asked for the next level (the way without JS) it only lists that."""
    if request.method != "POST":
        return RegionForm(region=region)
    if "reload" not in request.POST:
        return RegionForm(request.POST)
    chosen = [request.POST.get(name, "") for name in ("district", "city", "province")]
    return RegionForm(region=next(filter(None, chosen), ""))


def _application_page(
    request: UserRequest, order: WorkOrder, form: ApplicationForm, rows: BaseTransformerFormSet, problems: Problems
) -> HttpResponse:
    setbacks.attach([order])
    context = {
        "order": order,
        "form": form,
        "formset": rows,
        "capacities": CAPACITIES,
        "region_name": regions.full_name(order.application.region),
        "uploads": upload_fields(order, Stage.APPLICATION, problems),
        "version": _version(order),
        "problems": problems,
    }
    return render(request, "workorders/application.html", context)


def _facts(order: WorkOrder) -> dict[str, str]:
    """Return what the draft holds, for its version; read anew, because a form changes the row at hand."""
    application = Application.objects.get(pk=order.pk)
    rows = application.transformers.values_list(*TransformerForm.Meta.fields)
    return versions.facts_of(application, ApplicationForm.Meta.fields) | {"transformers": str(sorted(rows))}


def _typed(rows: BaseTransformerFormSet) -> dict[str, str]:
    """Return the transformers of the form as `_facts` has them."""
    return {"transformers": str(sorted(tuple(row[name] for name in TransformerForm.Meta.fields) for row in rows.kept))}


def _version(order: WorkOrder) -> str:
    return review.token(_facts(order))


def _posted(request: UserRequest) -> QueryDict | None:
    """Return what was posted, with one more empty transformer row where that was asked for (the way without JS)."""
    if request.method != "POST":
        return None
    if "more" not in request.POST:
        return request.POST
    data = request.POST.copy()
    total = data.get("form-TOTAL_FORMS", "")
    data["form-TOTAL_FORMS"] = int(total) + 1 if total.isascii() and total.isdigit() and len(total) < 4 else 1
    return data


@sensitive_post_parameters(*ApplicationForm.ID_NUMBERS)
@require_POST
def autosave(request: UserRequest, pk: UUID) -> HttpResponse:
    """Keep what is right so far; what is still wrong stays on the page only. 409: changed on another page."""
    with locked(own_order(request, pk, "submit"), "submit") as order:
        facts = _facts(order)
        form = ApplicationForm(request.POST, instance=order.application, draft=True)
        rows = TransformerFormSet(request.POST)
        form.is_valid()
        if versions.changed_elsewhere(facts, form, _typed(rows)):
            return JsonResponse(CHANGED, status=409)
        right = {name: value for name, value in form.cleaned_data.items() if name in form.changed_data}
        if right:
            Application.objects.filter(pk=order.pk).update(**right)
        if _rows_fit(form, rows):
            order.application.refresh_from_db()
            rows.save(order.application)
        version = _version(order)
    return JsonResponse({"saved_at": f"{timezone.localtime():%H:%M}", "version": version})


@require_http_methods(["GET", "POST"])
def check(request: UserRequest, pk: UUID) -> HttpResponse:
    """检查并提交: every answer once more, each with its way back."""
    order = own_order(request, pk, "submit")
    if order.application.problems() or submissions.missing(order, Stage.APPLICATION):
        return redirect("workorders:application", order.pk)
    form = DeclarationForm(posted(request))
    if request.method == "POST" and form.is_valid() and advance_or_show(request, order, "submit", form, Nothing()):
        return redirect("workorders:submitted", order.pk)
    context = {"order": order, "application": order.application, "form": form, "verified": request.user.is_verified}
    context |= {"answers": _linked(order), "uploads": upload_fields(order, Stage.APPLICATION)}
    return render(request, "workorders/check.html", context)


@require_safe
def submitted(request: UserRequest, pk: UUID) -> HttpResponse:
    """What happens next, and until when."""
    order = whole_order(request, pk)
    return render(request, "workorders/submitted.html", {"order": order})


def _linked(order: WorkOrder) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return the answers with the address where each is changed."""
    page = reverse("workorders:application", args=[order.pk])
    return [
        (title, [(label, value, f"{page}#id_{name}") for label, value, name in rows])
        for title, rows in answers.sections(order.application)
    ]


@atomic
def _start(user: User, region: str) -> WorkOrder:
    """Open a draft, prefilled from the account's enterprise; raises ValidationError where there are too many."""
    draft_quota.check_begun(user)
    draft_quota.check_drafts(user)
    order = WorkOrder.objects.create(customer=user)
    known = {"handler_name": user.name, "handler_phone": user.phone}
    if user.enterprise:
        known |= {
            "company": user.enterprise.name,
            "credit_code": user.enterprise.credit_code,
            "legal_name": user.enterprise.legal_representative,
        }
    Application.objects.create(order=order, region=region, **known)
    return order


def _save(form: ApplicationForm, rows: BaseTransformerFormSet, *, draft: bool) -> bool:
    """Save form and transformers where both are right; a draft may still be at odds with itself."""
    fits, rows_fit = form.is_valid(), _rows_fit(form, rows)
    if rows_fit and not draft:  # told in the same list as what else is wrong
        fits &= check_transformers(form, rows)
    if not (fits and rows_fit):
        return False
    rows.save(form.save())
    return True


def _rows_fit(form: ApplicationForm, rows: BaseTransformerFormSet) -> bool:
    """Whether the transformers can be kept; where none is to be installed, what the rows say does not count."""
    return form.cleaned_data.get("has_transformer") is False or rows.is_valid()
