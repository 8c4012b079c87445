"""Reads many files into one database: starts the processes that read, then the run itself."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from gongkai.database.locations import Server, parse_location
from gongkai.ingestion.options import IngestKeywords, IngestOptions
from gongkai.ingestion.results import Progress, Summary
from gongkai.ingestion.sources import collect, folders_in
from gongkai.ingestion.workers import Workers

if TYPE_CHECKING:
    from gongkai.ingestion.cluster import Cluster


def ingest(
    paths: Iterable[str | Path],
    db: str | Path | Server,
    options: IngestOptions | None = None,
    *,
    progress: Progress | None = None,
    **changes: Unpack[IngestKeywords],
) -> Summary:
    """Read files and folders of reports into a database, which is created if it is missing.

    ``paths`` may be files, folders, URLs (``s3://bucket/folder``) and lists of paths
    (``@list.txt``). ``db`` is a SQLite file or ``postgresql://user@host/database``. Options are
    the fields of IngestOptions; name them as keywords, or pass an object: ``ingest(["reports"],
    "gongkai.db", workers=4)``. ``progress`` is called with files done, files in all, and the
    last FileResult.

    Each file is offered to every built-in family of reports, or to the one named. What a family
    stores is the same either way, since all of them may claim the reports. A file whose
    content was read before, by the same code and family, is not read again; a file whose size
    and time of change are the same is not even opened. Each file is one transaction, in
    the order of the paths. So any number of workers gives the same database, and an
    interrupted run leaves only whole files. Reports of one family never replace those of another,
    and a reading that fails does not replace one that succeeded before.

    A script that calls this needs ``if __name__ == "__main__":`` around it, since workers are
    spawned processes.

    Raises UsageError (a path is missing, a folder holds no PDF), FamilyError, and DatabaseError
    or one of its kinds. A file that cannot be read raises nothing: the summary names it.
    """
    started = time.monotonic()
    chosen = replace(options or IngestOptions(), **changes)
    location = parse_location(db)
    named = list(paths)
    files = collect(named)
    with _readers(chosen) as readers:
        if isinstance(readers, Workers) and isinstance(location, Path) and not location.exists():
            readers.start_ahead()  # no file can be known
        # here: a process becomes ready to read while this one loads what it needs to store
        from gongkai.ingestion.run import run

        summary = run(files, location, chosen, readers, folders_in(named), progress)
    return replace(summary, seconds=time.monotonic() - started)


def _readers(options: IngestOptions) -> Workers | Cluster:
    if options.scheduler is None:
        count = _cores() if options.workers is None else options.workers
        return Workers(
            count,
            families=options.families,
            limits=options.limits,
            reader=options.reader,
            options=options.read_options,
            confined=options.confined,
        )
    from gongkai.ingestion.cluster import Cluster

    return Cluster(
        options.scheduler,
        options.families,
        limits=options.limits,
        reader=options.reader,
        options=options.read_options,
        confined=options.confined,
    )


def _cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on Windows and macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
