"""A pool of processes that each do one job at a time, each over its own pipe.

A pool whose processes share one queue hangs when the system kills a process that holds the
queue's lock, and cannot always name the job that died with it. Here one thread manages
each process: it sends a job, waits for the answer, for the end of the process or for the
time limit, and starts another process when one has ended. The processes share nothing, so
the end of one does not affect the others.

A process is confined before it gets its first job (``ingestion/confinement.py``), and what it
answers is decoded by type (``ingestion/messages.py``).
"""

from __future__ import annotations

import contextlib
import gc
import logging
import multiprocessing
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from gongkai.errors import UsageError
from gongkai.ingestion.confinement import confine
from gongkai.ingestion.limits import OUT_OF_MEMORY, Watchdog, install_memory_guard, trim_memory
from gongkai.ingestion.messages import Done, Failed, LogLine, Ready, as_unicode
from gongkai.ingestion.worker_logs import (
    MAX_LINES,
    LineSender,
    LogLevels,
    handle_line,
    levels_here,
)
from gongkai.language import tr
from gongkai.problems import message

J = TypeVar("J")  # a job
V = TypeVar("V")  # the value that the function makes of it

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy half of the parent's state
_START_SECONDS = 120.0  # until a new process must be ready
_MAX_STARTS = 3  # attempts to start a process
_JOBS_PER_PROCESS = 1000  # then a new process replaces it
_GC_THRESHOLD = 20_000  # new objects between two collections; readers make few cycles
_MAX_ANSWER_BYTES = 64 * 2**20  # a report has a few hundred thousand
_LATE_SECONDS = 2.0  # after the time limit, when a process that sends half a message is ended

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """Time and memory that one job may use."""

    seconds: float
    memory: int  # resident bytes of the process that does it


class JobFailed(Exception):
    """A job ended without an answer. The text is one sentence with the reason.

    ``retry`` says that other jobs on the machine may be the cause, for example by using up
    its memory. ``remote_traceback`` is the traceback in the process, if an error was raised.
    """

    def __init__(
        self, reason: str, *, retry: bool = False, remote_traceback: str | None = None
    ) -> None:
        super().__init__(reason)
        self.retry = retry
        self.remote_traceback = remote_traceback


@dataclass(frozen=True, slots=True)
class Work(Generic[J, V]):
    """What the processes of a pool do.

    ``function`` takes one job; it is pickled once, when a process starts, and so must be
    importable by name. ``job`` and ``value`` are its types, as msgspec encodes them.
    ``confined``: whether a process gives up the rights that reading does not need. ``prepare``
    loads what every job needs, before a process is ready.
    """

    function: Callable[[J], V]
    job: Any
    value: Any
    confined: bool = True
    prepare: Callable[[], None] | None = None


