"""Many files into one database: isolated workers, one writer, results in input order."""

from __future__ import annotations

import itertools
import os
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai.checks.history import HistoryChecks
from gongkai.database.locations import Server, located
from gongkai.decisions.apply import DecisionApplier
from gongkai.decisions.history_rule import year_rule
from gongkai.errors import UnreadableFile, UsageError
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.families.load import load_family
from gongkai.ingestion.pool import Limits
from gongkai.ingestion.remote import Copies, RemoteFile
from gongkai.ingestion.sources import (
    Content,
    File,
    collect,
    content_of,
    path_text,
    settled,
    stamp_of,
    stamps_of,
)
from gongkai.ingestion.workers import Reader, Reading, Workers
from gongkai.loaders.ingest_state import Booking
from gongkai.loaders.writer import Writer
from gongkai.model import OcrMode, Outcome, ReadOptions, ReportStatus, Severity

if TYPE_CHECKING:
    from gongkai.ingestion.cluster import Cluster

TIMEOUT = 120.0  # seconds a file; an ordinary report takes a fraction of one
MAX_MEMORY = 1.5  # GB of a reading process; an ordinary report takes a tenth, a scan 0.6
_AHEAD = 200  # files under way for each worker: enough to keep all busy behind a scan
_MOST_AHEAD = 2000  # of all workers: what was read waits for the writer, some 60 KB a report
_FEW_AHEAD = 6  # where not only what was read waits, but files that have come over the wire
_AT_ONCE = 16  # files that begin together: each time the database is asked which it knows
_LOOKED_UP = 2000  # files whose standing is asked for at a time


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file that was offered."""

    path: File
    outcome: Outcome
    reason: str | None  # one sentence, unless loaded
    known: bool  # its content stood in the database already, or came up earlier in the run
    statuses: tuple[ReportStatus, ...]  # of its reports
    failed: tuple[Severity, ...]  # the class of each failed check


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of all files that were offered, known ones included."""

    run_id: int
    offered: int
    known: int
    statuses: dict[ReportStatus, int]  # reports by status
    failed: dict[Severity, int]  # failed checks by class
    refused: tuple[FileResult, ...]  # every file whose outcome is not "loaded"
    seconds: float

    @property
    def loaded(self) -> int:
        """Files that were loaded, now or before."""
        return self.offered - len(self.refused)


# Called with files done, files in all, and the last file's result (None at the start).
Progress = Callable[[int, int, FileResult | None], None]


