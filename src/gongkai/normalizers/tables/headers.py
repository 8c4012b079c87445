"""Separates the header rows of a table from its data rows, and names the columns under a header."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from gongkai.model import Cell, LabelMatch
from gongkai.normalizers.tables.label_alignment import LabelAligner
from gongkai.normalizers.tables.rows import PrintedRow, distinct
from gongkai.normalizers.tables.table_labels import TableLabels
from gongkai.normalizers.tables.values import CellReader

RowKind = Literal["blank", "article", "header", "data"]

_NARROW = 4.0  # points: two cell edges this close are the same edge
_ARTICLE_PREFIX = 3  # characters of an article's name that identify it


class TableColumn(Struct, frozen=True):
    """A named column: its edges, in x of the table's first grid, and its label."""

    x0: float
    x1: float
    id: str
    match: LabelMatch
    label: str  # as printed, outer to inner joined by ／
    doubt: str | None

    @property
    def middle(self) -> float:
        """The x halfway between the edges."""
        return (self.x0 + self.x1) / 2


class HeaderReader:
    """Reads the header rows of one table. Built once from the table's labels."""

    def __init__(self, labels: TableLabels, aligner: LabelAligner, cells: CellReader) -> None:
        self._labels = labels
        self._aligner = aligner
        self._cells = cells
        self._articles = tuple(article[:_ARTICLE_PREFIX] for article in labels.articles)

    def row_kind(self, row: PrintedRow, columns: Sequence[TableColumn], in_header: bool) -> RowKind:
        """Classify a printed row.

        ``columns`` are those of the header above it, ``in_header`` says whether the row
        before it is a header. A row of kind ``article`` is the article of the law that is
        printed over a block of rows.
        """
        filled = list(row.filled())
        if not filled:
            return "blank"
        first = self._labels.fold(filled[0].text)
        if len(filled) == 1 and first.core.startswith(self._articles):
            return "article"
        if self._labels.is_row(filled[0].text):
            return "data"
        start = columns[0].x0 if columns else float("-inf")
        if any(row.middle(c) > start and self._cells.is_value(c.text) for c in filled):
            return "data"
        header = [cell for cell in filled if self._is_header_cell(cell, row, start)]
        if header and (
            not columns
            or in_header
            or len(header) > 1
            or header[0] is not filled[0]
            or first.core not in self._labels.row_cores
        ):
            return "header"
        # a header that a page break cuts continues with pieces that are not labels by themselves
        if in_header and row.is_first and len(filled) > 2:
            return "header"
        return "data"

    def _is_header_cell(self, cell: Cell, row: PrintedRow, start: float) -> bool:
        """Is a cell a label of the header, over the columns or in the corner?"""
        core = self._labels.fold(cell.text).core
        return self._labels.is_header(core) and (
            row.middle(cell) > start or core in self._labels.corners
        )

    def columns(self, header: Sequence[PrintedRow]) -> tuple[TableColumn, ...]:
        """The named columns under a block of header rows, left to right.

        The cell edges cut the header into stripes, each with a path of header cells over it;
        adjacent stripes under the same innermost cell are one column. The paths are aligned
        to the labels of the form; columns that match none are left out.
        """
        stripes = _stripes(header)
        fold = self._labels.fold
        paths = [
            tuple(label for cell in path if (label := fold(cell.text)).core)
            for _, _, path in stripes
        ]
        return tuple(
            TableColumn(
                x0,
                x1,
                match.id,
                match.match,
                "／".join("".join(cell.text.split()) for cell in path),
                match.doubt,
            )
            for (x0, x1, path), match in zip(stripes, self._aligner.align(paths), strict=True)
            if match is not None
        )


def _stripes(header: Sequence[PrintedRow]) -> list[tuple[float, float, list[Cell]]]:
    """The columns of a header: left and right edge, and the cells over them, outer to inner."""
    spans = [(*row.span(cell), cell) for row in header for cell in row.cells]
    edges = sorted({x for x0, x1, _ in spans for x in (x0, x1)})
    stripes: list[tuple[float, float, list[Cell]]] = []
    for x0, x1 in pairwise(edges):
        if x1 - x0 < _NARROW:
            continue
        middle = (x0 + x1) / 2
        path = distinct(
            cell for left, right, cell in spans if left < middle < right and cell.text.strip()
        )
        if stripes and _same_column(stripes[-1][2], path):
            before, _, known = stripes[-1]
            stripes[-1] = (before, x1, max(known, path, key=len))
        else:
            stripes.append((x0, x1, path))
    return stripes


def _same_column(path: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Do two stripes have the same innermost header cell, or both none?"""
    return path[-1] is other[-1] if path and other else not path and not other
