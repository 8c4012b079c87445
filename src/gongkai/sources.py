"""The files that were offered: which there are, and what content each has."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.errors import UnreadableFile, UsageError

_TICK = 2_000_000_000  # nanoseconds: file systems that count in two seconds are still about


@dataclass(frozen=True, slots=True)
class Content:
    """What a file held at one moment."""

    sha256: str
    stamp: tuple[int, int]  # size and time of change, by which a later change shows


def collect(paths: Iterable[str | Path]) -> list[Path]:
    """The files that are meant: files as named, folders searched for PDFs at any depth.

    In the order given, each folder's files sorted by path; a file met twice comes once.
    Links to folders are not followed. Raises UsageError for a path that is missing, a folder
    that cannot be read or holds no PDF, or no path at all.
    """
    found: dict[Path, None] = {}
    for path in map(Path, paths):
        if path.is_dir():
            inside = sorted(_pdfs(path), key=lambda file: file.parts)
            if not inside:
                raise UsageError(f"{path} holds no PDF: name a folder with reports in it")
            found.update(dict.fromkeys(map(_absolute, inside)))
        elif os.path.lexists(path):
            found[_absolute(path)] = None
        else:
            raise UsageError(f"{path} does not exist: name a PDF file or a folder")
    if not found:
        raise UsageError("nothing to ingest: name a PDF file or a folder")
    return list(found)


def content_of(path: Path) -> Content:
    """Digest one file. Raises UnreadableFile where it cannot be opened."""
    stamp = stamp_of(path)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
    except OSError as error:
        raise UnreadableFile(f"文件打不开：{_why(error)}") from error
    return Content(digest.hexdigest(), stamp)


def stamp_of(path: Path) -> tuple[int, int]:
    """Size and time of change. Raises UnreadableFile where there is no regular file."""
    try:
        status = path.stat()
    except OSError as error:
        raise UnreadableFile(f"文件打不开：{_why(error)}") from error
    if not stat.S_ISREG(status.st_mode):  # opening a pipe or a device could wait for ever
        raise UnreadableFile("不是普通文件")
    return status.st_size, status.st_mtime_ns


def stamps_of(paths: Iterable[Path]) -> dict[Path, tuple[int, int]]:
    """Size and time of change of each path, without those that are no regular files."""
    stamps = {}
    for path in paths:
        with contextlib.suppress(UnreadableFile):
            stamps[path] = stamp_of(path)
    return stamps


def settled(stamp: tuple[int, int]) -> tuple[int, int] | None:
    """A stamp that tells a change for certain: None for a file that changed just now.

    A second change within the same tick of the file system's clock would not show.
    """
    return stamp if time.time_ns() - stamp[1] > _TICK else None


def path_text(path: Path) -> str:
    """A path as text for the database: forward slashes, bytes that are no text escaped."""
    return path.as_posix().encode("utf-8", "backslashreplace").decode("utf-8")


def _pdfs(folder: Path) -> Iterator[Path]:
    def refuse(error: OSError) -> None:
        raise UsageError(f"{error.filename} cannot be searched: {_why(error)}")

    for parent, _, names in os.walk(folder, onerror=refuse):
        for name in names:
            if name.lower().endswith(".pdf"):
                yield Path(parent, name)


def _absolute(path: Path) -> Path:
    # Not resolve(): a link is a file of its own name.
    return Path(os.path.normpath(path.absolute()))


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
