"""One sample's tables as rows and columns with their labels and values.

A printed table gives one block, or one for each half if two lists stand side by side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from gongkai.drafting.lattice import Lattice, PrintedCell
from gongkai.drafting.roles import (
    Role,
    column_roles,
    header_rows,
    is_total,
    is_wide,
    numbering_rows,
)

BlockLayout = Literal["rows_and_columns", "header_only", "two_sided", "pairs"]
Labels = tuple[str, ...]  # labels as printed, outer to inner
_TWO_PAIRS = 4  # cells
_BOXES = frozenset("☑□√■☐☒")  # boxes to tick


class BlockRow(Struct, frozen=True):
    """A row: its code or "", its labels, the text over its band, and the unit in it."""

    code: str
    path: Labels
    article: str = ""
    unit: str = ""


class Block(Struct, frozen=True):
    """A table, or one half of it."""

    lattice: Lattice
    layout: BlockLayout
    side: int  # 0: the only or left one
    rows: tuple[BlockRow, ...]
    columns: tuple[Labels, ...]
    cells: Mapping[tuple[int, int], PrintedCell]  # by positions in rows and columns
    corners: tuple[str, ...] = ()  # texts over the columns of labels
    serials: tuple[str, ...] = ()  # over a column that numbers the rows
    unit_headers: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()  # over columns without data
    groups_above: bool = False  # the label of a group of rows is in a row of its own

    @property
    def has_codes(self) -> bool:
        """Are its rows named by codes?"""
        return any(row.code for row in self.rows)


class _Parts(Struct, frozen=True):
    """A lattice with the roles of its columns and its header rows."""

    lattice: Lattice
    roles: Mapping[int, Role]
    headers: AbstractSet[int]
    numbering: AbstractSet[int]


class BlockReader:
    """Splits tables into blocks. ``fields`` are labels with a text beside them that differs in
    each sample; ``corners`` are the headers of labels in tables with numbers."""

    def __init__(
        self, units: Collection[str], fields: AbstractSet[str], corners: AbstractSet[str]
    ) -> None:
        self._units = units
        self._fields = fields
        self._corners = corners

    def blocks(self, lattice: Lattice) -> list[Block]:
        """The blocks of one table; none if it has no place for a number."""
        if self._is_pairs(lattice) or _alternates(lattice):
            return [self._pairs(lattice)]
        numbering = numbering_rows(lattice)
        roles = column_roles(lattice, numbering, self._units)
        if "value" not in roles.values():
            if any(role in ("serial", "code") for role in roles.values()):
                return []
            roles = self._blank_roles(lattice)
        headers = header_rows(lattice, roles, numbering)
        if "value" not in roles.values() or not headers:
            return []
        parts = _Parts(lattice, _with_empty(lattice, roles, headers), headers, numbering)
        sides = _sides(parts.roles)
        blocks = [_block(parts, k, side, len(sides)) for k, side in enumerate(sides)]
        return [block for block in blocks if block.rows and block.columns]

    def _blank_roles(self, lattice: Lattice) -> dict[int, Role]:
        """The roles of the columns of a table without any number, by known corners."""
        heads = [
            [c.text for row in range(lattice.rows) if (c := lattice.at(row, k)) and c.text]
            for k in range(lattice.columns)
        ]
        known: list[Role] = [
            "label" if any(text in self._corners for text in texts[:3]) else "value"
            for texts in heads
        ]
        return dict(enumerate(known))

    def is_value_text(self, lattice: Lattice, cell: PrintedCell) -> bool:
        """Is a text a value: ticked boxes, or other in each sample beside the same label?"""
        if _BOXES & set(cell.text):
            return True
        left = lattice.at(cell.row, cell.column - 1)
        return left is not None and left.text in self._fields

    def _is_pairs(self, lattice: Lattice) -> bool:
        texts = sum(cell.is_text and self.is_value_text(lattice, cell) for cell in lattice.cells)
        return texts >= max(2, lattice.rows * 0.1)

    def _pairs(self, lattice: Lattice) -> Block:
        """Labels and values that alternate in each row."""
        rows: list[BlockRow] = []
        cells: dict[tuple[int, int], PrintedCell] = {}
        for row, own in enumerate(lattice.row_cells):
            labels: list[PrintedCell] = []
            for k, cell in enumerate(own):
                is_last = k == len(own) - 1
                is_value = cell.row == row and (
                    is_last or cell.number is not None or self.is_value_text(lattice, cell)
                )
                if labels and is_value:
                    cells[len(rows), 0] = cell
                    rows.append(BlockRow("", tuple(each.text for each in labels)))
                    labels = []
                elif cell.text:
                    labels.append(cell)
        return Block(lattice, "pairs", 0, tuple(rows), (("值",),), cells)


def _alternates(lattice: Lattice) -> bool:
    """Are several values in each row, each right of its label, and nothing else?"""
    rows = [
        [cell for cell in cells if cell.row == row] for row, cells in enumerate(lattice.row_cells)
    ]
    filled = [cell for own in rows for cell in own[1::2]]
    return (
        all(len(own) >= _TWO_PAIRS and len(own) % 2 == 0 for own in rows)
        and all(cell.is_text or not cell.text for own in rows for cell in own[::2])
        and not any(cell.is_text for cell in filled)
        and any(cell.number is not None for cell in filled)
    )


def _with_empty(
    lattice: Lattice, roles: Mapping[int, Role], headers: AbstractSet[int]
) -> dict[int, Role]:
    """The roles, with empty columns under a header as values, and texts after the last value
    as remarks."""
    found = dict(roles)
    values = [column for column, role in roles.items() if role == "value"]
    for column, role in roles.items():
        head = [c for row in headers if (c := lattice.at(row, column)) and c.is_text]
        if role == "empty" and head and column > 0:
            found[column] = "value"
        elif role == "label" and values and column > max(values):
            found[column] = "remark"
    return found


def _sides(roles: Mapping[int, Role]) -> list[tuple[list[int], list[int]]]:
    """The halves of a table: the columns of labels, and the values right of them."""
    sides: list[tuple[list[int], list[int]]] = []
    labels: list[int] = []
    for column in sorted(roles):
        role = roles[column]
        if role == "value":
            if labels or not sides:
                sides.append((labels, []))
                labels = []
            sides[-1][1].append(column)
        elif role in ("label", "code", "serial", "unit"):
            labels.append(column)
    return sides


class _Bands(Struct):
    """The rows and columns of one block while its bands are added."""

    rows: list[BlockRow]
    columns: list[Labels]
    cells: dict[tuple[int, int], PrintedCell]
    above: bool = False


def _block(parts: _Parts, number: int, side: tuple[list[int], list[int]], sides: int) -> Block:
    labels, values = side
    found = _Bands([], [], {})
    heads: dict[int, Labels] = {}
    article = group = ""
    for start, end in _bands(parts):
        above, below = _wide_texts(parts, start, end)
        own = {column: _head(parts, start, end, column) for column in values}
        if any(own.values()):
            heads, article, group = own, above, below
        else:
            group = below or above or group
        is_group = bool(below) or (bool(above) and not any(own.values()))
        found.above = found.above or is_group
        after = next((row for row in range(end, parts.lattice.rows) if row in parts.headers), None)
        stop = parts.lattice.rows if after is None else after
        _add_totals(found, parts, (start, end), labels, heads)
        for row in range(end, stop):
            _add_row(found, parts, row, labels, heads, (article, group))
    layout: BlockLayout = "two_sided" if sides > 1 else "rows_and_columns"
    if not labels:
        layout = "header_only"

    def over(*wanted: Role) -> tuple[str, ...]:
        columns = [column for column in labels if parts.roles[column] in wanted]
        return _texts_over(parts, columns)

    corners = dict.fromkeys((*over("label", "code"), *_code_headers(parts, labels)))
    remarks = [column for column, role in parts.roles.items() if role == "remark"]
    return Block(
        parts.lattice,
        layout,
        number,
        tuple(found.rows),
        tuple(found.columns),
        found.cells,
        tuple(corners),
        over("serial"),
        over("unit"),
        _texts_over(parts, remarks) if number == sides - 1 else (),
        found.above,
    )


def _bands(parts: _Parts) -> Iterator[tuple[int, int]]:
    """The runs of header rows: first row, and the first row below."""
    rows = sorted(parts.headers)
    if not rows:
        return
    start = rows[0]
    for row, following in pairwise([*rows, None]):
        if following is None or following != (row or 0) + 1:
            yield start, (row or 0) + 1
            start = following if following is not None else 0


def _wide_texts(parts: _Parts, start: int, end: int) -> tuple[str, str]:
    """The last texts over the whole width before the header of a band, and after it."""
    texts = {"over": "", "under": ""}
    where = "over"
    for row in range(start, end):
        own = [cell for cell in parts.lattice.row_cells[row] if cell.row == row]
        if is_wide(parts.lattice, row):
            texts[where] = own[0].text
        elif row not in parts.numbering:
            where = "under"
    return texts["over"], texts["under"]


def _head(parts: _Parts, start: int, end: int, column: int) -> Labels:
    """The header labels over a column in a band, outer to inner."""
    found: dict[int, str] = {}
    for row in range(start, end):
        cell = parts.lattice.at(row, column)
        if cell is None or row in parts.numbering or is_wide(parts.lattice, row):
            continue
        if cell.is_text:
            found[id(cell)] = cell.text
    return tuple(found.values())


def _add_totals(
    found: _Bands,
    parts: _Parts,
    band: tuple[int, int],
    labels: Sequence[int],
    heads: Mapping[int, Labels],
) -> None:
    """Add the row of a total that is printed within the header."""
    for row in range(*band):
        cells = [c for k in labels if (c := parts.lattice.at(row, k)) and c.row == row and c.text]
        if any(is_total(cell.text) for cell in cells):
            _add_row(found, parts, row, labels, heads, ("", ""))


def _add_row(
    found: _Bands,
    parts: _Parts,
    row: int,
    labels: Sequence[int],
    heads: Mapping[int, Labels],
    over: tuple[str, str],
) -> None:
    """Add one row of a band. ``over``: the text over the band, and the label of its group."""
    article, group = over
    cells = {
        id(cell): cell for k in labels if (cell := parts.lattice.at(row, k)) and cell.text
    }.values()
    code = "".join(c.text for c in cells if parts.roles[c.column] == "code" and c.text.isdecimal())
    path: Labels = tuple(
        cell.text
        for cell in cells
        if not cell.text.isdecimal()
        and parts.roles[cell.column] not in ("unit", "serial")
        and not _is_code_header(cell, cells, parts.roles, code)
    )
    unit = "".join(c.text for c in cells if parts.roles[c.column] == "unit")
    values = {
        head: cell
        for column, head in heads.items()
        if (cell := parts.lattice.at(row, column)) is not None
        and cell.column == column
        and cell.row == row
        and not cell.is_text
        and head
    }
    is_named = bool(path or code) or not labels
    if not values or not is_named:
        return
    if group and path:
        path = (group, *path)
    for head, cell in values.items():
        if head not in found.columns:
            found.columns.append(head)
        found.cells[len(found.rows), found.columns.index(head)] = cell
    found.rows.append(BlockRow(code, path, article, unit))


def _code_headers(parts: _Parts, labels: Sequence[int]) -> Iterator[str]:
    """The headers of columns of codes that are printed in a row of numbers."""
    for row in range(parts.lattice.rows):
        own = [c for k in labels if (c := parts.lattice.at(row, k)) and c.text]
        code = "".join(c.text for c in own if c.text.isdecimal())
        for cell in own:
            if row not in parts.headers and _is_code_header(cell, own, parts.roles, code):
                yield cell.text


def _is_code_header(
    cell: PrintedCell, cells: Collection[PrintedCell], roles: Mapping[int, Role], code: str
) -> bool:
    """Is a text the header of a column of codes, printed in the row of the total?"""
    is_narrow = cell.column_end - cell.column == 1
    return roles[cell.column] == "code" and is_narrow and len(cells) > 1 and not code


def _texts_over(parts: _Parts, columns: Sequence[int]) -> tuple[str, ...]:
    """The texts of the header over some columns, without those of totals."""
    found: dict[str, None] = {}
    for row in sorted(parts.headers):
        if is_wide(parts.lattice, row) or row in parts.numbering:
            continue
        for column in columns:
            cell = parts.lattice.at(row, column)
            if cell is not None and cell.is_text and not is_total(cell.text):
                found[cell.text] = None
    return tuple(found)
