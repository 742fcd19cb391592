"""The desk's list as a spreadsheet: what the tab, filters and search show, at most MOST rows."""

import logging
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpResponseBase
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_safe

from accounts.requests import UserRequest
from accounts.validators import mask_phone
from bandian.web import pools
from bandian.web.searching import to_results
from workorders.admin.desk_admin import DeskForm, listed
from workorders.desk.spreadsheets import cell, csv_response
from workorders.limits import deadlines, promise
from workorders.limits.calendar import Calendar
from workorders.models import WorkOrder

MOST = 10_000
HEADER = (
    "工单编号", "申请编号", "户名", "用电地址", "状态", "轮到", "办理时限", "剩余", "总时限", "客户经理", "供电单位",
    "经办人", "经办人电话", "申请时间",
)  # fmt: skip
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
logger = logging.getLogger(__name__)


@require_safe
def export(request: UserRequest, ending: str) -> HttpResponseBase:
    if not (request.user.is_active and request.user.is_staff):
        raise PermissionDenied
    if ending not in ("csv", "xlsx"):
        raise Http404
    if answer := to_results(request):
        return answer
    chosen = DeskForm(request.GET, user=request.user).chosen(request.user)
    orders = listed(request.user, chosen).order_by("-created_at", "-id")
    orders = orders.select_related("application", "manager", "service_area").prefetch_related("requests")[:MOST]
    logger.info("user %s exports orders as %s: %s", request.user.pk, ending, chosen["tab"].key)
    name = f"orders-{timezone.localdate():%Y%m%d}"
    if ending == "csv":
        return csv_response(name, HEADER, _rows(orders))
    with pools.charged():
        book = _workbook(_rows(orders))
    return FileResponse(book, as_attachment=True, filename=f"{name}.xlsx", content_type=_XLSX)


def _rows(orders: QuerySet[WorkOrder]) -> Iterator[tuple[object, ...]]:
    calendar = Calendar.current()
    for order in orders.iterator(chunk_size=500):
        left, total = deadlines.remaining(order, calendar=calendar), promise.total(order, calendar=calendar)
        application = order.application
        yield (
            order.number, order.application_number, application.company, application.full_address,
            order.standing, order.turn.label, order.due_on, _left(order, left),
            total.text if total else "",
            order.manager, order.service_area, application.handler_name, mask_phone(application.handler_phone),
            f"{localtime(order.submitted_at):%Y-%m-%d %H:%M}" if order.submitted_at else "",
        )  # fmt: skip


def _left(order: WorkOrder, left: deadlines.Remaining | None) -> str:
    return left.text if left else "等补正，时限暂停" if order.is_paused else ""


def _workbook(rows: Iterable[Sequence[object]]) -> IO[bytes]:
    """Write a workbook row by row into a temporary file and return the file, open at its beginning."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("工单")
        sheet.set_column(0, len(HEADER) - 1, 18)
        for number, row in enumerate(_with_header(rows)):
            sheet.write_row(number, 0, [cell(value) for value in row])
    file.seek(0)
    return file


def _with_header(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    yield HEADER
    yield from rows
