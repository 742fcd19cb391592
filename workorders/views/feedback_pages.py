"""满意度评价, and 意见与投诉 with what becomes of them."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.keeping import kept
from accounts.requests import UserRequest
from accounts.views.access import customers_only
from bandian.web import paging
from bandian.web.posting import posted
from workorders.complaints import deciders, feedback_box, ratings
from workorders.forms.feedback_forms import FeedbackForm, RatingForm, WordForm
from workorders.journey import flow
from workorders.limits.rules import Rules
from workorders.models import Feedback
from workorders.models.service_choices import FeedbackState, Level, Owed, TurnKind
from workorders.views.access import visible_order


@require_http_methods(["GET", "POST"])
def rate(request: UserRequest, pk: UUID) -> HttpResponse:
    """Rate an archived order; the rating can be changed for a week."""
    order = visible_order(request, pk)
    if order.customer_id != request.user.pk:
        raise PermissionDenied
    if not ratings.may_rate(order, request.user):
        raise flow.Conflict(order)
    rating = ratings.shown_to(order, request.user)
    initial = {"stars": rating.stars, "text": rating.text} if rating else None
    form = RatingForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        ratings.rate(order, by=request.user, **form.cleaned_data)
        messages.success(request, "感谢您的评价，我们会不断改进。")
        return redirect(order)
    return render(request, "workorders/rating.html", {"order": order, "form": form})


@customers_only
@require_http_methods(["GET", "POST"])
def box(request: UserRequest) -> HttpResponse:
    """意见与投诉: a new one on top, the earlier ones with their answers below; ?order= is what it is about."""
    initial = {"kind": "complaint", "order": request.GET["order"]} if "order" in request.GET else None
    form = FeedbackForm(posted(request), user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            given = feedback_box.give(by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"已收到，编号 {given.number}，将在 {given.due_words}前答复您。")
            return redirect(given)
    mine = Feedback.objects.filter(by=request.user).prefetch_related("turns").order_by("-created_at", "-id")
    rows, after = paging.page(mine, request.GET.get("after", ""))
    rules = Rules()
    context = {"form": form, "rows": rows, "after": after, "days": {each.value: rules.limit(each) for each in Owed}}
    return render(request, "workorders/feedback_box.html", context)


@require_safe
def feedback(request: UserRequest, pk: UUID) -> HttpResponse:
    return _page(request, _own(request, pk), WordForm())


@require_POST
def confirm(request: UserRequest, pk: UUID) -> HttpResponse:
    """Say that the answer does: the complaint is settled."""
    return _act(request, pk, feedback_box.confirm, "感谢您的回复，这条投诉已办结。", must_say=False)


@require_POST
def reopen(request: UserRequest, pk: UUID) -> HttpResponse:
    """Say that it does not, and ask again."""
    return _act(request, pk, feedback_box.reopen, "已转回处理，我们会在期限内再次答复您。")


@require_POST
def escalate(request: UserRequest, pk: UUID) -> HttpResponse:
    """Ask for the next level."""
    return _act(request, pk, feedback_box.escalate, "已转上一级处理，我们会在期限内答复您。")


def _act(
    request: UserRequest, pk: UUID, service: Callable[..., Feedback], done: str, *, must_say: bool = True
) -> HttpResponse:
    found, form = _own(request, pk), WordForm(request.POST, must_say=must_say)
    if not form.is_valid():
        return _page(request, found, form)
    try:
        service(found, by=request.user, **form.cleaned_data)
        messages.success(request, done)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(kept.keep(request) or found.get_absolute_url())
    return redirect(found)


def _own(request: UserRequest, pk: UUID) -> Feedback:
    mine = Feedback.objects.filter(by=request.user)
    return get_object_or_404(mine.select_related("order", "area"), pk=pk)


def _page(request: UserRequest, found: Feedback, form: WordForm) -> HttpResponse:
    may_reopen = deciders.may_reopen(found)
    level = deciders.next_level(found) if deciders.may_raise(found) else None
    has_nobody = found.state == FeedbackState.WAITING and not deciders.deciders(found)
    turns = list(found.turns.select_related("by", "feedback"))
    answers = [turn for turn in turns if turn.kind == TurnKind.ANSWERED]
    context = {
        "feedback": found,
        "turns": turns,
        "answer": answers[-1] if answers and may_reopen else None,
        "form": form,
        "may_confirm": found.is_complaint and found.state == FeedbackState.ANSWERED,
        "may_reopen": may_reopen,
        "next_level": Level(level).label if level else "",
        "has_nobody": has_nobody,
        # The house has nobody more: the regulator's number.
        "is_top": has_nobody or (may_reopen and not level),
    }
    return render(request, "workorders/feedback.html", context)
