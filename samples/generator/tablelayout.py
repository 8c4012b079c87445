"""Lay out a table: line breaks, row heights and page breaks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .model import Cell, Table
from .wrap import wrap

if TYPE_CHECKING:
    from .drawer import Drawer

VERTICAL_PADDING = 2.4  # points above and below the text of a cell
LINE_HEIGHT = 1.24  # line height in ems


@dataclass
class Layout:
    """A table on one endless page.

    ``xs`` and ``ys`` are the positions of column and row boundaries in points, ``ys`` from the top
    of the table.  ``lines`` has the wrapped lines of each cell by ``id(cell)``.
    """

    xs: list[float]
    ys: list[float]
    lines: dict[int, list[str]]

    def box(self, cell: Cell) -> tuple[float, float, float, float]:
        """Return the box of a cell on the endless page."""
        return (
            self.xs[cell.col],
            self.ys[cell.row],
            self.xs[cell.col + cell.colspan],
            self.ys[cell.row + cell.rowspan],
        )


def lay_out(drawer: Drawer, table: Table) -> Layout:
    """Wrap the text of a table and compute its column and row boundaries."""
    style = drawer.style
    total = sum(table.widths)
    xs = [drawer.left]
    for width in table.widths:
        xs.append(xs[-1] + width * (drawer.right - drawer.left) / total)
    lines: dict[int, list[str]] = {}
    heights = [style.row_height] * table.rows
    needed: list[tuple[Cell, float]] = []
    for cell in table.cells:
        size = cell_size(drawer, cell)
        if cell.vertical or cell.rotated:
            lines[id(cell)] = [cell.text.replace("\n", "")]
            needed.append((cell, len(lines[id(cell)][0]) * size + 2 * VERTICAL_PADDING))
            continue
        room = xs[cell.col + cell.colspan] - xs[cell.col] - 2 * style.pad
        ruler = partial(measure, drawer, size=size)
        wrapped = wrap(cell.text, max(room, size * 1.01), ruler, hang=False)
        lines[id(cell)] = wrapped
        needed.append((cell, len(wrapped) * size * LINE_HEIGHT + 2 * VERTICAL_PADDING))
    for cell, height in needed:
        if cell.rowspan == 1:
            heights[cell.row] = max(heights[cell.row], height)
    for cell, height in needed:
        rows = range(cell.row, cell.row + cell.rowspan)
        missing = height - sum(heights[row] for row in rows)
        if missing > 0 and cell.rowspan > 1:
            heights[rows[-1]] += missing
    ys = [0.0]
    for height in heights:
        ys.append(ys[-1] + height)
    return Layout(xs, ys, lines)


def measure(drawer: Drawer, text: str, size: float) -> float:
    """Return the width of table text in points."""
    return drawer.measure(text, drawer.style.table_font, size)


def cell_size(drawer: Drawer, cell: Cell) -> float:
    """Return the font size of a cell."""
    style = drawer.style
    return style.value_size if cell.role == "value" and style.value_size else style.table_size


@dataclass
class Fragment:
    """The part [start, end) of the endless page that is drawn at ``top`` of a page."""

    start: float
    end: float
    top: float
    page: int


def split_over_pages(drawer: Drawer, table: Table, layout: Layout) -> list[Fragment]:
    """Split a table into fragments, one a page; adds pages to the drawer and moves it to the end.

    Raises ``ValueError`` if a row is taller than a page.
    """
    style, ys = drawer.style, layout.ys
    header_height = ys[table.header_rows]
    fragments: list[Fragment] = []
    start = 0.0
    while start < ys[-1] - 0.01:
        repeat = header_height if style.repeat_header and start >= header_height > 0 else 0.0
        limit = start + drawer.remaining_height - repeat
        stop = _last_row(table, layout, start, limit)
        forced = stop < ys[-1] and ys.index(stop) in table.break_before
        if style.split_rows and not forced and stop < ys[-1] - 0.01 and stop >= header_height:
            inner = _inside_row(drawer, layout, stop, limit)
            stop = inner if inner else stop
        if stop <= start:
            if drawer.page_is_empty:
                raise ValueError(f"a row of {table.table_id} is taller than a page")
            drawer.new_page()
            continue
        top = drawer.y + repeat
        fragments.append(Fragment(start, stop, top, drawer.page_count))
        drawer.y = top + stop - start
        drawer.page_is_empty = False
        start = stop
        if start < ys[-1] - 0.01:
            drawer.new_page()
    return fragments


def _last_row(table: Table, layout: Layout, start: float, limit: float) -> float:
    """Return the last row boundary above ``limit``; header rows stay with the row after them."""
    best = start
    for row, y in enumerate(layout.ys):
        if y <= start + 0.01 or (row <= table.header_rows and row not in table.break_before):
            continue
        if y > limit + 0.01:
            break
        best = y
        if row in table.break_before:
            break
    return best


def _inside_row(drawer: Drawer, layout: Layout, stop: float, limit: float) -> float | None:
    """Return a height inside the row after ``stop`` that has a line on both sides, or None."""
    row = layout.ys.index(stop)
    line = drawer.style.table_size * LINE_HEIGHT
    room = limit - stop - VERTICAL_PADDING
    count = int(room // line)
    whole = int((layout.ys[row + 1] - stop - 2 * VERTICAL_PADDING + 0.01) // line)
    if count < 1 or count >= whole:
        return None
    return stop + VERTICAL_PADDING + count * line + 1.0
