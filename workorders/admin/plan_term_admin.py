"""答复延期申请: the manager agrees to a later day, or says why not."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from workorders.journey import flow
from workorders.models import WorkOrder
from workorders.requests import plan_term
from workorders.rights import is_manager
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
    reason = forms.CharField(
        label="不同意的原因", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("answer") == AGREE and not cleaned.get("until") and not self.has_error("until"):
            self.add_error("until", "请填写延期后的有效期。")
        if cleaned.get("answer") == REFUSE and not cleaned.get("reason") and not self.has_error("reason"):
            self.add_error("reason", "请写明原因，客户会看到。")
        return cleaned


@require_http_methods(["GET", "POST"])
def answer(request, pk):
    orders = WorkOrder.objects.visible_to(request.user).select_related("application", "service_area")
    order = get_object_or_404(orders, pk=pk)
    if not is_manager(order, request.user):
        raise PermissionDenied
    term = plan_term.term(order)
    if term is None or term.pending is None:
        raise flow.Conflict(order)
    form = AnswerForm(request.POST if request.method == "POST" else None, initial={"until": plan_term.latest(order)})
    if request.method == "POST" and form.is_valid() and _take(request, order, form):
        messages.success(request, "已答复延期申请。")
        return redirect("admin:workorders_workorder_change", order.pk)
    context = {**admin.site.each_context(request), "opts": WorkOrder._meta, "order": order, "form": form}
    return render(request, "admin/workorders/workorder/extension.html", context | {"title": "延期答复", "term": term})


def _take(request, order, form):
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
