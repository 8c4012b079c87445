"""Reports are loaded as they were stored, and found by id, agency and year."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.errors import DatabaseError, UsageError
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from gongkai.queries.report_loader import show
from made import report


@pytest.fixture
def db(tmp_path: Path, family: Family) -> Path:
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
        writer.store("/r/b.pdf", "b", "loaded", None, [report(year=2020), report(agency="清河市")])
    return path


def test_a_report_is_loaded_as_it_was_stored(db: Path, family: Family) -> None:
    stored = show(db, "1")
    made = report()
    assert (stored.id, stored.file_name, stored.file_sha256) == (1, "a.pdf", "a")
    assert stored.report.checks == made.checks
    assert stored.report.figures == made.figures
    assert stored.report.sections == made.sections
    assert stored.report.problems == made.problems
    assert set(stored.report.observations) == set(made.observations)
    assert len(stored.dictionary) == len(family.fields)
    assert stored.decided == {}


@pytest.mark.parametrize(
    ("wanted", "report_id"),
    [
        ("2", 2),
        ("清河市公安局 2019", 1),
        ("清河市公安局2020年度", 2),
        ("公安局2019年", 1),
        ("清河市", 3),  # an exact name comes before names that contain it
        ("２", 2),
    ],
)
def test_a_report_is_found(db: Path, wanted: str, report_id: int) -> None:
    assert show(db, wanted).id == report_id


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("公安", "2 reports match '公安', name one by its id: 1 清河市公安局 2019; 2"),
        ("山阳", "no report matches '山阳' among the 3"),
        ("", "no report matches"),
    ],
)
def test_an_unclear_name_is_refused(db: Path, wanted: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        show(db, wanted)


def test_a_missing_database_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(DatabaseError, match="does not exist"):
        show(tmp_path / "missing.db", "1")


def test_a_report_of_a_further_scope_is_found_by_its_id_only(
    tmp_path: Path, family: Family
) -> None:
    path = tmp_path / "gongkai.db"
    with Writer(path, family) as writer:
        both = [report(scope="own_body"), report(scope="whole_region")]
        writer.store("/r/a.pdf", "a", "loaded", None, both)
    assert show(path, "清河市公安局 2019").report.scope == "own_body"
    assert show(path, "2").report.scope == "whole_region"
