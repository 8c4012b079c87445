"""Remote files: any URL that fsspec knows, such as ``s3://bucket/folder``.

They are listed once, and each is copied into a temporary folder to be read. Needs the extra
``remote``. Credentials and endpoints are found as the tools of the store find them.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import hashlib
import re
import sys
import tempfile
import time
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar

from gongkai.errors import ReaderFailed, UsageError
from gongkai.language import tr
from gongkai.problems import message

_PARALLEL_COPIES = 8
_COPIED_AHEAD = 16  # files copied before their turn
_WAITS = (0.5, 2.0)  # seconds before a failed copy is tried again
UNKNOWN_SIZE = -1
_MD5 = re.compile("[0-9a-f]{32}")
_STAMP_BITS = 60  # keeps the second part of a stamp below the present time in nanoseconds

_Known = TypeVar("_Known")


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file by its URL, as the store listed it."""

    url: str
    size: int  # in bytes; UNKNOWN_SIZE where the store does not say
    version: str  # identifies this content in the store: ETag, checksum or time of change
    md5: str = ""  # in hexadecimal, if the store gives it

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        """The last part of the URL."""
        return self.url.rpartition("/")[2]

    @property
    def probable_md5(self) -> str:
        """The ETag if it looks like an MD5: S3 makes it one for most ways to store an object."""
        etag = self.version.strip('"')
        return etag if _MD5.fullmatch(etag) else ""

    @property
    def is_verifiable(self) -> bool:
        """Whether it can be known that a copy is whole."""
        return self.size != UNKNOWN_SIZE or bool(self.md5)

    @property
    def stamp(self) -> tuple[int, int]:
        """Size and version as two numbers, like the size and time of a local file."""
        if not self.version:
            return self.size, sys.maxsize  # later than any time: never trusted
        digest = hashlib.sha256(self.version.encode()).digest()
        return self.size, int.from_bytes(digest[:8]) >> (64 - _STAMP_BITS)


_CHAIN = "::"  # zip://a.pdf::s3://bucket/b.zip is a.pdf in b.zip


def is_url(path: object) -> bool:
    """Whether a path is a URL for fsspec: ``scheme://…``."""
    scheme, separator, _ = str(path).partition("://")
    return isinstance(path, str) and bool(separator) and scheme.isalnum() and len(scheme) > 1


def list_files(url: str) -> list[RemoteFile]:
    """The file of this URL, or every PDF below it, sorted by URL.

    Raises UsageError if there is none, if the store cannot be reached, or if the package for
    its kind is not installed.
    """
    store, path = _store(url)
    store.invalidate_cache()  # of an earlier run in this process
    try:
        if store.isfile(path):
            return [_remote(url, store, path, store.info(path))]
        found = store.find(path, detail=True)
    except _store_errors() as error:
        raise UsageError(
            tr("{url} cannot be listed: {reason}", url=url, reason=_error_text(error))
        ) from error
    pdfs = [
        _remote(url, store, name, info)
        for name, info in found.items()
        if info.get("type") == "file" and name.lower().endswith(".pdf")
    ]
    if not pdfs:
        raise UsageError(
            tr("{url} holds no PDF: name a file or folder with reports in it", url=url)
        )
    return sorted(pdfs, key=lambda file: file.url)


class Copies:
    """Copies of remote files in a temporary folder. A context manager, which deletes the folder.

    The first copy makes the folder: a run that is killed leaves it behind, and most runs copy
    nothing.
    """

    def __init__(self) -> None:
        self._folders = contextlib.ExitStack()
        self._threads = ThreadPoolExecutor(_PARALLEL_COPIES, "gongkai-copy")
        self._copies: dict[RemoteFile, Future[Path]] = {}
        self._other_etags: set[str] = set()  # stores whose ETags are no digests of the content

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._folders.close()

    @functools.cached_property
    def _folder(self) -> str:
        return self._folders.enter_context(tempfile.TemporaryDirectory(prefix="gongkai-"))

    def ahead(
        self, files: Iterable[tuple[Path | RemoteFile, _Known]]
    ) -> Iterator[tuple[Path | RemoteFile, _Known]]:
        """Pass files through, and start to copy the unknown ones before their turn."""
        waiting: deque[tuple[Path | RemoteFile, _Known]] = deque()
        for file, known in files:
            if known is None and isinstance(file, RemoteFile):
                self._start(file)
            waiting.append((file, known))
            if len(waiting) > _COPIED_AHEAD:
                yield waiting.popleft()
        yield from waiting

    def local(self, file: Path | RemoteFile) -> Path:
        """The local path of a file. Raises ReaderFailed if it could not be copied whole."""
        return file if isinstance(file, Path) else self._start(file).result()

    def drop(self, file: Path | RemoteFile) -> None:
        """Delete the copy of a file after it was read."""
        copy = self._copies.pop(file, None) if isinstance(file, RemoteFile) else None
        if copy is not None and copy.exception() is None:
            copy.result().unlink()

    def _start(self, file: RemoteFile) -> Future[Path]:
        if file not in self._copies:
            # The URL never becomes part of a local path.
            name = hashlib.sha256(file.url.encode()).hexdigest()
            to = Path(self._folder, f"{name[:32]}.pdf")
            self._copies[file] = self._threads.submit(_copy, file, to, self._other_etags)
        return self._copies[file]


