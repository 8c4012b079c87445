"""One run of ``ingest``: has files read that are not known, stores results in input order."""

from __future__ import annotations

import contextlib
import itertools
import logging
from collections import deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from platform import python_version
from typing import TYPE_CHECKING, Any

from gongkai.database.locations import DatabaseLocation
from gongkai.database.versions import code_digest
from gongkai.decisions.apply import DecisionApplier
from gongkai.errors import ReaderFailed, SourceError, UnreadableFile
from gongkai.families.conflicts import refuse_conflicts, refuse_unknown_cells
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.families.settings import USUAL_READERS
from gongkai.ingestion.options import IngestOptions
from gongkai.ingestion.remote import Copies, RemoteFile
from gongkai.ingestion.remove import gone_below
from gongkai.ingestion.results import FileResult, Progress, Summary, Tally
from gongkai.ingestion.sources import (
    Content,
    File,
    content_of,
    path_text,
    stable_stamp,
    stamp_of,
    stamps_of,
)
from gongkai.ingestion.workers import FileReading, Readings, Workers
from gongkai.kept import keep, kept
from gongkai.loaders.ingest_state import FileRecord, Result
from gongkai.loaders.packed import unpack_reports
from gongkai.loaders.together import store_file
from gongkai.loaders.writer import Writer
from gongkai.model import OUTCOMES_BY_RANK
from gongkai.normalizers.narrative.segmenting import keep_common_words
from gongkai.problems import message

if TYPE_CHECKING:
    from gongkai.ingestion.cluster import Cluster

_log = logging.getLogger(__name__)

_PENDING_PER_WORKER = 200  # files: enough to keep all workers busy behind a slow scan
_MAX_PENDING = 2000  # files, for all workers: a report that waits for the writer takes 60 KB
_REMOTE_PENDING_PER_WORKER = 6  # files: fewer, since copies of remote files wait on the disk
_GROUP_SIZE = 16  # files that start together: one query finds those that are known
_LOOKUP_SIZE = 2000  # files whose state is read with one query


