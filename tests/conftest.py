"""What tests of several parts share."""

from __future__ import annotations

import contextlib
import multiprocessing.process
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import sqlalchemy as sa
from xdist.scheduler import LoadScopeScheduling

from gongkai.database.connection import open_for_writing
from gongkai.database.install_views import install_views
from gongkai.database.locations import DatabaseLocation
from gongkai.families.family import Family
from gongkai.loaders import writer
from gongkai.normalizers.narrative.figures import FigureReader
from helpers import server
from helpers.browser import browser, tab
from helpers.families import built_in, load_once
from helpers.scheduling import LONGEST_FIRST

__all__ = ["browser", "family", "tab"]

# The marker of tests that use these fixtures; `make check` leaves them out.
NEEDS = {
    "postgres_server": "server",
    "postgres_url": "server",
    "browser": "process",
    "tab": "process",
}


class FileScheduling(LoadScopeScheduling):
    """Parallel runs: one process runs all tests of a file, and the longest files come first.

    The groups of ``--dist loadgroup`` have no effect with pytest 9.2 and pytest-xdist 3.8.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.split("::", 1)[0]

    def _assign_work_unit(self, node: Any) -> None:
        longest = next((file for file in LONGEST_FIRST if file in self.workqueue), None)
        if longest is not None:
            self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> FileScheduling:
    """The scheduler of ``pytest -n``."""
    return FileScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by the fixtures they use."""
    for item in items:
        for name in getattr(item, "fixturenames", ()):
            if name in NEEDS:
                item.add_marker(NEEDS[name])


@pytest.fixture(autouse=True)
def nothing_unmarked(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Unit tests without a marker start no process, listen on no port and load no model.

    That keeps `make check` fast: it runs the unit tests that have none of these markers.
    """
    if "unit" not in request.path.parts:
        yield
        return
    markers = {mark.name for mark in request.node.iter_markers()}
    if not markers & {"process", "server"}:
        _forbid(monkeypatch, subprocess.Popen, "__init__", "process")
        _forbid(monkeypatch, multiprocessing.process.BaseProcess, "start", "process")
        _forbid(monkeypatch, socket.socket, "listen", "server")
    loaded = "onnxruntime" in sys.modules
    yield
    left_out = markers & {"process", "server", "model", "slow"}  # of `make check`
    if not left_out and not loaded and "onnxruntime" in sys.modules:
        pytest.fail("loads the OCR model: mark the test with `model`")


def _forbid(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, marker: str) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> NoReturn:
        pytest.fail(f"{owner.__name__}.{name} is called: mark the test with `{marker}`")

    monkeypatch.setattr(owner, name, refuse)


@pytest.fixture(scope="session")
def family() -> Family:
    return built_in()


@pytest.fixture(scope="session", autouse=True)
def one_family() -> Iterator[None]:
    """Let runs in this process share a family: loading it takes as long as reading reports."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("families.load", "ingestion.run", "proof.prove"):
            patch.setattr(f"gongkai.{module}.load_family", load_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def empty_databases(tmp_path_factory: pytest.TempPathFactory, family: Family) -> Iterator[None]:
    """A new database in a test begins as a copy of an empty one, made once.

    Making the tables, views and the dictionary takes half a second, and hundreds of tests
    need a database. Tests of that step use `open_for_writing` itself.
    """
    empty = tmp_path_factory.mktemp("empty") / "empty.db"
    engine = open_for_writing(empty)
    with engine.begin() as connection:
        install_views(connection, family)
    engine.dispose()
    with contextlib.closing(sqlite3.connect(empty)) as plain:
        plain.execute("PRAGMA journal_mode = DELETE")  # so that one file holds everything

    def open_copy(path: DatabaseLocation, **options: Any) -> sa.Engine:
        if isinstance(path, Path) and path.parent.is_dir() and not path.exists():
            shutil.copy(empty, path)
        return open_for_writing(path, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "open_for_writing", open_copy)
        yield


@pytest.fixture(scope="session")
def figure_reader(family: Family) -> FigureReader:
    """Loads the dictionary of words once for all tests."""
    return FigureReader(family)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server for the session: its URL without a database's name."""
    folder = server.programs()
    if folder is None:
        why = "no PostgreSQL server here: install the package postgresql to run these tests"
        if os.environ.get("CI"):
            pytest.fail(why)  # a test that CI skips would never run
        pytest.skip(why)
    with server.postgres(folder) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """A new, empty database."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{postgres_server}/{name}"
