"""Reads the official tables of a family from grids: the interface of this package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence, Set
from functools import cache, lru_cache

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.families.lines import AMOUNTS, Field
from gongkai.families.settings import Thresholds
from gongkai.families.tables import Table
from gongkai.model import Cell, Grid, Key, Observation
from gongkai.normalizers.tables.code_rows import CodeRows
from gongkai.normalizers.tables.free_tables import FreeColumns, NamedRowJoiner, NamedRows
from gongkai.normalizers.tables.group_rows import GroupRows, without_row_numbers
from gongkai.normalizers.tables.label_alignment import GridSorter, LabelAligner, MatchedLabel
from gongkai.normalizers.tables.labels import (
    UNIT_COLUMN,
    FoldedLabel,
    LabelFolder,
    LabelPath,
    TableLabels,
)
from gongkai.normalizers.tables.pairs import PairsParser
from gongkai.normalizers.tables.rows import (
    DataRow,
    HeaderReader,
    PrintedRow,
    RowJoiner,
    RowKind,
    TableColumn,
    printed_rows,
)
from gongkai.normalizers.tables.sides import ColumnBlocks, TableParser, Turned, TwoSided
from gongkai.normalizers.tables.values import (
    WEAKER,
    CellReader,
    CellValue,
    Leftover,
    TableReading,
    confidence_of,
    form_of_cells,
    has_digit,
    is_in_columns,
)

_CACHE_SIZE = 4096  # fields that a table is asked for
_UNNAMED = MatchedLabel("", "exact")


class TableReader:
    """The tables of one family. Built once from the family.

    ``cells`` reads single cells, ``fold`` folds labels; ``labels`` has those of tables, by id;
    ``sorter`` tells which table a grid is.
    """

    def __init__(self, family: Family) -> None:
        folder = LabelFolder(family.variants)
        self.cells = CellReader(family)
        self.labels = {table.id: TableLabels(table, folder) for table in family.tables}
        self.fold = folder.fold
        # which cells they have is left to the author of a report
        self.open_tables = frozenset(
            table.id for table in family.tables if table.is_open or table.all_fields.optional
        )
        self.sorter = GridSorter(family.tables, self.labels, self.cells.is_value)
        self.table_of = self.sorter.table_of
        self._turned: dict[str, Turned] = {}
        self._parsers = {table.id: self._parser(table, family) for table in family.tables}

    def _parser(self, table: Table, family: Family) -> TableParser:
        """The parser of the layout of a table."""
        labels = self.labels[table.id]
        if table.layout == "pairs":
            return PairsParser(family, table, labels, self.cells)
        parser = _TableParser(table, labels, self.cells, family.settings.thresholds)
        if table.layout == "header_only":
            self._turned[table.id] = Turned(table, parser, self.fold)
            return ColumnBlocks(table, parser, self.fold) if table.has_caption else parser
        return TwoSided(table.side, parser, self.fold) if table.side else parser

    def read(self, grids: Iterable[Grid]) -> tuple[dict[str, TableReading], list[Grid]]:
        """Read the official tables among the grids of one report.

        Returns the readings by table id, and the grids that belong to no official table.
        """
        tables, others = self.sorter.sort(grids)
        readings = {table: self._parsers[table].read(own) for table, own in tables.items()}
        for table in readings.keys() & self._turned.keys():
            if readings[table].is_doubtful and (found := self._turned[table].read(tables[table])):
                readings[table] = found
        return readings, others


class _NamedRow(Struct, frozen=True):
    """A data row with its name and its printed labels."""

    data: DataRow
    name: MatchedLabel | None
    label: str  # outer to inner, joined by ／


class _Field(Struct, frozen=True):
    """The printed cells of one field of the form."""

    key: Key
    line: Field
    column: TableColumn
    cells: list[Cell]


_Header = tuple[tuple[TableColumn, ...], Sequence[PrintedRow]]  # columns, and their header rows


class _TableParser:
    """Reads one official table. Built once from the table and its labels."""

    def __init__(
        self, table: Table, labels: TableLabels, cells: CellReader, thresholds: Thresholds
    ) -> None:
        self._table = table
        self._places: dict[str, int] = {}  # of columns in the form, with or without their row
        for k, f in enumerate(table.all_fields.lines):
            for column in (f.column_id, f"{f.row_id}.{f.column_id}"):
                self._places.setdefault(column, k)
        self._labels = labels
        self._has_row_labels = bool(labels.rows.entries) or table.is_open
        self._field_at = lru_cache(maxsize=_CACHE_SIZE)(self._find_field)
        self._cells = cells
        self._rows = LabelAligner(labels.rows, labels, thresholds)
        self._headers = HeaderReader(
            labels,
            FreeColumns(labels.columns, labels, thresholds)
            if table.has_free_columns
            else LabelAligner(labels.columns, labels, thresholds, table.totals),
            cells,
        )
        self._has_free_columns = table.has_free_columns
        self._codes: CodeRows | NamedRows | None = None
        if table.has_named_rows:
            self._codes = NamedRows(table.rows[0], labels, cells)
            self._joiner: RowJoiner = NamedRowJoiner(labels)
        elif codes := table.all_fields.codes:
            self._codes = CodeRows(codes, labels, cells)
            self._joiner = RowJoiner(labels, self._codes.starts_row)
        else:
            self._joiner = RowJoiner(labels)
        self._groups = GroupRows(labels.rows, thresholds) if table.groups == "above" else None

    def read(self, grids: Sequence[Grid]) -> TableReading:
        """Read the table from its grids, which are in reading order."""
        printed = printed_rows(grids)
        if self._codes is not None:
            printed = self._codes.prepared(printed)
        if self._labels.number_headers:
            printed = without_row_numbers(printed, self._labels)
        data, disorder, headers = self._data_rows(printed)
        rows = self._named_rows(self._joiner.join(data))
        disorder += [row.label or row.name.doubt for row in rows if row.name and row.name.doubt]
        covered = Counter([id(c) for row in rows for c in row.data.row.cells if c.row_span > 1])
        tall = frozenset(cell for cell, count in covered.items() if count > 1)
        observations: dict[Key, Observation] = {}
        leftovers: list[Leftover] = []
        header_of = {id(columns): header for columns, header in reversed(headers)}
        local_columns = cache(lambda k: self._headers.local_columns(header_of.get(k, ())))
        for row in rows:
            fields = self._fields_of(row, observations.keys())
            unit = _row_unit(row.data) if fields else ""
            for field in fields:
                observations[field.key] = self._observation(field, row, unit, tall)
            for cell in self._leftovers(row.data, fields, headers):
                is_local = self._is_local_row(row) or is_in_columns(
                    row.data.row.middle(cell), local_columns(id(row.data.columns))
                )
                leftovers.append(Leftover(row.data.row.page, cell.box, cell.text, is_local))
        cells = tuple(observations.values())
        moved = tuple([label for columns, _ in headers for label in self._moved_totals(columns)])
        form = form_of_cells(cells, self._table.fields_by_key)
        ids = [row.name.id for row in rows if row.name]
        new = self._codes.new_codes(ids) if self._codes is not None else ()
        reading = TableReading(
            self._table.id, tuple(grids), form, cells, (), tuple(disorder), new, moved
        )
        return reading.with_leftovers(leftovers)

    def _moved_totals(self, columns: Sequence[TableColumn]) -> list[str]:
        """The labels of totals in a header whose columns are not in the form's order."""
        places = [place for c in columns if (place := self._places.get(c.id)) is not None]
        if self._has_free_columns or places == sorted(places):
            return []
        return [c.label for c in columns if c.id.split(".")[-1] in self._table.totals]

    def _is_local_row(self, row: _NamedRow) -> bool:
        label = row.data.labels[-1] if row.data.labels and not row.name else None
        core = self._labels.fold(label.text).core if label and not self._is_number(label) else ""
        return core != "" and core not in self._labels.all_cores

    def _data_rows(
        self, rows: Sequence[PrintedRow]
    ) -> tuple[list[DataRow], list[str], list[_Header]]:
        """The data rows with their columns, the labels of doubtful columns, and the headers."""
        headers: list[_Header] = []
        data: list[DataRow] = []
        disorder: list[str] = []
        header: list[PrintedRow] = []
        columns: tuple[TableColumn, ...] = ()
        in_header = False
        for k, row in enumerate(rows):
            kind = self._headers.row_kind(row, columns, in_header)
            if in_header and self._is_within_header(kind, row, rows[k + 1 : k + 2]):
                continue
            if kind == "article":
                in_header = False
            elif kind == "header":
                header = [*header, row] if in_header else [row]
                in_header = True
            elif kind == "data" or columns or header:
                if in_header:
                    columns = self._headers.columns(header)
                    headers.append((columns, header))
                    disorder += [column.label for column in columns if column.doubt]
                    in_header = False
                data.append(DataRow.of(row, columns))
        return data, disorder, headers

    def _is_within_header(
        self, kind: RowKind, row: PrintedRow, following: Sequence[PrintedRow]
    ) -> bool:
        """Is a row between header and numbers, or within the header, to be left out?"""
        if kind == "blank":  # an empty ruled row between two rows of the header
            return any(self._headers.row_kind(after, (), True) == "header" for after in following)
        return kind == "data" and bool(following) and self._headers.is_numbering(row)

    def _named_rows(self, rows: Sequence[DataRow]) -> list[_NamedRow]:
        labels = [self._joiner.label_texts(row) for row in rows]
        if self._codes is not None:
            named = self._codes.named(rows, labels, self._rows)
            return [_NamedRow(row, *each) for row, each in zip(rows, named, strict=True)]
        if self._has_row_labels:
            paths = self._label_paths(rows, labels)
            if self._groups:
                paths, labels = self._groups.with_outer_labels(paths, labels)
            start = _second_half(rows, paths)
            names = self._rows.align(paths[:start])
            if start < len(paths):
                names += self._rows.align(paths[start:])
        else:
            names = _only_row(rows)
        return [
            _NamedRow(row, name, self._labels.readable("／".join(texts)))
            for row, name, texts in zip(rows, names, labels, strict=True)
        ]

    def _label_paths(
        self, rows: Sequence[DataRow], labels: Sequence[Sequence[str]]
    ) -> list[LabelPath]:
        rows_beside = Counter(id(cell) for row in rows for cell in row.labels)
        paths = []
        for row, texts in zip(rows, labels, strict=True):
            folded = map(self._labels.fold, texts)
            path = tuple(label for label in folded if label.core or label.ordinal)
            is_shared = path and rows_beside[id(row.labels[-1])] > 1
            if is_shared and path[-1].core in self._labels.rows.parents:
                path = (*path, FoldedLabel("", ""))  # an outer label; the row has no inner label
            paths.append(path)
        return paths

    def _fields_of(self, row: _NamedRow, known: Set[Key]) -> list[_Field]:
        """The fields of a row that are not yet ``known``, with their cells."""
        if row.name is None:
            return []
        fields: dict[Key, _Field] = {}
        continuations = row.data.continuations
        for column in row.data.columns:
            row_id, column_id = (
                (row.name.id, column.id) if self._has_row_labels else column.id.split(".")
            )
            found = self._field_at(row_id, column_id)
            if found is None or found[0] in known or found[0] in fields:
                continue
            key, line = found
            cells = row.data.under(column)
            for part in continuations:
                cells = cells + [cell for cell in part.under(column) if cell.text.strip()]
            if cells:
                fields[key] = _Field(key, line, column, cells)
        return list(fields.values())

    def _find_field(self, row_id: str, column_id: str) -> tuple[Key, Field] | None:
        """The field of a row and column with its key, if the table has one."""
        key = Key(self._table.id, row_id, column_id)
        lines = self._table.fields_by_key.get(key)
        return (key, lines[0]) if lines else None

    def _observation(self, field: _Field, row: _NamedRow, unit: str, tall: Set[int]) -> Observation:
        """Read one field; ``tall`` has the ids of cells that cover several rows."""
        filled = [cell for cell in field.cells if cell.text.strip()]
        cell, line, name = (filled or field.cells)[0], field.line, row.name or _UNNAMED
        value = self._value(cell, filled, row.data, tall)
        converted, unit_doubt = None, ""
        if unit:
            value, unit_doubt = self._cells.with_row_unit(value, unit, line.unit)
        if line.value_type in AMOUNTS and not unit_doubt:
            printed = f"{row.label} {field.column.label}"
            converted, unit_doubt = self._cells.in_unit(value, line.unit, printed)
        doubts = [d for d in (name.doubt, field.column.doubt, value.doubt, unit_doubt) if d]
        return Observation(
            key=field.key,
            state=value.state,
            value=value.value,
            raw_text=cell.text.strip(),
            unit=self._cells.printed_unit(value, line.unit, field.column.label),
            row_label=row.label,
            column_label=field.column.label,
            label_match=WEAKER[name.match, field.column.match],
            page=row.data.row.page,
            box=cell.box,
            reader=row.data.row.reader,
            confidence=confidence_of(cell),
            flagged=bool(doubts),
            doubt="；".join(doubts) or None,
            converted=converted,
        )

    def _value(self, cell: Cell, filled: Sequence[Cell], row: DataRow, tall: Set[int]) -> CellValue:
        if len(filled) > 1:
            texts = " ".join(each.text for each in filled)
            return CellValue("unreadable", doubt=f"一格里印有不止一个数：{texts}")
        if not filled and (over := row.number_over_edge(cell)):
            return CellValue("unreadable", doubt=f"邻格的“{over}”印在格线上，此格未必为空")
        value = self._cells.read_cell(cell)
        is_wide = cell.column_span > 1 and row.covers_columns(cell)
        if value.state == "number" and (is_wide or id(cell) in tall):
            return CellValue("unreadable", doubt=f"一个数占了不止一格：{cell.text.strip()}")
        return value

    def _leftovers(
        self, row: DataRow, fields: Sequence[_Field], headers: Sequence[_Header]
    ) -> list[Cell]:
        """The numbers of a row that are in none of its fields."""
        used = {id(cell) for field in fields for cell in field.cells}
        continuations = row.continuations
        # A number among the labels is under a column whose header was not understood. In a
        # row that a page break cuts it may be the first glyph of 1.属于国家秘密.
        labels = [] if continuations else [cell for cell in row.labels if self._is_number(cell)]
        if self._codes is not None:  # the parts of a code are digits only
            labels = [cell for cell in labels if not cell.text.strip().isdecimal()]
        cells = (*labels, *row.body, *(cell for part in continuations for cell in part.body))
        left = [cell for cell in cells if id(cell) not in used and has_digit(cell.text)]
        if not left or not self._labels.ignored:
            return left
        ignored = self._ignored_spans(row, headers)
        return [cell for cell in left if not is_in_columns(row.row.middle(cell), ignored)]

    def _ignored_spans(self, row: DataRow, headers: Sequence[_Header]) -> list[tuple[float, float]]:
        """The left and right edges of the columns over a row that hold no data."""
        header = next((rows for columns, rows in headers if columns is row.columns), ())
        return [
            above.span(cell)
            for above in header
            for cell in above.cells
            if self._labels.fold(cell.text).core in self._labels.ignored
        ]

    def _is_number(self, cell: Cell) -> bool:
        text = "".join(cell.text.split())  # a narrow column breaks numbers
        return text[:1].isdigit() and self._cells.read_number(text).state == "number"


