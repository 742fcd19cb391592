"""Sends stored files to those who were found to have the right: whole, in part, or by the web server."""

import re
from pathlib import PurePath
from typing import Protocol
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from files import previews


class Stored(Protocol):
    """A row with a file and the hash of its bytes."""

    @property
    def file(self) -> FieldFile: ...

    @property
    def sha256(self) -> str: ...


def send(
    request: HttpRequest, stored: Stored, content_type: str, name: str, *, download: bool = False
) -> HttpResponseBase:
    """Return the answer with the file of a row that has `file` and `sha256`, or with the part that was asked for.

    With SENDFILE_HEADER the web server sends it, which knows of parts by itself.
    """
    etag = f'"{stored.sha256}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = _handed_over(stored.file) if settings.SENDFILE_HEADER else _answer(request, stored.file, etag)
    response["ETag"] = etag
    if response.status_code in (200, 206):
        response["Content-Type"] = content_type
        response["Content-Disposition"] = content_disposition_header(download, PurePath(name).name) or "inline"
    return harden_response(response)


def send_page(stored: Stored, page: int) -> HttpResponseBase:
    """Return a page of a PDF as an image, pages from 1; where it cannot be drawn, an image that says why.

    Raises Http404 where there is no such page.
    """
    try:
        image, kind, status = (
            previews.render_page(stored.file, page - 1, previews.PAGE, sha256=stored.sha256),
            "png",
            200,
        )
    except IndexError as error:
        raise Http404 from error
    except ValidationError as error:
        lines = [line for line in re.split("(?<=[，。])", error.messages[0]) if line]
        image = render_to_string("files/undrawn.svg", {"lines": lines}).encode()
        kind, status = "svg+xml", 503 if error.code == "busy" else 422
    return harden_response(HttpResponse(image, content_type=f"image/{kind}", status=status))


def harden_response(response: HttpResponseBase) -> HttpResponseBase:
    """Add what keeps a browser from taking a stranger's file for anything but what it is declared to be."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _handed_over(file: FieldFile) -> HttpResponse:
    response = HttpResponse()
    response[settings.SENDFILE_HEADER] = settings.SENDFILE_PREFIX + quote(file.name or "")
    return response


def _answer(request: HttpRequest, file: FieldFile, etag: str) -> HttpResponse | FileResponse:
    response: HttpResponse | FileResponse
    size = file.size
    wanted = _part(request, size, etag)
    if wanted is None:
        response = FileResponse(file.open())
    elif not wanted:
        response = HttpResponse(status=416)
        response["Content-Range"] = f"bytes */{size}"
    else:
        with file.open() as stream:
            stream.seek(wanted.start)
            response = HttpResponse(stream.read(len(wanted)), status=206)
        response["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{size}"
    response["Accept-Ranges"] = "bytes"
    return response


def _part(request: HttpRequest, size: int, etag: str) -> range | None:
    """Return the bytes that a Range header asks for, an empty range where there are none, None for the whole file.

    Several parts at once are answered with the whole, as RFC 9110 section 14.2 allows; so is a part of another version.
    """
    asked = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", request.headers.get("Range", ""), re.ASCII)
    if request.method != "GET" or not asked or asked[0] == "bytes=-":
        return None
    if request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        return range(size - min(int(last), size), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)
