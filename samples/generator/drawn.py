"""Engine ``drawn``: lay out and draw a document; the box of every cell is known."""

from __future__ import annotations

from pathlib import Path

from .drawer import Drawer, Positions
from .drawntable import draw_table
from .furniture import finish_page
from .model import Break, Document, Item, Para, Report, Table, flow
from .page_breaks import gap_above
from .style import Style


def draw_item(drawer: Drawer, item: Item, after_title: bool) -> None:
    """Draw a paragraph, a table or a break at the current height."""
    if isinstance(item, Break):
        if item.gap:
            drawer.y += item.gap
            return
        if item.landscape is not None:
            drawer.landscape = item.landscape
        if not drawer.page_is_empty or item.landscape is not None:
            drawer.new_page()
    elif isinstance(item, Table):
        draw_table(drawer, item)
        drawer.y += drawer.style.leading * 0.4
    else:
        if after_title and item.kind != "title":
            drawer.y += drawer.style.leading
        drawer.paragraph(item)


def render(document: Document, style: Style, path: Path, title: str = "") -> Positions:
    """Draw a document to ``path`` and return the positions of its cells and reports."""
    drawer = Drawer(style, title)
    for index, part in enumerate(document.parts):
        if index and not drawer.page_is_empty:
            drawer.new_page()
        first = drawer.page_count
        items = flow(part) if isinstance(part, Report) else part
        after_title = False
        for at, item in enumerate(items):
            gap = gap_above(drawer, items[at:])
            if gap is not None:
                drawer.new_page()
                drawer.y += gap
            draw_item(drawer, item, after_title)
            after_title = isinstance(item, Para) and item.kind == "title"
        if drawer.landscape:
            drawer.landscape = False
        if isinstance(part, Report):
            drawer.positions.pages.append((first, drawer.page_count))
    for number in range(1, drawer.page_count + 1):
        finish_page(drawer, number)
    drawer.file.save(path, owner_password=style.owner_password)
    return drawer.positions
