"""Files that are not on this machine: any URL that fsspec knows, such as ``s3://bucket/folder``.

They are listed once, and copied into a temporary folder to be read. Needs the extra
``remote``; credentials and endpoints come from where the store's own tools look for them.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from gongkai.errors import UnreadableFile, UsageError
from gongkai.problems import message

_AT_ONCE = 8  # copies under way
_AHEAD = 16  # files copied before their turn
_STAMP_BITS = 60  # a stamp's second part stays below today's nanoseconds, and so counts as settled

_Known = TypeVar("_Known")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file by its URL, as the store listed it."""

    url: str
    size: int
    version: str  # the store's own mark of this content: ETag, checksum or time of change

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.url.rpartition("/")[2]

    @property
    def stamp(self) -> tuple[int, int]:
        """Size and mark, by which a change shows, in two numbers as of a local file."""
        if not self.version:
            return self.size, sys.maxsize  # later than now, always: nothing is settled
        digest = hashlib.sha256(self.version.encode()).digest()
        return self.size, int.from_bytes(digest[:8]) >> (64 - _STAMP_BITS)


def is_url(path: object) -> bool:
    """Whether a path names a place for fsspec: ``scheme://…``."""
    scheme, separator, _ = str(path).partition("://")
    return isinstance(path, str) and bool(separator) and scheme.isalnum() and len(scheme) > 1


def list_files(url: str) -> list[RemoteFile]:
    """The file of this URL, or every PDF below it, sorted by URL.

    Raises UsageError where there is none, where the store cannot be reached, or where the
    package for its kind is not installed.
    """
    store, path = _store(url)
    store.invalidate_cache()  # of an earlier run in this process
    try:
        if store.isfile(path):
            return [_remote(store, path, store.info(path))]
        found = store.find(path, detail=True)
    except _faults() as error:
        raise UsageError(f"{url} cannot be listed: {_why(error)}") from error
    pdfs = [
        _remote(store, name, info)
        for name, info in found.items()
        if info.get("type") == "file" and name.lower().endswith(".pdf")
    ]
    if not pdfs:
        raise UsageError(f"{url} holds no PDF: name a file or folder with reports in it")
    return sorted(pdfs, key=lambda file: file.url)


class Copies:
    """Copies of remote files in a folder that goes when they are done. A context manager."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="gongkai-")
        self._threads = ThreadPoolExecutor(_AT_ONCE, "gongkai-copy")
        self._under_way: dict[RemoteFile, Future[Path]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._folder.cleanup()

    def ahead(
        self, files: Iterable[tuple[Path | RemoteFile, _Known]]
    ) -> Iterator[tuple[Path | RemoteFile, _Known]]:
        """The same files, with how each is known; unknown ones are copied before their turn."""
        waiting: deque[tuple[Path | RemoteFile, _Known]] = deque()
        for file, known in files:
            if known is None and isinstance(file, RemoteFile):
                self._begin(file)
            waiting.append((file, known))
            if len(waiting) > _AHEAD:
                yield waiting.popleft()
        yield from waiting

    def local(self, file: Path | RemoteFile) -> Path:
        """Where a file can be read here. Raises UnreadableFile where it could not be copied."""
        return file if isinstance(file, Path) else self._begin(file).result()

    def drop(self, file: Path | RemoteFile) -> None:
        """Delete the copy of a file that is done."""
        copy = self._under_way.pop(file, None) if isinstance(file, RemoteFile) else None
        if copy is not None and copy.exception() is None:
            copy.result().unlink()

    def _begin(self, file: RemoteFile) -> Future[Path]:
        if file not in self._under_way:
            # Nothing of the URL becomes part of a path here.
            name = hashlib.sha256(file.url.encode()).hexdigest()
            to = Path(self._folder.name, f"{name[:32]}.pdf")
            self._under_way[file] = self._threads.submit(_copy, file.url, to)
        return self._under_way[file]


def _copy(url: str, to: Path) -> Path:
    store, path = _store(url)
    try:
        store.get_file(path, str(to))
    except _faults() as error:
        raise UnreadableFile(message("not_copied", error=_why(error))) from error
    return to


def _store(url: str) -> tuple[Any, str]:
    scheme = url.partition("://")[0]
    try:
        from fsspec.core import url_to_fs

        store, path = url_to_fs(url)
    except ImportError as error:
        raise UsageError(
            f'{scheme}:// needs a package: pip install "gongkai[remote]" has that of s3, others '
            f"have their own ({error})"
        ) from error
    except ValueError as error:
        raise UsageError(f"{url} cannot be opened: {_why(error)}") from error
    return store, path


def _remote(store: Any, name: str, info: dict[str, Any]) -> RemoteFile:
    marks = (info.get(key) for key in ("ETag", "etag", "checksum", "md5Hash", "mtime", "created"))
    version = next((str(mark) for mark in marks if mark), "")
    return RemoteFile(store.unstrip_protocol(name), int(info.get("size") or 0), version)


def _faults() -> tuple[type[BaseException], ...]:
    """What stores raise; those of their libraries that are no OSError only where loaded."""
    found: list[type[BaseException]] = [OSError]
    for module, name in (("botocore.exceptions", "BotoCoreError"), ("aiohttp", "ClientError")):
        if module in sys.modules:
            found.append(getattr(sys.modules[module], name))
    return tuple(found)


def _why(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
