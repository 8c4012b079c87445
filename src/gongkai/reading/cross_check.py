"""Compares two readings of the same cells: of two readers, or of text layer and OCR.

A scan is read twice by OCR; where the readings differ, the one with which more
identities hold is kept. On a page with a text layer, OCR reads the cells of failing identities
and shows whether the page displays the numbers of the text layer. What both readings lack counts as
not printed only if its place on the displayed page is empty.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

from msgspec.structs import replace

from gongkai.checks.identities import IdentityChecks, proved_by_sums
from gongkai.extractors.layout.lines import cell_text
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.page_pictures import PagePictures, Part
from gongkai.extractors.pdf.pdfplumber_reader import PlacedChars
from gongkai.model import Box, Cell, Check, Key, Observation, Observations, Page
from gongkai.normalizers.tables.values import CellReader
from gongkai.reading.zones import Readings, ReportPages

_CONFIDENT = 0.8  # least confidence of OCR that confirms or contradicts the text layer

# To search for ink in the place of a table.
_FURNITURE = 0.08  # share of the height at head and foot, where headers and footers are drawn
_PIXELS = 2.0  # a point
_BLUR = 0.15  # font sizes around a character that its ink may cover
_RULE_BLUR = 1.0  # points around a rule


class PageComparison(NamedTuple):
    """Cells of the text layer that OCR confidently reads on the displayed page."""

    alike: AbstractSet[Key] = frozenset()
    differing: Mapping[Key, str] = MappingProxyType({})  # with the text that OCR reads


NOT_COMPARED = PageComparison()


@dataclass(frozen=True)
class CrossCheck:
    """Compares two readings of a report's cells by the family's identities and marks."""

    cells: CellReader
    identities: IdentityChecks

    def merge_readings(
        self, first: Observations, second: Observations, forms: Mapping[str, str]
    ) -> dict[Key, Observation]:
        """Merge two OCR readings so that as few identities fail as possible.

        A cell keeps its first reading unless the second one makes a failing identity pass,
        or the first is unreadable. Both readings come from the page: no value is computed.
        ``forms`` maps each table to its form.
        """
        best = dict(first)
        differing = [
            key
            for key, cell in first.items()
            if cell.reader == "ocr"
            and key in second
            and (cell.state, cell.value) != (second[key].state, second[key].value)
        ]
        for key in differing:
            if best[key].state == "unreadable" and second[key].state != "unreadable":
                best[key] = second[key]
        failing = self._failing(best, forms)
        for key in differing:
            if not failing:
                break
            other = second[key] if best[key] is first[key] else first[key]
            if other.state == "unreadable":
                continue
            tried = {**best, key: other}
            remaining = self._failing(tried, forms)
            if remaining < failing:
                best, failing = tried, remaining
        return best

    def with_joined_lines(
        self, cells: Observations, forms: Mapping[str, str]
    ) -> dict[Key, Observation]:
        """Join digits on two lines of a cell to one number where sums prove it."""
        joined = {key: one for key, o in cells.items() if (one := self.cells.with_joined_lines(o))}
        if not joined:
            return dict(cells)
        checks = self.identities.check({**cells, **joined}, forms)
        proved, _ = proved_by_sums(checks, self.identities.is_equation)
        return {
            key: joined[key] if key in joined.keys() & proved else o for key, o in cells.items()
        }

    def texts_in_boxes(self, reads: Sequence[Page], first: Observations) -> dict[Key, Observation]:
        """Read the cells of a first reading again, from the characters of second readings."""
        pages = {read.number: (read, PlacedChars(read.chars)) for read in reads}
        cells = {}
        for key, seen in first.items():
            if seen.page not in pages:
                continue
            page, placed = pages[seen.page]
            inside = placed.inside(seen.box)
            cell = Cell(0, 0, 1, 1, seen.box, cell_text(inside), inside)
            value = self.cells.read_cell(cell)
            cells[key] = replace(
                seen,
                state=value.state,
                value=value.value,
                raw_text=cell.text,
                reader=page.reader,
            )
        return cells

    def _failing(self, cells: Observations, forms: Mapping[str, str]) -> int:
        checks = self.identities.check(cells, forms)
        return sum(check.status == "fail" and check.severity == "must" for check in checks)

    def compare_with_page(
        self, keys: Sequence[Key], cells: Observations, ocr: FileOcr
    ) -> PageComparison:
        """Compare cells of the text layer with what OCR reads on the displayed page."""
        places = [(cells[key].page, cells[key].box) for key in keys]
        read = ocr.read_cells(places, [cells[key].raw_text for key in keys])
        alike, differing = set(), {}
        for key, (text, confidence) in zip(keys, read, strict=True):
            shown, cell = self.cells.read_number(text), cells[key]
            if confidence < _CONFIDENT:
                continue
            if (shown.state, shown.value) == (cell.state, cell.value):
                alike.add(key)
            else:
                differing[key] = text
        return PageComparison(alike, differing)

    def read_drawn(
        self, keys: Sequence[Key], cells: Observations, ocr: FileOcr
    ) -> dict[Key, Observation]:
        """Read cells by OCR whose text is drawn as outlines or as a picture.

        Returns the cells in which OCR confidently reads a number or a mark. They are not
        flagged; ``with_ocr_confidence`` decides later whether the reading is certain.
        """
        read = ocr.read_cells([(cells[key].page, cells[key].box) for key in keys], [""] * len(keys))
        found = {}
        for key, (text, confidence) in zip(keys, read, strict=True):
            shown = self.cells.read_number(text)
            if shown.state in ("number", "mark") and confidence >= _CONFIDENT:
                found[key] = replace(
                    cells[key],
                    state=shown.state,
                    value=shown.value,
                    raw_text=text,
                    reader="ocr",
                    confidence=confidence,
                    flagged=False,
                    doubt=None,
                )
        return found


def conflict_reasons(conflicts: Mapping[Key, str], cells: Observations) -> dict[Key, str]:
    """Return in Chinese why each cell is in doubt; ``conflicts`` has the text that OCR reads."""
    return {
        key: f"文字层作“{cells[key].raw_text}”，页面上看到的是“{text}”"
        for key, text in conflicts.items()
    }


def with_empty_places(
    checks: Sequence[Check], readings: Readings, report: ReportPages
) -> list[Check]:
    """Return the checks; "not printed" stays a fault of the print only where the page is empty.

    Two readers of the text layer both overlook what is drawn without text, and a row whose label
    is not recognised.
    """

    pictures, pages = report.pictures, report.pages

    @cache  # tables without a heading share their pages
    def has_ink(number: int, top: float, bottom: float) -> bool:
        return pictures is None or _has_unread_ink(pictures, pages[number], top, bottom)

    def is_unread(check: Check) -> bool:
        reading = readings.get(check.table)
        has_more = reading is not None and (reading.leftovers or reading.disorder)
        return bool(has_more) or any(has_ink(*p) for p in _places_of(check.table, report))

    suspected = [c for c in checks if c.rule == "complete" and c.cause == "print"]
    unread = {check.key for check in suspected if is_unread(check)}
    note = "，但其位置上有未读出的内容"
    return [
        replace(c, cause="reading", wording=c.wording + note) if c.key in unread else c
        for c in checks
    ]


def _places_of(table: str, report: ReportPages) -> Iterator[tuple[int, float, float]]:
    """Yield each page where a table should be, with the top and bottom of its place in points.

    A table without a heading may be anywhere in the report. Page furniture is left out.
    """
    numbers = {line.page for line in report.lines}
    zone = report.zones.get(table) or dict.fromkeys(numbers, (0.0, float("inf")))
    for number, (start, end) in zone.items():
        height = report.pages[number].height
        yield number, max(start, _FURNITURE * height), min(end, (1 - _FURNITURE) * height)


def _has_unread_ink(pictures: PagePictures, page: Page, top: float, bottom: float) -> bool:
    """Does a part of a page show ink that is neither a character nor a rule?"""
    known = [_around(c.x0, c.top, c.x1, c.bottom, _BLUR * c.size) for c in page.chars]
    known += [_around(*rule, _RULE_BLUR) for rule in page.rules]
    part = Part(page.number, Box(0.0, top, page.width, bottom), _PIXELS)
    return bottom > top and pictures.has_ink(part, known)


def _around(x0: float, top: float, x1: float, bottom: float, margin: float) -> Box:
    return Box(x0 - margin, top - margin, x1 + margin, bottom + margin)
