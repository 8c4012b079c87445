"""A file that takes over the process that reads it gets no further."""

from __future__ import annotations

import contextlib
import os
import pickle
import platform
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.ingestion.jobs import Limits, Work
from gongkai.ingestion.messages import Done, LogLine
from gongkai.ingestion.pool import Pool
from gongkai.ingestion.process import JobFailed, start_early
from gongkai.ingestion.workers import FileReading
from gongkai.model import Report
from helpers.stored import rows
from made import report

pytestmark = pytest.mark.process

on_linux = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() not in ("x86_64", "aarch64"),
    reason="only Linux can confine a process",
)
Trick = tuple[str, str]  # what to try, and a folder, file or port outside


def attempt(trick: Trick) -> str:
    """Do what reading a file never needs; return what came of it."""
    what, where = trick
    try:
        return _ATTEMPTS[what](where)
    except OSError as error:
        return type(error).__name__


def connect(port: str) -> str:
    socket.create_connection(("127.0.0.1", int(port)), 5).close()
    return "connected"


def listen(_: str) -> str:
    socket.create_server(("127.0.0.1", 0)).close()
    return "listening"


def write(path: str) -> str:
    Path(path).write_text("changed", encoding="utf-8")
    return "written"


def truncate(path: str) -> str:
    os.truncate(path, 0)
    return "cut"


def delete(path: str) -> str:
    Path(path).unlink()
    return "deleted"


def rename(path: str) -> str:
    Path(path).rename(path + "-2")
    return "renamed"


def chmod(path: str) -> str:
    Path(path).chmod(0o777)
    return "open to all"


def age(path: str) -> str:
    os.utime(path, (1, 1))
    return "old"


def link(path: str) -> str:
    Path(tempfile.gettempdir(), "inside").write_text("x", encoding="utf-8")
    os.link(Path(tempfile.gettempdir(), "inside"), path + "-3")
    return "linked"


def fork(_: str) -> str:
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "two"


def run(_: str) -> str:
    return subprocess.run(["true"], check=False).args[0]


def become(_: str) -> str:
    os.execv("/bin/true", ["true"])


def end_parent(_: str) -> str:
    os.kill(os.getppid(), signal.SIGTERM)
    return "ended"


def fill(_: str) -> str:
    with Path(tempfile.gettempdir(), "large").open("wb") as file:
        for _ in range(2_000):
            file.write(bytes(2**20))
    return "filled"


_ATTEMPTS = {
    each.__name__: each
    for each in (
        connect, listen, write, truncate, delete, rename, chmod, age, link, fork, run, become,
        end_parent, fill,
    )
}  # fmt: skip
OF_A_FILE = ("write", "truncate", "delete", "rename", "chmod", "age", "link")
TRICKS = Work(attempt, Trick, str)


@pytest.fixture(scope="module")
def tricked() -> Iterator[Pool[Trick, str]]:
    pool = Pool(1, TRICKS, Limits(seconds=30, memory=500_000_000))
    yield pool
    pool.stop()


