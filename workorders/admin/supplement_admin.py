"""The order page's small actions: ask for something (补正), close or cancel that, note, remind."""

from uuid import UUID

from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import UserRequest
from bandian.web.posting import posted
from workorders.admin.desk_pages import back_to, managed_order, page_context
from workorders.forms.supplement_forms import AskForm, CancelForm, NoteForm
from workorders.journey import flow
from workorders.models import SupplementRequest, WorkOrder
from workorders.requests import supplements
from workorders.rights import looks_after


@require_http_methods(["GET", "POST"])
def ask(request: UserRequest, pk: UUID) -> HttpResponse:
    """提出补正要求."""
    order = managed_order(request, pk)
    if order.state not in supplements.STATES:
        raise flow.Conflict(order)
    form = AskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        supplements.ask(order, by=request.user, **form.cleaned_data)
        return back_to(request, order, "已提出补正要求，客户会收到通知和短信。")
    return _form(request, order, form, "提出补正要求")


@require_POST
def close(request: UserRequest, pk: UUID, supplement: UUID) -> HttpResponse:
    """Accept what the customer answered."""
    order = managed_order(request, pk)
    supplements.close(_request(order, supplement), by=request.user)
    return back_to(request, order, "补正已办结。")


@require_http_methods(["GET", "POST"])
def cancel(request: UserRequest, pk: UUID, supplement: UUID) -> HttpResponse:
    """Withdraw a request with the reason."""
    order = managed_order(request, pk)
    found, form = _request(order, supplement), CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        supplements.cancel(found, by=request.user, **form.cleaned_data)
        return back_to(request, order, "补正要求已取消，客户会收到通知。")
    return _form(request, order, form, f"取消补正要求：{found}")


@require_http_methods(["GET", "POST"])
def note(request: UserRequest, pk: UUID) -> HttpResponse:
    """内部备注, for managers and supervisors."""
    order = managed_order(request, pk, may=looks_after)
    form = NoteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        supplements.add_note(order, by=request.user, **form.cleaned_data)
        return back_to(request, order, "备注已写入工作痕迹，客户看不到。")
    return _form(request, order, form, "内部备注")


@require_POST
def remind(request: UserRequest, pk: UUID) -> HttpResponse:
    """提醒客户办理, once a day."""
    order = managed_order(request, pk)
    supplements.remind(order, by=request.user)
    return back_to(request, order, "已提醒客户。")


def _request(order: WorkOrder, pk: UUID) -> SupplementRequest:
    return get_object_or_404(order.requests.select_related("order"), pk=pk)


def _form(request: UserRequest, order: WorkOrder, form: BaseForm, title: str) -> HttpResponse:
    context = page_context(request, title, order=order, form=form)
    return render(request, "admin/workorders/workorder/step.html", context)
