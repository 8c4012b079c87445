"""What tests of several parts share."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator

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
