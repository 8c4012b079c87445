"""A file that several families have read is stored in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.loaders.ingest_state import FileRecord, Result
from gongkai.loaders.rows import report_rows
from gongkai.loaders.together import store_file
from gongkai.loaders.writer import Writer
from helpers.families import with_other_titles
from helpers.stored import faults, rows
from made import report

FILES = "SELECT file_name, family, outcome FROM files ORDER BY file_name, family"
REPORTS = "SELECT family, agency FROM reports ORDER BY family, agency"
NOTHING = Result("not_a_report", "没有")


def loaded(agency: str, **head: Any) -> Result:
    made = report_rows(report(agency=agency))
    return Result("loaded", None, [replace(made, head={**made.head, **head})])


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "gongkai.db"


class Failure(Exception):
    pass


@pytest.fixture
def writers(db: Path, family: Family, tmp_path: Path) -> Iterator[dict[str, Writer]]:
    """Of two families. The second one fails after it has stored the reports of a file "bad"."""

    def fail(_connection: object, _dimensions: object, sha256: str) -> bool:
        if sha256 == "bad":
            raise Failure
        return False

    second = load_family(with_other_titles(tmp_path / "budget-reports", "预算公开报告", "预算公开"))
    with ExitStack() as stack:
        first = stack.enter_context(Writer(db, family))
        other = stack.enter_context(Writer(db, second, shared=first, after_store=fail))
        yield {"first": first, "budget-reports": other}


def test_each_family_has_its_own_result(writers: dict[str, Writer], db: Path) -> None:
    stored = store_file(
        writers, "/r/a.pdf", "a", {"first": loaded("甲局"), "budget-reports": NOTHING}, (1, 2)
    )
    assert stored["budget-reports"] == FileRecord("not_a_report", "没有")
    assert stored["first"].outcome == "loaded" and stored["first"].statuses
    assert rows(db, "SELECT file_name, outcome FROM files") == [("a.pdf", "loaded")]
    assert rows(db, REPORTS) == [("ogi-annual-report", "甲局")]
    for name, writer in writers.items():
        assert writer.known({"/r/a.pdf": (1, 2)}) == {"/r/a.pdf": stored[name]}
    assert faults(db) == []


def test_nothing_is_stored_if_one_family_cannot_be_stored(
    writers: dict[str, Writer], db: Path
) -> None:
    both = {"first": loaded("甲局"), "budget-reports": loaded("乙局")}
    with pytest.raises(Failure):
        store_file(writers, "/r/bad.pdf", "bad", both)
    assert rows(db, FILES) == []
    store_file(writers, "/r/good.pdf", "good", both)  # what the rollback took is stored again
    assert rows(db, REPORTS) == [("budget-reports", "乙局"), ("ogi-annual-report", "甲局")]
    assert faults(db) == []


def test_only_the_family_with_a_value_that_the_database_refuses_fails(
    writers: dict[str, Writer], db: Path
) -> None:
    bad = loaded("乙局", year=2**70)
    stored = store_file(
        writers, "/r/a.pdf", "a", {"first": loaded("甲局"), "budget-reports": bad}, (1, 2)
    )
    assert (stored["first"].outcome, stored["budget-reports"].outcome) == ("loaded", "failed")
    assert rows(db, REPORTS) == [("ogi-annual-report", "甲局")]
    assert faults(db) == []


def test_a_content_that_is_read_again_replaces_the_results(
    writers: dict[str, Writer], db: Path
) -> None:
    store_file(writers, "/r/a.pdf", "a", {"first": loaded("甲局"), "budget-reports": NOTHING})
    store_file(writers, "/r/a.pdf", "a", {"first": NOTHING, "budget-reports": loaded("乙局")})
    assert rows(db, REPORTS) == [("budget-reports", "乙局")]
    failed = dict.fromkeys(writers, Result("failed", "超时"))
    store_file(writers, "/r/a.pdf", "a", failed)  # what was read before stays
    assert rows(db, REPORTS) == [("budget-reports", "乙局")]
    store_file(writers, "/r/a.pdf", "b", dict.fromkeys(writers, NOTHING))  # a new content does not
    assert rows(db, REPORTS) == []
    assert rows(db, "SELECT COUNT(*) FROM source") == [(1,)]
    assert faults(db) == []
