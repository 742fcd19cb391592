"""答复延期申请: the manager agrees to a later day, or says why not."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts.requests import UserRequest
from bandian.text.fields import PlainField
from bandian.web.posting import posted
from workorders.admin.desk_pages import back_to, managed_order, page_context
from workorders.journey import flow
from workorders.models import WorkOrder
from workorders.requests import plan_term
from workorders.views.access import seen

AGREE, REFUSE = "agree", "refuse"


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(
        label="答复", choices=[(AGREE, "同意延期"), (REFUSE, "不同意延期")], widget=forms.RadioSelect
    )
    until = forms.DateField(
        label="有效期延至",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="同意时填写，最长延期一年",
    )
    reason = PlainField(label="不同意的原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if cleaned.get("answer") == AGREE and not cleaned.get("until") and not self.has_error("until"):
            self.add_error("until", "请填写延期后的有效期。")
        if cleaned.get("answer") == REFUSE and not cleaned.get("reason") and not self.has_error("reason"):
            self.add_error("reason", "请写明原因，客户会看到。")
        return cleaned


@require_http_methods(["GET", "POST"])
def answer(request: UserRequest, pk: UUID) -> HttpResponse:
    order = managed_order(request, pk)
    term = plan_term.term(order)
    if term is None or term.pending is None:
        raise flow.Conflict(order)
    form = AnswerForm(posted(request), initial={"until": plan_term.latest(order)})
    if request.method == "POST" and form.is_valid() and _give(request, order, form):
        return back_to(request, order, "已答复延期申请。")
    context = page_context(request, "延期答复", order=order, form=form, term=term)
    return render(request, "admin/workorders/workorder/extension.html", context)


def _give(request: UserRequest, order: WorkOrder, form: AnswerForm) -> bool:
    """Give the answer; False where it was refused, the reasons then stand on the form."""
    data = form.cleaned_data
    try:
        if data["answer"] == AGREE:
            plan_term.extend(order, by=request.user, seen=seen(request), until=data["until"])
        else:
            plan_term.refuse(order, by=request.user, seen=seen(request), reason=data["reason"])
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True
