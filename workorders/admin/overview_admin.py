"""The supervisors' pages: 办电概览, figures as charts and tables, to print and to export; 待审核, what waits."""

from collections.abc import Iterable

from django import forms
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from workorders.admin.desk_pages import page_context
from workorders.desk import charts, overview, reviews
from workorders.desk.spreadsheets import csv_response
from workorders.models import ServiceArea

SECONDS = 300
# The column of each table that its chart draws, and the value of a full bar where it is not the largest.
_DRAWN = {"states": (2, None), "ages": (1, None), "limits": (3, 100), "bottlenecks": (3, None), "areas": (3, 100)}
_DRAWN |= {"totals": (1, None), "totals-months": (3, 100), "totals-areas": (3, 100)}


class AreaForm(forms.Form):
    area = forms.ModelChoiceField(ServiceArea.objects.all(), label="供电单位", required=False, empty_label="全部")


@require_safe
def overview_page(request: UserRequest) -> HttpResponseBase:
    """Show all tables with their charts; ?area= narrows them, ?table= sends one as CSV."""
    if not request.user.is_supervisor:
        raise PermissionDenied
    form = AreaForm(request.GET)
    area = form.cleaned_data["area"] if form.is_valid() else None
    tables: list[overview.Table] = cache.get_or_set(
        f"overview-{area.pk if area else None}", lambda: overview.tables(area), SECONDS
    )
    if wanted := request.GET.get("table"):
        return _csv(tables, wanted)
    figures = [(table, _chart(table)) for table in tables]
    context = page_context(request, "办电概览", form=form, area=area, now=timezone.now(), figures=figures)
    return render(request, "admin/workorders/overview.html", context)


@require_safe
def reviews_page(request: UserRequest) -> HttpResponse:
    """Show all that waits for a supervisor's decision, each kind with its number."""
    if not request.user.is_supervisor:
        raise PermissionDenied
    context = page_context(request, "待审核", kinds=reviews.waiting(request.user))
    return render(request, "admin/workorders/reviews.html", context)


def _chart(table: overview.Table) -> str:
    column, most = _DRAWN[table.key]
    rows, unit = [(row[0], row[column]) for row in table.rows], "%" if most == 100 else ""
    return charts.bars(table.title, rows, most=most, unit=unit) if rows else ""


def _csv(tables: Iterable[overview.Table], wanted: str) -> StreamingHttpResponse:
    for table in tables:
        if table.key == wanted:
            return csv_response(f"overview-{table.key}", table.columns, table.rows)
    raise Http404
