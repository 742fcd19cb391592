"""What is open to everyone: 帮助, the stages and what customers ask; 办电公示, the public figures."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from bandian.web.rates import Rate, is_within, subscriber
from workorders import guide
from workorders.desk.spreadsheets import csv_response
from workorders.figures import tables, telling
from workorders.forms.figure_form import FigureForm

READS = Rate("figures", 60, timedelta(minutes=1))


def _public(view: Callable) -> Callable:
    """Let everybody read the figures, so many times as READS says."""

    @login_not_required
    @require_safe
    @wraps(view)
    def read(request: HttpRequest) -> HttpResponse:
        if is_within(READS, subscriber(request.META.get("REMOTE_ADDR", ""))):
            return view(request)
        words = "查询过于频繁，请一分钟后再试。"
        headers = {"Retry-After": str(READS.seconds)}
        return HttpResponse(words, content_type="text/plain; charset=utf-8", status=429, headers=headers)

    return read


@login_not_required
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "workorders/help.html", {"topics": guide.TOPICS, "faq": guide.FAQ})


@_public
def figures(request: HttpRequest) -> HttpResponse:
    """办电公示: a month of all units, or one unit month by month."""
    months = telling.told()
    if not months:
        return render(request, "workorders/figures.html")
    form = FigureForm(request.GET, months=months)
    rows, is_one_area = form.chosen()
    context = {"form": form, "rows": rows, "is_one_area": is_one_area, "stages": telling.STAGES, "least": telling.LEAST}
    return render(request, "workorders/figures.html", context)


@_public
def figures_csv(request: HttpRequest) -> StreamingHttpResponse:
    return csv_response("bandian-figures", tables.HEADER, tables.lines(telling.told()))


@_public
def figures_json(request: HttpRequest) -> HttpResponse:
    return JsonResponse(tables.data(telling.told()), json_dumps_params={"ensure_ascii": False})