class Pool(Generic[J, V]):
    """Does one kind of work in ``count`` processes."""

    def __init__(self, count: int, work: Work[J, V], limits: Limits) -> None:
        self._limits = limits
        self._log_levels = levels_here()
        self._work = work
        done: Any = Done[work.value]  # type: ignore[name-defined]
        self._decoder = msgspec.msgpack.Decoder(Ready | LogLine | done | Failed)
        self._threads = ThreadPoolExecutor(count, "gongkai-pool")
        self._local = threading.local()  # the process of each thread
        self._processes: set[_Process] = set()
        self._ahead: list[_Process] = []  # started before there was a job
        self._condition = threading.Condition()
        self._running = 0
        self._paused = self._stopped = False
        threading.Thread(target=self._end_late, name="gongkai-late", daemon=True).start()

    def start_ahead(self) -> None:
        """Start a process for the first job now: loading its libraries takes most of a second."""
        self._ahead.append(self._new_process())

    def schedule(self, job: J) -> Future[V]:
        """Do a job in a process. The future raises JobFailed if there is no value."""
        return self._threads.submit(self._run, msgspec.msgpack.encode(job))

    def run_exclusive(self, job: J) -> V:
        """Do a job in a new process while no other job runs. Raises JobFailed."""
        with self._condition:
            self._paused = True
            self._condition.wait_for(lambda: self._running == 0)
        try:
            process = self._start()
            try:
                value: V = process.run(msgspec.msgpack.encode(job))
                return value
            finally:
                self._end(process)
        finally:
            with self._condition:
                self._paused = False
                self._condition.notify_all()

    def stop(self) -> None:
        """End all processes at once, and drop what they are doing."""
        with self._condition:
            self._stopped = True
            self._condition.notify_all()
            for process in self._processes:
                process.kill()
        self._threads.shutdown(cancel_futures=True)
        for process in tuple(self._processes):
            self._end(process)

    def _run(self, job: bytes) -> V:
        """Do one job in the process of this thread; start the process if there is none."""
        with self._running_job():
            process: _Process | None = getattr(self._local, "process", None)
            if process is not None and not process.is_alive:
                self._end(process)
                process = None
            self._local.process = process = process or self._start()
            try:
                value: V = process.run(job)
                return value
            finally:
                if process.is_spent:
                    self._end(process)
                    self._local.process = None

    @contextlib.contextmanager
    def _running_job(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: self._stopped or not self._paused)
            self._running += 1
        try:
            yield
        finally:
            with self._condition:
                self._running -= 1
                self._condition.notify_all()

    def _end_late(self) -> None:
        """End a process that is late even though it began to send something."""
        with self._condition:
            while not self._condition.wait_for(lambda: self._stopped, _LATE_SECONDS):
                for process in self._processes:
                    if process.is_late:
                        process.kill()

    def _start(self) -> _Process:
        for _ in range(_MAX_STARTS):
            with self._condition:
                process = self._ahead.pop() if self._ahead else None
            process = process or self._new_process()
            if process.is_ready():
                return process
            self._end(process)
        raise UsageError(
            tr(
                "reading processes end before they begin: a script that ingests needs `if "
                '__name__ == "__main__":` around its calls; else see what they print'
            )
        )

    def _new_process(self) -> _Process:
        process = _Process(self._work, self._decoder, self._limits, self._log_levels)
        with self._condition:
            self._processes.add(process)
            if self._stopped:
                process.kill()
        return process

    def _end(self, process: _Process) -> None:
        with self._condition:
            self._processes.discard(process)
        process.close()


class _Process:
    """One process, this end of its pipe, and its folder for temporary files."""

    _spawn_lock = threading.Lock()  # only one thread at a time starts or joins a process

    def __init__(
        self,
        work: Work[Any, Any],
        decoder: msgspec.msgpack.Decoder[Any],
        limits: Limits,
        log_levels: LogLevels,
    ) -> None:
        self._limits = limits
        self._decoder = decoder
        self._scratch = tempfile.TemporaryDirectory(
            prefix="gongkai-reader-", ignore_cleanup_errors=True
        )
        self._connection, other = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=_work,
            args=(other, work, limits, log_levels, Path(self._scratch.name)),
            name="gongkai-reader",
            daemon=True,
        )
        self.is_spent = False  # whether it may do no further job
        self._end_of_job = float("inf")  # when its value must be here
        with self._spawn_lock:
            self._process.start()
        other.close()  # so that the pipe ends when the process does

    @property
    def is_alive(self) -> bool:
        return not wait([self._process.sentinel], 0)

    @property
    def is_late(self) -> bool:
        """Whether its job should have ended a while ago."""
        return time.monotonic() > self._end_of_job + _LATE_SECONDS

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        wait([self._process.sentinel])
        with self._spawn_lock:
            self._process.join()
        self._connection.close()
        self._scratch.cleanup()

    def is_ready(self) -> bool:
        """Wait until it can take a job. False if it ends, or does not answer in time."""
        try:
            if not self._connection.poll(_START_SECONDS):
                return False
            ready = self._decoder.decode(self._connection.recv_bytes())
        except (OSError, EOFError, msgspec.MsgspecError):
            return False
        if isinstance(ready, Ready):
            _log.debug("a reading process, confined by: %s", ", ".join(ready.confined_by) or "-")
        return isinstance(ready, Ready)

    def run(self, job: bytes) -> Any:
        """Do one job; return its value. Raises JobFailed."""
        self._end_of_job = time.monotonic() + self._limits.seconds
        try:
            self._connection.send_bytes(job)
            answer = self._answer()
        except (OSError, EOFError):
            answer = self._exit_failure()
        except msgspec.MsgspecError as error:
            answer = Failed(message("false_answer", error=error))
        finally:
            self._end_of_job = float("inf")
        self.is_spent = isinstance(answer, Failed) or answer.is_last
        if isinstance(answer, Failed):
            raise JobFailed(
                answer.reason, retry=answer.retry, remote_traceback=answer.remote_traceback
            )
        return answer.value

    def _answer(self) -> Done[Any] | Failed:
        """Wait for the answer, and handle the lines of log that arrive before it."""
        lines = 0
        while (left := self._end_of_job - time.monotonic()) > 0 and self._connection.poll(left):
            received = self._decoder.decode(self._connection.recv_bytes(_MAX_ANSWER_BYTES))
            if isinstance(received, Done | Failed):
                return received
            lines += 1
            if isinstance(received, LogLine) and lines <= MAX_LINES:
                handle_line(received)
        return self._timeout()

    def _timeout(self) -> Failed:
        return Failed(message("timeout", seconds=self._limits.seconds), retry=True)

    def _exit_failure(self) -> Failed:
        """Why the process ended, or closed its pipe, or sent more than it may."""
        if self.is_late:
            return self._timeout()
        self._process.kill()
        wait([self._process.sentinel])
        with self._spawn_lock:
            self._process.join()
        code = self._process.exitcode
        if code == OUT_OF_MEMORY:
            return _out_of_memory(self._limits)
        return Failed(message("crash", exit=_exit_text(code)), retry=True)


