"""Reading one file without risk to the others: in a process that can be stopped or die."""

from __future__ import annotations

import functools
import logging
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from gongkai.errors import SourceError
from gongkai.model import Outcome, ReadOptions, Report

if TYPE_CHECKING:
    from gongkai.pipeline import Pipeline

# Must be a module's function: a worker imports it by name.
Reader = Callable[[Path, "Pipeline"], Sequence[Report]]

_PLAIN = ReadOptions()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one file."""

    outcome: Outcome
    reason: str | None = None  # one sentence, unless loaded
    reports: tuple[Report, ...] = ()


class Workers:
    """A pool of reading processes, or with ``count`` 0 this very process.

    Processes are spawned on every system, so that none starts with half of its parent's
    state. In this process there is no time limit, and a crash of a library ends the run.
    """

    def __init__(
        self,
        count: int,
        pipeline: str | Path,
        *,
        timeout: float,
        reader: Reader | None = None,
        options: ReadOptions = _PLAIN,
    ) -> None:
        self.count = count
        self._arguments = (str(pipeline), reader, options)
        self._timeout = timeout
        self._pool = None if count == 0 else _process_pool(count)
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
            self._pool.join()
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)

    def begin(self, path: Path) -> Future[Reading]:
        """Have one file read."""
        if self._thread is not None:
            return self._thread.submit(read_file, path, *self._arguments)
        assert self._pool is not None
        future: Future[Reading] = self._pool.schedule(
            read_file, args=(path, *self._arguments), timeout=self._timeout
        )
        return future

    def end(self, path: Path, future: Future[Reading]) -> Reading:
        """Wait for a file; a fault of ours becomes a reading with the outcome ``failed``."""
        error = future.exception()
        if error is None:
            return future.result()
        _log.debug("%s", path, exc_info=error)
        return Reading("failed", self._fault(error))

    def _fault(self, error: BaseException) -> str:
        if isinstance(error, TimeoutError):
            return f"{self._timeout:g} 秒内没有读完，已放弃"
        if isinstance(error, MemoryError):
            return "内存不足，读不完"
        code = getattr(error, "exitcode", None)  # pebble's ProcessExpired
        if code is not None:
            return f"读取进程意外中止（退出码 {code}）"
        first_line = str(error).partition("\n")[0]
        return f"读取时程序出错（{type(error).__name__}: {first_line}）"


def read_file(
    path: Path, pipeline: str, reader: Reader | None, options: ReadOptions = _PLAIN
) -> Reading:
    """Read one file, in a worker. Whatever is not a SourceError is left to the caller."""
    from gongkai.report import read_reports  # here, since only workers need its libraries

    knowledge = _pipeline(pipeline)
    try:
        if reader is None:
            reports = tuple(read_reports(path, knowledge, options))
        else:
            reports = tuple(reader(path, knowledge))
        return Reading("loaded", reports=reports)
    except SourceError as error:
        return Reading(error.outcome, str(error))


@functools.cache
def _pipeline(name: str) -> Pipeline:
    """The pipeline, loaded once a worker."""
    from gongkai.pipeline import load_pipeline

    return load_pipeline(name)


def _process_pool(count: int) -> Any:
    import multiprocessing

    from pebble import ProcessPool

    return ProcessPool(
        max_workers=count,
        initializer=_leave_interrupts_to_parent,
        context=multiprocessing.get_context("spawn"),
    )


def _leave_interrupts_to_parent() -> None:
    # Ctrl-C reaches every process of a terminal: the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
