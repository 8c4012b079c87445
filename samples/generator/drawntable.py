"""Draw a table for the engine ``drawn``: shades, rules, text and seals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .drawnpieces import draw_pieces
from .furniture import seal_image
from .model import Cell, Table
from .pdf import Box, TextStyle
from .rules import draw_rules
from .tablelayout import (
    LINE_HEIGHT,
    VERTICAL_PADDING,
    Fragment,
    Layout,
    cell_size,
    lay_out,
    measure,
    split_over_pages,
)

if TYPE_CHECKING:
    from .drawer import Drawer


def draw_table(drawer: Drawer, table: Table) -> None:
    """Draw a table from the current height on and record the page and box of each cell."""
    layout = lay_out(drawer, table)
    fragments = split_over_pages(drawer, table, layout)
    here = drawer.page
    texts: dict[int, list[tuple[int, int, list[str]]]] = {}
    for index, part in enumerate(fragments):
        drawer.page = drawer.file.pages[part.page - 1]
        if drawer.style.repeat_header and index and table.header_rows:
            head = Fragment(
                0.0,
                layout.ys[table.header_rows],
                part.top - layout.ys[table.header_rows],
                part.page,
            )
            cells = [cell for cell in table.cells if cell.row < table.header_rows]
            _draw_fragment(drawer, layout, cells, head, [head], texts)
        _draw_fragment(drawer, layout, table.cells, part, fragments, texts)
    for page, ops in sorted(texts.items()):
        ordered = sorted(ops) if drawer.style.column_order else ops
        for _, _, lines in ordered:
            drawer.file.pages[page - 1].raw(*lines)
        if drawer.style.twice:
            for _, _, lines in ordered:
                drawer.file.pages[page - 1].raw(*lines)
    drawer.page = here
    for table_id, row in drawer.style.stamps:
        if table_id == table.table_id:
            _draw_seal(drawer, table, row)


def _draw_seal(drawer: Drawer, table: Table, row: int) -> None:
    """Draw a round seal over the cells of a row, counted from the last row upwards."""
    cells = [c for c in table.cells if c.row == table.rows - 1 - row and c.role == "value"]
    number, (x0, top, x1, bottom) = drawer.positions.cells[id(cells[len(cells) * 2 // 3])]
    if "Stamp" not in drawer.file.xobjects:
        drawer.file.add_image("Stamp", 160, 160, *seal_image())
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    drawer.file.pages[number - 1].image("Stamp", (x - 52, y - 52, x + 52, y + 52))


def _draw_fragment(
    drawer: Drawer,
    layout: Layout,
    cells: list[Cell],
    part: Fragment,
    fragments: list[Fragment],
    texts: dict[int, list[tuple[int, int, list[str]]]],
) -> None:
    style, page = drawer.style, drawer.file.pages[part.page - 1]
    boxes: list[Box] = []
    shown: list[tuple[Cell, Box]] = []
    for cell in cells:
        x0, top, x1, bottom = layout.box(cell)
        if bottom <= part.start + 0.01 or top >= part.end - 0.01:
            continue
        offset = part.top - part.start
        box = (x0, max(top, part.start) + offset, x1, min(bottom, part.end) + offset)
        boxes.append(box)
        shown.append((cell, box))
        shade = style.article_shade if cell.role == "article" else None
        if cell.role in ("header", "corner"):
            shade = style.header_shade
        if shade:
            page.rect(box, fill=shade)
    closed = (style.close_at_break or part.end > layout.ys[-1] - 0.01, part.start < 0.01)
    draw_rules(drawer, page, boxes, closed)
    for cell, box in shown:
        before = len(page.ops)
        if _draw_cell_text(drawer, layout, cell, box, part, fragments):
            drawer.positions.cells.setdefault(
                id(cell),
                (part.page, tuple(round(v, 1) for v in box)),  # type: ignore[arg-type]
            )
        ops, page.ops[before:] = page.ops[before:], []
        texts.setdefault(part.page, []).append((cell.col, cell.row, ops))


def _lines_in_fragment(
    layout: Layout,
    cell: Cell,
    part: Fragment,
    fragments: list[Fragment],
    line: float,
    center: bool,
) -> list[str]:
    """Return the lines of a cell that belong to this fragment of the table."""
    lines = layout.lines[id(cell)]
    _, top, _, bottom = layout.box(cell)
    own_fragments = [f for f in fragments if min(bottom, f.end) - max(top, f.start) > 0.01]
    if len(own_fragments) == 1:
        return lines
    if center:
        first = top + (bottom - top - len(lines) * line) / 2
        return [
            text
            for index, text in enumerate(lines)
            if part.start <= first + (index + 0.5) * line < part.end
        ]
    at = 0
    for fragment in own_fragments:
        height = min(bottom, fragment.end) - max(top, fragment.start)
        count = (
            int((height - VERTICAL_PADDING) // line)
            if fragment is not own_fragments[-1]
            else len(lines)
        )
        if fragment is part:
            return lines[at : at + count]
        at += count
    return []


def _draw_cell_text(
    drawer: Drawer,
    layout: Layout,
    cell: Cell,
    box: Box,
    part: Fragment,
    fragments: list[Fragment],
) -> bool:
    """Write the text of a cell in this fragment; return whether the cell belongs to it."""
    style, page = drawer.style, drawer.page
    size = cell_size(drawer, cell)
    line = size * LINE_HEIGHT
    x0, top, x1, bottom = box
    lines = _lines_in_fragment(layout, cell, part, fragments, line, style.center_cut)
    if cell.vertical or cell.rotated:
        full_box = layout.box(cell)
        own_fragments = [
            f for f in fragments if min(full_box[3], f.end) - max(full_box[1], f.start) > 0.01
        ]
        best = max(own_fragments, key=lambda f: min(full_box[3], f.end) - max(full_box[1], f.start))
        if best is part:
            _draw_vertical_text(drawer, cell, layout.lines[id(cell)][0], box, size)
        return best is part
    if cell.pieces:
        draw_pieces(drawer, cell.pieces, box, size)
        return True
    y = top + (bottom - top - len(lines) * line) / 2
    if cell.role == "value" and style.table_align == "top":
        y = top + VERTICAL_PADDING
    for text in lines:
        used = measure(drawer, text, size)
        left = (
            cell.role == "label"
            or cell.role == "corner"
            or (cell.role == "group" and cell.colspan > 1)
        )
        left = left or (cell.role == "value" and style.value_align == "left")
        x = x0 + style.pad if left else x0 + (x1 - x0 - used) / 2
        if cell.role == "value" and style.value_align == "right":
            x = x1 - style.pad - used
        baseline = y + (line - size) / 2 + size * 0.86
        if style.white_boxes:
            page.rect((x - 0.5, y + 0.5, x + used + 0.5, y + line - 0.5), fill=(1, 1, 1))
        bold = style.fake_bold and cell.role in ("label", "value", "header")
        drawer.write(text, x, baseline, style.table_font, size, TextStyle(bold=bold))
        y += line
    if style.invisible and cell.role == "value" and lines:
        white = TextStyle(color=(1.0, 1.0, 1.0))
        hidden = TextStyle(mode=3) if style.invisible == "render3" else white
        end = x0 + (x1 - x0) / 2 + measure(drawer, lines[-1], size) / 2
        drawer.write("7", end + 0.5, baseline, style.table_font, size, hidden)
    return bool(lines) and (lines != [""] or part.start - 0.01 <= layout.box(cell)[1])


def _draw_vertical_text(drawer: Drawer, cell: Cell, text: str, box: Box, size: float) -> None:
    """Write text from top to bottom in a vertical font, or rotated by ninety degrees."""
    x0, top, x1, bottom = box
    middle = (x0 + x1) / 2
    name = "uming"
    if cell.vertical:
        start = top + (bottom - top - len(text) * size) / 2
        drawer.page.text(drawer.font(name, True), size, middle, start, text)
        return
    used = measure(drawer, text, size)
    start = bottom - (bottom - top - used) / 2
    rotated = TextStyle(matrix=(0, 1, -1, 0))
    for font, run in drawer.runs(text, drawer.style.table_font):
        drawer.page.text(font, size, middle + size * 0.36, start, run, rotated)
        start -= sum(font.width(c) * size for c in run)
