"""Finds the files that a call names, and identifies their content."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gongkai.errors import UnreadableFile, UsageError
from gongkai.ingestion.remote import RemoteFile, is_url, list_files
from gongkai.language import tr
from gongkai.problems import message

File = Path | RemoteFile

# What path_text writes for a byte that is no text, or for a backslash before such characters.
_ESCAPE = re.compile(r"\\(?:x(5c)|u(d[89a-f][0-9a-f]{2}))")
_LIKE_ESCAPE = re.compile(r"\\(?=x5c|ud[89a-f][0-9a-f]{2})")
_TICK = 2_000_000_000  # nanoseconds: FAT counts time in steps of two seconds


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a file at one moment."""

    sha256: str
    stamp: tuple[int, int]  # size and time of change: a later change shows in it


def collect(paths: Iterable[str | Path]) -> list[File]:
    """Find the files that paths name: files themselves, and PDFs in folders at any depth.

    ``@list.txt`` names a file with one path per line. A URL (``s3://…``) names a file, or a
    folder of PDFs. Files come in the order given, those of a folder sorted by path,
    each once. Links to folders are not followed.

    Raises UsageError for a missing path, a folder that cannot be read or holds no PDF, or no
    path at all.
    """
    found: dict[File, None] = {}
    for named in _expand_lists(paths):
        path = Path(named)
        if isinstance(named, str) and is_url(named):
            found.update(dict.fromkeys(list_files(named)))
        elif path.is_dir():
            inside = sorted(pdfs_below(path, _refuse), key=lambda file: file.parts)
            if not inside:
                raise UsageError(
                    tr("{path} holds no PDF: name a folder with reports in it", path=path)
                )
            found.update(dict.fromkeys(map(absolute, inside)))
        elif os.path.lexists(path):
            found[absolute(path)] = None
        else:
            raise UsageError(tr("{path} does not exist: name a PDF file or a folder", path=path))
    if not found:
        raise UsageError(tr("nothing to ingest: name a PDF file or a folder"))
    return list(found)


def folders_in(paths: Iterable[str | Path]) -> list[Path]:
    """The local folders among the paths that ``collect`` takes."""
    local = (path for path in _expand_lists(paths) if isinstance(path, Path) or not is_url(path))
    return [absolute(Path(path)) for path in local if Path(path).is_dir()]


def content_of(path: File, local: Path | None = None) -> Content:
    """Digest one file; for a remote file, digest its copy ``local``. Raises UnreadableFile."""
    stamp = stamp_of(path)
    local_path = path if local is None else local
    assert isinstance(local_path, Path)
    try:
        with local_path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
    except OSError as error:
        raise UnreadableFile(message("cannot_open", error=_error_text(error))) from error
    return Content(digest.hexdigest(), stamp)


def stamp_of(path: File) -> tuple[int, int]:
    """Size and time of change. Raises UnreadableFile if this is not a regular file."""
    if isinstance(path, RemoteFile):
        return path.stamp
    try:
        status = path.stat()
    except OSError as error:
        raise UnreadableFile(message("cannot_open", error=_error_text(error))) from error
    if not stat.S_ISREG(status.st_mode):  # opening a pipe could block forever
        raise UnreadableFile(message("not_regular"))
    return status.st_size, status.st_mtime_ns


def stamps_of(paths: Iterable[File]) -> dict[File, tuple[int, int]]:
    """Size and time of change of each path that is a regular file."""
    stamps = {}
    for path in paths:
        with contextlib.suppress(UnreadableFile):
            stamps[path] = stamp_of(path)
    return stamps


def stable_stamp(stamp: tuple[int, int]) -> tuple[int, int] | None:
    """The stamp, or None if the file changed just now.

    A second change within the same tick of the file system's clock would not show in it.
    """
    return stamp if time.time_ns() - stamp[1] > _TICK else None


def path_text(path: File) -> str:
    """A path as text for the database, with forward slashes; no two paths give the same text.

    A byte that is no text becomes ``\\udcff``, as Python names it. Where a name itself contains
    these characters, its backslash becomes ``\\x5c``.
    """
    text = path.url if isinstance(path, RemoteFile) else path.as_posix()
    if "\\" in text:
        text = _LIKE_ESCAPE.sub(r"\\x5c", text)
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def path_of_text(text: str) -> Path:
    """The local path that ``path_text`` made this text of."""
    return Path(_ESCAPE.sub(lambda found: chr(int(found[1] or found[2], 16)), text))


def _expand_lists(paths: Iterable[str | Path]) -> Iterator[str | Path]:
    """The paths, each list replaced by the paths in it."""
    for path in paths:
        if not (isinstance(path, str) and path.startswith("@")) or os.path.lexists(path):
            yield path
            continue
        try:
            lines = Path(path[1:]).read_text(encoding="utf-8-sig").splitlines()
        except OSError as error:
            raise UsageError(
                tr(
                    "the list {path} cannot be read: {reason}",
                    path=path[1:],
                    reason=_error_text(error),
                )
            ) from error
        except UnicodeDecodeError as error:
            raise UsageError(
                tr("the list {path} is not UTF-8: save it as UTF-8", path=path[1:])
            ) from error
        yield from (line for line in map(str.strip, lines) if line)


def _refuse(error: OSError) -> None:
    raise UsageError(
        tr(
            "{filename} cannot be searched: {reason}",
            filename=error.filename,
            reason=_error_text(error),
        )
    )


def pdfs_below(folder: Path, onerror: Callable[[OSError], None] | None = None) -> Iterator[Path]:
    """Files in a folder, at any depth, whose names end in .pdf. Links are not followed.

    ``onerror`` is called for a folder that cannot be read; without it, such a folder is skipped.
    """
    for parent, _, names in os.walk(folder, onerror=onerror):
        for name in names:
            if name.lower().endswith(".pdf"):
                yield Path(parent, name)


def absolute(path: Path) -> Path:
    """The absolute path of a file, by which it is stored."""
    # Not resolve(): a link keeps its own name. But link/.. is above the folder that the link
    # leads to, except on Windows.
    absolute = path.absolute()
    if ".." not in absolute.parts or os.name == "nt":
        return Path(os.path.normpath(absolute))
    place = Path(absolute.anchor)
    for part in absolute.parts[1:]:
        if part == "..":
            place = (place.resolve() if place.is_symlink() else place).parent
        else:
            place /= part
    return place


def _error_text(error: OSError) -> str:
    return error.strerror or type(error).__name__
