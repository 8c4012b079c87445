"""A pool of processes that each do one job at a time, each over its own pipe.

A pool whose processes share one queue hangs when the system kills a process that holds the
queue's lock, and cannot always name the job that died with it. Here one thread manages
each process: it sends a job, waits for the answer, for the end of the process or for the
time limit, and starts another process when one has ended. The processes share nothing, so
the end of one does not affect the others.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic

import msgspec

from gongkai.errors import UsageError
from gongkai.ingestion.jobs import J, Limits, Task, V, Work
from gongkai.ingestion.process import LATE_SECONDS, Process, started_early
from gongkai.ingestion.worker_logs import levels_here
from gongkai.language import tr

_MAX_STARTS = 3  # attempts to start a process


class Pool(Generic[J, V]):
    """Does one kind of work in ``count`` processes."""

    def __init__(self, count: int, work: Work[J, V], limits: Limits) -> None:
        self._task = Task(work, limits, levels_here())
        self._threads = ThreadPoolExecutor(count, "gongkai-pool")
        self._local = threading.local()  # the process of each thread
        self._ahead = started_early(self._task)  # before there was a job
        self._processes = set(self._ahead)
        self._condition = threading.Condition()
        self._running = 0
        self._paused = self._stopped = False
        threading.Thread(target=self._end_late, name="gongkai-late", daemon=True).start()

    def start_ahead(self) -> None:
        """Start a process for the first job now: loading its libraries takes half a second."""
        if not self._ahead:
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
            process: Process | None = getattr(self._local, "process", None)
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
            while not self._condition.wait_for(lambda: self._stopped, LATE_SECONDS):
                for process in self._processes:
                    if process.is_late:
                        process.kill()

    def _start(self) -> Process:
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

    def _new_process(self) -> Process:
        process = Process(self._task)
        with self._condition:
            self._processes.add(process)
            if self._stopped:
                process.kill()
        return process

    def _end(self, process: Process) -> None:
        with self._condition:
            self._processes.discard(process)
        process.close()
