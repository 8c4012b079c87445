"""Of several reports of one body, family and year, one is counted; the others stay reachable."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from gongkai.database import duplicates
from gongkai.families.family import Family
from gongkai.loaders.rows import report_rows
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Key, Report
from gongkai.queries.report_loader import show
from helpers.stored import rows
from made import observation, report

BODY = Agency("320800|police", "清河市公安局", level="prefecture", body_type="department")
RECEIVED = Key("applications", "received_new", "total")


def made(received: str = "12", reader: str = "pdfium", **changes: Any) -> Report:
    cells = (
        observation(RECEIVED, received, reader=reader),
        observation(Key("applications", "granted", "total"), "5", reader=reader),
        observation(Key("applications", "total_processed", "total"), "9", reader=reader),
    )
    return report(
        **{"observations": cells, "agency_ref": BODY, "status": "proved", "checks": (), **changes}
    )


def stored(folder: Path, family: Family, *reports: Report, editions: tuple[str, ...] = ()) -> Path:
    """A database with a file for each report, stored in this order."""
    db = folder / "gongkai.db"
    with Writer(db, family) as writer:
        for number, each in enumerate(reports):
            one = report_rows(each)
            if editions:
                one.head["edition"] = editions[number]
            writer.store(f"/r/{number}.pdf", f"{number}", "loaded", None, [one])
    return db


def counted(db: Path) -> list[int]:
    return [report_id for (report_id,) in rows(db, "SELECT report_id FROM panel ORDER BY 1")]


@pytest.mark.parametrize(
    ("worse", "better", "reason"),
    [
        ({"status": "doubtful"}, {"reader": "ocr"}, "status"),
        ({"reader": "ocr"}, {}, "scan"),
        ({}, {"title": "清河市公安局2019年政府信息公开工作年度报告（修订版）"}, "equal"),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_the_better_reading_is_counted_in_any_order(
    tmp_path: Path,
    family: Family,
    worse: dict[str, Any],
    better: dict[str, Any],
    reason: str,
    is_first: bool,
) -> None:
    both = [made(**better), made("13", **worse)]
    db = stored(tmp_path, family, *(both if is_first else both[::-1]))
    best = 1 if is_first else 2
    assert counted(db) == [best]
    assert rows(db, "SELECT received_new, duplicates FROM panel") == [(12, 1)]
    assert rows(db, "SELECT DISTINCT report_id FROM applications_wide") == [(best,)]
    found = rows(db, "SELECT report_id, duplicate_of, reason FROM duplicates")
    assert found == [(3 - best, best, reason)]
    every = rows(db, "SELECT report_id, duplicate_of FROM panel_all WHERE duplicate_of > 0")
    assert every == [(3 - best, best)]
    assert show(db, "清河市公安局 2019").id == best
    assert show(db, str(3 - best)).report.agency == "清河市公安局"


def test_the_later_edition_is_counted(tmp_path: Path, family: Family) -> None:
    editions = ("2020-03-02T08:00:00", "2020-01-20T08:00:00")
    db = stored(tmp_path, family, made("13"), made("12"), editions=editions)
    assert rows(db, "SELECT received_new FROM panel") == [(13,)]
    assert rows(db, "SELECT reason FROM duplicates") == [("edition",)]


def test_other_years_families_and_scopes_are_not_duplicates(tmp_path: Path, family: Family) -> None:
    db = stored(tmp_path, family, made(), made(year=2020), made(scope="whole_region"))
    assert counted(db) == [1, 2]
    assert rows(db, "SELECT * FROM duplicates") == []


def test_reports_without_year_or_body_count_each(tmp_path: Path, family: Family) -> None:
    db = stored(tmp_path, family, made(year=None), made(year=None), made(agency_ref=None))
    assert counted(db) == [1, 2, 3]


def test_a_name_that_may_be_of_two_bodies_needs_equal_numbers(
    tmp_path: Path, family: Family
) -> None:
    unknown = replace(BODY, resolved=False)
    granted = Key("applications", "granted", "total")
    other = (observation(RECEIVED, "40"), observation(granted, "31"))
    db = stored(
        tmp_path,
        family,
        made(agency_ref=unknown),
        made("13", agency_ref=unknown),  # a later edition: most numbers are equal
        made(agency_ref=unknown, observations=other),
    )
    assert len(counted(db)) == 2 and counted(db)[-1] == 3


def test_the_next_one_counts_when_the_counted_one_goes(tmp_path: Path, family: Family) -> None:
    db = stored(tmp_path, family, made(), made("13", status="doubtful"))
    with Writer(db, family) as writer:
        writer.store("/r/0.pdf", "new", "not_a_report", "nothing")
    assert rows(db, "SELECT report_id, received_new, duplicates FROM panel") == [(2, 13, 0)]


def test_the_next_one_counts_when_the_counted_one_is_read_anew(
    tmp_path: Path, family: Family
) -> None:
    db = stored(tmp_path, family, made(), made("13", status="doubtful"))
    with Writer(db, family) as writer:
        writer.store("/r/0.pdf", "0", "loaded", None, [made(year=2021)])
    found = rows(db, "SELECT year, received_new, duplicates FROM panel ORDER BY year")
    assert found == [(2019, 13, 0), (2021, 12, 0)]


def test_a_duplicate_that_goes_is_not_counted_as_one(tmp_path: Path, family: Family) -> None:
    db = stored(tmp_path, family, made(), made("13", status="doubtful"))
    with Writer(db, family) as writer:
        writer.store("/r/1.pdf", "new", "not_a_report", "nothing")
    assert rows(db, "SELECT report_id, duplicates FROM panel") == [(1, 0)]


@pytest.mark.parametrize("resolved", [True, False])
def test_a_further_copy_is_compared_with_the_counted_one_only(
    tmp_path: Path, family: Family, monkeypatch: pytest.MonkeyPatch, resolved: bool
) -> None:
    copies = [made(agency_ref=replace(BODY, resolved=resolved)) for _ in range(9)]
    db = stored(tmp_path, family, *copies)
    compared: list[int] = []
    groups = duplicates._groups

    def record(connection: Any, reports: Sequence[Any]) -> list[list[Any]]:
        compared.append(len(reports))
        return groups(connection, reports)

    monkeypatch.setattr(duplicates, "_groups", record)
    with Writer(db, family) as writer:
        writer.store("/r/9.pdf", "9", "loaded", None, [copies[0]])
    assert compared == [2]
    assert rows(db, "SELECT report_id, duplicates FROM panel") == [(1, 9)]


def test_chinese_views_hold_chinese_words(tmp_path: Path, family: Family) -> None:
    db = stored(tmp_path, family, made())
    assert rows(db, 'SELECT 层级, 机关类型, 状态 FROM "面板"') == [("市级", "部门", "已核实")]
