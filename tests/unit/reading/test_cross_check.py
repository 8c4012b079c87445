"""Two readings of the same cells: OCR with OCR, text layer with displayed page."""

from __future__ import annotations

from dataclasses import replace as replace_pages
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.page_pictures import PagePictures, Part
from gongkai.families.family import Family
from gongkai.model import Box, Check, Key, Line, Observation, ReaderName, ReadOptions
from gongkai.normalizers.tables.values import CellReader, Leftover, TableReading
from gongkai.reading.cross_check import CrossCheck, with_empty_places
from gongkai.reading.zones import ReportPages
from helpers.pdfs import text
from helpers.sight import seen

FORMS = {"review_litigation": "2021"}
COLUMNS = ("upheld", "corrected", "other", "pending", "total")
KEYS = [Key("review_litigation", "reconsideration", column) for column in COLUMNS]


def _seen(*values: int | None, reader: ReaderName = "ocr") -> dict[Key, Observation]:
    return {
        key: Observation(
            key, "unreadable" if value is None else "number",
            None if value is None else Decimal(value), str(value), None, "", "", "exact", 1,
            Box(0, 0, 9, 9), reader, 0.9,
        )
        for key, value in zip(KEYS, values, strict=True)
    }  # fmt: skip


def _cross_check(family: Family) -> CrossCheck:
    return CrossCheck(CellReader(family), IdentityChecks(family))


def _values(seen: dict[Key, Observation]) -> list[int | None]:
    return [None if o.value is None else int(o.value) for o in seen.values()]


def test_the_reading_that_makes_an_identity_pass_counts(family: Family) -> None:
    first, second = _seen(10, 7, 0, 0, 11), _seen(10, 1, 0, 0, 11)
    assert _values(_cross_check(family).merge_readings(first, second, FORMS)) == [10, 1, 0, 0, 11]


def test_a_reading_that_makes_no_identity_pass_replaces_nothing(family: Family) -> None:
    first, second = _seen(10, 1, 0, 0, 11), _seen(10, 7, 0, 0, 11)
    assert _values(_cross_check(family).merge_readings(first, second, FORMS)) == [10, 1, 0, 0, 11]
    first, second = _seen(10, 1, 0, 0, 0), _seen(10, 1, 0, 0, 3)  # a misprint
    assert _values(_cross_check(family).merge_readings(first, second, FORMS)) == [10, 1, 0, 0, 0]


def test_an_unreadable_cell_takes_its_second_reading(family: Family) -> None:
    first, second = _seen(10, None, 0, 0, 11), _seen(10, 1, 0, 0, 11)
    assert _values(_cross_check(family).merge_readings(first, second, FORMS)) == [10, 1, 0, 0, 11]


def test_digits_on_two_lines_are_one_number_where_a_sum_proves_it(family: Family) -> None:
    cross_check = _cross_check(family)
    cells = _seen(None, 3, 0, 0, 15, reader="pdfium")
    doubt = "一格里印有不止一个数：1 2"
    broken = replace(cells[KEYS[0]], raw_text="1\n2", flagged=True, doubt=doubt)
    joined = cross_check.with_joined_lines(cells | {KEYS[0]: broken}, FORMS)
    assert _values(joined) == [12, 3, 0, 0, 15]
    assert not joined[KEYS[0]].flagged
    unproved = _seen(None, 3, 0, 0, 14, reader="pdfium") | {KEYS[0]: broken}
    assert cross_check.with_joined_lines(unproved, FORMS) == unproved
    other = cells | {KEYS[0]: replace(broken, doubt="不是一个数：1 2")}
    assert cross_check.with_joined_lines(other, FORMS) == other


def test_a_text_layer_is_never_replaced_cell_by_cell(family: Family) -> None:
    first, second = _seen(10, 7, 0, 0, 11, reader="pdfium"), _seen(10, 1, 0, 0, 11)
    assert _values(_cross_check(family).merge_readings(first, second, FORMS)) == [10, 7, 0, 0, 11]


LABELS = text(40, 220, "label 17")  # displayed 80 points from the top
DRAWN = "150 200 4 8 re f\n"  # a digit drawn as a path
NOT_PRINTED = Check("a", "complete", "cells", "fail", "usually", "没有", cause="print")


def _causes(tmp_path: Path, content: str, reading: TableReading | None = None) -> list[str | None]:
    """The cause of a missing table whose place is 50 to 150 points from the top of a page."""
    with seen(tmp_path, content) as ([page], pictures):
        zones = {"a": {1: (50.0, 150.0)}}
        report = ReportPages({1: page}, [], zones, [], 2022, pictures)
        readings = {} if reading is None else {"a": reading}
        order = replace(NOT_PRINTED, rule="order")
        return [c.cause for c in with_empty_places([NOT_PRINTED, order], readings, report)]


