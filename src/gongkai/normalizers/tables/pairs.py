"""Forms of labels with values beside them: 网站名称 | 某某网, several pairs in one printed row.

Labels of sections and groups stand before the label of the value, and may cover several rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.families.lines import TEXTS, Field
from gongkai.families.tables import Table
from gongkai.model import Cell, Grid, Key, Observation
from gongkai.normalizers.tables.label_alignment import LabelAligner, MatchedLabel
from gongkai.normalizers.tables.labels import FoldedLabel, TableLabels
from gongkai.normalizers.tables.rows import PrintedRow, printed_rows
from gongkai.normalizers.tables.texts import TextReader
from gongkai.normalizers.tables.values import (
    CellReader,
    CellValue,
    Leftover,
    TableReading,
    confidence_of,
    has_digit,
)

_UNIT = re.compile(r"[（(]\s*(?:单位\s*[:：]\s*)?([^（()）]{1,3})\s*[)）]\s*$")


class _Pair(Struct, frozen=True):
    """A value with its labels, outer to inner."""

    labels: list[Cell]
    value: Cell
    row: PrintedRow


class PairsParser:
    """Reads one table of labels and values. Built once from the table and its labels."""

    def __init__(
        self, family: Family, table: Table, labels: TableLabels, cells: CellReader
    ) -> None:
        self._table = table.id
        self._fields = table.fields_by_key
        self._column = table.columns[0]
        self._labels = labels
        self._units = family.units
        self._cells = cells
        self._texts = TextReader(family)
        self._rows = LabelAligner(labels.rows, labels, family.settings.thresholds)

    def read(self, grids: Sequence[Grid]) -> TableReading:
        """Read the table from its grids, which are in reading order."""
        pairs = [pair for row in printed_rows(grids) for pair in self._pairs(row)]
        names = self._rows.align([self._path(pair) for pair in pairs])
        found: dict[Key, Observation] = {}
        leftovers = []
        disorder = []
        for pair, name in zip(pairs, names, strict=True):
            if name and name.doubt:
                disorder.append(self._label(pair))
            if name and (key := Key(self._table, name.id, self._column)) not in found:
                found[key] = self._observation(key, name, pair)
            elif has_digit(pair.value.text):
                leftovers.append(Leftover(pair.row.page, pair.value.box, pair.value.text))
        cells = tuple(found.values())
        reading = TableReading(self._table, tuple(grids), None, cells, (), tuple(disorder))
        return reading.with_leftovers(leftovers)

    def _pairs(self, row: PrintedRow) -> Iterator[_Pair]:
        """Split a printed row: each known label begins the value to its right.

        In a row without a known label the last cell is the value.
        """
        cells = row.cells
        known = [k for k, cell in enumerate(cells) if self._is_row_label(cell)]
        if not known:
            if len(cells) > 1 and any(cell.text.strip() for cell in cells):
                yield _Pair([c for c in cells[:-1] if c.text.strip()], cells[-1], row)
            return
        start = 0
        for k, following in zip(known, [*known[1:], len(cells)], strict=True):
            labels = [cell for cell in cells[start : k + 1] if cell.text.strip()]
            if k + 1 < following:
                yield _Pair(labels, cells[k + 1], row)
            start = k + 2

    def _is_row_label(self, cell: Cell) -> bool:
        return self._fold(cell).core in self._labels.row_cores

    def _fold(self, cell: Cell) -> FoldedLabel:
        """Fold a label without the unit in brackets after it, unless the form has it there."""
        text = "".join(cell.text.split())
        found = _UNIT.search(text)
        if found is not None and found[1] in self._units:
            whole = self._labels.fold(text)
            if whole.core in self._labels.row_cores:
                return whole
            text = text[: found.start()]
        return self._labels.fold(text)

    def _path(self, pair: _Pair) -> tuple[FoldedLabel, ...]:
        folded = map(self._fold, pair.labels)
        return tuple(label for label in folded if label.core or label.ordinal)

    def _label(self, pair: _Pair) -> str:
        printed = ("".join(cell.text.split()) for cell in pair.labels)
        return self._labels.readable("／".join(printed))

    def _observation(self, key: Key, name: MatchedLabel, pair: _Pair) -> Observation:
        field = self._fields[key][0]
        value = self._value(pair.value, field)
        doubt = "；".join(filter(None, (name.doubt, value.doubt)))
        return Observation(
            key=key,
            state=value.state,
            value=value.value,
            raw_text=pair.value.text.strip(),
            unit=value.unit,
            row_label=self._label(pair),
            column_label="",
            label_match=name.match,
            page=pair.row.page,
            box=pair.value.box,
            reader=pair.row.reader,
            confidence=confidence_of(pair.value),
            flagged=bool(doubt),
            doubt=doubt or None,
            text_value=value.text,
        )

    def _value(self, cell: Cell, field: Field) -> CellValue:
        if field.value_type in TEXTS:
            return self._texts.read(cell.text, field)
        return self._cells.read_cell(cell)
