"""The files that were offered: which there are, and what content each has."""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.errors import UnreadableFile, UsageError
from gongkai.ingestion.remote import RemoteFile, is_url, list_files
from gongkai.problems import message

File = Path | RemoteFile

_TICK = 2_000_000_000  # nanoseconds: file systems that count in two seconds are still about


@dataclass(frozen=True, slots=True)
class Content:
    """What a file held at one moment."""

    sha256: str
    stamp: tuple[int, int]  # size and time of change, by which a later change shows


def collect(paths: Iterable[str | Path]) -> list[File]:
    """The files that are meant: files as named, folders searched for PDFs at any depth.

    ``@list.txt`` stands for the paths in that file, one a line, and a URL (``s3://…``) for
    its file or the PDFs below it. In the order given, each folder's files sorted by path; a
    file met twice comes once. Links to folders are not followed. Raises UsageError for a path
    that is missing, a folder that cannot be read or holds no PDF, or no path at all.
    """
    found: dict[File, None] = {}
    for named in _listed(paths):
        path = Path(named)
        if isinstance(named, str) and is_url(named):
            found.update(dict.fromkeys(list_files(named)))
        elif path.is_dir():
            inside = sorted(pdfs_below(path, _refuse), key=lambda file: file.parts)
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


def content_of(path: File, local: Path | None = None) -> Content:
    """Digest one file, of a remote one its copy ``local``. Raises UnreadableFile."""
    stamp = stamp_of(path)
    here = path if local is None else local
    assert isinstance(here, Path)
    try:
        with here.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
    except OSError as error:
        raise UnreadableFile(message("cannot_open", error=_why(error))) from error
    return Content(digest.hexdigest(), stamp)


def stamp_of(path: File) -> tuple[int, int]:
    """Size and time of change. Raises UnreadableFile where there is no regular file."""
    if isinstance(path, RemoteFile):
        return path.stamp
    try:
        status = path.stat()
    except OSError as error:
        raise UnreadableFile(message("cannot_open", error=_why(error))) from error
    if not stat.S_ISREG(status.st_mode):  # opening a pipe or a device could wait for ever
        raise UnreadableFile(message("not_regular"))
    return status.st_size, status.st_mtime_ns


def stamps_of(paths: Iterable[File]) -> dict[File, tuple[int, int]]:
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


def path_text(path: File) -> str:
    """A path as text for the database: forward slashes, bytes that are no text escaped."""
    text = path.url if isinstance(path, RemoteFile) else path.as_posix()
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _listed(paths: Iterable[str | Path]) -> Iterator[str | Path]:
    """The paths, with those of list files in place of the lists."""
    for path in paths:
        if not (isinstance(path, str) and path.startswith("@")) or os.path.lexists(path):
            yield path
            continue
        try:
            lines = Path(path[1:]).read_text(encoding="utf-8-sig").splitlines()
        except OSError as error:
            raise UsageError(f"the list {path[1:]} cannot be read: {_why(error)}") from error
        except UnicodeDecodeError as error:
            raise UsageError(f"the list {path[1:]} is not UTF-8: save it as UTF-8") from error
        yield from (line for line in map(str.strip, lines) if line)


def _refuse(error: OSError) -> None:
    raise UsageError(f"{error.filename} cannot be searched: {_why(error)}")


def pdfs_below(folder: Path, onerror: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """The PDFs of a folder, by their names' ending, at any depth; links are not followed.

    A folder that cannot be read is told to ``onerror``, or passed over.
    """
    for parent, _, names in os.walk(folder, onerror=onerror):
        for name in names:
            if name.lower().endswith(".pdf"):
                yield Path(parent, name)


def _absolute(path: Path) -> Path:
    # Not resolve(): a link is a file of its own name.
    return Path(os.path.normpath(path.absolute()))


def _why(error: OSError) -> str:
    return error.strerror or type(error).__name__
