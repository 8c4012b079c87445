"""Processes that end, hang, grow, or lose their parent."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import wait
from pathlib import Path
from typing import Any

import psutil
import pytest

from gongkai.ingestion.jobs import Limits, Work
from gongkai.ingestion.pool import Pool
from gongkai.ingestion.process import JobFailed, start_early

pytestmark = pytest.mark.process

LIMITS = Limits(seconds=20, memory=500_000_000)


Job = tuple[str, str]  # what to do, and a folder
Jobs = Pool[Job, Any]


def do(job: Job) -> object:
    """The job of the processes in these tests."""
    what, where = job[0], Path(job[1])
    match what:
        case "pid":
            return os.getpid()
        case "leak":
            globals().setdefault("kept", []).append(b"x" * 300_000_000)
            return os.getpid()
        case "use":
            pieces = [bytes(100_000) for _ in range(3_000)]
            globals()["kept"] = pieces[::100]  # so that the rest is freed between what stays
            return os.getpid()
        case "work":
            mark = where / f"{os.getpid()}-{time.monotonic_ns()}"
            mark.touch()
            time.sleep(0.4)
            mark.unlink()
            return len(list(where.iterdir()))
        case "who is here":
            return sorted(path.name for path in where.iterdir())
    raise AssertionError(what)


WORK = Work(do, Job, Any, confined=False)  # jobs leave marks in a folder


@pytest.fixture
def pool() -> Iterator[Jobs]:
    pool = Pool(2, WORK, LIMITS)
    yield pool
    pool.stop()


def prepare() -> None:
    globals()["prepared"] = os.getpid()


def prepared(_: Job) -> object:
    return globals().get("prepared")


def test_a_process_started_ahead_is_prepared_and_does_the_first_job() -> None:
    pool = Pool(2, Work(prepared, Job, Any, prepare=prepare), LIMITS)
    try:
        before = set(multiprocessing.active_children())
        pool.start_ahead()
        [ahead] = set(multiprocessing.active_children()) - before
        assert pool.schedule(("", "")).result() == ahead.pid
    finally:
        pool.stop()


def test_a_process_started_early_takes_the_task_of_a_pool() -> None:
    before = set(multiprocessing.active_children())
    start_early()
    [early] = set(multiprocessing.active_children()) - before
    unconfined = Pool(1, WORK, LIMITS)  # has no use for it
    pool = Pool(2, Work(prepared, Job, Any, prepare=prepare), LIMITS)
    try:
        assert unconfined.schedule(("pid", "")).result() != early.pid
        pool.start_ahead()  # there is one
        assert pool.schedule(("", "")).result() == early.pid
        assert len(pool._processes) == 1
    finally:
        unconfined.stop()
        pool.stop()
    assert not early.is_alive()


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot hold back signals")
def test_ctrl_c_does_not_end_a_process_that_is_starting() -> None:
    before = set(multiprocessing.active_children())
    start_early()
    [early] = set(multiprocessing.active_children()) - before
    assert early.pid is not None
    os.kill(early.pid, signal.SIGINT)  # long before it can ignore it
    pool = Pool(1, Work(do, Job, Any), LIMITS)
    try:
        assert pool.schedule(("pid", "")).result() == early.pid
    finally:
        pool.stop()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def test_a_process_started_early_that_is_killed_is_replaced() -> None:
    start_early()
    early = multiprocessing.active_children()[-1]
    early.kill()
    early.join()
    pool = Pool(1, Work(do, Job, Any), LIMITS)
    try:
        assert pool.schedule(("pid", "")).result() != early.pid
    finally:
        pool.stop()


def test_an_idle_process_that_is_killed_is_replaced(pool: Jobs, tmp_path: Path) -> None:
    first = {pool.schedule(("pid", str(tmp_path))).result() for _ in range(6)}
    killed = [psutil.Process(pid) for pid in first]
    for process in killed:
        process.kill()
    psutil.wait_procs(killed, timeout=20)
    again = {pool.schedule(("pid", str(tmp_path))).result() for _ in range(6)}
    assert again
    assert not again & first


def test_a_killed_process_loses_only_its_own_job(pool: Jobs, tmp_path: Path) -> None:
    jobs = [pool.schedule(("work", str(tmp_path))) for _ in range(6)]
    while not (marks := list(tmp_path.iterdir())):
        time.sleep(0.02)
    psutil.Process(int(marks[0].name.split("-")[0])).kill()
    wait(jobs)
    errors = [job.exception() for job in jobs]
    assert [type(error) for error in errors if error] == [JobFailed]


def test_an_exclusive_job_runs_while_no_other_does(pool: Jobs, tmp_path: Path) -> None:
    jobs = [pool.schedule(("work", str(tmp_path))) for _ in range(8)]
    while not list(tmp_path.iterdir()):
        time.sleep(0.02)
    assert pool.run_exclusive(("who is here", str(tmp_path))) == []
    assert not all(job.done() for job in jobs)  # the others were held back, and go on
    wait(jobs)
    assert max(job.result() for job in jobs) == 1


def test_a_process_that_holds_much_memory_is_replaced(tmp_path: Path) -> None:
    pool = Pool(1, WORK, LIMITS)
    try:
        bloated = pool.schedule(("leak", str(tmp_path))).result()
        assert pool.schedule(("pid", str(tmp_path))).result() != bloated
    finally:
        pool.stop()


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc can be told to give back")
def test_freed_memory_returns_to_the_system(tmp_path: Path) -> None:
    pool = Pool(1, WORK, Limits(seconds=20, memory=1_000_000_000))
    try:
        user = pool.schedule(("use", str(tmp_path))).result()
        assert pool.schedule(("pid", str(tmp_path))).result() == user
        assert psutil.Process(user).memory_info().rss < 200_000_000
    finally:
        pool.stop()


def test_a_stopped_pool_leaves_no_process(tmp_path: Path) -> None:
    pool = Pool(2, WORK, LIMITS)
    pids = {pool.schedule(("pid", str(tmp_path))).result() for _ in range(6)}
    for _ in range(8):
        pool.schedule(("work", str(tmp_path)))
    pool.stop()
    assert not any(psutil.pid_exists(pid) for pid in pids)


BUSY = """
import time
from pathlib import Path
from gongkai.ingestion.jobs import Limits, Work
from gongkai.ingestion.pool import Pool

