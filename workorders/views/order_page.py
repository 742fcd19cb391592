"""进度详情: what waits, the vertical progress, papers, and the account manager's card."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import UserRequest
from workorders import hooks
from workorders.complaints import ratings
from workorders.enums import AttachmentKind, Stage, State
from workorders.journey import progress, setbacks
from workorders.journey.flow import steps_for
from workorders.limits import deadlines, promise
from workorders.models import FollowUp, Paper, SupplyPlan, WorkOrder
from workorders.requests import plan_term, supplements
from workorders.rights import is_onlooker
from workorders.views.access import own_order, visible_order
from workorders.views.upload_pages import keep_uploads, upload_fields


@require_safe
def order(request: UserRequest, pk: UUID) -> HttpResponse:
    found = visible_order(request, pk)
    if found.state == State.DRAFT:
        return redirect("workorders:application", found.pk)
    if is_onlooker(found, request.user):
        return _progress(request, found)
    setbacks.attach([found])
    events = list(found.events.filter(is_public=True).select_related("by"))
    steps = progress.sort_steps(found, steps_for(found, request.user)) if found.customer_id == request.user.pk else []
    context = {
        "order": found,
        "plan": SupplyPlan.objects.filter(order=found).first(),
        "chapters": progress.chapters(found, events),
        "todo": progress.customer_step(found) if steps else None,
        "asides": [step for step in steps if step.page and step != progress.customer_step(found)],
        "needs_identity": found.customer_id == request.user.pk and found.is_open and not request.user.is_verified,
        "remaining": deadlines.remaining(found),
        "total": promise.total(found),
        "term": plan_term.term(found),
        "own": found.customer_id == request.user.pk,
        "ahead": progress.ahead(found),
        "requests": found.requests.waiting() if found.customer_id == request.user.pk else [],
        "follow_up": FollowUp.objects.filter(order=found).first() if found.state == State.ARCHIVED else None,
        "rating": ratings.shown_to(found, request.user),
        "can_rate": ratings.may_rate(found, request.user),
        "links": hooks.links(found, request.user),
        "papers": Paper.objects.filter(order=found).with_signed().order_by("-issued_at"),
        "submissions": found.submissions.listed(),
        "can_supplement": found.customer_id == request.user.pk and found.state in supplements.STATES,
    }
    return render(request, "workorders/order.html", context)


def _progress(request: UserRequest, order: WorkOrder) -> HttpResponse:
    """Answer who has only the handling person's phone: how far it is, without names, words, papers or places."""
    context = {
        "order": order,
        "chapters": progress.chapters(order, list(order.events.filter(is_public=True))),
        "remaining": deadlines.remaining(order),
        "total": promise.total(order),
        "ahead": progress.ahead(order),
    }
    return render(request, "workorders/progress.html", context)


@require_safe
def manager(request: UserRequest, pk: UUID) -> HttpResponse:
    """客户经理介绍."""
    found = visible_order(request, pk)
    if found.manager is None:
        raise Http404
    return render(request, "workorders/manager.html", {"order": found, "card": getattr(found.manager, "card", None)})


@require_http_methods(["GET", "POST"])
def supplement(request: UserRequest, pk: UUID) -> HttpResponse:
    """容缺后补: papers of the application that follow after it was handed in."""
    found = own_order(request, pk)
    if found.state not in supplements.STATES:
        return redirect(found)
    problems = keep_uploads(request, found, Stage.APPLICATION)
    if request.method == "POST" and not problems:
        return redirect(found)
    later = [field for field in upload_fields(found, Stage.APPLICATION, problems) if field.kind in AttachmentKind.later]
    return render(request, "workorders/supplement.html", {"order": found, "uploads": later})
