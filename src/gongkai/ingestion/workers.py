"""Reading one file without risk to the others: in a process that can be stopped or die."""

from __future__ import annotations

import functools
import logging
import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from gongkai.errors import GongkaiError, SourceError
from gongkai.ingestion.pool import JobFailed, Limits, Pool, fault_text
from gongkai.loaders.rows import ReportRows, rows_of
from gongkai.model import Outcome, ReadOptions, Report

if TYPE_CHECKING:
    from gongkai.families.family import Family

# Must be a module's function: a worker imports it by name.
Reader = Callable[[Path, "Family"], Sequence[Report]]

_PLAIN = ReadOptions()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file."""

    outcome: Outcome
    reason: str | None = None  # one sentence, unless loaded
    packed: bytes | None = None  # its reports: a third of their size while they wait

    @property
    def reports(self) -> tuple[ReportRows, ...]:
        """The file's reports, in printed order."""
        return () if self.packed is None else pickle.loads(self.packed)


class Workers:
    """Reading processes that can be stopped or die, or with ``count`` 0 this very process.

    In this process there is no limit of time or memory, and a crash of a library ends the run.
    """

    def __init__(
        self,
        count: int,
        pipeline: str | Path,
        *,
        limits: Limits,
        reader: Reader | None = None,
        options: ReadOptions = _PLAIN,
    ) -> None:
        self.count = count
        self._arguments = (str(pipeline), reader, options)
        self._pool = None if count == 0 else Pool(count, read_file, limits)
        self._thread = ThreadPoolExecutor(max_workers=1) if count == 0 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        """End all workers at once; whatever they still read is dropped."""
        if self._pool is not None:
            self._pool.stop()
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)

    def begin(self, path: Path) -> Future[Reading]:
        """Have one file read."""
        if self._pool is not None:
            return self._pool.schedule(path, *self._arguments)
        assert self._thread is not None
        return self._thread.submit(read_file, path, *self._arguments)

    def end(self, path: Path, future: Future[Reading]) -> Reading:
        """Wait for a file; a fault of ours becomes a reading with the outcome ``failed``.

        Where its neighbours may be to blame, the file is read once more, alone.
        """
        error = future.exception()
        if error is None:
            return future.result()
        if isinstance(error, GongkaiError):
            raise error
        if not isinstance(error, JobFailed):  # in this process: nothing stands between it and us
            _log.debug("%s", path, exc_info=error)
            return Reading("failed", fault_text(error))
        if not error.perhaps_others or self._pool is None:
            return Reading("failed", str(error))
        _log.info("%s: %s; once more, alone", path, error)
        try:
            reading: Reading = self._pool.run_exclusive(path, *self._arguments)
            return reading
        except JobFailed as lost:
            return Reading("failed", f"{lost}（单独再试也是如此）")


def read_file(
    path: Path, pipeline: str, reader: Reader | None, options: ReadOptions = _PLAIN
) -> Reading:
    """Read one file, in a worker. Whatever is not a SourceError is left to the caller."""
    from gongkai.reading.report import read_reports  # here, since only workers need its libraries

    knowledge = _family(pipeline)
    try:
        if reader is None:
            reports: Sequence[Report] = read_reports(path, knowledge, options)
        else:
            reports = reader(path, knowledge)
        return Reading("loaded", packed=pickle.dumps(tuple(map(rows_of, reports))))
    except SourceError as error:
        return Reading(error.outcome, str(error))


@functools.cache
def _family(name: str) -> Family:
    """The family, loaded once a worker."""
    from gongkai.families.load import load_family

    return load_family(name)
