"""A value that no database takes costs its own file only: every column, on both databases."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import json
from msgspec.structs import replace

from gongkai.database import schema
from gongkai.database.locations import DatabaseLocation, parse_location
from gongkai.families.family import Family
from gongkai.loaders.ingest_state import FileRecord
from gongkai.loaders.rows import ReportRows, report_rows
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, Box, FallbackAttempt, Paragraph
from gongkai.queries.search import search
from gongkai.queries.sql import query
from made import observation, report

_random = random.Random(1)


def noise(length: int) -> str:
    """Chinese text that no compression shortens much."""
    return "".join(chr(_random.randrange(0x4E00, 0x9FA5)) for _ in range(length))


BOX = Box(72.0, 60.0, 200.0, 75.0)
MADE = report_rows(
    report(
        agency_ref=Agency("k", "清河市公安局"),
        observations=report().observations[:2],
        paragraphs=(Paragraph("一", None, None, "本局收到申请12件。", 1, BOX),),
        fallback_attempts=(FallbackAttempt("camelot", "applications", "better grid"),),
    )
)
# Figures refer to the sentences, and only cells and checks to the lists of labels and fields.
SMALL = replace(
    MADE, tables={"sentence": MADE.tables["sentence"]}, terms=(), checks=(), field_layout=b"[[],[]]"
)
TEXTS = ("a" * 2_300, noise(3_000), "\ud800", "\x00")
NUMBERS = (
    2**31, -(2**70), *map(Decimal, ("1E+400", "sNaN")),
)  # fmt: skip
# Not values of a file: where a row's label, check, field or set of fields is in the report's list.
PLACES = {"row_term", "column_term", "check_key_id", "field_id", "cells", "suspects"}


def extremes(table: str, column: str) -> tuple[object, ...]:
    """Extreme values of the type of a column."""
    return TEXTS if isinstance(schema.metadata.tables[table].c[column].type, sa.Text) else NUMBERS


def extreme_rows() -> Iterator[ReportRows]:
    """The made report with an extreme value in each column in turn."""
    for table, columns in MADE.tables.items():
        base = MADE if table in ("cell", "check_result") else SMALL
        for name, values in columns.items():
            for value in () if name in PLACES else extremes(table, name):
                changed = {**columns, name: [value] * len(values)}
                yield replace(base, tables={**SMALL.tables, table: changed})
    for name in MADE.head:
        for value in extremes("report", name):
            yield replace(SMALL, head={**MADE.head, name: value})
    assert MADE.agency is not None
    for field in MADE.agency.__struct_fields__:
        for value in TEXTS:
            if field not in ("functional_zone", "resolved"):
                agency: Any = replace(MADE.agency, **{field: value})
                yield replace(SMALL, agency=agency)
    yield replace(SMALL, head={**SMALL.head, "title": None})
    for text in TEXTS:
        yield replace(SMALL, terms=(text,), checks=((text,) * 3,))
        yield replace(SMALL, words=(text,))
        if text.isprintable():  # JSON takes no others
            yield replace(SMALL, field_layout=json.encode(([(text, text, "")], [(0,) * 3_000])))


@contextmanager
def written(place: DatabaseLocation, family: Family) -> Iterator[Writer]:
    """A writer; the report that it stores first must still be there in the end."""
    with Writer(place, family) as writer:
        before = writer.store("/r/first.pdf", "first", "loaded", None, [MADE])
        yield writer
        assert before.outcome == writer.store("/r/last.pdf", "l", "loaded", None, [MADE]).outcome
        writer.finish()
    whole = (
        "SELECT file_name, (SELECT COUNT(*) FROM observations WHERE report_id = reports.id), "
        "(SELECT COUNT(*) FROM checks WHERE report_id = reports.id) FROM reports "
        "WHERE file_name IN ('first.pdf', 'last.pdf') ORDER BY 1"
    )
    counts = len(MADE.tables["cell"]["state"]), len(MADE.tables["check_result"]["status"])
    with query(place, whole) as found:
        assert list(found.rows) == [("first.pdf", *counts), ("last.pdf", *counts)]


def hand_extremes_to(place: DatabaseLocation, family: Family) -> None:
    outcomes = {"loaded": 0, "failed": 0}
    with written(place, family) as writer:
        for n, rows in enumerate(extreme_rows()):
            record = writer.store(f"/r/{n}.pdf", str(n), "loaded", None, [rows])
            outcomes[record.outcome] += 1
            if record.outcome == "failed":
                assert record.reason and record.reason.startswith("数据库不接受其中的一个值：")
    assert outcomes["failed"] > 50 and outcomes["loaded"] > 100
    with query(place, "SELECT outcome, COUNT(*) FROM files GROUP BY outcome") as found:
        counted = dict(found.rows)
    assert counted == {"loaded": outcomes["loaded"] + 2, "failed": outcomes["failed"]}


def test_a_file_takes_or_refuses_every_extreme_value(tmp_path: Path, family: Family) -> None:
    hand_extremes_to(tmp_path / "gongkai.db", family)


def test_a_server_takes_or_refuses_every_extreme_value(postgres_url: str, family: Family) -> None:
    hand_extremes_to(parse_location(postgres_url), family)


def store_long_texts(place: DatabaseLocation, family: Family) -> None:
    """Texts longer than an entry of PostgreSQL's usual index are stored and found."""
    word = "qinghe" * 400
    text = f"本局网站见{word}。"
    long = report(
        title=noise(3_000),
        agency=noise(3_000),
        agency_ref=Agency(noise(3_000), noise(3_000)),
        observations=(replace(observation(report().observations[0].key), row_label=noise(3_000)),),
        paragraphs=(Paragraph(None, None, None, text, 1, BOX),),
    )
    path = f"/{noise(900)}/{noise(80)}.pdf"
    with written(place, family) as writer:
        for _ in range(2):
            stored = writer.store(path, "long", "loaded", None, [long], (10, 20))
            assert stored.outcome == "loaded", stored.reason
        assert writer.link(path, "long", (10, 21)) == stored
        assert writer.known({path: (10, 21)}) == {path: stored}
    assert [hit.text for hit in search(place, word)] == [text]


def test_a_file_stores_long_texts(tmp_path: Path, family: Family) -> None:
    store_long_texts(tmp_path / "gongkai.db", family)


def test_a_server_stores_long_texts(postgres_url: str, family: Family) -> None:
    store_long_texts(parse_location(postgres_url), family)


def test_a_refused_report_leaves_the_earlier_one(tmp_path: Path, family: Family) -> None:
    with Writer(tmp_path / "gongkai.db", family) as writer:
        first = writer.store("/r/a.pdf", "a", "loaded", None, [MADE], (1, 2))
        bad = replace(MADE, head={**MADE.head, "year": 2**70})
        record = writer.store("/r/a.pdf", "a", "loaded", None, [bad], (1, 2))
        assert record == FileRecord("loaded", record.reason, first.statuses, first.failed)
        assert record.reason and "OverflowError" in record.reason
        assert writer.known({"/r/a.pdf": (1, 2)}) == {}  # the next run tries again
