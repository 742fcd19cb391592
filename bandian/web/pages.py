"""Pages for machines: health, and what browsers report of the content security policy. The page for failures."""

import json
import logging
import sys
from datetime import timedelta
from typing import Any, Never

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import SuspiciousOperation, ValidationError
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from psycopg_pool import PoolTimeout, TooManyRequests
from redis.exceptions import RedisError

from bandian.web.posting import words_in
from bandian.web.rates import Rate, is_within

RETRY_SECONDS = 30
REPORT_MAX_BYTES = 16 * 1024
REPORTS = Rate("csp-reports", 60, timedelta(minutes=1))
REPORT_FIELDS = (
    "document-uri",
    "documentURL",
    "effective-directive",
    "effectiveDirective",
    "blocked-uri",
    "blockedURL",
)

logger = logging.getLogger("bandian.csp")


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Database and cache answer too; which one does not is in the log only."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")  # no table, so that it is right during a migration too
        cache.set("readyz", 1, 10)
        is_ready = cache.get("readyz") == 1
    except (DatabaseError, RedisError, OSError):
        logging.getLogger("bandian.health").exception("Not ready")
        is_ready = False
    return HttpResponse("ok" if is_ready else "unavailable", content_type="text/plain", status=200 if is_ready else 503)


# Exempt: the browser itself sends the report, without a page and its token; all it does is write to the log.
@csrf_exempt
@login_not_required
@require_POST
def csp_report(request: HttpRequest) -> HttpResponse:
    """Log what a browser refused to load, so many as REPORTS says; addresses without their query."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > REPORT_MAX_BYTES:
        return HttpResponse(status=413)
    if not is_within(REPORTS):
        return HttpResponse(status=429)
    for report in _reports(request.body):
        told = {name: str(report[name]).split("?")[0][:200] for name in REPORT_FIELDS if name in report}
        logger.warning("Refused by the browser: %s", json.dumps(told))
    return HttpResponse(status=204)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; 503 where no connection to the database, or no place in the sandbox, came free: nothing was done.

    What was typed stands on the page, to be copied.
    """
    error = sys.exception()
    busy = error if isinstance(error, ValidationError) and getattr(error, "code", "") == "busy" else None
    if not busy and not isinstance(getattr(error, "__cause__", None), (PoolTimeout, TooManyRequests)):
        return HttpResponse(render_to_string("500.html", {"written": _written(request)}), status=500)
    words = busy.messages[0] if busy else ""
    page = render_to_string("503.html", {"written": _written(request), "words": words})
    return HttpResponse(page, status=503, headers={"Retry-After": RETRY_SECONDS})


def nothing(request: HttpRequest, **_: Any) -> Never:
    """Stand before an address of the admin that leads to any object of any model, and so tells whether it exists."""
    raise Http404


def _written(request: HttpRequest) -> list[str]:
    try:
        return words_in(dict(request.POST.lists()))
    except (OSError, SuspiciousOperation, MultiPartParserError):  # it was the sending that failed
        return []


def _reports(body: bytes) -> list[dict[str, Any]]:
    """Return the reports of either format, report-uri's object or report-to's list; none where it is neither."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return []
    entries = found[:10] if isinstance(found, list) else [found]
    reports = [entry.get("csp-report", entry.get("body")) for entry in entries if isinstance(entry, dict)]
    return [report for report in reports if isinstance(report, dict)]
