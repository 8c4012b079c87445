"""Reading on a dask cluster: a real scheduler and workers on this machine."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.ingestion.results import FileResult
from gongkai.model import Report
from gongkai.queries.sql import query
from helpers.registry import ROOT
from made import read_made

pytestmark = pytest.mark.process

TABLES = ("files", "reports", "observations", "checks", "sections", "term", "cell_set")


def environment(folder: Path) -> dict[str, str]:
    paths = [str(ROOT / "tests"), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    # Workers on a machine without the reports: they must not need the disk of this one.
    return {
        **os.environ,
        "TMPDIR": str(folder),  # a worker that is killed leaves its copies of files there
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
    }


@contextlib.contextmanager
def started(log: Path, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as told:
        process = subprocess.Popen(
            [sys.executable, "-m", "distributed.cli.dask_" + arguments[0], *arguments[1:]],
            env=environment(log.parent),
            stdout=told,
            stderr=told,
            cwd=log.parent,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def worker(folder: Path, address: str, name: str, nanny: str = "--no-nanny") -> Any:
    """A worker, by default with a nanny that replaces it when it ends."""
    return started(
        folder / f"{name}.log", "worker", address, nanny, "--nthreads", "1",
        "--name", name, "--no-dashboard", "--host", "127.0.0.1", "--death-timeout", "60",
    )  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    """Import dask here: it takes a second, and every process collects this file."""
    pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cluster")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    with started(
        folder / "scheduler.log", "scheduler", "--host", "127.0.0.1", "--port", str(port),
        "--no-dashboard", "--no-show",
    ):  # fmt: skip
        yield address


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """Forty good files and bad ones: one kills its process each time, one raises an error."""
    made = tmp_path / "reports"
    made.mkdir()
    for n in range(40):
        (made / f"m{n:02}.pdf").write_text(f"{'late' if n % 3 else 'report'} 局{n}", "utf-8")
    (made / "m05-dies.pdf").write_text("die", "utf-8")
    (made / "m07-bug.pdf").write_text("bug", "utf-8")
    (made / "m09-letter.pdf").write_text("letter", "utf-8")
    return made


def contents(db: Path) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for table in TABLES:
        with query(db, f"SELECT * FROM {table}") as result:
            found[table] = list(result.rows)
    return found


def test_a_cluster_gives_the_same_database_even_if_a_worker_is_killed(
    reports: Path, folder: Path, address: str, tmp_path: Path
) -> None:
    ingest([reports], tmp_path / "local.db", workers=2, reader=read_made)
    with worker(folder, address, "stays"), worker(folder, address, "goes") as goes:
        names: list[str] = []

        def progress(done: int, _total: int, result: FileResult | None) -> None:
            if result is not None:
                names.append(result.path.name)
            if done == 12:
                goes.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)

        summary = ingest(
            [reports],
            tmp_path / "cluster.db",
            scheduler=address,
            reader=read_made,
            timeout=30,
            progress=progress,
        )
        assert goes.wait(30) != 0
        assert names == sorted(path.name for path in reports.iterdir())
        assert summary.loaded == 40
        assert contents(tmp_path / "cluster.db") == contents(tmp_path / "local.db")
        again = ingest([reports], tmp_path / "cluster.db", scheduler=address, reader=read_made)
        assert (again.known, again.loaded) == (41, 40)  # a fault of ours is tried again


def test_a_file_that_hangs_fails_at_the_time_limit(
    tmp_path: Path, folder: Path, address: str
) -> None:
    (tmp_path / "hangs.pdf").write_text("slow", "utf-8")
    (tmp_path / "good.pdf").write_text("report 甲局", "utf-8")
    with worker(folder, address, "one", "--nanny"):  # as it is by default
        summary = ingest(
            [tmp_path / "hangs.pdf", tmp_path / "good.pdf"],
            tmp_path / "a.db",
            scheduler=address,
            reader=read_made,
            timeout=3,
        )
    assert summary.loaded == 1
    [refused] = summary.refused
    assert refused.reason is not None
    assert "3 秒内没有读完" in refused.reason


def read_or_end_the_worker(path: Path, family: Family) -> Sequence[Report]:
    """Read a made file; if it says so, kill the worker whose process reads it."""
    if path.read_bytes() == b"end it":
        os.kill(os.getppid(), signal.SIGKILL)
    return read_made(path, family)


@pytest.mark.skipif(os.name != "posix", reason="kills a process by signal")
def test_a_file_that_ends_workers_ends_two(tmp_path: Path) -> None:
    """One by chance, and one alone, so that other files do not suffer; then it has failed."""
    from distributed import LocalCluster

    made = tmp_path / "reports"
    made.mkdir()
    for n in range(8):
        (made / f"{n}.pdf").write_text(f"late 局{n}", "utf-8")
    (made / "3-ends.pdf").write_text("end it", "utf-8")
    start: Any = LocalCluster  # has no type hints
    with start(
        n_workers=2, threads_per_worker=1, dashboard_address=":0", silence_logs=logging.CRITICAL
    ) as local:
        summary = ingest(
            [made],
            tmp_path / "a.db",
            family=BUILT_IN,
            scheduler=local.scheduler_address,
            reader=read_or_end_the_worker,
            confined=False,
            timeout=30,
        )
        lost = local.scheduler._workers_removed_total
    assert summary.loaded == 8
    [refused] = summary.refused
    assert (refused.path.name, refused.outcome) == ("3-ends.pdf", "failed")
    assert refused.reason == "读取进程一再中止（2 个计算节点）"
    assert lost == 2


def test_a_worker_with_another_version_is_refused(
    tmp_path: Path, folder: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.pdf").write_text("report 甲局", "utf-8")
    monkeypatch.setattr("gongkai.ingestion.cluster.code_digest", lambda: "another")
    with (
        worker(folder, address, "one"),
        pytest.raises(UsageError, match="runs another gongkai"),
    ):
        ingest([tmp_path / "a.pdf"], tmp_path / "a.db", scheduler=address, reader=read_made)


def test_a_missing_cluster_raises(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gongkai.ingestion.cluster._CONNECT_SECONDS", 1.0)
    (tmp_path / "a.pdf").write_text("report 甲局", "utf-8")
    for url, words in (
        ("tcp://127.0.0.1:9", "no scheduler at"),
        ("nonsense://a", "no scheduler at"),
        (address, "has no workers"),
    ):
        with pytest.raises(UsageError, match=words):
            ingest([tmp_path / "a.pdf"], tmp_path / "a.db", scheduler=url, reader=read_made)
    with pytest.raises(UsageError, match="not both"):
        ingest([tmp_path / "a.pdf"], tmp_path / "a.db", scheduler=address, workers=2)


def test_a_lost_scheduler_ends_the_run(tmp_path: Path, folder: Path) -> None:
    made = tmp_path / "reports"
    made.mkdir()
    for n in range(8):
        (made / f"{n}.pdf").write_text(f"{'late' if n else 'report'} 局{n}", "utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    with (
        started(folder / "own.log", "scheduler", "--host", "127.0.0.1", "--port", str(port),
                "--no-dashboard", "--no-show") as scheduler,
        worker(folder, address, "own"),
    ):  # fmt: skip

        def progress(done: int, _total: int, _result: FileResult | None) -> None:
            if done == 1:
                threading.Timer(0.2, scheduler.kill).start()

        with pytest.raises(UsageError, match="run this again to continue"):
            ingest(
                [made], tmp_path / "a.db", scheduler=address, reader=read_made, progress=progress
            )
    assert ingest([made], tmp_path / "a.db", workers=0, reader=read_made).loaded == 8
