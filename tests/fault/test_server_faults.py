"""A connection to a PostgreSQL server that is cut at a statement loses nothing."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from gongkai.database.connection import open_for_writing
from gongkai.database.locations import Server, parse_location
from gongkai.decisions.answers import Answer
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.store import DecisionStore
from gongkai.errors import DatabaseError
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.ingestion.remove import remove
from gongkai.model import Key
from helpers.families import built_in
from helpers.interrupted import make_folder, read_year
from helpers.older_schemas import undo_to_14

pytest.importorskip("psycopg")

CUTS = int(os.environ.get("GONGKAI_SERVER_CUTS", "3"))  # of each write path
SEED = int(os.environ.get("GONGKAI_FAULT_SEED", "5"))
CELL = Key("applications", "carried_over_in", "total")
STATE = (  # of base tables: an old database has no views
    "SELECT file_name, sha256, outcome FROM source JOIN source_path "
    "ON source_path.source_id = source.id JOIN reading ON reading.source_id = source.id ORDER BY 1",
    "SELECT sha256, agency, year, field_id, value FROM source JOIN report "
    "ON report.source_id = source.id JOIN cell ON report_id = report.id ORDER BY 1, 2, 3, 4, 5",
    "SELECT uid FROM decision ORDER BY uid",
    "SELECT value FROM gongkai_meta WHERE name = 'schema_version'",
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


def state(server: Server) -> list[list[tuple[Any, ...]]]:
    """The reports with their files and cells, the decisions, and the version of the schema."""
    import psycopg

    with psycopg.connect(server.url) as connection:
        return [connection.execute(sql).fetchall() for sql in STATE]


def read_new(server: Server, folder: Path, *, force: bool = False) -> None:
    ingest([folder / "reports"], server, family=BUILT_IN, workers=0, reader=read_year, force=force)


def read_again(server: Server, folder: Path) -> None:
    read_new(server, folder, force=True)


def decide(server: Server, folder: Path) -> None:
    import_(server, folder, count=1)


def import_(server: Server, folder: Path, count: int = 30) -> None:
    del folder
    with DecisionStore(server, [built_in()]) as store:
        with store.transaction() as connection:
            target = find_target(connection, 1, kind="cell", key=CELL, occurrence=1)
            made = make_decision(connection, target, Answer("甲", "accepted"))
        store.add([replace(made, who=f"{uuid.uuid4()}") for _ in range(count)])


def remove_reports(server: Server, folder: Path) -> None:
    del folder
    remove(server, files=["0000.pdf", "0001.pdf"])


def migrate(server: Server, folder: Path) -> None:
    del folder
    open_for_writing(server).dispose()


PATHS = {
    "ingest": read_again,
    "decide": decide,
    "import": import_,
    "remove": remove_reports,
    "migrate": migrate,
}


@pytest.mark.parametrize("path", PATHS)
def test_no_cut_loses_a_report_or_a_decision(server: Server, tmp_path: Path, path: str) -> None:
    make_folder(tmp_path / "reports", 6)

    def prepare() -> None:
        """Undo what a whole run does."""
        read_new(server, tmp_path)
        if path == "migrate":
            engine = open_for_writing(server)
            with engine.begin() as connection:
                undo_to_14(connection)
            engine.dispose()

    read_new(server, tmp_path)
    decide(server, tmp_path)
    prepare()
    with cut_at(server, 0) as needed:
        PATHS[path](server, tmp_path)
    prepare()
    before = state(server)
    chance = random.Random(SEED)
    for statement in (chance.randint(1, needed[0]) for _ in range(CUTS)):
        with cut_at(server, statement), pytest.raises(DatabaseError, match=r"lost|reached|closed"):
            PATHS[path](server, tmp_path)
        assert (
            state(server) == before
        )  # nothing is gone, and nothing of an unanswered write is there
    PATHS[path](server, tmp_path)
    assert (state(server) == before) == (path == "ingest")
