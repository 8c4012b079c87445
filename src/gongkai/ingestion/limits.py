"""Limits that a reading process enforces on itself: memory, and the life of its parent."""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing
import os
import sys
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

import psutil

OUT_OF_MEMORY = 75  # exit code of a process that passed its limit
_INTERVAL = 0.1  # seconds between two checks of the memory
_TRIM_ABOVE = 200_000_000  # bytes; after an ordinary report, a process holds half of it
_GRACE = 30.0  # seconds after the time limit, when the parent should have ended the process


def install_memory_guard(max_memory: int) -> None:
    """End this process when it holds more than ``max_memory`` bytes, or when its parent ends.

    A thread checks the resident memory, which works on every system. On Linux, the system also
    refuses a single request for more than twice as much, before any of it is used.
    """
    if sys.platform != "win32":
        import resource

        if sys.platform == "linux":
            limit = 2 * max_memory
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            limit = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
            resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    Thread(target=_watch, args=(max_memory,), daemon=True).start()


def _watch(max_memory: int) -> None:
    this = psutil.Process()
    parent = multiprocessing.parent_process()
    assert parent is not None
    while not wait([parent.sentinel], _INTERVAL):
        if this.memory_info().rss > max_memory:
            os._exit(OUT_OF_MEMORY)
    os._exit(1)


def resident() -> int:
    """Bytes of memory this process holds."""
    return int(psutil.Process().memory_info().rss)


def trim_memory() -> int:
    """Give free memory back to the system if this process holds much; return the bytes held.

    glibc keeps the memory of images that were freed: 80 MB after camelot has read a page,
    260 MB after a scan.
    """
    held = resident()
    if sys.platform == "linux" and held > _TRIM_ABOVE:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)
            return resident()
    return held


class Watchdog:
    """Ends this process when a job takes far too long, even inside a C library.

    Usually the parent ends a process in time. This covers a parent that has ended.
    """

    def __init__(self, timeout: float) -> None:
        self._seconds = timeout + _GRACE
        self._nowhere = Path(os.devnull).open("wb")  # noqa: SIM115 - stays open as long as the process

    def __enter__(self) -> None:
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._nowhere)

    def __exit__(self, *_: object) -> None:
        faulthandler.cancel_dump_traceback_later()
