"""The stored results of files decide which files need not be read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from gongkai.database.connection import open_for_reading
from gongkai.database.versions import Versions, current_versions
from gongkai.families.family import Family
from gongkai.loaders.ingest_state import (
    FileRecord,
    file_records,
    known_contents_query,
    known_files,
)
from gongkai.loaders.writer import Writer
from made import report

STAMP = (1000, 5)  # bytes, nanoseconds


@pytest.fixture
def connection(tmp_path: Path, family: Family) -> Iterator[sa.Connection]:
    """A database with one file of each outcome."""
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store("/r/loaded.pdf", "a", "loaded", None, [report()], STAMP)
        writer.store("/r/other.pdf", "b", "not_a_report", "不是年度报告", (), STAMP)
        writer.store("/r/empty.pdf", "c", "unreadable", "文件是空的", (), STAMP)
        writer.store("/r/failed.pdf", "d", "failed", "读取超时", (), STAMP)
        writer.store("/r/locked.pdf", None, "unreadable", "文件打不开", (), STAMP)
        writer.store("/r/unstamped.pdf", "e", "loaded", None, [report(agency="乙局")])
    engine = open_for_reading(path)
    with engine.connect() as opened:
        yield opened


def known(connection: sa.Connection, run: Versions) -> set[str]:
    stamps = {
        f"/r/{name}.pdf": STAMP
        for name in ("loaded", "other", "empty", "failed", "locked", "unstamped", "new")
    }
    return {path[3:-4] for path in known_files(connection, stamps, run)}


def known_contents(connection: sa.Connection, run: Versions) -> set[str]:
    return set(connection.scalars(known_contents_query(run), {"digests": list("abcdef")}))


def test_a_record_has_outcome_statuses_and_failed_checks(
    connection: sa.Connection, family: Family
) -> None:
    records = file_records(connection, family.name, range(1, 7))
    assert records[1] == FileRecord("loaded", None, ("print_fault",), ("must",))
    assert records[4] == FileRecord("failed", "读取超时")
    assert set(records) == set(range(1, 7))


def test_unchanged_files_are_known_unless_they_failed(
    connection: sa.Connection, family: Family
) -> None:
    run = current_versions(family)
    assert known(connection, run) == {"loaded", "other", "empty"}
    assert known_contents(connection, run) == {"a", "b", "c", "e"}


@pytest.mark.parametrize("stamp", [(1001, 5), (1000, 6)])
def test_a_changed_size_or_time_makes_a_file_unknown(
    connection: sa.Connection, family: Family, stamp: tuple[int, int]
) -> None:
    run = current_versions(family)
    assert known_files(connection, {"/r/loaded.pdf": stamp}, run) == {}


def test_another_library_rereads_only_unreadable_files(
    connection: sa.Connection, family: Family
) -> None:
    run = replace(current_versions(family), libraries={"pdfplumber": "99"})
    assert known(connection, run) == {"loaded", "other"}
    assert known_contents(connection, run) == {"a", "b", "e"}


@pytest.mark.parametrize("name", ["code_version", "code_digest", "pipeline", "pipeline_digest"])
def test_another_version_of_code_or_family_rereads_everything(
    connection: sa.Connection, family: Family, name: str
) -> None:
    run = replace(current_versions(family), **{name: "another"})
    assert known(connection, run) == set()
    assert known_contents(connection, run) == set()
