"""帮助: the stages explained, and the questions customers ask; open to everyone."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workorders import guide


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "workorders/help.html", {"topics": guide.TOPICS, "faq": guide.FAQ})
