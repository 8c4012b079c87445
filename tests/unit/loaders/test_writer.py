"""Stored reports are loaded unchanged, once each, and replaced only when their file changes."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from pathlib import Path
from unittest import mock

import pytest
from msgspec.structs import replace

from gongkai.database.connection import open_for_writing
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.loaders import writer as writer_module
from gongkai.loaders.writer import Writer
from gongkai.model import Key, Report
from gongkai.queries.report_loader import show
from helpers.stored import rows
from made import observation, report


def write(db: Path, family: Family, *made: Report, path: str = "/r/a.pdf", sha: str = "a") -> None:
    with Writer(db, family) as writer:
        writer.store(path, sha, "loaded", None, made)


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "gongkai.db"


def test_a_report_is_loaded_as_it_was_stored(db: Path, family: Family) -> None:
    made = report()
    write(db, family, made)
    stored = show(db, "1")
    assert (stored.id, stored.file_name, stored.file_sha256) == (1, "a.pdf", "a")
    by_key = {o.key: o for o in stored.report.observations}
    assert by_key == {o.key: o for o in made.observations}
    assert replace(stored.report, observations=()) == replace(made, observations=())


def test_cells_are_loaded_in_the_order_of_the_form(db: Path, family: Family) -> None:
    order = list(dict.fromkeys(line.key for line in family.fields))
    made = report(observations=tuple(map(observation, reversed(order))))
    write(db, family, made)
    assert [o.key for o in show(db, "1").report.observations] == order


@pytest.mark.parametrize(
    ("printed", "value", "text"),
    [
        ("0", 0, "0"),
        ("96171.6", 96171.6, "96171.6"),
        ("18.8710", 18.871, "18.8710"),
        ("-417", -417, "-417"),
        ("515251", 515251, "515251"),
        ("0.00001", 0.00001, "0.00001"),
        ("12.0", 12, "12.0"),
        ("123456789012345678901", 123456789012345678901.0, "123456789012345678901"),
        ("0.1234567890123456789", 0.1234567890123456789, "0.1234567890123456789"),
    ],
)
def test_numbers_stay_exact(
    db: Path, family: Family, printed: str, value: float, text: str
) -> None:
    key = Key("proactive_disclosure", "administrative_fees", "fees_collected")
    write(db, family, report(observations=(observation(key, printed),), checks=()))
    [(stored, stored_text, raw, kind)] = rows(
        db, "SELECT value, value_text, raw_text, typeof(value) FROM observations"
    )
    assert (stored, stored_text, raw) == (value, text, printed)
    assert kind == ("integer" if isinstance(value, int) else "real")
    assert show(db, "1").report.observations[0].value == Decimal(printed)


def test_numbers_compare_and_add_as_numbers(db: Path, family: Family) -> None:
    keys = [
        Key("applications", "granted", c) for c in ("natural_person", "total", "other_organization")
    ]
    printed = ("96171.6", "9", "100")
    cells = tuple(observation(k, text) for k, text in zip(keys, printed, strict=True))
    write(db, family, report(observations=cells, checks=()))
    assert rows(db, "SELECT value FROM observations ORDER BY value") == [(9,), (100,), (96171.6,)]
    assert rows(db, "SELECT SUM(value) FROM observations WHERE value > 10") == [(96271.6,)]


def test_blank_mark_zero_and_not_printed_differ(db: Path, family: Family) -> None:
    write(db, family, report())
    assert rows(
        db,
        "SELECT column_id, state, value, raw_text FROM observations "
        "WHERE row_id = 'received_new' ORDER BY state, column_id",
    ) == [
        ("commercial_enterprise", "blank", None, ""),
        ("research_institution", "mark", None, "/"),
        ("natural_person", "number", 12, "12"),
        ("total", "number", 12, "12"),
    ]


def test_a_row_printed_twice_is_stored_twice(db: Path, family: Family) -> None:
    key = Key("applications", "granted", "total")
    made = report(observations=(observation(key, "1"), observation(key, "2")), checks=())
    write(db, family, made)
    assert rows(db, "SELECT occurrence, value FROM observations") == [(1, 1), (2, 2)]


def test_check_cells_lists_the_involved_cells(db: Path, family: Family) -> None:
    suspect = Key("review_litigation", "reconsideration", "total")
    failed = replace(report().checks[1], suspects=(suspect,))
    write(db, family, report(checks=(failed,)))
    assert rows(db, "SELECT role, COUNT(*) FROM check_cells GROUP BY role ORDER BY role") == [
        ("involved", 5),
        ("suspect", 1),
    ]


def test_the_same_path_with_new_content_replaces_its_reports(db: Path, family: Family) -> None:
    write(db, family, report(agency="甲局"), report(agency="乙局"), sha="a")
    write(db, family, report(agency="丙局"), sha="b")
    assert rows(db, "SELECT agency FROM reports") == [("丙局",)]
    assert rows(db, "SELECT path, sha256 FROM files") == [("/r/a.pdf", "b")]
    for table in ("cell", "check_result", "sections", "problem", "figure", "sentence"):
        assert rows(db, f"SELECT COUNT(DISTINCT report_id) FROM {table}") == [(1,)]


def test_the_same_content_read_again_replaces_its_reports(db: Path, family: Family) -> None:
    write(db, family, report())
    write(db, family, report(agency="新名局"))
    assert rows(db, "SELECT agency FROM reports") == [("新名局",)]


def test_the_same_content_under_two_paths_is_stored_once(db: Path, family: Family) -> None:
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
        booking = writer.link("/r/b.pdf", "a")
    assert booking is not None
    assert (booking.statuses, booking.failed) == (("print_fault",), ("must",))
    assert rows(db, "SELECT file_name, sha256 FROM files ORDER BY path") == [
        ("a.pdf", "a"),
        ("b.pdf", "a"),
    ]
    assert rows(db, "SELECT file_name FROM reports") == [("a.pdf",)]


def test_content_stays_as_long_as_a_path_has_it(db: Path, family: Family) -> None:
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report(agency="甲局")])
        writer.link("/r/b.pdf", "a")
        writer.store("/r/a.pdf", "c", "loaded", None, [report(agency="丙局")])
        assert rows(db, "SELECT agency, file_name FROM reports ORDER BY id") == [
            ("甲局", "b.pdf"),
            ("丙局", "a.pdf"),
        ]
        writer.store("/r/b.pdf", "c", "loaded", None, [report(agency="丙局")])
    assert rows(db, "SELECT agency FROM reports") == [("丙局",)]
    assert rows(db, "SELECT COUNT(*) FROM source") == [(1,)]


def test_files_that_cannot_be_opened_have_rows_of_their_own(db: Path, family: Family) -> None:
    with Writer(db, family) as writer:
        for _ in range(2):
            writer.store("/r/a.pdf", None, "unreadable", "cannot be opened")
            writer.store("/r/b.pdf", None, "unreadable", "cannot be opened")
        writer.store("/r/b.pdf", "b", "loaded", None, [report()])
    assert rows(db, "SELECT path, outcome FROM files ORDER BY path") == [
        ("/r/a.pdf", "unreadable"),
        ("/r/b.pdf", "loaded"),
    ]
    assert rows(db, "SELECT COUNT(*) FROM source") == [(2,)]


def test_files_are_known_if_the_same_code_and_family_read_them(db: Path, family: Family) -> None:
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
        writer.store("/r/b.pdf", "b", "failed", "out of time")
        writer.store("/r/c.pdf", "c", "not_a_report", "a letter")
        assert writer.known_contents("abcd") == {"a", "c"}
    with Writer(db, dataclasses.replace(family, digest="other")) as writer:
        assert writer.known_contents("a") == set()


def test_a_refused_report_leaves_nothing_behind(db: Path, family: Family) -> None:
    broken = report(checks=(replace(report().checks[0], severity=None),))
    with Writer(db, family) as writer:
        record = writer.store("/r/a.pdf", "a", "loaded", None, [report(), broken])
        assert record.outcome == "failed" and "NOT NULL" in (record.reason or "")
        assert rows(db, "SELECT COUNT(*) FROM reports") == [(0,)]
        assert rows(db, "SELECT COUNT(*) FROM observations") == [(0,)]
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
    assert rows(db, "SELECT COUNT(*), MIN(row_label) <> '' FROM observations") == [(11, 1)]


def test_writers_of_two_families_share_a_connection(db: Path, family: Family) -> None:
    opening = mock.patch.object(writer_module, "open_for_writing", wraps=open_for_writing)
    with opening as opened, Writer(db, family) as first:
        with Writer(db, load_family("website-annual-report"), shared=first) as second:
            first.store("/r/a.pdf", "a", "loaded", None, [report()])
            second.store("/r/a.pdf", "a", "not_a_report", "another table")
        first.store("/r/b.pdf", "b", "not_a_report", "a letter")
    assert opened.call_count == 1
    query = (
        "SELECT sha256, family, outcome FROM reading JOIN source ON id = source_id ORDER BY 1, 2"
    )
    assert rows(db, query) == [
        ("a", "ogi-annual-report", "loaded"),
        ("a", "website-annual-report", "not_a_report"),
        ("b", "ogi-annual-report", "not_a_report"),
    ]


def test_a_run_stores_its_versions(db: Path, family: Family) -> None:
    with Writer(db, family) as writer:
        writer.finish(files_offered=3)
    [(started, finished, name, digest, offered)] = rows(
        db,
        "SELECT started_at, finished_at, pipeline, pipeline_digest, files_offered FROM runs",
    )
    assert started <= finished
    assert (name, digest, offered) == (family.name, family.digest, 3)
    [(pandas, sqlalchemy)] = rows(
        db,
        "SELECT json_extract(libraries, '$.pandas'), json_extract(libraries, '$.sqlalchemy') "
        "FROM runs",
    )
    assert pandas and sqlalchemy.startswith("2.")


def test_the_dictionary_is_stored_once(db: Path, family: Family) -> None:
    for _ in range(2):
        Writer(db, family).close()
    assert rows(db, "SELECT COUNT(*) FROM fields") == [(len(family.fields),)]
    assert rows(
        db,
        "SELECT row_label_zh, row_label_en, column_label_en FROM fields "
        "WHERE row_id = 'carried_over_in' AND column_id = 'natural_person'",
    ) == [
        (
            "二、上年结转政府信息公开申请数量",
            "Requests carried over from last year",
            "natural persons",
        )
    ]


def test_a_family_is_described_with_its_first_report(tmp_path: Path, family: Family) -> None:
    other = load_family("website-annual-report")
    views = "SELECT name FROM sqlite_schema WHERE name LIKE '%panel'"
    empty, db = tmp_path / "empty.db", tmp_path / "one.db"
    for path, made in ((empty, ()), (db, (report(),))):
        with Writer(path, other) as idle, Writer(path, family) as writer:
            writer.store("/r/a.pdf", "a", "loaded" if made else "unreadable", None, made)
            idle.finish()
    described = "SELECT DISTINCT family FROM fields ORDER BY 1"
    assert rows(empty, described)[-1] == (other.name,)  # a database without reports has all
    assert rows(db, described) == [(family.name,)]
    assert rows(db, views) == [("panel",)]


def test_sixty_kilobytes_a_report_are_enough(db: Path, family: Family) -> None:
    keys = list(dict.fromkeys(line.key for line in family.fields))[:200]
    made = report(
        observations=tuple(observation(key, "12") for key in keys),
        checks=tuple(
            replace(
                report().checks[1], table="a", rule="b", place=str(n), status="pass", cause=None
            )
            for n, check in enumerate([report().checks[1]] * 60)
        ),
        sections=tuple(replace(s, text="公开信息" * 250) for s in report().sections * 3),
    )
    with Writer(db, family) as writer:
        writer.store("/r/first.pdf", "first", "loaded", None, [made])
    alone = db.stat().st_size  # with the dictionary of the family
    with Writer(db, family) as writer:
        for n in range(50):
            writer.store(f"/r/{n}.pdf", f"{n}", "loaded", None, [made])
    assert (db.stat().st_size - alone) / 50 < 60_000


def test_wide_views_show_amounts_in_the_unit_of_their_field(db: Path, family: Family) -> None:
    key = Key("proactive_disclosure", "administrative_fees", "fees_collected")
    printed = observation(key, "1.26", unit="亿元", raw_text="1.26亿元", converted=Decimal(12600))
    forms = {key.table: "2021"}
    write(db, family, report(observations=(printed,), table_forms=forms))
    assert show(db, "1").report.observations == (printed,)
    query = "SELECT value, unit, value_in_unit FROM observations"
    assert rows(db, query) == [(1.26, "亿元", 12600)]
    wide = "SELECT administrative_fees_fees_collected FROM proactive_disclosure_wide"
    assert rows(db, wide) == [(12600,)]
