"""What a reading process does: one job after another.

It is confined before its first job (``ingestion/confinement.py``), and what it sends is decoded
by type (``ingestion/messages.py``).
"""

from __future__ import annotations

import gc
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from gongkai.ingestion.confinement import confine
from gongkai.ingestion.limits import Watchdog, install_memory_guard, trim_memory
from gongkai.ingestion.messages import Done, Failed, Ready, as_unicode
from gongkai.ingestion.worker_logs import LineSender, LogLevels
from gongkai.problems import message

J = TypeVar("J")  # a job
V = TypeVar("V")  # the value that the function makes of it

MAX_ANSWER_BYTES = 64 * 2**20  # a report has a few hundred thousand
_JOBS_PER_PROCESS = 1000  # then a new process replaces it
_GC_THRESHOLD = 20_000  # new objects between two collections; readers make few cycles


@dataclass(frozen=True, slots=True)
class Limits:
    """Time and memory that one job may use."""

    seconds: float
    memory: int  # resident bytes of the process that does it


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


@dataclass(frozen=True, slots=True)
class Task(Generic[J, V]):
    """What a process must know before its first job."""

    work: Work[J, V]
    limits: Limits
    log_levels: LogLevels


def do_jobs(connection: Connection, scratch: Path, task: Task[Any, Any] | None) -> None:
    """Do one job after another, as they arrive; each answer says if it was the last.

    ``scratch`` is the folder for temporary files. Without a task, the process gets ready to read
    reports until the task arrives.
    """
    # Ctrl-C and the end of a terminal are for the parent, which ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):  # not on Windows
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    gc.disable()  # until all is loaded, which leaves few cycles
    # before there are other threads
    confined_by = confine(scratch) if task is None or task.work.confined else ()
    if task is None:
        import gongkai.reading.offer  # noqa: F401

        try:
            task = connection.recv()
        except EOFError:
            return
    watchdog = Watchdog(task.limits.seconds)
    install_memory_guard(task.limits.memory)
    if task.work.prepare is not None:
        task.work.prepare()
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)
    gc.enable()
    encoder, decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(task.work.job)
    connection.send_bytes(encoder.encode(Ready(confined_by)))
    lines = LineSender(lambda line: connection.send_bytes(encoder.encode(line)))
    lines.install(task.log_levels)
    for left in reversed(range(_JOBS_PER_PROCESS)):
        try:
            job = decoder.decode(connection.recv_bytes())
        except EOFError:
            return
        lines.start_job()
        with watchdog:
            answer = _call(task.work.function, job, task.limits)
            memory_held = trim_memory()
            if isinstance(answer, Done):
                is_last = left == 0 or memory_held > task.limits.memory // 2
                answer = Done(answer.value, is_last)
            packed = encoder.encode(answer)
            if len(packed) > MAX_ANSWER_BYTES:
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
        return out_of_memory(limits)
    except Exception as error:
        # Whatever error a file causes, only this file fails.
        lines = as_unicode("".join(traceback.format_exception(error)))
        return Failed(as_unicode(unexpected_error_text(error)), remote_traceback=lines)


def unexpected_error_text(error: BaseException) -> str:
    """One Chinese sentence for an error that no reader handles."""
    first_line = str(error).partition("\n")[0]
    return message("unexpected_error", type=type(error).__name__, error=first_line)


def out_of_memory(limits: Limits) -> Failed:
    """The answer for a job that needed more memory than it may use."""
    return Failed(message("out_of_memory", gigabytes=limits.memory / 1e9), retry=True)
