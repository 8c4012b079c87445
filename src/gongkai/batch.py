"""Many files into one database: isolated workers, one writer, results in input order."""

from __future__ import annotations

import os
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path

from gongkai import knowledge
from gongkai.checks.history import cells_needed
from gongkai.errors import UnreadableFile, UsageError
from gongkai.loaders.writer import Booking, Writer
from gongkai.model import CheckClass, OcrMode, Outcome, ReadOptions, ReportStatus
from gongkai.pipeline import BUILT_IN, Pipeline, load_pipeline
from gongkai.settling import rules, year_rule
from gongkai.sources import Content, collect, content_of, path_text, stamp_of
from gongkai.workers import Reader, Reading, Workers

TIMEOUT = 120.0  # seconds a file; an ordinary report takes a fraction of one
_AHEAD = 4  # files under way for each worker: enough to keep all busy behind a slow one


@dataclass(frozen=True, slots=True)
class FileResult:
    """What came of one file that was offered."""

    path: Path
    outcome: Outcome
    reason: str | None  # one sentence, unless loaded
    known: bool  # its content stood in the database already, or came up earlier in the run
    statuses: tuple[ReportStatus, ...]  # of its reports
    failed: tuple[CheckClass, ...]  # the class of each failed check


@dataclass(frozen=True, slots=True)
class Summary:
    """What came of all files that were offered, known ones included."""

    run_id: int
    offered: int
    known: int
    statuses: dict[ReportStatus, int]  # reports by status
    failed: dict[CheckClass, int]  # failed checks by class
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
    db: str | Path,
    *,
    pipeline: str | Path = BUILT_IN,
    workers: int | None = None,
    force: bool = False,
    timeout: float = TIMEOUT,
    progress: Progress | None = None,
    reader: Reader | None = None,
    ocr: OcrMode = "auto",
    ocr_text: bool = True,
) -> Summary:
    """Read files and folders of reports into a database, made where it is missing.

    A file whose content was read before, by the same code and pipeline, is not read again
    unless ``force`` is set. Each file is one transaction, in the order of the paths, so any
    number of workers gives the same database, and whatever ends the run leaves whole files.

    ``workers`` is the number of reading processes, by default one a core; 0 reads in this
    process, for debugging: without a time limit and without protection from a crash. A script
    that calls this needs the usual ``if __name__ == "__main__":`` around it, since workers
    are spawned. ``timeout`` is in seconds a file. ``reader`` stands in for
    ``gongkai.report.read_reports``.

    ``ocr`` says which pages are read from their picture: those without an honest text layer
    (auto), none (never), or every one (always); ``ocr_text`` whether their prose is read, too.

    Raises UsageError (a path is missing, a folder holds no PDF), PipelineError, and
    DatabaseError or one of its kinds; never for a single bad file, which the summary names.
    """
    started = time.monotonic()
    count = _cores() if workers is None else workers
    if count < 0:
        raise UsageError(f"{count} workers: name 0 or more")
    if timeout <= 0:
        raise UsageError(f"a timeout of {timeout:g} seconds: name more than 0")
    files = collect(paths)
    loaded_pipeline = load_pipeline(pipeline)
    knowledge.require(loaded_pipeline)
    tally = _Tally()
    with (
        Writer(Path(db), loaded_pipeline, rules=rules(loaded_pipeline)) as writer,
        Workers(
            count, pipeline, timeout=timeout, reader=reader, options=ReadOptions(ocr, ocr_text)
        ) as pool,
    ):
        if progress:
            progress(0, len(files), None)
        for result in _Batch(writer, pool, force).run(files, _AHEAD * max(count, 1)):
            tally.add(result)
            if progress:
                progress(tally.offered, len(files), result)
        _check_years(writer, loaded_pipeline)
        writer.finish(
            files_offered=tally.offered,
            files_known=tally.known,
            files_loaded=tally.offered - len(tally.refused),
            files_refused=len(tally.refused),
            reports_loaded=tally.statuses.total(),
        )
        return tally.summary(writer.run_id, time.monotonic() - started)


def _check_years(writer: Writer, pipeline: Pipeline) -> None:
    """Compare the reports of each body that this run met from year to year."""
    writer.check_years(
        cells_needed(pipeline), pipeline.settings.history.sections, year_rule(pipeline)
    )


@dataclass(frozen=True, slots=True)
class _Job:
    """A file under way: with a future where it has to be read."""

    path: Path
    content: Content | None
    refusal: str | None = None
    future: Future[Reading] | None = None


class _Batch:
    def __init__(self, writer: Writer, workers: Workers, force: bool) -> None:
        self._writer = writer
        self._workers = workers
        self._force = force
        self._seen: set[str] = set()  # digests met in this run

    def run(self, files: Iterable[Path], ahead: int) -> Iterator[FileResult]:
        """Results in the order of the files, with at most ``ahead`` files under way."""
        under_way: deque[_Job] = deque()
        for path in files:
            under_way.append(self._begin(path))
            if len(under_way) >= ahead:
                yield self._end(under_way.popleft())
        while under_way:
            yield self._end(under_way.popleft())

    def _begin(self, path: Path) -> _Job:
        try:
            content = content_of(path)
        except UnreadableFile as error:
            return _Job(path, None, refusal=str(error))
        sha256 = content.sha256
        again = sha256 in self._seen
        self._seen.add(sha256)
        if again or (not self._force and self._writer.is_known(sha256)):
            return _Job(path, content)
        return _Job(path, content, future=self._workers.begin(path))

    def _end(self, job: _Job) -> FileResult:
        text = path_text(job.path)
        if job.content is None:
            booking = self._writer.store(text, None, "unreadable", job.refusal)
            return _result(job.path, booking, known=False)
        sha256 = job.content.sha256
        if job.future is None:
            known = self._writer.link(text, sha256)
            if known is not None:
                return _result(job.path, known, known=True)
        # A known content may have gone since: its last path changed, earlier in this run.
        future = job.future or self._workers.begin(job.path)
        reading = self._workers.end(job.path, future)
        if _changed(job.path, job.content):
            reading = Reading("failed", "读取期间文件有改动，请重新导入")
        booking = self._writer.store(text, sha256, reading.outcome, reading.reason, reading.reports)
        return _result(job.path, booking, known=False)


@dataclass(slots=True)
class _Tally:
    offered: int = 0
    known: int = 0
    statuses: Counter[ReportStatus] = field(default_factory=Counter)
    failed: Counter[CheckClass] = field(default_factory=Counter)
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


def _result(path: Path, booking: Booking, *, known: bool) -> FileResult:
    return FileResult(
        path=path,
        outcome=booking.outcome,
        reason=booking.reason,
        known=known,
        statuses=booking.statuses,
        failed=booking.failed,
    )


def _changed(path: Path, content: Content) -> bool:
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
