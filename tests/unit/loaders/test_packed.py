"""Rows of reports on their way to the writer: exact, and nothing that no report has."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from msgspec import msgpack

from gongkai.loaders.packed import unpack_reports
from gongkai.loaders.rows import pack_reports, report_rows
from gongkai.model import Agency, Box, Key, Paragraph
from made import observation, report

BOX = Box(72.0, 60.0, 200.0, 75.0)
MADE = report(
    agency_ref=Agency("k", "清河市公安局"),
    observations=(
        *report().observations,
        observation(Key("applications", "received_new", "total"), "9007199254740993.10"),
    ),
    paragraphs=(Paragraph("一", None, None, "本局收到申请12件。", 1, BOX),),
)


def plain(rows: Any) -> dict[str, Any]:
    """Rows with lists where msgspec chose lists or tuples."""
    found: dict[str, Any] = msgpack.decode(msgpack.encode(rows))
    return found


def test_what_was_packed_is_unpacked() -> None:
    [found] = unpack_reports(pack_reports([MADE]))
    assert plain(found) == plain(report_rows(MADE))
    assert list(found.tables) == list(report_rows(MADE).tables)
    values = found.tables["cell"]["value"]
    assert values[-1] == Decimal("9007199254740993.10")
    assert {type(value) for value in values} == {int, Decimal, type(None)}
    assert unpack_reports(None) == ()


def _set(table: str, column: str, value: object) -> Callable[[dict[str, Any]], None]:
    def change(rows: dict[str, Any]) -> None:
        columns = rows["tables"][table]
        columns[column] = [value] * len(next(iter(columns.values())))

    return change


FALSE = {
    "a text for a number": _set("cell", "page", "1"),
    "nothing where something must be": _set("cell", "state", None),
    "a column that is shorter": lambda rows: rows["tables"]["cell"]["page"].pop(),
    "a table without rows": lambda rows: [c.clear() for c in rows["tables"]["section"].values()],
    "a column that is missing": lambda rows: rows["tables"]["paragraph"].pop("position"),
    "a value before the first one": _set("cell", "row_term", -1),
    "a paragraph of the next report": _set("paragraph", "position", 5_000),
    "words of the next report": lambda rows: rows["words"].append("词"),
    "words of two paragraphs": lambda rows: rows.update(words=["一\n二"]),
    "another status": lambda rows: rows.update(status="certain"),
    "a number for the title": lambda rows: rows["head"].update(title=3),
}


@pytest.mark.parametrize("what", FALSE)
def test_what_no_report_has_is_refused(what: str) -> None:
    rows = plain(report_rows(MADE))
    FALSE[what](rows)
    with pytest.raises(ValueError, match=r"Expected|Invalid|required|columns of|words that"):
        unpack_reports(msgpack.encode([rows]))


def test_columns_of_other_tables_are_dropped() -> None:
    rows = plain(report_rows(MADE))
    rows["head"]["source_id"] = 1
    rows["tables"]["cell"]["report_id"] = [1] * 4
    rows["tables"]["decision"] = {"who": ["x"]}
    [found] = unpack_reports(msgpack.encode([rows]))
    assert plain(found) == plain(report_rows(MADE))
