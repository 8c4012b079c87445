"""Finds the PDF that a report was read from, by its digest and below one folder only."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path, PureWindowsPath

from gongkai.errors import UnreadableFile, UsageError
from gongkai.ingestion.sources import content_of, path_of_text, pdfs_below
from gongkai.language import tr
from gongkai.queries.origins import Origin


def _digest(path: Path) -> str:
    return content_of(path).sha256


def find_original(
    origin: Origin,
    root: Path,
    *,
    renamed: bool = True,
    digest_of: Callable[[Path], str] = _digest,
) -> Path:
    """Return the file below ``root`` whose SHA-256 is the one that the database recorded.

    Tries the recorded paths first, then files of the same name, then every PDF; the last only
    with ``renamed``. ``digest_of`` gives the SHA-256 of a file; one who looks for many reports may
    remember it. Opens nothing outside ``root`` and follows no link that leads out of it.
    Raises UsageError where there is no such file, or where the file of that name has other
    content.
    """
    folder = root.resolve()
    if not folder.is_dir():
        raise UsageError(
            tr("{root} is not a folder: name the one that holds the PDF files", root=root)
        )
    message = tr(
        "{file} is not in {root}: name the folder that holds it with --pdf-root (it was read as "
        "{path}, SHA-256 {digest})",
        file=_file_name(origin.paths[0]),
        root=root,
        path=origin.paths[0],
        digest=origin.sha256,
    )
    for path in _candidates(origin, folder, renamed):
        has_recorded_name = _normalized(path.name) in _recorded_names(origin)
        try:
            digest = digest_of(path)
        except UnreadableFile as error:  # the search goes on: another file may have the digest
            if has_recorded_name:
                message = f"{path}: {error}"
            continue
        if digest == origin.sha256:
            return path
        if has_recorded_name:
            message = tr(
                "{path} is not the file that was read: its SHA-256 is {digest}, the database has "
                "{recorded}; ingest it again, or name a folder with the file as it was",
                path=path,
                digest=digest,
                recorded=origin.sha256,
            )
    raise UsageError(message)


def _candidates(origin: Origin, folder: Path, renamed: bool) -> Iterator[Path]:
    """Yield each file that may be the original once, the most likely ones first."""
    seen: set[Path] = set()
    for path in _named(origin, folder, renamed):
        try:
            resolved = path.resolve()
            inside = resolved.is_relative_to(folder) and resolved.is_file()
        except OSError:  # a loop of links, or a name that is too long for this system
            continue
        if inside and resolved not in seen:
            seen.add(resolved)
            yield path


def _named(origin: Origin, folder: Path, renamed: bool) -> Iterator[Path]:
    """Yield the recorded paths, then the files below a folder; those of a recorded name first."""
    yield from map(path_of_text, origin.paths)
    names = _recorded_names(origin)
    others: list[Path] = []
    same: list[Path] = []
    for path in pdfs_below(folder):
        (same if _normalized(path.name) in names else others).append(path)
    yield from sorted(same)
    if renamed:
        yield from sorted(others)


def _recorded_names(origin: Origin) -> set[str]:
    return {_normalized(_file_name(str(path_of_text(path)))) for path in origin.paths}


def _file_name(path: str) -> str:
    return PureWindowsPath(path).name  # splits at both kinds of slashes


def _normalized(name: str) -> str:
    return os.path.normcase(name)