def _work(
    connection: Connection,
    work: Work[Any, Any],
    limits: Limits,
    log_levels: LogLevels,
    scratch: Path,
) -> None:
    """The loop of a process: do one job after another; each answer says if it was the last."""
    gc.set_threshold(_GC_THRESHOLD)
    watchdog = Watchdog(limits.seconds)
    confined_by = confine(scratch) if work.confined else ()  # before there are other threads
    install_memory_guard(limits.memory)
    if work.prepare is not None:
        work.prepare()
    encoder, decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(work.job)
    connection.send_bytes(encoder.encode(Ready(confined_by)))
    lines = LineSender(lambda line: connection.send_bytes(encoder.encode(line)))
    lines.install(log_levels)
    for left in reversed(range(_JOBS_PER_PROCESS)):
        try:
            job = decoder.decode(connection.recv_bytes())
        except EOFError:
            return
        lines.start_job()
        with watchdog:
            answer = _call(work.function, job, limits)
            memory_held = trim_memory()
            if isinstance(answer, Done):
                is_last = left == 0 or memory_held > limits.memory // 2
                answer = Done(answer.value, is_last)
            packed = encoder.encode(answer)
            if len(packed) > _MAX_ANSWER_BYTES:
                packed = encoder.encode(
                    Failed(message("output_too_large", megabytes=len(packed) / 1e6))
                )
            lines.exclusively(connection.send_bytes, packed)
        if left == _JOBS_PER_PROCESS - 1:  # the libraries that the first job has loaded stay
            gc.collect()
            gc.freeze()


def _call(function: Callable[[Any], Any], job: Any, limits: Limits) -> Done[Any] | Failed:
    try:
        return Done(function(job), False)
    except MemoryError:
        return _out_of_memory(limits)
    except Exception as error:
        # Whatever error a file causes, only this file fails.
        lines = as_unicode("".join(traceback.format_exception(error)))
        return Failed(as_unicode(unexpected_error_text(error)), remote_traceback=lines)


def unexpected_error_text(error: BaseException) -> str:
    """One Chinese sentence for an error that no reader handles."""
    first_line = str(error).partition("\n")[0]
    return message("unexpected_error", type=type(error).__name__, error=first_line)


def _exit_text(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"信号 {signal.Signals(-code).name}"
    return f"退出码 {code}"


def _out_of_memory(limits: Limits) -> Failed:
    return Failed(message("out_of_memory", gigabytes=limits.memory / 1e9), retry=True)