def run(
    files: Sequence[File],
    location: DatabaseLocation,
    options: IngestOptions,
    readers: Workers | Cluster,
    folders: Sequence[Path],
    progress: Progress | None,
) -> Summary:
    """Read files into a database, which is created if it is missing: see ``batch.ingest``.

    ``folders`` are those that the call named: stored files below them may be gone.
    """
    families = {name: load_family(name) for name in options.families}
    refuse_conflicts(families.values())
    refuse_unknown_cells(families.values())
    for family in families.values():
        _check_family(family)
        if options.reader is None and options.scheduler is None:
            _check_reader_order(family)
    tally = Tally()
    appliers = {name: DecisionApplier(family) for name, family in families.items()}
    with _writers(location, families, appliers) as writers, Copies() as copies:
        _log.info("reading into %s; files: %d", location, len(files))
        if progress:
            progress(0, len(files), None)
        batch = _Batch(writers, readers, copies, options)
        is_remote = options.scheduler is not None or any(
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
        for name, writer in writers.items():
            writer.check_due(appliers[name].rules)
            writer.finish(**batch.tallies[name].counts)
        _log.info("done: %d loaded, %d refused", tally.loaded, len(tally.refused))
        run_ids = {writer.family: writer.run_id for writer in writers.values()}
        gone = gone_below(location, folders, set(map(path_text, files)))
        return tally.summary(run_ids, gone)


def _check_family(family: Family) -> None:
    """Raise FamilyError for a mistake in a family before the run, not at its first use.

    It takes 0.03 s of CPU, so what this code has checked is not checked again.
    """
    name, version = f"{family.name}.checked", f"{family.digest} {code_digest()} {python_version()}"
    if kept(name, version) is None:
        family.load_all()
        read_measures(family)
        keep(name, version, b"")


def _check_reader_order(family: Family) -> None:
    """Raise FamilyError for an unknown reader before the run, not once for every file.

    The workers of a cluster may have readers that are not installed here. The usual order needs no
    check, for which the readers would be loaded: 0.2 s of CPU.
    """
    if family.settings.readers.order == USUAL_READERS:
        return
    from gongkai.extractors.readers import ReaderOrder

    ReaderOrder.of(family.settings.readers.order)


def _log_text(result: FileResult) -> str:
    words = [result.outcome, *result.statuses, result.reason or "", "known" if result.known else ""]
    return ", ".join(filter(None, words))


@contextlib.contextmanager
def _writers(
    location: DatabaseLocation,
    families: Mapping[str, Family],
    appliers: Mapping[str, DecisionApplier],
) -> Iterator[dict[str, Writer]]:
    """Open the database, and begin a run for each family.

    They share one connection: another one would lose its cached pages with each transaction.
    """
    writers: dict[str, Writer] = {}
    with contextlib.ExitStack() as stack:
        for name, family in families.items():
            hook, first = appliers[name].apply_to_file, next(iter(writers.values()), None)
            writer = Writer(location, family, after_store=hook, shared=first)
            writers[name] = stack.enter_context(writer)
        yield writers


Records = Mapping[str, FileRecord]  # by family


@dataclass(frozen=True, slots=True)
class _Job:
    """A pending file; it has a future if it must be read."""

    path: File
    content: Content | None = None
    known: Records | None = None  # its results, if size and time are unchanged
    refusal: SourceError | None = None  # why it cannot be opened or was not received
    unread: tuple[str, ...] = ()  # the families that must read it
    future: Future[Any] | None = None

    @property
    def is_done(self) -> bool:
        """Whether its result is available."""
        return self.future is None or self.future.done()


class _Batch:
    """One run: looks files up, lets workers read the unknown ones, stores results in order."""

    def __init__(
        self,
        writers: Mapping[str, Writer],
        workers: Workers | Cluster,
        copies: Copies,
        options: IngestOptions,
    ) -> None:
        self._writers = writers
        self.tallies = {name: Tally() for name in writers}
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
            for prepare in (self._likely_writer.compile_views, keep_common_words):
                if pending and not pending[0].is_done:  # there is time
                    prepare()
            while pending and (pending[0].is_done or len(pending) > max_pending - group_size):
                yield self._finish(pending.popleft())
        while pending:
            yield self._finish(pending.popleft())

    @property
    def _likely_writer(self) -> Writer:
        """The writer of the family that most files belong to."""
        return self._writers.get(BUILT_IN) or next(iter(self._writers.values()))

    def _looked_up(self, files: Sequence[File]) -> Iterator[tuple[File, Records | None]]:
        """Yield each file, with its results if size and time say that it has not changed."""
        for start in range(0, len(files), _LOOKUP_SIZE):
            group = files[start : start + _LOOKUP_SIZE]
            stamps = {} if self._verify else stamps_of(group)
            by_path = {path_text(path): stamp for path, stamp in stamps.items()}
            known = {name: writer.known(by_path) for name, writer in self._writers.items()}
            for path in group:
                text = path_text(path)
                records = {name: each[text] for name, each in known.items() if text in each}
                yield path, records if len(records) == len(known) else None

    def _start(self, group: Sequence[tuple[File, Records | None]]) -> list[_Job]:
        """Start to read the files whose content is not known."""
        jobs = [_Job(path, known=known) if known else self._digest(path) for path, known in group]
        contents = [job.content.sha256 for job in jobs if job.content]
        may_skip = contents and not self._force
        known = {
            name: writer.known_contents(contents) if may_skip else set()
            for name, writer in self._writers.items()
        }
        return [self._submit(job, known) for job in jobs]

    def _digest(self, path: File) -> _Job:
        try:
            return _Job(path, content_of(path, self._copies.local(path)))
        except SourceError as error:
            return _Job(path, refusal=error)

    def _submit(self, job: _Job, known: Mapping[str, Collection[str]]) -> _Job:
        """Give the job a future if its content must be read; ``known`` are digests by family."""
        if job.content is None:
            return job
        sha256 = job.content.sha256
        again = sha256 in self._seen
        self._seen.add(sha256)
        unread = tuple(name for name, digests in known.items() if sha256 not in digests)
        if again or not unread:
            return job
        future = self._workers.begin(self._copies.local(job.path), unread)
        return replace(job, unread=unread, future=future)

    def _finish(self, job: _Job) -> FileResult:
        try:
            known, stored = self._store(job)
        finally:
            self._copies.drop(job.path)
        for records, is_known in ((known, True), (stored, False)):
            for name, record in records.items():
                self.tallies[name].add(_result(job.path, [record], known=is_known))
        return _result(job.path, [*known.values(), *stored.values()], known=not stored)

    def _store(self, job: _Job) -> tuple[Records, Records]:
        """Store a file; return the results that were known before, and the new ones."""
        if job.known is not None:
            return job.known, {}
        text = path_text(job.path)
        if job.content is None:
            assert job.refusal is not None
            refusal = Result(job.refusal.outcome, str(job.refusal))
            return {}, store_file(self._writers, text, None, dict.fromkeys(self._writers, refusal))
        content, stamp = job.content, stable_stamp(job.content.stamp)
        known = {}
        for name, writer in self._writers.items():
            # A known content may be deleted by now, if its last path changed earlier in this run.
            if name not in job.unread and (record := writer.link(text, content.sha256, stamp)):
                known[name] = record
        unread = tuple(name for name in self._writers if name not in known)
        if not unread:
            return known, {}
        readings = self._read(job, unread)
        if _changed(job.path, content):
            changed = FileReading("failed", message("changed_while_reading"))
            readings = dict.fromkeys(unread, changed)
        elif isinstance(job.path, RemoteFile) and not job.path.is_verifiable:
            readings = {name: _perhaps_cut_off(each) for name, each in readings.items()}
        results = {name: _stored_form(text, each) for name, each in readings.items()}
        return known, store_file(self._writers, text, content.sha256, results, stamp)

    def _read(self, job: _Job, families: tuple[str, ...]) -> Readings:
        """The readings of a file. A failure is logged with its traceback."""
        local = self._copies.local(job.path)
        try:
            begun = job.future if job.unread == families else None
            future = begun or self._workers.begin(local, families)
            return self._workers.end(local, families, future)
        except ReaderFailed as error:
            details = f"\n{error.remote_traceback}" if error.remote_traceback else ""
            in_process = None if details else error.__cause__
            _log.error("%s: %s%s", path_text(job.path), error, details, exc_info=in_process)
            return dict.fromkeys(families, FileReading(error.outcome, str(error)))


def _stored_form(path: str, reading: FileReading) -> Result:
    """What a reading process has sent, if it has the form of reports."""
    try:
        reports = unpack_reports(reading.packed if reading.outcome == "loaded" else None)
    except ValueError as error:
        _log.exception("%s: no reports", path)
        return Result("failed", message("false_answer", error=error))
    return Result(reading.outcome, reading.reason, reports)


def _result(path: File, records: Sequence[FileRecord], *, known: bool) -> FileResult:
    """The result of a file, from its results for one or more families."""
    plain = message("not_a_report")
    best = min(records, key=lambda r: (OUTCOMES_BY_RANK.index(r.outcome), r.reason == plain))
    return FileResult(
        path=path,
        outcome=best.outcome,
        reason=best.reason,
        known=known,
        statuses=tuple(status for record in records for status in record.statuses),
        failed=tuple(severity for record in records for severity in record.failed),
    )


def _perhaps_cut_off(reading: FileReading) -> FileReading:
    """The reading of a copy whose end may be missing: what is unreadable is fetched again."""
    if reading.outcome != "unreadable":
        return reading
    return FileReading("failed", message("perhaps_cut_off", reason=reading.reason))


def _changed(path: File, content: Content) -> bool:
    """Whether the file changed after its digest was taken."""
    try:
        return stamp_of(path) != content.stamp
    except UnreadableFile:
        return True