def stuck(kind):
    Path(kind).write_text(str(__import__("os").getpid()), encoding="utf-8")
    if kind == "asleep":
        time.sleep(600)
    while True:
        pass

if __name__ == "__main__":
    pool = Pool(3, Work(stuck, str, None, confined=False), Limits(300, 500_000_000))
    for kind in ("asleep", "busy"):
        pool.schedule(kind)
    time.sleep(600)
"""


def test_no_process_outlives_its_parent(tmp_path: Path) -> None:
    script = tmp_path / "busy.py"
    script.write_text(BUSY, encoding="utf-8")
    with subprocess.Popen([sys.executable, script], cwd=tmp_path) as parent:
        marks = [tmp_path / "asleep", tmp_path / "busy"]
        while not all(mark.exists() and mark.read_text(encoding="utf-8") for mark in marks):
            assert parent.poll() is None
            time.sleep(0.1)
        workers = [psutil.Process(int(mark.read_text(encoding="utf-8"))) for mark in marks]
        parent.kill()
    _, alive = psutil.wait_procs(workers, timeout=20)
    assert alive == []


def test_a_script_without_a_main_guard_gets_an_error_that_says_so(tmp_path: Path) -> None:
    script = tmp_path / "bare.py"
    script.write_text(
        "from gongkai.ingestion.jobs import Limits, Work\nfrom gongkai.ingestion.pool import Pool\n"
        "def one(job):\n    return 1\n"
        "pool = Pool(1, Work(one, int, int), Limits(9, 500_000_000))\n"
        "try:\n    pool.schedule(1).result()\nfinally:\n    pool.stop()\n",
        encoding="utf-8",
    )
    done = subprocess.run(
        [sys.executable, script], check=False, capture_output=True, encoding="utf-8"
    )
    assert done.returncode == 1
    assert "UsageError: reading processes end before they begin: a script" in done.stderr
