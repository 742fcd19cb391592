"""Answers that are longer than memory."""

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse

from bandian.db.pooled import give_back_connections


def streamed(request, chunks, content_type):
    """Return the answer that sends what a generator yields, piece by piece under either kind of server.

    Between two pieces the generator holds neither a transaction nor a server-side cursor.
    """
    body = _threaded(chunks) if isinstance(request, ASGIRequest) else chunks
    return StreamingHttpResponse(body, content_type=content_type)


async def _threaded(chunks):
    """Read a generator that waits for database and disk without holding up the server's event loop."""
    while (chunk := await sync_to_async(_next)(chunks)) is not None:
        yield chunk


def _next(chunks):
    """Return the next piece, or None; while it is on its way, others may have the connection to the database."""
    try:
        return next(chunks, None)
    finally:
        give_back_connections()


class Pieces:
    """A file on disk, read piece by piece and closed at its end or with the answer."""

    SIZE = 64 * 1024

    def __init__(self, file):
        self._file = file

    def __iter__(self):
        return self

    def __next__(self):
        if piece := self._file.read(self.SIZE):
            return piece
        self.close()
        raise StopIteration

    def close(self):
        self._file.close()
