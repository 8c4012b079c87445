"""Processes that each do one job at a time, over a pipe of their own.

Pools with a queue that all processes share stop for good when the system kills one that
holds the queue's lock, and cannot always tell which job died with it. Here a thread keeps
each process: it hands over a job, waits for the answer, for the process's end or for the
time to be up, and starts another process where one is gone. Nothing is shared, so nothing
that becomes of one process concerns another.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import multiprocessing
import pickle
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from gongkai.errors import UsageError
from gongkai.ingestion.limits import OUT_OF_MEMORY, Watchdog, install_memory_guard, trim_memory

_log = logging.getLogger(__name__)
_SPAWN = multiprocessing.get_context("spawn")  # none starts with half of its parent's state
_START = 120.0  # seconds a new process may take until it is ready
_STARTS = 3  # processes that end before they are ready, until it is no accident
_JOBS = 1000  # of one process, which then makes room for a new one
_GARBAGE = 20_000  # new objects after which cycles are looked for; readers make few
_MOST_BYTES = 64 * 2**20  # of an answer; a report has a few hundred thousand


@dataclass(frozen=True, slots=True)
class Limits:
    """What one job may take."""

    seconds: float
    memory: int  # resident bytes of the process that does it


class JobFailed(Exception):
    """A job without an answer: one sentence why, and whether its neighbours may be to blame."""

    def __init__(self, reason: str, *, perhaps_others: bool = False) -> None:
        super().__init__(reason)
        self.perhaps_others = perhaps_others


class Pool:
    """Runs a module's function in ``count`` processes, first come, first served."""

    def __init__(self, count: int, function: Callable[..., Any], limits: Limits) -> None:
        self._function = function
        self._limits = limits
        self._keepers = ThreadPoolExecutor(count, "gongkai-keeper")
        self._own = threading.local()  # each keeper's process
        self._processes: set[_Process] = set()
        self._turn = threading.Condition()
        self._running = 0
        self._paused = self._stopped = False

    def schedule(self, *arguments: Any) -> Future[Any]:
        """Have the function called. The future raises JobFailed where there is no answer."""
        return self._keepers.submit(self._run, arguments)

    def run_exclusive(self, *arguments: Any) -> Any:
        """Call the function in a new process while no other works; raises JobFailed."""
        with self._turn:
            self._paused = True
            self._turn.wait_for(lambda: self._running == 0)
        try:
            process = self._start()
            try:
                return process.run(arguments)
            finally:
                self._end(process)
        finally:
            with self._turn:
                self._paused = False
                self._turn.notify_all()

    def stop(self) -> None:
        """End all processes at once; what they still do is dropped."""
        with self._turn:
            self._stopped = True
            self._turn.notify_all()
            for process in self._processes:
                process.kill()
        self._keepers.shutdown(cancel_futures=True)
        for process in tuple(self._processes):
            self._end(process)

    def _run(self, arguments: tuple[Any, ...]) -> Any:
        """Do one job in the process of this thread, which is started where there is none."""
        with self._its_turn():
            process: _Process | None = getattr(self._own, "process", None)
            if process is not None and not process.is_alive:
                self._end(process)
                process = None
            self._own.process = process = process or self._start()
            try:
                return process.run(arguments)
            finally:
                if process.is_spent:
                    self._end(process)
                    self._own.process = None

    @contextlib.contextmanager
    def _its_turn(self) -> Iterator[None]:
        with self._turn:
            self._turn.wait_for(lambda: self._stopped or not self._paused)
            self._running += 1
        try:
            yield
        finally:
            with self._turn:
                self._running -= 1
                self._turn.notify_all()

    def _start(self) -> _Process:
        for _ in range(_STARTS):
            process = _Process(self._function, self._limits)
            with self._turn:
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
        with self._turn:
            self._processes.discard(process)
        process.close()


class _Process:
    """One process, and this end of its pipe."""

    _spawn_lock = threading.Lock()  # only one thread at a time starts or buries a process

    def __init__(self, function: Callable[..., Any], limits: Limits) -> None:
        self._limits = limits
        self._connection, other = _SPAWN.Pipe()
        self._process = _SPAWN.Process(
            target=_work, args=(other, function, limits), name="gongkai-reader", daemon=True
        )
        self.is_spent = False  # whether it must do no further job
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
        """Wait until it can take a job; false where it ends or sleeps instead."""
        try:
            return self._connection.poll(_START) and self._connection.recv() is None
        except (OSError, EOFError):
            return False

    def run(self, arguments: tuple[Any, ...]) -> Any:
        """Do one job. Raises JobFailed."""
        try:
            self._connection.send(arguments)
            if not self._connection.poll(self._limits.seconds):
                self.is_spent = True
                raise JobFailed(
                    f"{self._limits.seconds:g} 秒内没有读完，已放弃", perhaps_others=True
                )
            answer, lost, self.is_spent = self._connection.recv()
        except (OSError, EOFError) as error:
            self.is_spent = True
            raise self._death() from error
        if lost is not None:
            raise lost
        return answer

    def _death(self) -> JobFailed:
        wait([self._process.sentinel])
        with self._spawn_lock:
            self._process.join()
        code = self._process.exitcode
        if code == OUT_OF_MEMORY:
            return _out_of_memory(self._limits)
        return JobFailed(f"读取进程意外中止（{_exit_text(code)}）", perhaps_others=True)


def _work(connection: Connection, function: Callable[..., Any], limits: Limits) -> None:
    """What a process does: answer job after job, and say when it had better be the last."""
    install_memory_guard(limits.memory)
    alarm = Watchdog(limits.seconds)
    connection.send(None)
    for left in reversed(range(_JOBS)):
        try:
            arguments = connection.recv()
        except EOFError:
            return
        with alarm:
            answer, lost = _answer(function, arguments, limits)
            if left == _JOBS - 1:  # what the first job has loaded stays: no use to look at it again
                gc.collect()
                gc.freeze()
                gc.set_threshold(_GARBAGE)
            held = trim_memory()
            is_last = left == 0 or lost is not None or held > limits.memory // 2
            message = pickle.dumps((answer, lost, is_last))
            if len(message) > _MOST_BYTES:
                size = f"{len(message) / 1e6:.0f} MB"
                lost = JobFailed(f"读出的内容过大（{size}），已放弃")
                message = pickle.dumps((None, lost, True))
            connection.send_bytes(message)


def _answer(function: Callable[..., Any], arguments: Any, limits: Limits) -> tuple[Any, Any]:
    try:
        return function(*arguments), None
    except MemoryError:
        return None, _out_of_memory(limits)
    except Exception as error:
        # Whatever a file does to its reader costs that file only.
        # As text: the error itself may hold what no pipe can carry.
        _log.debug("%s", arguments, exc_info=error)
        return None, JobFailed(fault_text(error))


def fault_text(error: BaseException) -> str:
    """One sentence for an error that nobody foresaw."""
    first_line = str(error).partition("\n")[0]
    return f"读取时程序出错（{type(error).__name__}: {first_line}）"


def _exit_text(code: int | None) -> str:
    if code is not None and code < 0:
        with contextlib.suppress(ValueError):
            return f"信号 {signal.Signals(-code).name}"
    return f"退出码 {code}"


def _out_of_memory(limits: Limits) -> JobFailed:
    return JobFailed(f"内存超过 {limits.memory / 1e9:g} GB，已放弃", perhaps_others=True)
