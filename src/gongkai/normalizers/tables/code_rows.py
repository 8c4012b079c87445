"""Rows that a code names: 2010601 行政运行, 201｜06｜01 行政运行, 310资本性支出."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from gongkai.families.codes import CodeList
from gongkai.model import Cell, LabelMatch
from gongkai.normalizers.tables.label_alignment import LabelAligner, MatchedLabel
from gongkai.normalizers.tables.labels import TableLabels
from gongkai.normalizers.tables.rows import DataRow, PrintedRow
from gongkai.normalizers.tables.values import CellReader

_GLUED = re.compile(r"(\d{3,})(\D.*)", re.DOTALL)  # a code with its name in one cell
_MOST_HEADER_CELLS = 2  # from so many labels of the header on, a row belongs to the header


class CodedLabel(NamedTuple):
    """The labels of a row, split into a code and a name."""

    code: str  # "" if the row has none
    name: str

    @property
    def is_row(self) -> bool:
        """Has the row a code?"""
        return bool(self.code)


class CodeRows:
    """Reads the codes of one table's rows. Built once from its code list and labels."""

    def __init__(self, codes: CodeList, labels: TableLabels, cells: CellReader) -> None:
        self._codes = codes
        self._labels = labels
        self._cells = cells

    def read(self, labels: Sequence[str]) -> CodedLabel:
        """Split the printed labels of a row, outer to inner.

        The columns of the header over the code (类, 款, 项) may have the labels of a total in
        their row; they are left out.
        """
        texts = [
            text for text in labels if self._labels.fold(text).core not in self._labels.corners
        ]
        code = ""
        for k, text in enumerate(texts):
            if not text.isdecimal():
                break
            code += text
            texts[k] = ""
        name = "".join(texts)
        if not code and (glued := _GLUED.fullmatch(name)):
            code, name = glued[1], glued[2]
        if code and not self._codes.is_code(code):
            return CodedLabel("", "".join(labels))
        return CodedLabel(code, name)

    def starts_row(self, labels: Sequence[str]) -> bool:
        """Has a row with these labels a code of its own?"""
        return self.read(labels).is_row

    def named(
        self, _rows: Sequence[DataRow], labels: Sequence[Sequence[str]], listed: LabelAligner
    ) -> list[tuple[MatchedLabel | None, str]]:
        """Name rows by their codes, and the others, such as 合计, by their labels.

        Returns the meaning and the printed name of each row.
        """
        coded = [self.read(texts) for texts in labels]
        paths = [(self._labels.fold(each.name),) for each in coded if not each.is_row]
        others = iter(listed.align(paths))
        return [(self._match(each) if each.is_row else next(others), each.name) for each in coded]

    def _match(self, label: CodedLabel) -> MatchedLabel:
        """The row that a code names; the print may name it otherwise than the list."""
        listed = self._codes.lines.get(label.code)
        fold = self._labels.fold
        same = listed is not None and fold(listed.name).core == fold(label.name).core
        match: LabelMatch = "exact" if same else "alias"
        return MatchedLabel(label.code, match)

    def new_codes(self, row_ids: Sequence[str]) -> tuple[str, ...]:
        """The codes among row ids that the list does not have."""
        return tuple(r for r in row_ids if self._codes.is_code(r) and r not in self._codes.lines)

    def prepared(self, rows: Sequence[PrintedRow]) -> list[PrintedRow]:
        """Split each row that prints the numbers of a total among labels of the header.

        The template puts 合计 into the last row of the header, whose other cells stand below
        本年支出: 合计 | 0 | 20.80 | 合计 | 基本支出 | 项目支出 | 0. The cells of the header come
        first, then those of the total, which count once where the header is repeated.
        """
        found = []
        totals: set[tuple[str, ...]] = set()
        for row in rows:
            header = self._header_cells(row)
            others = [cell for cell in row.cells if cell not in header]
            if len(header) >= _MOST_HEADER_CELLS and self._have_numbers(others):
                found.append(replace(row, cells=header))
                texts = tuple([cell.text for cell in others])
                if texts not in totals:
                    found.append(replace(row, cells=others, is_first=False, is_data=True))
                totals.add(texts)
            else:
                found.append(row)
        return found

    def _header_cells(self, row: PrintedRow) -> list[Cell]:
        """The cells with labels of the header; the first 合计 is the label of a row."""
        filled = [(c, self._labels.fold(c.text).core) for c in row.cells if c.text.strip()]
        total = next((cell for cell, core in filled if core in self._labels.row_cores), None)
        known = self._labels.header_cores
        return [cell for cell, core in filled if core in known and cell is not total]

    def _have_numbers(self, cells: Sequence[Cell]) -> bool:
        """Are there numbers among cells, or places for those of a total, which are empty?"""
        if any(self._cells.is_value(cell.text) for cell in cells if cell.text.strip()):
            return True
        filled = [k for k, cell in enumerate(cells) if cell.text.strip()]
        return len(filled) == 1 and filled[0] + 1 < len(cells)
