"""A pool of processes that each do one job at a time, each over its own pipe.

A pool whose processes share one queue hangs when the system kills a process that holds the
queue's lock, and cannot always name the job that died with it. Here one thread manages
each process: it sends a job, waits for the answer, for the end of the process or for the
time limit, and starts another process when one has ended. The processes share nothing, so
the end of one does not affect the others.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import multiprocessing
import pickle
import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from gongkai.errors import UsageError
from gongkai.ingestion.limits import OUT_OF_MEMORY, Watchdog, install_memory_guard, trim_memory
from gongkai.ingestion.worker_logs import LogLevels, RecordSender, handle_record, levels_here
from gongkai.problems import message

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy half of the parent's state
_START_SECONDS = 120.0  # until a new process must be ready
_MAX_STARTS = 3  # attempts to start a process
_JOBS_PER_PROCESS = 1000  # then a new process replaces it
_GC_THRESHOLD = 20_000  # new objects between two collections; readers make few cycles
_MAX_ANSWER_BYTES = 64 * 2**20  # a report has a few hundred thousand


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


class Pool:
    """Runs one function in ``count`` processes. It must be importable by name."""

    def __init__(self, count: int, function: Callable[..., Any], limits: Limits) -> None:
        self._function = function
        self._limits = limits
        self._log_levels = levels_here()
        self._threads = ThreadPoolExecutor(count, "gongkai-pool")
        self._local = threading.local()  # the process of each thread
        self._processes: set[_Process] = set()
        self._condition = threading.Condition()
        self._running = 0
        self._paused = self._stopped = False

    def schedule(self, *arguments: Any) -> Future[Any]:
        """Call the function in a process. The future raises JobFailed if there is no answer."""
        return self._threads.submit(self._run, arguments)

    def run_exclusive(self, *arguments: Any) -> Any:
        """Call the function in a new process while no other job runs. Raises JobFailed."""
        with self._condition:
            self._paused = True
            self._condition.wait_for(lambda: self._running == 0)
        try:
            process = self._start()
            try:
                return process.run(arguments)
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

    def _run(self, arguments: tuple[Any, ...]) -> Any:
        """Do one job in the process of this thread; start the process if there is none."""
        with self._running_job():
            process: _Process | None = getattr(self._local, "process", None)
            if process is not None and not process.is_alive:
                self._end(process)
                process = None
            self._local.process = process = process or self._start()
            try:
                return process.run(arguments)
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

    def _start(self) -> _Process:
        for _ in range(_MAX_STARTS):
            process = _Process(self._function, self._limits, self._log_levels)
            with self._condition:
                self._processes.add(process)
                if self._stopped:
                    process.kill()
            if process.is_ready():
                return process
            self._end(process)
        raise UsageError(
            "reading processes end before they begin: a script that ingests needs "
            '`if __name__ == "__main__":` around its calls; else see what they print'
        )

    def _end(self, process: _Process) -> None:
        with self._condition:
            self._processes.discard(process)
        process.close()


class _Process:
    """One process, and this end of its pipe."""

    _spawn_lock = threading.Lock()  # only one thread at a time starts or joins a process

    def __init__(self, function: Callable[..., Any], limits: Limits, log_levels: LogLevels) -> None:
        self._limits = limits
        self._connection, other = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=_work,
            args=(other, function, limits, log_levels),
            name="gongkai-reader",
            daemon=True,
        )
        self.is_spent = False  # whether it may do no further job
        with self._spawn_lock:
            self._process.start()
        other.close()  # so that the pipe ends when the process does

    @property
    def is_alive(self) -> bool:
        return not wait([self._process.sentinel], 0)

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        wait([self._process.sentinel])
        with self._spawn_lock:
            self._process.join()
        self._connection.close()

    def is_ready(self) -> bool:
        """Wait until it can take a job. False if it ends, or does not answer in time."""
        try:
            return self._connection.poll(_START_SECONDS) and self._connection.recv() is None
        except (OSError, EOFError):
            return False

    def run(self, arguments: tuple[Any, ...]) -> Any:
        """Do one job. Raises JobFailed."""
        try:
            self._connection.send(arguments)
            answer, failure, self.is_spent = self._answer()
        except (OSError, EOFError) as error:
            self.is_spent = True
            raise self._exit_failure() from error
        if failure is not None:
            raise failure
        return answer

    def _answer(self) -> tuple[Any, JobFailed | None, bool]:
        """Wait for the answer, and handle the log records that arrive before it."""
        end = time.monotonic() + self._limits.seconds
        while (left := end - time.monotonic()) > 0 and self._connection.poll(left):
            received = self._connection.recv()
            if not isinstance(received, logging.LogRecord):
                answer: tuple[Any, JobFailed | None, bool] = received
                return answer
            handle_record(received)
        return None, JobFailed(message("timeout", seconds=self._limits.seconds), retry=True), True

    def _exit_failure(self) -> JobFailed:
        wait([self._process.sentinel])
        with self._spawn_lock:
            self._process.join()
        code = self._process.exitcode
        if code == OUT_OF_MEMORY:
            return _out_of_memory(self._limits)
        return JobFailed(message("crash", exit=_exit_text(code)), retry=True)


def _work(
    connection: Connection, function: Callable[..., Any], limits: Limits, log_levels: LogLevels
) -> None:
    """The loop of a process: do one job after another; each answer says if it was the last."""
    install_memory_guard(limits.memory)
    watchdog = Watchdog(limits.seconds)
    connection.send(None)
    records = RecordSender(connection.send)
    records.install(log_levels)
    for left in reversed(range(_JOBS_PER_PROCESS)):
        try:
            arguments = connection.recv()
        except EOFError:
            return
        records.start_job()
        with watchdog:
            answer, failure = _call(function, arguments, limits)
            if left == _JOBS_PER_PROCESS - 1:  # the libraries that the first job has loaded stay
                gc.collect()
                gc.freeze()
                gc.set_threshold(_GC_THRESHOLD)
            memory_held = trim_memory()
            is_last = left == 0 or failure is not None or memory_held > limits.memory // 2
            packed = pickle.dumps((answer, failure, is_last))
            if len(packed) > _MAX_ANSWER_BYTES:
                failure = JobFailed(message("output_too_large", megabytes=len(packed) / 1e6))
                packed = pickle.dumps((None, failure, True))
            records.exclusively(connection.send_bytes, packed)


def _call(
    function: Callable[..., Any], arguments: Any, limits: Limits
) -> tuple[Any, JobFailed | None]:
    try:
        return function(*arguments), None
    except MemoryError:
        return None, _out_of_memory(limits)
    except Exception as error:
        # Whatever error a file causes, only this file fails.
        # Sent as text, since the error itself may hold objects that cannot be pickled.
        lines = "".join(traceback.format_exception(error))
        return None, JobFailed(unexpected_error_text(error), remote_traceback=lines)


def unexpected_error_text(error: BaseException) -> str:
    """One Chinese sentence for an error that no reader handles."""
    first_line = str(error).partition("\n")[0]
    return message("unexpected_error", type=type(error).__name__, error=first_line)


def _exit_text(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"信号 {signal.Signals(-code).name}"
    return f"退出码 {code}"


def _out_of_memory(limits: Limits) -> JobFailed:
    return JobFailed(message("out_of_memory", gigabytes=limits.memory / 1e9), retry=True)
