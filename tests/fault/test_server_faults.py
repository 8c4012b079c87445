"""A connection to a PostgreSQL server that is cut at a statement loses nothing."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from gongkai.database.locations import Server, parse_location
from gongkai.decisions.answers import Answer
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.records import Decision
from gongkai.decisions.store import DecisionStore
from gongkai.errors import DatabaseError
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.model import Key
from gongkai.queries.sql import query
from helpers.interrupted import make_folder, read_year

pytest.importorskip("psycopg")

CUTS = int(os.environ.get("GONGKAI_SERVER_CUTS", "6"))  # of each write path
CELL = Key("applications", "carried_over_in", "total")
STATE = (
    "SELECT file_name, sha256, outcome FROM files ORDER BY file_name",
    "SELECT file_name, row_id, column_id, value FROM observations "
    "JOIN reports ON reports.id = report_id WHERE machine_value IS NULL "
    "ORDER BY file_name, row_id, column_id",
)


@contextmanager
def cut_at(server: Server, statement: int) -> Iterator[list[int]]:
    """Let the server end the connection before the statement of this number."""
    import psycopg

    done = [0]

    def count(connection: sa.Connection, *_: object) -> None:
        done[0] += 1
        if done[0] == statement:
            driver = connection.connection.driver_connection
            assert driver is not None
            with psycopg.connect(server.url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [driver.info.backend_pid])

    event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        yield done
    finally:
        event.remove(sa.Engine, "before_cursor_execute", count)


@pytest.fixture
def server(postgres_url: str) -> Server:
    server = parse_location(postgres_url)
    assert isinstance(server, Server)
    return server


def read(server: Server, sql: str) -> list[tuple[Any, ...]]:
    with query(server, sql) as found:
        return list(found.rows)


def run(server: Server, reports: Path) -> None:
    ingest([reports], server, family=BUILT_IN, workers=0, reader=read_year, force=True)


def test_no_cut_loses_a_report_or_a_decision(
    server: Server, family: Family, tmp_path: Path
) -> None:
    reports = make_folder(tmp_path / "reports", 6)
    run(server, reports)
    with DecisionStore(server, [family]) as store:
        with store.transaction() as connection:
            target = find_target(connection, 1, kind="cell", key=CELL, occurrence=1)
            made = make_decision(connection, target, Answer("甲", "accepted"))
        store.add([made])
    before = [read(server, sql) for sql in STATE]
    chance = random.Random(5)
    decided = 1
    with cut_at(server, 0) as needed:
        run(server, reports)
    for statement in chance.sample(range(1, needed[0] + 1), CUTS):
        with cut_at(server, statement), pytest.raises(DatabaseError, match=r"lost|reached|closed"):
            run(server, reports)
        assert [read(server, sql) for sql in STATE] == before
    with cut_at(server, 0) as needed:
        decided += add(server, family, made, "乙")
    for number, statement in enumerate(chance.sample(range(1, needed[0] + 1), CUTS)):
        with cut_at(server, statement), pytest.raises(DatabaseError, match=r"lost|reached|closed"):
            add(server, family, made, f"{number}")
        [(count,)] = read(server, "SELECT COUNT(*) FROM decisions")
        assert count == decided  # it was not answered, and nothing of it is there
    assert [read(server, sql) for sql in STATE] == before


def add(server: Server, family: Family, made: Decision, who: str) -> int:
    with DecisionStore(server, [family]) as store:
        return store.add([replace(made, who=who)]).added
