"""What people may ask of their data: a copy of all of it, and an end to it.

Every app that holds personal data has a module of four functions, named in the setting PERSONAL_DATA_HOLDERS:
`export(user)` returns plain data, `files(user)` yields (path, stored file), `refusal(user)` says why the account cannot
close now, `erase(user)` removes what no law keeps. Sources: 个人信息保护法 art. 45 (copy), 47 (erasure, and its limit).
"""

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.urls import reverse

from accounts.models import User
from bandian.db.locks import atomic, locking
from bandian.web.rates import Rate
from notifications.enums import Kind
from notifications.services import notify

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

CHUNK_BYTES = 64 * 1024
# Of one person: each is all that they ever sent, read and packed anew, and a message to them.
EXPORTS = Rate("exports", 6, timedelta(hours=1))


class _Pipe(io.RawIOBase):
    """A file that cannot seek: what the archive writes is taken out at the other end."""

    def __init__(self) -> None:
        self._held = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer") -> int:
        self._held += data
        return memoryview(data).nbytes

    def take(self) -> bytes:
        taken, self._held = bytes(self._held), bytearray()
        return taken


def holders() -> list[ModuleType]:
    return [import_module(path) for path in settings.PERSONAL_DATA_HOLDERS]


def log_export(user: User) -> None:
    """Leave a message, so that an export by somebody else is noticed."""
    body = "如非本人操作，请立即修改密码，并在登录管理中退出其他设备。"
    notify([user], kind=Kind.PRIVACY, title="您的个人信息已导出", body=body, url=reverse("accounts:privacy_mine"))


def export(user: User) -> Iterator[bytes]:
    """Yield a ZIP with the user's data as JSON and the user's files, piece by piece."""
    pipe, data = _Pipe(), dict[str, Any]()
    for holder in holders():
        data |= holder.export(user)
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps(data, ensure_ascii=False, indent=2, cls=DjangoJSONEncoder)
        archive.writestr("个人信息.json", text)
        yield pipe.take()
        for holder in holders():
            for path, stored in holder.files(user):
                with stored.open("rb") as source, archive.open(path, "w", force_zip64=True) as target:
                    while chunk := source.read(CHUNK_BYTES):
                        target.write(chunk)
                        yield pipe.take()
    yield pipe.take()


def refusals(user: User) -> list[str]:
    """Return, in Chinese, what keeps the account from being closed now."""
    return [reason for holder in holders() if (reason := holder.refusal(user))]


@atomic
def close(user: User) -> None:
    """Erase the user's data but for what the law keeps, and end all sessions; raise ValidationError if refused."""
    # Without the key: whoever writes a line for this person meanwhile holds an order that is locked next.
    user = locking(User.objects).get(pk=user.pk)
    if reasons := refusals(user):
        raise ValidationError(reasons)
    for holder in holders():
        holder.erase(user)
