"""Asks a ClamAV daemon about uploads, where CLAMD_URL names one; no answer means no upload."""

import logging
import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

TIMEOUT_SECONDS = 30
_CHUNK_BYTES = 1 << 16
_ANSWER_BYTES = 4096

logger = logging.getLogger(__name__)


def scan(data: bytes) -> None:
    """Raise ValidationError for a file that holds malware, and for any that could not be looked through."""
    if not settings.CLAMD_URL:
        return
    try:
        answer = _ask(data)
    except OSError as error:
        logger.error("the malware scanner does not answer: %s", error)
        answer = ""
    if answer == "stream: OK":
        return
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        logger.warning("an upload was refused: %r", answer)
        raise ValidationError("文件含有病毒或恶意代码，不能上传。请查杀后重新选择。", code="malware")
    if answer:
        logger.error("the malware scanner says %r", answer)
    raise ValidationError("文件安全检查暂时不可用，文件没有保存，请稍后重试。", code="scanner")


def _ask(data: bytes) -> str:
    """Return clamd's answer to INSTREAM: each chunk with its length before it, and a length of zero at the end."""
    with _connection() as connection:
        connection.sendall(b"zINSTREAM\0")
        try:
            for start in range(0, len(data), _CHUNK_BYTES):
                chunk = data[start : start + _CHUNK_BYTES]
                connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it stops listening where the stream is too long for it, and its answer says so
        answer = b""
        while b"\0" not in answer and len(answer) < _ANSWER_BYTES and (part := connection.recv(_ANSWER_BYTES)):
            answer += part
    return answer.partition(b"\0")[0].decode(errors="replace").strip()


def _connection() -> socket.socket:
    url = urlsplit(settings.CLAMD_URL)
    if url.scheme == "tcp":
        return socket.create_connection((url.hostname, url.port), timeout=TIMEOUT_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(TIMEOUT_SECONDS)
    try:
        connection.connect(url.path)
    except OSError:
        connection.close()
        raise
    return connection
