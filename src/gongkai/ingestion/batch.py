"""Reads many files into one database: isolated workers, one writer, results in input order."""

from __future__ import annotations

import itertools
import logging
import os
import time
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from gongkai.checks.history import HistoryChecks
from gongkai.database.locations import Server, parse_location
from gongkai.decisions.apply import DecisionApplier
from gongkai.decisions.history_rule import year_rule
from gongkai.errors import ReaderFailed, UnreadableFile
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.ingestion.options import IngestKeywords, IngestOptions
from gongkai.ingestion.remote import Copies, RemoteFile
from gongkai.ingestion.results import FileResult, Progress, Summary, Tally
from gongkai.ingestion.sources import (
    Content,
    File,
    collect,
    content_of,
    path_text,
    stable_stamp,
    stamp_of,
    stamps_of,
)
from gongkai.ingestion.workers import FileReading, Workers
from gongkai.loaders.ingest_state import FileRecord
from gongkai.loaders.writer import Writer
from gongkai.problems import message

if TYPE_CHECKING:
    from gongkai.ingestion.cluster import Cluster

_log = logging.getLogger(__name__)

_PENDING_PER_WORKER = 200  # files: enough to keep all workers busy behind a slow scan
_MAX_PENDING = 2000  # of all workers: a report that waits for the writer takes some 60 KB
_REMOTE_PENDING_PER_WORKER = 6  # where copies of remote files wait, too
_GROUP_SIZE = 16  # files that start together: one query finds out which of them are known
_LOOKUP_SIZE = 2000  # files whose state is read with one query


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

    A file whose content was read before, by the same code and family, is not read again; a file
    whose size and time of change are the same is not even opened. Each file is one transaction,
    in the order of the paths. So any number of workers gives the same database, and an
    interrupted run leaves only whole files.

    A script that calls this needs ``if __name__ == "__main__":`` around it, since workers are
    spawned processes.

    Raises UsageError (a path is missing, a folder holds no PDF), FamilyError, and DatabaseError
    or one of its kinds. A file that cannot be read raises nothing: the summary names it.
    """
    started = time.monotonic()
    chosen = replace(options or IngestOptions(), **changes)
    location = parse_location(db)
    files = collect(paths)
    family = load_family(chosen.family)
    family.load_all()
    if chosen.reader is None and chosen.scheduler is None:
        _check_reader_order(family)
    tally = Tally()
    decisions = DecisionApplier(family)
    with (
        Writer(location, family, after_store=decisions.apply_to_file) as writer,
        _readers(chosen) as readers,
        Copies() as copies,
    ):
        _log.info("reading %d files into %s", len(files), location)
        if progress:
            progress(0, len(files), None)
        batch = _Batch(writer, readers, copies, chosen)
        is_remote = chosen.scheduler is not None or any(
            isinstance(file, RemoteFile) for file in files
        )
        max_pending = min(
            (_REMOTE_PENDING_PER_WORKER if is_remote else _PENDING_PER_WORKER)
            * max(readers.count, 1),
            _MAX_PENDING,
        )
        for result in batch.run(files, max_pending):
            tally.add(result)
            _log.info("%s: %s", path_text(result.path), _log_text(result))
            if progress:
                progress(tally.offered, len(files), result)
        _check_years(writer, decisions.history)
        writer.finish(
            files_offered=tally.offered,
            files_known=tally.known,
            files_loaded=tally.loaded,
            files_refused=len(tally.refused),
            reports_loaded=tally.statuses.total(),
        )
        _log.info("done: %d loaded, %d refused", tally.loaded, len(tally.refused))
        return tally.summary(writer.run_id, time.monotonic() - started)


def _check_reader_order(family: Family) -> None:
    """Raise FamilyError for an unknown reader before the run, not once for every file.

    The workers of a cluster may have readers that are not installed here.
    """
    from gongkai.extractors.readers import ReaderOrder  # here: runs that fail early need none

    ReaderOrder.of(family.settings.readers.order)


def _log_text(result: FileResult) -> str:
    words = [result.outcome, *result.statuses, result.reason or "", "known" if result.known else ""]
    return ", ".join(filter(None, words))


def _readers(options: IngestOptions) -> Workers | Cluster:
    if options.scheduler is None:
        count = _cores() if options.workers is None else options.workers
        return Workers(
            count,
            options.family,
            limits=options.limits,
            reader=options.reader,
            options=options.read_options,
        )
    from gongkai.ingestion.cluster import Cluster

    return Cluster(
        options.scheduler,
        options.family,
        limits=options.limits,
        reader=options.reader,
        options=options.read_options,
    )


def _check_years(writer: Writer, history: HistoryChecks) -> None:
    """Compare the reports of each agency in this run with its other years."""
    writer.check_years(history.cells, history.sections, year_rule(history))


@dataclass(frozen=True, slots=True)
class _Job:
    """A pending file; it has a future if it must be read."""

    path: File
    content: Content | None = None
    known: FileRecord | None = None  # its state, if it need not even be opened
    refusal: str | None = None
    future: Future[FileReading] | None = None

    @property
    def is_done(self) -> bool:
        """Whether its result is available."""
        return self.future is None or self.future.done()


class _Batch:
    """One run: looks files up, lets workers read the unknown ones, stores results in order."""

    def __init__(
        self,
        writer: Writer,
        workers: Workers | Cluster,
        copies: Copies,
        options: IngestOptions,
    ) -> None:
        self._writer = writer
        self._copies = copies
        self._workers = workers
        self._force = options.force
        self._verify = options.verify or options.force
        self._seen: set[str] = set()  # digests of files in this run

    def run(self, files: Sequence[File], max_pending: int) -> Iterator[FileResult]:
        """Yield results in the order of the files, with at most ``max_pending`` files pending."""
        pending: deque[_Job] = deque()
        offered = self._copies.ahead(self._looked_up(files))
        group_size = min(_GROUP_SIZE, max_pending // 2)
        while group := tuple(itertools.islice(offered, group_size)):
            pending.extend(self._start(group))
            while pending and (pending[0].is_done or len(pending) > max_pending - group_size):
                yield self._finish(pending.popleft())
        while pending:
            yield self._finish(pending.popleft())

    def _looked_up(self, files: Sequence[File]) -> Iterator[tuple[File, FileRecord | None]]:
        """Yield each file, and its state if size and time say that it has not changed."""
        for start in range(0, len(files), _LOOKUP_SIZE):
            group = files[start : start + _LOOKUP_SIZE]
            stamps = {} if self._verify else stamps_of(group)
            known = self._writer.known({path_text(path): stamp for path, stamp in stamps.items()})
            yield from ((path, known.get(path_text(path))) for path in group)

    def _start(self, group: Sequence[tuple[File, FileRecord | None]]) -> list[_Job]:
        """Start to read the files whose content is not known."""
        jobs = [_Job(path, known=known) if known else self._digest(path) for path, known in group]
        contents = [job.content.sha256 for job in jobs if job.content]
        may_skip = contents and not self._force
        known_contents = self._writer.known_contents(contents) if may_skip else set()
        return [self._submit(job, known_contents) for job in jobs]

    def _digest(self, path: File) -> _Job:
        try:
            return _Job(path, content_of(path, self._copies.local(path)))
        except UnreadableFile as error:
            return _Job(path, refusal=str(error))

    def _submit(self, job: _Job, known_contents: Collection[str]) -> _Job:
        """Give the job a future if its content must be read."""
        if job.content is None:
            return job
        sha256 = job.content.sha256
        again = sha256 in self._seen
        self._seen.add(sha256)
        if again or sha256 in known_contents:
            return job
        return replace(job, future=self._workers.begin(self._copies.local(job.path)))

    def _finish(self, job: _Job) -> FileResult:
        try:
            return self._store(job)
        finally:
            self._copies.drop(job.path)

    def _store(self, job: _Job) -> FileResult:
        if job.known is not None:
            return _result(job.path, job.known, known=True)
        text = path_text(job.path)
        if job.content is None:
            record = self._writer.store(text, None, "unreadable", job.refusal)
            return _result(job.path, record, known=False)
        sha256 = job.content.sha256
        if job.future is None:
            known = self._writer.link(text, sha256, stable_stamp(job.content.stamp))
            if known is not None:
                return _result(job.path, known, known=True)
        reading = self._read(job)
        if _changed(job.path, job.content):
            reading = FileReading("failed", message("changed_while_reading"))
        record = self._writer.store(
            text,
            sha256,
            reading.outcome,
            reading.reason,
            reading.reports,
            stable_stamp(job.content.stamp),
        )
        return _result(job.path, record, known=False)

    def _read(self, job: _Job) -> FileReading:
        """The reading of a file. A failure is logged with its traceback."""
        # A known content may have been deleted: its last path changed earlier in this run.
        local = self._copies.local(job.path)
        try:
            return self._workers.end(local, job.future or self._workers.begin(local))
        except ReaderFailed as error:
            details = f"\n{error.remote_traceback}" if error.remote_traceback else ""
            in_process = None if details else error.__cause__
            _log.error("%s: %s%s", path_text(job.path), error, details, exc_info=in_process)
            return FileReading(error.outcome, str(error))


def _result(path: File, record: FileRecord, *, known: bool) -> FileResult:
    return FileResult(
        path=path,
        outcome=record.outcome,
        reason=record.reason,
        known=known,
        statuses=record.statuses,
        failed=record.failed,
    )


def _changed(path: File, content: Content) -> bool:
    """Whether the file changed after its digest was taken."""
    try:
        return stamp_of(path) != content.stamp
    except UnreadableFile:
        return True


def _cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on Windows and macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
