"""The data rows of a table: labels to the left, cells under columns, cut rows joined."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from gongkai.model import Cell
from gongkai.normalizers.tables.headers import TableColumn
from gongkai.normalizers.tables.rows import PrintedRow
from gongkai.normalizers.tables.table_labels import TableLabels


class DataRow(Struct, frozen=True):
    """One row of numbers with the columns of the header over it."""

    row: PrintedRow
    columns: tuple[TableColumn, ...]
    labels: list[Cell]  # outer to inner
    body: list[Cell]  # the cells under the named columns
    middles: list[float]  # of those cells, in x of the table's first grid

    @classmethod
    def of(cls, row: PrintedRow, columns: tuple[TableColumn, ...]) -> DataRow:
        """Split a printed row at the left edge of the first named column."""
        start = columns[0].x0 if columns else float("-inf")
        cells = [(row.middle(cell), cell) for cell in row.cells]
        labels = [cell for middle, cell in cells if middle < start and cell.text.strip()]
        body = [(middle, cell) for middle, cell in cells if middle >= start]
        return cls(row, columns, labels, [cell for _, cell in body], [x for x, _ in body])

    @property
    def continuations(self) -> list[DataRow]:
        """The parts of the row after page breaks."""
        return [DataRow.of(part, self.columns) for part in self.row.continuations]

    @property
    def is_blank(self) -> bool:
        """Is there no text under the named columns?"""
        return not any(cell.text.strip() for cell in self.body)

    def under(self, column: TableColumn) -> list[Cell]:
        """The cells under a column: those with their middle in it, else those that cover it."""
        cells = zip(self.middles, self.body, strict=True)
        own = [cell for middle, cell in cells if column.x0 < middle < column.x1]
        if own:
            return own
        spans = ((self.row.span(cell), cell) for cell in self.body)
        return [cell for (x0, x1), cell in spans if x0 < column.middle < x1]

    def covers_columns(self, cell: Cell) -> bool:
        """Is a cell under more than one named column?"""
        if cell.column_span == 1:
            return False
        x0, x1 = self.row.span(cell)
        return sum(x0 < column.middle < x1 for column in self.columns) > 1


class RowJoiner:
    """Joins the rows of one table that page breaks cut. Built once from the table's labels."""

    def __init__(self, labels: TableLabels) -> None:
        self._fold = labels.fold
        self._known = labels.row_cores
        self._parents = labels.rows.parents
        self._has_row_labels = bool(labels.rows.entries)

    def join(self, rows: Sequence[DataRow]) -> list[DataRow]:
        """Join the last row of a grid with the first row of the next one if both are one row.

        Rows without label and numbers are left out.
        """
        if not self._has_row_labels:
            filled = [row for row in rows if any(cell.text.strip() for cell in row.row.cells)]
            return filled or list(rows[:1])
        joined: list[DataRow] = []
        for row in rows:
            if row.row.is_first and joined and joined[-1].row.is_last:
                before = joined[-1]
                if self._is_outer_label_of(before, row):
                    joined.pop()
                elif self._continues(before, row):
                    continuations = (*before.row.continuations, row.row)
                    joined[-1] = replace(
                        before, row=replace(before.row, continuations=continuations)
                    )
                    continue
            if row.labels or not row.is_blank:
                joined.append(row)
        return joined

    def label_texts(self, row: DataRow) -> list[str]:
        """The printed labels of a row, outer to inner, cut labels joined."""
        texts = [_text(cell) for cell in row.labels]
        for part in row.continuations:
            if not part.labels:
                continue
            if texts and not self._lacks_inner_label(row):
                texts[-1] += _text(part.labels[-1])
            else:
                texts += [_text(cell) for cell in part.labels]
        return texts

    def _is_outer_label_of(self, before: DataRow, row: DataRow) -> bool:
        """Is the row before the break only the outer label of the first row after it?"""
        return (
            self._inner_label(row) is not None
            and self._lacks_inner_label(before)
            and before.is_blank
        )

    def _continues(self, before: DataRow, row: DataRow) -> bool:
        """Does the first row after a page break continue the last row before it?"""
        inner, before_inner = self._inner_label(row), self._inner_label(before)
        if inner is None:
            return before_inner is not None and (row.is_blank or before.is_blank)
        if self._lacks_inner_label(before) and row.is_blank:
            return True
        if before_inner is None:
            return False
        first, rest = self._fold(before_inner.text), self._fold(inner.text)
        first_known, rest_known = first.core in self._known, rest.core in self._known
        together_known = self._fold(before_inner.text + inner.text).core in self._known
        if together_known and not first_known and row.is_blank != before.is_blank:
            return True
        if rest_known and (first_known or not before.is_blank):
            return False
        if together_known and not (first_known and rest_known):
            return True
        return not rest_known and not rest.ordinal and (row.is_blank or before.is_blank)

    def _inner_label(self, row: DataRow) -> Cell | None:
        """The row's inner label; None if there are only labels that span several rows."""
        labels = row.labels
        if not labels or labels[-1].row_span > 1 or self._lacks_inner_label(row):
            return None
        return labels[-1]

    def _lacks_inner_label(self, row: DataRow) -> bool:
        """Does a row have only an outer label, and an empty cell instead of its inner label?"""
        labels = row.labels
        if not labels or self._fold(labels[-1].text).core not in self._parents:
            return False
        start, last = row.columns[0].x0, row.row.middle(labels[-1])
        return any(last < row.row.middle(cell) < start for cell in row.row.cells)


def _text(cell: Cell) -> str:
    return "".join(cell.text.split())