def ingest(
    paths: Iterable[str | Path],
    db: str | Path | Server,
    *,
    pipeline: str | Path = BUILT_IN,
    workers: int | None = None,
    scheduler: str | None = None,
    force: bool = False,
    verify: bool = False,
    timeout: float = TIMEOUT,
    max_memory: float = MAX_MEMORY,
    progress: Progress | None = None,
    reader: Reader | None = None,
    ocr: OcrMode = "auto",
    ocr_text: bool = True,
) -> Summary:
    """Read files and folders of reports into a database, made where it is missing.

    ``paths`` may be URLs (``s3://bucket/folder``) and lists of paths (``@list.txt``); ``db``
    is a SQLite file or ``postgresql://user@host/database``.

    A file whose content was read before, by the same code and pipeline, is not read again
    unless ``force`` is set; a file whose size and time of change are as they were is not
    even opened, unless ``verify`` is set. Each file is one transaction, in the order of the
    paths, so any number of workers gives the same database, and whatever ends the run leaves
    whole files.

    ``workers`` is the number of reading processes, by default one a core; 0 reads in this
    process, for debugging: without a time limit and without protection from a crash. A script
    that calls this needs the usual ``if __name__ == "__main__":`` around it, since workers
    are spawned. ``scheduler`` is the address of a dask cluster (``tcp://host:8786``) that reads
    instead. ``timeout`` is in seconds a file, ``max_memory`` in GB a process; a file that
    passes one of them, or whose process dies, is read once more, alone, before it is booked
    as failed. ``reader`` stands in for ``gongkai.reading.report.read_reports``.

    ``ocr`` says which pages are read from their picture: those without an honest text layer
    (auto), none (never), or every one (always); ``ocr_text`` whether their prose is read, too.

    Raises UsageError (a path is missing, a folder holds no PDF), FamilyError, and
    DatabaseError or one of its kinds; never for a single bad file, which the summary names.
    """
    started = time.monotonic()
    count = _cores() if workers is None else workers
    if count < 0:
        raise UsageError(f"{count} workers: name 0 or more")
    if scheduler is not None and workers is not None:
        raise UsageError("name workers or a scheduler, not both: the cluster has its own workers")
    if timeout <= 0:
        raise UsageError(f"a timeout of {timeout:g} seconds: name more than 0")
    if max_memory < 0.25:  # a worker with its libraries needs half of it before it reads
        raise UsageError(f"{max_memory:g} GB of memory: name 0.25 or more")
    limits = Limits(timeout, int(max_memory * 1e9))
    files = collect(paths)
    family = load_family(pipeline)
    family.load_all()
    tally = _Tally()
    with (
        Writer(located(db), family, after_store=DecisionApplier(family).apply_to_file) as writer,
        _readers(
            scheduler,
            count,
            pipeline,
            limits=limits,
            reader=reader,
            options=ReadOptions(ocr, ocr_text),
        ) as pool,
        Copies() as copies,
    ):
        if progress:
            progress(0, len(files), None)
        batch = _Batch(writer, pool, copies, force, verify or force)
        far = scheduler is not None or any(isinstance(file, RemoteFile) for file in files)
        ahead = min((_FEW_AHEAD if far else _AHEAD) * max(pool.count, 1), _MOST_AHEAD)
        for result in batch.run(files, ahead):
            tally.add(result)
            if progress:
                progress(tally.offered, len(files), result)
        _check_years(writer, family)
        writer.finish(
            files_offered=tally.offered,
            files_known=tally.known,
            files_loaded=tally.offered - len(tally.refused),
            files_refused=len(tally.refused),
            reports_loaded=tally.statuses.total(),
        )
        return tally.summary(writer.run_id, time.monotonic() - started)


def _readers(scheduler: str | None, count: int, *arguments: Any, **named: Any) -> Workers | Cluster:
    if scheduler is None:
        return Workers(count, *arguments, **named)
    from gongkai.ingestion.cluster import Cluster

    return Cluster(scheduler, *arguments, **named)


def _check_years(writer: Writer, pipeline: Family) -> None:
    """Compare the reports of each body that this run met from year to year."""
    history = HistoryChecks(pipeline)
    writer.check_years(history.cells, history.sections, year_rule(history))


@dataclass(frozen=True, slots=True)
class _Job:
    """A file under way: with a future where it has to be read."""

    path: File
    content: Content | None = None
    known: Booking | None = None  # how it stands, where it need not even be opened
    refusal: str | None = None
    future: Future[Reading] | None = None

    @property
    def is_done(self) -> bool:
        """Whether nobody has to wait for it."""
        return self.future is None or self.future.done()


