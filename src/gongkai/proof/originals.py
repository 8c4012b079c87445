"""Finding the file a report was read from: below one folder only, and unchanged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from gongkai.errors import UnreadableFile, UsageError
from gongkai.ingestion.sources import content_of, pdfs_below
from gongkai.queries.origins import Origin


def find_original(origin: Origin, root: Path) -> Path:
    """The file below ``root`` that has the digest the database recorded.

    Looked for at its recorded path, then under its name, then among all PDFs. Nothing outside
    ``root`` is opened, links that lead out of it included. Raises UsageError where there is no
    such file, or where one of the name has another content.
    """
    folder = root.resolve()
    if not folder.is_dir():
        raise UsageError(f"{root} is not a folder: name the one that holds the PDF files")
    why_not = (
        f"{_last(origin.paths[0])} is not in {root}: name the folder that holds it with "
        f"--pdf-root (it was read as {origin.paths[0]}, SHA-256 {origin.sha256})"
    )
    for path in _candidates(origin, folder):
        of_the_name = _name(path.name) in _names(origin)
        try:
            digest = content_of(path).sha256
        except UnreadableFile as error:  # hides no other file
            if of_the_name:
                why_not = f"{path}: {error}"
            continue
        if digest == origin.sha256:
            return path
        if of_the_name:
            why_not = (
                f"{path} is not the file that was read: its SHA-256 is {digest}, the database has "
                f"{origin.sha256}; ingest it again, or name a folder with the file as it was"
            )
    raise UsageError(why_not)


def _candidates(origin: Origin, folder: Path) -> Iterator[Path]:
    """Files worth a look, the likely ones first, each once."""
    seen: set[Path] = set()
    recorded = (Path(path) for path in origin.paths)
    names = _names(origin)
    below = sorted(pdfs_below(folder), key=lambda path: (_name(path.name) not in names, path))
    for path in (*recorded, *below):
        try:
            real = path.resolve()
            inside = real.is_relative_to(folder) and real.is_file()
        except OSError:  # a loop of links, a name too long for this system
            continue
        if inside and real not in seen:
            seen.add(real)
            yield path


def _names(origin: Origin) -> set[str]:
    return {_name(_last(path)) for path in origin.paths}


def _last(path: str) -> str:
    return PureWindowsPath(path).name  # takes both kinds of slashes


def _name(name: str) -> str:
    return os.path.normcase(name)
