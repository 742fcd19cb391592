"""补正要求 on the customer's side: read what is asked, upload or write, hand it in."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from bandian.web.posting import posted
from workorders.enums import RequestState, Stage
from workorders.forms.supplement_forms import AnswerForm
from workorders.journey.flow import Conflict
from workorders.models import SupplementRequest
from workorders.requests import supplements
from workorders.views.access import own_order
from workorders.views.upload_pages import keep_uploads, upload_fields


@require_http_methods(["GET", "POST"])
def request_page(request: UserRequest, pk: UUID, supplement: UUID) -> HttpResponse:
    order = own_order(request, pk)
    found = get_object_or_404(order.requests.select_related("asked_by"), pk=supplement)
    if found.state != RequestState.OPEN or not order.is_open:
        raise Conflict(order)
    form = AnswerForm(posted(request))
    problems = keep_uploads(request, order, Stage.APPLICATION)
    if request.method == "POST" and form.is_valid() and not problems and _answer(request, found, form):
        messages.success(request, "已提交，客户经理会尽快核对。")
        return redirect(order)
    fields = upload_fields(order, Stage.APPLICATION, problems)
    context = {"order": order, "supplement": found, "form": form}
    context["uploads"] = [field for field in fields if field.kind == found.attachment_kind]
    return render(request, "workorders/request.html", context)


def _answer(request: UserRequest, found: SupplementRequest, form: AnswerForm) -> bool:
    try:
        supplements.answer(found, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
