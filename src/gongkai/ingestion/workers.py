"""Reads each file in a worker process, whose crash or time limit does not affect other files."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import msgspec

from gongkai.errors import GongkaiError, ReaderFailed, SourceError
from gongkai.ingestion.jobs import Limits, Work, unexpected_error_text
from gongkai.ingestion.log_records import log_file_name
from gongkai.ingestion.messages import as_unicode
from gongkai.ingestion.pool import Pool
from gongkai.ingestion.process import JobFailed
from gongkai.model import Outcome, ReadOptions, Report
from gongkai.problems import message

if TYPE_CHECKING:
    from gongkai.families.family import Family
    from gongkai.reading.report import ReportReader

# Reads one file as a family. Must be importable by name, since a worker process imports it.
ReadReports = Callable[[Path, "Family"], Sequence[Report]]

_DEFAULTS = ReadOptions()

_log = logging.getLogger(__name__)


class FileReading(msgspec.Struct, frozen=True):
    """The result of reading one file as one family."""

    outcome: Outcome
    reason: str | None = None  # one sentence; None if loaded
    packed: bytes | None = None  # its ReportRows as MessagePack, which take a third of the memory


class FileJob(msgspec.Struct, frozen=True):
    """A file to read, and the names or folders of families. Paths are bytes, as any path is."""

    path: bytes
    families: tuple[bytes, ...]

    @classmethod
    def of(cls, path: Path, families: Sequence[str]) -> Self:
        """The job of reading a file as each of some families."""
        return cls(os.fsencode(path), tuple(map(os.fsencode, families)))


# By family, in the order in which they were asked for.
Readings = dict[str, FileReading]


class Workers:
    """A pool of ``count`` worker processes that read files.

    ``families`` names those that they will be asked for, which they load at their start.
    With ``count`` 0 a thread of the current process reads them: without time or memory limit,
    and a crash of a library ends the run.
    """

    def __init__(
        self,
        count: int,
        *,
        families: Sequence[str] = (),
        limits: Limits,
        reader: ReadReports | None = None,
        options: ReadOptions = _DEFAULTS,
        confined: bool = True,
    ) -> None:
        self.count = count
        self._read = functools.partial(read_file, reader=reader, options=options)
        prepare = functools.partial(_load_readers, tuple(families), options) if not reader else None
        work = Work(self._read, FileJob, tuple[FileReading, ...], confined, prepare)
        self._pool = None if count == 0 else Pool(count, work, limits)
        self._thread = ThreadPoolExecutor(max_workers=1) if count == 0 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """Stop all workers immediately, and discard the files that they are reading."""
        if self._pool is not None:
            self._pool.stop()
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)

    def start_ahead(self) -> None:
        """Start a process now that will read the first file."""
        if self._pool is not None:
            self._pool.start_ahead()

    def begin(self, path: Path, families: Sequence[str]) -> Future[Any]:
        """Submit a file to be read as each of some families, given by name or folder.

        Pass the future to ``end`` to get the results.
        """
        job = FileJob.of(path, families)
        if self._pool is not None:
            return self._pool.schedule(job)
        assert self._thread is not None
        return self._thread.submit(self._read, job)

    def end(self, path: Path, families: Sequence[str], future: Future[Any]) -> Readings:
        """Wait until a file is read, and return the result for each family.

        If another file may have caused the failure (as when memory ran out), the file is read
        once more while no other file is being read.

        Raises ReaderFailed for a crash, a time limit, a memory limit or an unexpected error.
        """
        error = future.exception()
        if error is None:
            return _by_family(families, future.result())
        if isinstance(error, GongkaiError):
            raise error
        if not isinstance(error, JobFailed):  # with count 0 the original exception arrives
            raise ReaderFailed(unexpected_error_text(error)) from error
        if not error.retry or self._pool is None:
            raise ReaderFailed(str(error), error.remote_traceback) from error
        _log.info("%s: %s; reading it again, alone", path, error)
        try:
            return _by_family(families, self._pool.run_exclusive(FileJob.of(path, families)))
        except JobFailed as again:
            reason = message("failed_twice", reason=again)
            raise ReaderFailed(reason, again.remote_traceback) from again


def _by_family(families: Sequence[str], readings: Sequence[FileReading]) -> Readings:
    """Raises ReaderFailed unless there is a result for each family."""
    if len(readings) != len(families):
        raise ReaderFailed(message("false_answer", error=f"{len(readings)}/{len(families)}"))
    return dict(zip(families, readings, strict=True))


def read_file(
    job: FileJob, reader: ReadReports | None = None, options: ReadOptions = _DEFAULTS
) -> tuple[FileReading, ...]:
    """Read one file once, and offer it to each family, inside a worker.

    The other built-in families may claim the same reports. Returns a result for each family, in
    order. A SourceError becomes a result; other errors propagate.
    """
    path, families = Path(os.fsdecode(job.path)), tuple(map(os.fsdecode, job.families))
    with log_file_name(path.name):
        if reader is None:
            from gongkai.reading.offer import read_offered  # slow import that only workers need

            readers = [_report_reader(family, options) for family in families]
            results = read_offered(path, readers, _rivals(families, options))
            return tuple(map(_reading, results))
        return tuple(_reading(_read_as(family, path, reader)) for family in families)


def _read_as(family: str, path: Path, reader: ReadReports) -> Sequence[Report] | SourceError:
    try:
        return reader(path, _load_family(family))
    except SourceError as error:
        return error


def _reading(result: Sequence[Report] | SourceError) -> FileReading:
    if isinstance(result, SourceError):
        return FileReading(result.outcome, as_unicode(str(result)))
    from gongkai.loaders.rows import pack_reports  # slow import that only workers need

    try:
        return FileReading("loaded", packed=pack_reports(result))
    except (UnicodeEncodeError, OverflowError) as error:
        return FileReading("failed", as_unicode(message("not_stored", error=error)))


@functools.cache
def _load_family(name: str) -> Family:
    """Load the family, once in each worker."""
    from gongkai.families.load import load_family

    return load_family(name)


@functools.cache
def _report_reader(family: str, options: ReadOptions) -> ReportReader:
    """Build the reader of reports, once in each worker."""
    from gongkai.reading.report import ReportReader

    return ReportReader(_load_family(family), options)


def _load_readers(families: tuple[str, ...], options: ReadOptions) -> None:
    """Build the readers of reports, with all that they import."""
    import gongkai.reading.offer  # noqa: F401  # as read_file does

    with contextlib.suppress(GongkaiError):  # the parent loads the families too, and says so
        for name in families:
            _report_reader(name, options)
        _rivals(families, options)


@functools.cache
def _rivals(families: tuple[str, ...], options: ReadOptions) -> list[ReportReader]:
    """The readers of the other built-in families, once in each worker.

    Without those that have the name or the title words of one of the families: it replaces them.
    """
    from gongkai.families.conflicts import are_distinct
    from gongkai.families.folders import built_in_families

    own = [_load_family(name) for name in families]
    others = [name for name in built_in_families() if name not in families]
    return [
        _report_reader(name, options)
        for name in others
        if all(are_distinct(_load_family(name), each) for each in own)
    ]
