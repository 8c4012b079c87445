"""Take reports out of a database: by report, by file, or those whose files are gone."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from gongkai.database.locations import DatabaseLocation, Server, parse_location
from gongkai.decisions.removal import Removal, WantedRemoval, paths_below, remove_from
from gongkai.ingestion.remote import is_url
from gongkai.ingestion.sources import absolute, path_of_text, path_text


def remove(
    db: str | Path | Server,
    *,
    reports: Iterable[int | str] = (),
    files: Iterable[str | Path] = (),
    missing: bool = False,
    dry_run: bool = False,
) -> Removal:
    """Remove reports and files from a database, and return what was removed.

    ``reports`` are ids, agencies, or agencies with a year, as `gongkai show` takes them. ``files``
    are paths, base names or SHA-256 digests; a content that has another path keeps its reports.
    ``missing``: all files whose path does not exist any more; URLs are not looked at. With
    ``dry_run`` nothing is removed.

    Decisions of people stay. Reports and decisions return when the file is ingested again.

    Raises UsageError for a report or file that is not in the database, and DatabaseError.
    """
    wanted = WantedRemoval(
        [str(each) for each in reports],
        [(str(each), path_text(absolute(Path(each)))) for each in files],
        _is_gone if missing else None,
    )
    return remove_from(parse_location(db), wanted, dry_run=dry_run)


def gone_below(db: DatabaseLocation, folders: Sequence[Path], known: Collection[str]) -> list[str]:
    """The stored paths below some folders whose files are gone; ``known`` are paths of files."""
    if not folders:
        return []
    stored = paths_below(db, [path_text(folder) for folder in folders])
    return [path for path in stored if path not in known and _is_gone(path)]


def _is_gone(path: str) -> bool:
    return not is_url(path) and not os.path.lexists(path_of_text(path))
