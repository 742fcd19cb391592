"""Answers that are longer than memory."""

from collections.abc import AsyncIterator, Iterator
from typing import IO, Self

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse

from bandian.db.pooled import give_back_connections


def streamed(request: HttpRequest, chunks: Iterator[bytes], content_type: str) -> StreamingHttpResponse:
    """Return the answer that sends what a generator yields, piece by piece under either kind of server.

    Between two pieces the generator holds neither a transaction nor a server-side cursor.
    """
    body: AsyncIterator[bytes] | Iterator[bytes] = _threaded(chunks) if isinstance(request, ASGIRequest) else chunks
    return StreamingHttpResponse(body, content_type=content_type)


async def _threaded(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read a generator that waits for database and disk without holding up the server's event loop."""
    while (chunk := await sync_to_async(_next)(chunks)) is not None:
        yield chunk


def _next(chunks: Iterator[bytes]) -> bytes | None:
    """Return the next piece, or None; while it is on its way, others may have the connection to the database."""
    try:
        return next(chunks, None)
    finally:
        give_back_connections()


class Pieces:
    """A file on disk, read piece by piece and closed at its end or with the answer."""

    SIZE = 64 * 1024

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if piece := self._file.read(self.SIZE):
            return piece
        self.close()
        raise StopIteration

    def close(self) -> None:
        self._file.close()