def _copy(file: RemoteFile, to: Path, other_etags: set[str]) -> Path:
    """Copy a file as it was listed; what may pass is tried again after a wait.

    Two copies that are the same, but not what the ETag says, show that the store's ETags are no
    digests (as those of S3 with KMS keys): the store is added to ``other_etags``.
    """
    store = file.url.split("/", 3)[2]
    seen: set[str] = set()
    for wait in (*_WAITS, None):
        try:
            digest = _copy_once(file, to)
            if not file.md5 and file.probable_md5 and store not in other_etags:
                if digest in seen:
                    other_etags.add(store)
                elif digest != file.probable_md5:
                    seen.add(digest)
                    raise ReaderFailed(message("other_digest"))
            break
        except ReaderFailed as error:
            if wait is None or isinstance(error.__cause__, (FileNotFoundError, PermissionError)):
                raise
            time.sleep(wait)
    return to


def _copy_once(file: RemoteFile, to: Path) -> str:
    """Copy a file and return its MD5. Raises ReaderFailed if it is not as it was listed."""
    try:
        store, path = _store(file.url)
    except UsageError as error:  # it could be opened when it was listed
        raise ReaderFailed(message("not_copied", error=error)) from error
    try:
        store.get_file(path, str(to))
    except _store_errors() as error:
        raise ReaderFailed(message("not_copied", error=_error_text(error))) from error
    if (size := to.stat().st_size) != file.size != UNKNOWN_SIZE:
        raise ReaderFailed(message("not_received", received=size, size=file.size))
    if not file.md5 and not file.probable_md5:
        return ""
    with to.open("rb") as copy:
        digest = hashlib.file_digest(copy, functools.partial(hashlib.md5, usedforsecurity=False))
    if file.md5 not in ("", digest.hexdigest()):
        raise ReaderFailed(message("other_digest"))
    return digest.hexdigest()


def _store(url: str) -> tuple[Any, str]:
    scheme = url.partition("://")[0]
    if _CHAIN in _around_archive(url) or (_CHAIN in url and scheme != "zip"):
        raise UsageError(
            tr("{url} chains URLs: only zip://FILE::URL, a file in an archive, is read", url=url)
        )
    try:
        from fsspec.core import url_to_fs

        store, path = url_to_fs(url)
    except ImportError as error:
        raise UsageError(
            tr(
                '{scheme}:// needs a package: pip install "gongkai[remote]" has that of s3, '
                "others have their own ({reason})",
                scheme=scheme,
                reason=error,
            )
        ) from error
    except _opening_errors() as error:
        raise UsageError(
            tr("{url} cannot be opened: {reason}", url=url, reason=_error_text(error))
        ) from error
    return store, path


def _around_archive(url: str) -> str:
    """The URL of the archive that holds a file of a chained URL; empty for others."""
    return url.partition(_CHAIN)[2]


def _remote(listed: str, store: Any, name: str, info: dict[str, Any]) -> RemoteFile:
    marks = (info.get(key) for key in ("ETag", "etag", "checksum", "md5Hash", "mtime", "created"))
    version = next((str(mark) for mark in marks if mark), "")
    md5 = base64.b64decode(info.get("md5Hash") or "").hex()
    size = UNKNOWN_SIZE if info.get("size") is None else int(info["size"])
    archive = _around_archive(listed)
    url = (
        f"{store.unstrip_protocol(name)}{_CHAIN}{archive}"
        if archive
        else store.unstrip_protocol(name)
    )
    return RemoteFile(url, size, version, md5)


def _store_errors() -> tuple[type[BaseException], ...]:
    """The errors of stores: OSError, and errors of libraries that are loaded."""
    found: list[type[BaseException]] = [OSError, zipfile.BadZipFile]
    for module, name in (("botocore.exceptions", "BotoCoreError"), ("aiohttp", "ClientError")):
        if module in sys.modules:
            found.append(getattr(sys.modules[module], name))
    return tuple(found)


def _opening_errors() -> tuple[type[BaseException], ...]:
    """The errors of a URL that names no store, or an archive that cannot be read."""
    return (ValueError, TypeError, *_store_errors())


def _error_text(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0] or type(error).__name__
