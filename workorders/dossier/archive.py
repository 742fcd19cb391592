"""A ZIP that keeps a list of what it holds; memory does not grow with the files."""

import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import IO, Any, Self

from django.utils import timezone

from files.serving import Stored
from workorders.papers.lines import clean

_CHUNK = 64 * 1024
_NAME_BYTES = 180  # most file systems hold 255
# What Windows has no file names with.
_RESERVED = re.compile(r'[<>:"\\|?*\x00-\x1f]')


class Archive:
    """`entries` lists what was added: path, sha256, size in bytes, what it is, and the problem where there was one."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.entries: list[dict[str, Any]] = []
        self._zip = zipfile.ZipFile(stream, "w")
        self._taken: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._zip.close()

    def add(self, path: str, data: bytes, what: str) -> None:
        self._copy(io.BytesIO(data), path, what, zipfile.ZIP_DEFLATED)

    def add_stored(self, path: str, row: Stored, what: str, **facts: Any) -> None:
        """Add the file of a row that has `file` and `sha256`; one that is lost or not the recorded one is named so."""
        try:
            stream = row.file.open("rb")
        except OSError:
            lost = {"path": self._free(path), "what": what, "problem": "文件读取失败，未收入卷宗"}
            self.entries.append(lost | {"recorded_sha256": row.sha256})
            return
        with stream:
            # PDFs and photos are compressed in themselves.
            entry = self._copy(stream, path, what, zipfile.ZIP_STORED, **facts)
        if entry["sha256"] != row.sha256:
            entry |= {"problem": "与系统登记的哈希不一致", "recorded_sha256": row.sha256}

    def _copy(self, source: IO[bytes], path: str, what: str, compression: int, **facts: Any) -> dict[str, Any]:
        digest, size = hashlib.sha256(), 0
        path = self._free(path)
        with self._writing(path, compression) as target:
            while chunk := source.read(_CHUNK):
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
        entry = {"path": path, "sha256": digest.hexdigest(), "size": size, "what": what, **facts}
        self.entries.append(entry)
        return entry

    @contextmanager
    def _writing(self, path: str, compression: int) -> Iterator[IO[bytes]]:
        info = zipfile.ZipInfo(path, timezone.localtime().timetuple()[:6])
        info.compress_type = compression
        info.external_attr = 0o644 << 16
        with self._zip.open(info, "w", force_zip64=True) as target:
            yield target

    def _free(self, path: str) -> str:
        """Return a path that every system can write and that no other file here has, whatever its case."""
        wanted = PurePosixPath(*map(safe_name, path.split("/")))
        found, number = wanted, 1
        while str(found).casefold() in self._taken:
            number += 1
            found = wanted.with_name(f"{wanted.stem} ({number}){wanted.suffix}")
        self._taken.add(str(found).casefold())
        return str(found)


def safe_name(text: str) -> str:
    """Return a name without control and direction characters, separators and what Windows refuses; shortened."""
    name = _RESERVED.sub("_", clean(text).replace("\n", " ")).strip(" .") or "未命名"
    stem, dot, ending = name.rpartition(".")
    if len(name.encode()) <= _NAME_BYTES:
        return name
    ending = dot + ending if dot and len(ending) <= 4 else ""
    stem = stem if ending else name
    return stem.encode()[: _NAME_BYTES - len(ending)].decode(errors="ignore").rstrip(" .") + ending
