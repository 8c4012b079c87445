"""What tests of several parts share."""

from __future__ import annotations

import multiprocessing.process
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from hypothesis import settings

from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.normalizers.narrative.figures import FigureReader
from helpers import server
from helpers.browser import browser, tab

__all__ = ["browser", "family", "tab"]

# the same examples on every machine: a red run can be run again
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")


# What `make check` leaves out, by the marker a test or its fixtures ask for.
NEEDS = {
    "postgres_server": "server",
    "postgres_url": "server",
    "browser": "process",
    "tab": "process",
}


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
    if "model" not in markers and not loaded and "onnxruntime" in sys.modules:
        pytest.fail("loads the OCR model: mark the test with `model`")


def _forbid(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, marker: str) -> None:
    def refuse(*_arguments: Any, **_options: Any) -> NoReturn:
        pytest.fail(f"{owner.__name__}.{name} is called: mark the test with `{marker}`")

    monkeypatch.setattr(owner, name, refuse)


@pytest.fixture(scope="session")
def family() -> Family:
    return load_family()


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
            pytest.fail(why)  # what CI passes over is tested nowhere
        pytest.skip(why)
    with server.postgres(folder) as url:
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> str:
    """An empty database of its own."""
    import psycopg

    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{postgres_server}/{name}"