class _Batch:
    def __init__(
        self,
        writer: Writer,
        workers: Workers | Cluster,
        copies: Copies,
        force: bool,
        verify: bool,
    ) -> None:
        self._writer = writer
        self._copies = copies
        self._workers = workers
        self._force = force
        self._verify = verify
        self._seen: set[str] = set()  # digests met in this run

    def run(self, files: Sequence[File], ahead: int) -> Iterator[FileResult]:
        """Results in the order of the files, with at most ``ahead`` files under way."""
        under_way: deque[_Job] = deque()
        offered = self._copies.ahead(self._looked_up(files))
        at_once = min(_AT_ONCE, ahead // 2)
        while some := tuple(itertools.islice(offered, at_once)):
            under_way.extend(self._begun(some))
            while under_way and (under_way[0].is_done or len(under_way) > ahead - at_once):
                yield self._end(under_way.popleft())
        while under_way:
            yield self._end(under_way.popleft())

    def _looked_up(self, files: Sequence[File]) -> Iterator[tuple[File, Booking | None]]:
        """Each file, and how it stands where size and time say that it has not changed."""
        for start in range(0, len(files), _LOOKED_UP):
            some = files[start : start + _LOOKED_UP]
            stamps = {} if self._verify else stamps_of(some)
            known = self._writer.known({path_text(path): stamp for path, stamp in stamps.items()})
            yield from ((path, known.get(path_text(path))) for path in some)

    def _begun(self, some: Sequence[tuple[File, Booking | None]]) -> list[_Job]:
        """Files under way: those whose content is not known are being read."""
        jobs = [_Job(path, known=known) if known else self._digested(path) for path, known in some]
        contents = [job.content.sha256 for job in jobs if job.content]
        asked = contents and not self._force
        known_contents = self._writer.known_contents(contents) if asked else set()
        return [self._reading(job, known_contents) for job in jobs]

    def _digested(self, path: File) -> _Job:
        try:
            return _Job(path, content_of(path, self._copies.local(path)))
        except UnreadableFile as error:
            return _Job(path, refusal=str(error))

    def _reading(self, job: _Job, known_contents: Collection[str]) -> _Job:
        """The job, with a future where its content has to be read."""
        if job.content is None:
            return job
        sha256 = job.content.sha256
        again = sha256 in self._seen
        self._seen.add(sha256)
        if again or sha256 in known_contents:
            return job
        return replace(job, future=self._workers.begin(self._copies.local(job.path)))

    def _end(self, job: _Job) -> FileResult:
        try:
            return self._booked(job)
        finally:
            self._copies.drop(job.path)

    def _booked(self, job: _Job) -> FileResult:
        if job.known is not None:
            return _result(job.path, job.known, known=True)
        text = path_text(job.path)
        if job.content is None:
            booking = self._writer.store(text, None, "unreadable", job.refusal)
            return _result(job.path, booking, known=False)
        sha256 = job.content.sha256
        if job.future is None:
            known = self._writer.link(text, sha256, settled(job.content.stamp))
            if known is not None:
                return _result(job.path, known, known=True)
        # A known content may have gone since: its last path changed, earlier in this run.
        local = self._copies.local(job.path)
        reading = self._workers.end(local, job.future or self._workers.begin(local))
        if _changed(job.path, job.content):
            reading = Reading("failed", "读取期间文件有改动，请重新导入")
        booking = self._writer.store(
            text,
            sha256,
            reading.outcome,
            reading.reason,
            reading.reports,
            settled(job.content.stamp),
        )
        return _result(job.path, booking, known=False)


@dataclass(slots=True)
class _Tally:
    offered: int = 0
    known: int = 0
    statuses: Counter[ReportStatus] = field(default_factory=Counter)
    failed: Counter[Severity] = field(default_factory=Counter)
    refused: list[FileResult] = field(default_factory=list)

    def add(self, result: FileResult) -> None:
        self.offered += 1
        self.known += result.known
        self.statuses.update(result.statuses)
        self.failed.update(result.failed)
        if result.outcome != "loaded":
            self.refused.append(result)

    def summary(self, run_id: int, seconds: float) -> Summary:
        return Summary(
            run_id=run_id,
            offered=self.offered,
            known=self.known,
            statuses=dict(self.statuses),
            failed=dict(self.failed),
            refused=tuple(self.refused),
            seconds=seconds,
        )


def _result(path: File, booking: Booking, *, known: bool) -> FileResult:
    return FileResult(
        path=path,
        outcome=booking.outcome,
        reason=booking.reason,
        known=known,
        statuses=booking.statuses,
        failed=booking.failed,
    )


def _changed(path: File, content: Content) -> bool:
    """Whether the file is no longer the one whose digest was taken."""
    try:
        return stamp_of(path) != content.stamp
    except UnreadableFile:
        return True


def _cores() -> int:
    """The cores this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on Windows and macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
