"""满意度评价, and 意见与投诉 with the answers."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from accounts.views.access import customers_only
from bandian.web import paging
from bandian.web.posting import posted
from workorders.forms.feedback_forms import FeedbackForm, RatingForm
from workorders.journey import flow
from workorders.models import Feedback, Rating
from workorders.requests import feedback_box
from workorders.views.access import visible_order


@require_http_methods(["GET", "POST"])
def rate(request: UserRequest, pk: UUID) -> HttpResponse:
    """Rate an archived order; the rating can be changed for a week."""
    order = visible_order(request, pk)
    if order.customer_id != request.user.pk:
        raise PermissionDenied
    if not feedback_box.may_rate(order, request.user):
        raise flow.Conflict(order)
    rating = Rating.objects.filter(order=order).first()
    initial = {"stars": rating.stars, "text": rating.text} if rating else None
    form = RatingForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        feedback_box.rate(order, by=request.user, **form.cleaned_data)
        messages.success(request, "感谢您的评价，我们会不断改进。")
        return redirect(order)
    return render(request, "workorders/rating.html", {"order": order, "form": form})


@customers_only
@require_http_methods(["GET", "POST"])
def box(request: UserRequest) -> HttpResponse:
    """意见与投诉: a new one on top, the earlier ones with their answers below."""
    form = FeedbackForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            given = feedback_box.give(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已收到，编号 {given.number}，将在 {given.due_words}前答复您。")
            return redirect(given)
    mine = Feedback.objects.filter(by=request.user).order_by("-created_at", "-id")
    rows, after = paging.page(mine, request.GET.get("after", ""))
    return render(request, "workorders/feedback_box.html", {"form": form, "rows": rows, "after": after})


@require_safe
def feedback(request: UserRequest, pk: UUID) -> HttpResponse:
    found = get_object_or_404(Feedback.objects.filter(by=request.user).select_related("order", "answered_by"), pk=pk)
    return render(request, "workorders/feedback.html", {"feedback": found})
