"""Engine ``drawn``: lays out a document by itself and knows the box of every cell."""

from __future__ import annotations

from pathlib import Path

from .drawer import Drawer, Placed
from .drawntable import draw_table
from .furniture import finish_page
from .model import Break, Cell, Document, Item, Para, Report, Table, flow
from .placing import gap_before
from .style import Style


def draw_item(drawer: Drawer, item: Item, after_title: bool) -> None:
    """Draws a paragraph, a table or a break where the drawer is."""
    if isinstance(item, Break):
        if item.gap:
            drawer.y += item.gap
            return
        if item.landscape is not None:
            drawer.landscape = item.landscape
        if not drawer.fresh or item.landscape is not None:
            drawer.new_page()
    elif isinstance(item, Table):
        draw_table(drawer, item)
        drawer.y += drawer.style.leading * 0.4
    else:
        if after_title and item.kind != "title":
            drawer.y += drawer.style.leading
        drawer.paragraph(item)


def render(document: Document, style: Style, path: Path, title: str = "") -> Placed:
    """Draws the document to ``path`` and returns where its cells are."""
    drawer = Drawer(style, title)
    for index, part in enumerate(document.parts):
        if index and not drawer.fresh:
            drawer.new_page()
        first = drawer.number
        items = flow(part) if isinstance(part, Report) else part
        after_title = False
        for at, item in enumerate(items):
            gap = gap_before(drawer, items[at:])
            if gap is not None:
                drawer.new_page()
                drawer.y += gap
            draw_item(drawer, item, after_title)
            after_title = isinstance(item, Para) and item.kind == "title"
        if drawer.landscape:
            drawer.landscape = False
        if isinstance(part, Report):
            drawer.placed.pages.append((first, drawer.number))
    for number in range(1, drawer.number + 1):
        finish_page(drawer, number)
    drawer.placed.count = drawer.number
    drawer.file.save(path, owner_password=style.owner_password)
    return drawer.placed


def cell_box(placed: Placed, cell: Cell) -> tuple[int, tuple[float, float, float, float]] | None:
    """Page and box of a cell, or None if it was not drawn."""
    return placed.cells.get(id(cell))