@on_linux
@pytest.mark.parametrize("what", OF_A_FILE)
def test_a_reader_changes_no_file(tricked: Pool[Trick, str], what: str, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_text("a report", encoding="utf-8")
    before = path.stat()
    assert tricked.schedule((what, str(path))).result() in ("PermissionError", "OSError")
    assert [each.name for each in tmp_path.iterdir()] == ["report.pdf"]
    assert path.read_text(encoding="utf-8") == "a report"
    assert path.stat() == before or path.stat().st_mode == before.st_mode


@on_linux
def test_a_reader_reaches_no_network(tricked: Pool[Trick, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert connect(port) == "connected"
        assert tricked.schedule(("connect", port)).result() == "PermissionError"
        assert tricked.schedule(("listen", "")).result() == "PermissionError"


@on_linux
@pytest.mark.parametrize("what", ["fork", "run", "become", "end_parent"])
def test_a_reader_starts_and_ends_no_process(tricked: Pool[Trick, str], what: str) -> None:
    assert tricked.schedule((what, "")).result() == "PermissionError"


@on_linux
def test_a_reader_cannot_fill_the_disk(tricked: Pool[Trick, str]) -> None:
    assert tricked.schedule(("fill", "")).result() == "OSError"


def leave_a_file(name: str) -> str:
    """Write to the folder for temporary files, as camelot does."""
    path = Path(tempfile.gettempdir(), name)
    path.write_text("x", encoding="utf-8")
    with tempfile.TemporaryFile() as file:
        file.write(b"x")
    with Path(os.devnull).open("wb") as file:
        file.write(b"x")
    return str(path)


def test_a_reader_has_a_folder_of_its_own_that_goes_with_it() -> None:
    pool = Pool(1, Work(leave_a_file, str, str), Limits(30, 500_000_000))
    try:
        path = Path(pool.schedule("left").result())
        assert path.exists()
    finally:
        pool.stop()
    assert not path.parent.exists()


@on_linux
def test_without_landlock_a_reader_still_reaches_no_network(tmp_path: Path) -> None:
    code = (
        "import os, socket, sys; from pathlib import Path; "
        "from gongkai.ingestion import confinement; "
        "confinement._CREATE_RULESET = 100_000\n"  # no such call, as on an older system
        "print(confinement.confine(Path(sys.argv[1])))\n"
        "try:\n    socket.socket()\nexcept PermissionError:\n    print('no socket')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, tmp_path], check=True, capture_output=True, encoding="utf-8"
    )
    assert done.stdout.split("\n")[:2] == ["('seccomp',)", "no socket"]


@on_linux
def test_a_process_that_was_started_early_is_confined(tmp_path: Path) -> None:
    start_early()
    pool = Pool(1, Work(attempt, Trick, str), Limits(20, 500_000_000))
    try:
        [early] = pool._processes
        for trick in (("connect", "9"), ("write", str(tmp_path / "outside"))):
            assert pool.schedule(trick).result(30) == "PermissionError"
        assert pool._processes == {early}
    finally:
        pool.stop()


# ---------------------------------------------------------------- what the parent takes


class Evil:
    """Unpickled, it would create a file."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path(self._path),)


def connection_to_parent() -> Connection:
    """The pipe of this reading process, which anything in it can find."""
    import gc

    gc.unfreeze()  # it is older than the first job
    [found] = [each for each in gc.get_objects() if isinstance(each, Connection)]
    return found


def lie(job: Trick) -> str:
    """Send the parent what no reader sends."""
    what, path = job
    pipe = connection_to_parent()
    match what:
        case "pickle":
            pipe.send(Evil(path))
        case "nonsense":
            pipe.send_bytes(b"\xc1")
        case "other type":
            pipe.send_bytes(msgspec.msgpack.encode(Done({"a": 1}, False)))
        case "huge":
            os.write(pipe.fileno(), (2**31 - 1).to_bytes(4, "big"))
        case "half":
            os.write(pipe.fileno(), (1000).to_bytes(4, "big") + b"x")
            time.sleep(60)
        case "flood":
            line = msgspec.msgpack.encode(LogLine("gongkai.made", 50, "line", ""))
            with contextlib.suppress(OSError):
                while True:
                    pipe.send_bytes(line)
        case "closed":
            pipe.close()
            time.sleep(60)
    return "good"


LIES = {
    "pickle": "读取进程的回答不合约定",
    "nonsense": "读取进程的回答不合约定",
    "other type": "读取进程的回答不合约定",
    "huge": "意外中止",
    "half": "2 秒内没有读完",
    "flood": "2 秒内没有读完",
    "closed": "意外中止",
}


@pytest.mark.parametrize("what", LIES)
def test_a_process_that_lies_loses_its_job_only(what: str, tmp_path: Path) -> None:
    pool = Pool(1, Work(lie, Trick, str), Limits(2, 500_000_000))
    try:
        with pytest.raises(JobFailed, match=LIES[what]):
            pool.schedule((what, str(tmp_path / "owned"))).result(30)
        assert not (tmp_path / "owned").exists()
        assert pool.schedule(("good", "")).result(30) == "good"
    finally:
        pool.stop()


def test_a_job_is_no_pickle_either(tmp_path: Path) -> None:
    """A process that was started by another program may not take what it is sent on trust."""
    pool = Pool(1, Work(lie, Trick, str), Limits(2, 500_000_000))
    try:
        assert pool.schedule(("good", "")).result(30) == "good"
        [process] = pool._processes
        process._connection.send_bytes(pickle.dumps(Evil(str(tmp_path / "owned"))))
        assert process._connection.poll(30)
        with contextlib.suppress(EOFError, OSError):
            process._connection.recv_bytes()
        assert not (tmp_path / "owned").exists()
    finally:
        pool.stop()


def read_poisoned(path: Path, _family: Family) -> Sequence[Report]:
    """A reader that a file has taken over: its first word says what it tries."""
    what, *more = path.read_text(encoding="utf-8").split()
    if what == "good":
        return [report(agency=more[0])]
    if what in _ATTEMPTS:
        _ATTEMPTS[what](more[0])
    lie((what, more[0]))
    return [report()]


@on_linux
def test_poisoned_files_cost_themselves_only(tmp_path: Path) -> None:
    folder, owned = tmp_path / "reports", tmp_path / "owned"
    folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as server:
        tries = {"connect": server.getsockname()[1], "write": owned, "pickle": owned}
        for n, (what, where) in enumerate(tries.items()):
            (folder / f"{what}.pdf").write_text(f"{what} {where}", encoding="utf-8")
            (folder / f"{what}-next.pdf").write_text(f"good 局{n}", encoding="utf-8")
        summary = ingest(
            [folder], tmp_path / "a.db", family=BUILT_IN, workers=1, reader=read_poisoned
        )
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    assert not owned.exists()
    assert {result.path.stem for result in summary.refused} == set(tries)
    assert {result.outcome for result in summary.refused} == {"failed"}
    assert rows(tmp_path / "a.db", "SELECT agency FROM reports ORDER BY agency") == [
        (f"局{n}",) for n in range(3)
    ]


def false_reading(path: Path, _family: Family) -> Sequence[Report]:
    return [report(agency=path.stem)]


def test_rows_that_no_reader_packs_are_refused(tmp_path: Path, monkeypatch: Any) -> None:
    (tmp_path / "a.pdf").write_text("a", encoding="utf-8")
    monkeypatch.setattr(
        "gongkai.ingestion.workers._reading",
        lambda _: FileReading("loaded", packed=pickle.dumps(Evil(str(tmp_path / "owned")))),
    )
    summary = ingest(
        [tmp_path / "a.pdf"], tmp_path / "a.db", family=BUILT_IN, workers=0, reader=false_reading
    )
    [refused] = summary.refused
    assert (refused.outcome, (refused.reason or "")[:11]) == ("failed", "读取进程的回答不合约定")
    assert not (tmp_path / "owned").exists()