def _second_half(rows: Sequence[DataRow], paths: Sequence[LabelPath]) -> int:
    """The row at which a table that is cut into two halves by columns begins again.

    The second half prints the labels of all rows again, under other columns. Returns the number
    of rows if there is none.
    """
    if rows and paths[0] and rows[0].columns is not rows[-1].columns:
        first = {column.id for column in rows[0].columns}
        for k, row in enumerate(rows):
            if paths[k] == paths[0] and first.isdisjoint(c.id for c in row.columns):
                return k
    return len(rows)


def _only_row(rows: Sequence[DataRow]) -> list[MatchedLabel | None]:
    """Names for a table whose header names every cell, so that it has one row of numbers."""
    printed = [row for row in rows if any(has_digit(cell.text) for cell in row.body)]
    doubt = f"本表应只有一行数，读出{len(printed)}行" if len(printed) > 1 else None
    first = next((k for k, row in enumerate(rows) if row.columns), 0)  # a caption may be above
    return [MatchedLabel("", "exact", doubt) if k == first else None for k in range(len(rows))]


def _row_unit(row: DataRow) -> str:
    """The text in the column that prints the unit of each row; "" without such a column."""
    cells = (row.under(column) for column in row.columns if column.id == UNIT_COLUMN)
    return "".join("".join(cell.text.split()) for cell in next(cells, ()))
