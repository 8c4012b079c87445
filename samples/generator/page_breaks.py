"""Compute where a table must start so that a page break falls before a given row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import Item, Para, Table
from .tablelayout import lay_out

if TYPE_CHECKING:
    from .drawer import Drawer


def gap_above(drawer: Drawer, items: list[Item], extra: float = 0.0) -> float | None:
    """Return the gap above the heading ``items[0]`` on a new page, or None if no gap is needed.

    The table below the heading names in ``break_before`` the row that must start the next page.
    Chromium and LibreOffice break pages themselves.  Their engines take the row heights of
    ``drawn`` as an estimate and add ``extra`` points to each row; half a row stays as a margin of
    error.
    """
    first = items[0]
    if not isinstance(first, Para) or first.kind != "heading":
        return None
    above = 0.0
    for item in items:
        if isinstance(item, Table):
            return _gap(drawer, item, above, extra) if item.break_before else None
        if not isinstance(item, Para) or (item.kind == "heading" and item is not first):
            return None
        above += drawer.style.leading
    return None


def _gap(drawer: Drawer, table: Table, above: float, extra: float) -> float:
    ys = [y + extra * row for row, y in enumerate(lay_out(drawer, table).ys)]
    row = min(table.break_before)
    height = drawer.page.height - drawer.style.margins[1] - drawer.style.margins[3]
    middle = ys[row] + (ys[row + 1] - ys[row]) / 2
    return max(0.0, height - above - middle)