def test_what_is_not_printed_has_an_empty_place_on_the_page(tmp_path: Path) -> None:
    assert _causes(tmp_path, LABELS) == ["print", "print"]
    assert _causes(tmp_path, LABELS + DRAWN) == ["reading", "print"]
    assert _causes(tmp_path, LABELS + "150 20 4 8 re f\n") == ["print", "print"]  # elsewhere


def test_a_table_with_labels_or_numbers_that_are_not_read_is_printed(tmp_path: Path) -> None:
    leftovers = TableReading("a").with_leftovers([Leftover(1, Box(0, 0, 9, 9), "17")])
    disordered = TableReading("a", disorder=("其他",))
    assert _causes(tmp_path, LABELS, leftovers)[0] == "reading"
    assert _causes(tmp_path, LABELS, disordered)[0] == "reading"
    assert _causes(tmp_path, LABELS, TableReading("a"))[0] == "print"


def test_without_a_heading_the_place_of_a_table_is_the_whole_report(tmp_path: Path) -> None:
    lines = [Line("题", 1, Box(0, 0, 9, 9), 10.0)]
    for content, cause in ((LABELS, "print"), (LABELS + DRAWN, "reading")):
        with seen(tmp_path, content) as ([page], pictures):
            report = ReportPages({1: page}, [], {}, lines, 2022, pictures)
            [check] = with_empty_places([NOT_PRINTED], {}, report)
            assert check.cause == cause
            [check] = with_empty_places([NOT_PRINTED], {}, replace_pages(report, pictures=None))
            assert check.cause == "reading"  # nothing shows that the place is empty


def test_tables_without_a_heading_are_searched_for_in_one_picture_of_a_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[int] = []
    draw = PagePictures.has_ink

    def counted(pictures: PagePictures, part: Part, outside: list[Box]) -> bool:
        drawn.append(part.page)
        return draw(pictures, part, outside)

    monkeypatch.setattr(PagePictures, "has_ink", counted)
    lines = [Line("题", 1, Box(0, 0, 9, 9), 10.0)]
    with seen(tmp_path, LABELS) as ([page], pictures):
        report = ReportPages({1: page}, [], {}, lines, 2022, pictures)
        missing = [replace(NOT_PRINTED, table=table) for table in "abc"]
        assert [c.cause for c in with_empty_places(missing, {}, report)] == ["print"] * 3
    assert drawn == [1]


class _Sight(FileOcr):
    """OCR that returns what the test wants."""

    said: tuple[tuple[str, float], ...] = ()

    @property
    def available(self) -> bool:
        return True

    def read_cells(self, places: object, texts: object) -> list[tuple[str, float]]:  # noqa: ARG002
        return list(self.said)


def _sight(*said: tuple[str, float]) -> FileOcr:
    sight = _Sight(Path("x.pdf"), ReadOptions(), "0123456789")
    object.__setattr__(sight, "said", said)
    return sight


@pytest.mark.parametrize(
    ("displayed", "score", "conflicts"),
    [("1", 0.99, [KEYS[1]]), ("1", 0.5, []), ("7", 0.99, [])],
)
def test_ocr_contradicts_a_text_layer_only_with_confidence(
    displayed: str, score: float, conflicts: list[Key], family: Family
) -> None:
    seen = _seen(10, 7, 0, 0, 11, reader="pdfium")
    sight = _sight(("10", 1.0), (displayed, score), ("0", 1.0), ("0", 1.0), ("11", 1.0))
    _, found = _cross_check(family).compare_with_page(KEYS, seen, sight)
    assert list(found) == conflicts


def test_a_drawn_number_is_read_from_its_picture_if_ocr_is_confident(family: Family) -> None:
    blank = {
        key: replace(cell, state="blank", value=None, raw_text="", flagged=True, doubt="?")
        for key, cell in _seen(*[0] * 5, reader="pdfium").items()
    }
    sight = _sight(("10", 0.97), ("7", 0.5), ("/", 0.9), ("", 1.0), ("17", 0.9))
    found = _cross_check(family).read_drawn(KEYS, blank, sight)
    assert [(key.column, cell.raw_text, cell.confidence) for key, cell in found.items()] == [
        ("upheld", "10", 0.97),
        ("other", "/", 0.9),
        ("total", "17", 0.9),
    ]
    assert not any(cell.flagged or cell.reader != "ocr" for cell in found.values())
