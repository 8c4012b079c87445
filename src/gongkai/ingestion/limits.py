"""What holds a reading process in check from within: its memory, and the life of its parent."""

from __future__ import annotations

import ctypes
import faulthandler
import multiprocessing
import os
import signal
import sys
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

import psutil

OUT_OF_MEMORY = 75  # exit code of a process that passed its limit
_EVERY = 0.1  # seconds between two looks
_MUCH = 200_000_000  # bytes: an ordinary report leaves half of it
_GRACE = 30.0  # seconds after which a process ends itself that its parent should have ended


def install_memory_guard(max_memory: int) -> None:
    """Let this process end when it holds more than ``max_memory`` bytes, or has no parent.

    A thread looks at the resident memory: that works on every system. Where Linux offers to,
    it also refuses a single request for more than twice as much, before it is paged in.
    """
    # Ctrl-C reaches every process of a terminal: the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if sys.platform == "linux":
            most = 2 * max_memory
            hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
            most = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(resource.RLIMIT_DATA, (most, hard))
    Thread(target=_watch, args=(max_memory,), daemon=True).start()


def _watch(max_memory: int) -> None:
    this = psutil.Process()
    parent = multiprocessing.parent_process()
    assert parent is not None
    while not wait([parent.sentinel], _EVERY):
        if this.memory_info().rss > max_memory:
            os._exit(OUT_OF_MEMORY)
    os._exit(1)


def resident() -> int:
    """Bytes of memory this process holds."""
    return int(psutil.Process().memory_info().rss)


def trim_memory() -> int:
    """Return what is free to the system, where much is held; gives the bytes still held.

    glibc keeps the room of pictures that are long gone: 80 MB once camelot has seen a page,
    260 MB after a scan.
    """
    held = resident()
    if sys.platform == "linux" and held > _MUCH:
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # other C libraries have none
        if trim is not None:
            trim(0)
            return resident()
    return held


class Watchdog:
    """Ends this process when one file takes far too long, be it stuck in a library's code.

    The parent ends a process in time; this is for the day when the parent is gone.
    """

    def __init__(self, timeout: float) -> None:
        self._seconds = timeout + _GRACE
        self._nowhere = Path(os.devnull).open("wb")  # noqa: SIM115 - open as long as the process

    def __enter__(self) -> None:
        faulthandler.dump_traceback_later(self._seconds, exit=True, file=self._nowhere)

    def __exit__(self, *_: object) -> None:
        faulthandler.cancel_dump_traceback_later()
