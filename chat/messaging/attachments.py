"""Files on their way into a room: checked and cleaned before anything is locked, kept with the message."""

import errno
import hashlib
import io
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Count, Sum

from accounts.models import User
from chat.exceptions import ChatError
from chat.models import Attachment, Room
from files import checks, office, sandbox, scanner, storage

_HEAD = 4096


@dataclass(frozen=True)
class Incoming:
    """A file as it will be kept; `digest` is of the bytes that came, by which the same file is known again."""

    name: str
    content: bytes = field(repr=False)
    content_type: str
    digest: str
    notes: str = ""
    thumb: bytes = field(default=b"", repr=False)
    width: int = 0
    height: int = 0

    @property
    def is_image(self) -> bool:
        return bool(self.thumb)

    def stored(self) -> Attachment:
        """Write the file in the caller's transaction, whose rollback takes it away; return the row to save."""
        row = Attachment(
            original_name=self.name,
            content_type=self.content_type,
            size=len(self.content),
            sha256=hashlib.sha256(self.content).hexdigest(),
            original_sha256=self.digest,
            width=self.width,
            height=self.height,
            notes=self.notes,
        )
        try:
            storage.store(row, "file", io.BytesIO(self.content))
            if self.thumb:
                storage.store(row, "thumb", io.BytesIO(self.thumb))
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise ChatError("invalid", "服务器存储空间不足，文件没有发送，请稍后重试。") from error
        return row


def check_volume(user: User, upload: UploadedFile) -> None:
    """Count the bytes of a person's file with all that they upload; raises ChatError beyond that."""
    try:
        checks.check_volume(user.pk, upload.size or 0)
    except ValidationError as error:
        raise ChatError("invalid", error.messages[0]) from error


def take(upload: UploadedFile) -> Incoming:
    """Return an upload ready to be sent; raises ChatError that names the problem and the remedy."""
    _check_size(upload.size or 0)
    try:
        incoming = _taken(upload)
    except ValidationError as error:
        words = office.WANTED if error.code == "format" else " ".join(error.messages)
        raise ChatError("invalid", words) from error
    _check_size(len(incoming.content))  # drawn anew, it may have grown
    return incoming


def check_room(room: Room, incoming: Incoming) -> None:
    """Refuse a file for which a locked room has no place any more."""
    whole = Attachment.objects.filter(message__room=room).aggregate(files=Count("pk"), bytes=Sum("size", default=0))
    if whole["files"] >= settings.ORDER_MAX_FILES or whole["bytes"] + len(incoming.content) > settings.ORDER_MAX_BYTES:
        raise ChatError("invalid", "这个群聊的文件已达上限，不能再发文件；文字可以继续发送。")


def _check_size(size: int) -> None:
    if size > settings.CHAT_FILE_MAX_BYTES:
        limit = settings.CHAT_FILE_MAX_BYTES // 1024 // 1024
        raise ChatError("invalid", f"文件超过 {limit} MB 的上限，请压缩或拆分后再发。")


def _taken(upload: UploadedFile) -> Incoming:
    name = checks.shown_name(upload.name or "")
    head = upload.read(_HEAD)
    if not office.is_known(head):
        content = checks.read(upload)
        digest = hashlib.sha256(content).hexdigest()
        checked = checks.clean(content)
        if checked.content_type == "application/pdf":
            return Incoming(name, checked.content, checked.content_type, digest, checked.notes)
        (width, height), thumb = sandbox.run(office.thumb_apart, checked.content)
        return Incoming(name, checked.content, checked.content_type, digest, "", thumb, width, height)
    content = head + upload.read()
    scanner.scan(content)
    (ending, content_type), _ = sandbox.run(office.examine_apart, content)
    if checks.ending_of(name) not in ("", f".{ending}"):
        raise ValidationError(f"文件名的结尾与内容（.{ending}）不符。请核对所选文件，改正扩展名后再发。", code="ending")
    return Incoming(checks.with_ending(name, f".{ending}"), content, content_type, hashlib.sha256(content).hexdigest())
