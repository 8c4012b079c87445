"""One reading process, as its parent sees it.

What it answers is decoded by type (``ingestion/messages.py``).
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from functools import cached_property
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import msgspec

from gongkai.ingestion.jobs import (
    MAX_ANSWER_BYTES,
    Task,
    do_jobs,
    out_of_memory,
)
from gongkai.ingestion.limits import OUT_OF_MEMORY
from gongkai.ingestion.messages import Done, Failed, LogLine, Ready
from gongkai.ingestion.worker_logs import MAX_LINES, handle_line
from gongkai.problems import message

_SPAWN = multiprocessing.get_context("spawn")  # a fork would copy half of the parent's state
_START_SECONDS = 120.0  # until a new process must be ready
LATE_SECONDS = 2.0  # after the time limit, when a process that sends half a message is ended

_log = logging.getLogger(__name__)


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


class Process:
    """One process, this end of its pipe, and its folder for temporary files.

    Without a task it gets ready to read reports, and takes a task of that kind later.
    """

    _spawn_lock = threading.Lock()  # only one thread at a time starts or joins a process

    def __init__(self, task: Task[Any, Any] | None = None) -> None:
        self._task = task
        self._scratch = tempfile.TemporaryDirectory(
            prefix="gongkai-reader-", ignore_cleanup_errors=True
        )
        self._connection, other = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=do_jobs,
            args=(other, Path(self._scratch.name), task),
            name="gongkai-reader",
            daemon=True,
        )
        self.is_spent = False  # whether it may do no further job
        self._end_of_job = float("inf")  # when its value must be here
        with self._spawn_lock, _interrupts_held_back():
            self._process.start()
        other.close()  # so that the pipe ends when the process does

    def take(self, task: Task[Any, Any]) -> None:
        """Give a task to a process that was started without one."""
        self._task = task
        with contextlib.suppress(OSError):  # it has ended: it will not be ready
            self._connection.send(task)

    @property
    def is_alive(self) -> bool:
        return not wait([self._process.sentinel], 0)

    @property
    def is_late(self) -> bool:
        """Whether its job should have ended a while ago."""
        return time.monotonic() > self._end_of_job + LATE_SECONDS

    def kill(self) -> None:
        self._process.kill()

    def close(self) -> None:
        self._process.kill()
        wait([self._process.sentinel])
        with self._spawn_lock:
            self._process.join()
        self._connection.close()
        self._scratch.cleanup()

    @cached_property
    def _decoder(self) -> msgspec.msgpack.Decoder[Any]:
        done: Any = Done[self._given.work.value]  # type: ignore[name-defined]
        return msgspec.msgpack.Decoder(Ready | LogLine | done | Failed)

    @property
    def _given(self) -> Task[Any, Any]:
        assert self._task is not None
        return self._task

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
        self._end_of_job = time.monotonic() + self._given.limits.seconds
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
            received = self._decoder.decode(self._connection.recv_bytes(MAX_ANSWER_BYTES))
            if isinstance(received, Done | Failed):
                return received
            lines += 1
            if isinstance(received, LogLine) and lines <= MAX_LINES:
                handle_line(received)
        return self._timeout()

    def _timeout(self) -> Failed:
        return Failed(message("timeout", seconds=self._given.limits.seconds), retry=True)

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
            return out_of_memory(self._given.limits)
        return Failed(message("crash", exit=_exit_text(code)), retry=True)


def _exit_text(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"信号 {signal.Signals(-code).name}"
    return f"退出码 {code}"


@contextlib.contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Hold back Ctrl-C from this thread, and for good from a process that it starts.

    That process would end with a traceback until it ignores Ctrl-C itself.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_early: list[Process] = []


def start_early() -> None:
    """Start a process before its task is known: loading the libraries that read reports takes
    most of the time of a small file."""
    _early.append(Process())


def started_early(task: Task[Any, Any]) -> list[Process]:
    """The processes that were started early, with their task; none if they cannot do it."""
    if not task.work.confined:
        return []
    found = [*_early]
    _early.clear()
    for process in found:
        process.take(task)
    return found
