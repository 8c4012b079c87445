"""Lays a table out: wrapped lines, row heights, and the places where pages cut it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from .model import Cell, Table
from .wrap import wrap

if TYPE_CHECKING:
    from .drawer import Drawer

VPAD = 2.4
LINE = 1.24  # line height in ems


@dataclass
class Layout:
    """A table laid out as if on one endless page; y counts from its top."""

    xs: list[float]
    ys: list[float]
    lines: dict[int, list[str]]

    def box(self, cell: Cell) -> tuple[float, float, float, float]:
        return (
            self.xs[cell.col],
            self.ys[cell.row],
            self.xs[cell.col + cell.colspan],
            self.ys[cell.row + cell.rowspan],
        )


def lay_out(drawer: Drawer, table: Table) -> Layout:
    style = drawer.style
    total = sum(table.widths)
    xs = [drawer.left]
    for width in table.widths:
        xs.append(xs[-1] + width * (drawer.right - drawer.left) / total)
    lines: dict[int, list[str]] = {}
    heights = [style.row_height] * table.rows
    need: list[tuple[Cell, float]] = []
    for cell in table.cells:
        size = cell_size(drawer, cell)
        if cell.vertical or cell.rotated:
            lines[id(cell)] = [cell.text.replace("\n", "")]
            need.append((cell, len(lines[id(cell)][0]) * size + 2 * VPAD))
            continue
        room = xs[cell.col + cell.colspan] - xs[cell.col] - 2 * style.pad
        ruler = partial(measure, drawer, size=size)
        wrapped = wrap(cell.text, max(room, size * 1.01), ruler, hang=False)
        lines[id(cell)] = wrapped
        need.append((cell, len(wrapped) * size * LINE + 2 * VPAD))
    for cell, height in need:
        if cell.rowspan == 1:
            heights[cell.row] = max(heights[cell.row], height)
    for cell, height in need:
        rows = range(cell.row, cell.row + cell.rowspan)
        lack = height - sum(heights[row] for row in rows)
        if lack > 0 and cell.rowspan > 1:
            heights[rows[-1]] += lack
    ys = [0.0]
    for height in heights:
        ys.append(ys[-1] + height)
    return Layout(xs, ys, lines)


def measure(drawer: Drawer, text: str, size: float) -> float:
    return drawer.measure(text, drawer.style.table_font, size)


def cell_size(drawer: Drawer, cell: Cell) -> float:
    style = drawer.style
    return style.value_size if cell.role == "value" and style.value_size else style.table_size


@dataclass
class Fragment:
    """A stretch of the table on one page: [start, end) of the endless page, ``top`` on its page."""

    start: float
    end: float
    top: float
    page: int


def cuts(drawer: Drawer, table: Table, layout: Layout) -> list[Fragment]:
    """Where the table breaks over pages; moves the drawer on as it goes."""
    style, ys = drawer.style, layout.ys
    head = ys[table.header_rows]
    fragments: list[Fragment] = []
    start = 0.0
    while start < ys[-1] - 0.01:
        repeat = head if style.repeat_header and start >= head > 0 else 0.0
        limit = start + drawer.room - repeat
        stop = _last_row(table, layout, start, limit)
        forced = stop < ys[-1] and ys.index(stop) in table.break_before
        if style.split_rows and not forced and stop < ys[-1] - 0.01 and stop >= head:
            inner = _inside_row(drawer, layout, stop, limit)
            stop = inner if inner else stop
        if stop <= start:
            if drawer.fresh:
                raise ValueError(f"a row of {table.table_id} is taller than a page")
            drawer.new_page()
            continue
        top = drawer.y + repeat
        fragments.append(Fragment(start, stop, top, drawer.number))
        drawer.y = top + stop - start
        drawer.fresh = False
        start = stop
        if start < ys[-1] - 0.01:
            drawer.new_page()
    return fragments


def _last_row(table: Table, layout: Layout, start: float, limit: float) -> float:
    """The last row boundary that fits; header rows stay together and with the row after them."""
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
    """A place inside the row after ``stop`` where at least one line stands on either side."""
    row = layout.ys.index(stop)
    line = drawer.style.table_size * LINE
    room = limit - stop - VPAD
    count = int(room // line)
    whole = int((layout.ys[row + 1] - stop - 2 * VPAD + 0.01) // line)
    if count < 1 or count >= whole:
        return None
    return stop + VPAD + count * line + 1.0
