"""Draws a table for the ``drawn`` engine: row heights, page breaks, rules, text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .furniture import stamp_picture
from .model import Cell, Table
from .rules import draw_rules
from .wrap import wrap

if TYPE_CHECKING:
    from .drawn import Drawer

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
        size = _size(drawer, cell)
        if cell.vertical or cell.rotated:
            lines[id(cell)] = [cell.text.replace("\n", "")]
            need.append((cell, len(lines[id(cell)][0]) * size + 2 * VPAD))
            continue
        room = xs[cell.col + cell.colspan] - xs[cell.col] - 2 * style.pad
        wrapped = wrap(
            cell.text, max(room, size * 1.01), lambda t, s=size: _measure(drawer, t, s), hang=False
        )
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


def _measure(drawer: Drawer, text: str, size: float) -> float:
    return drawer.measure(text, drawer.style.table_font, size)


def _size(drawer: Drawer, cell: Cell) -> float:
    style = drawer.style
    return style.value_size if cell.role == "value" and style.value_size else style.table_size


@dataclass
class Fragment:
    """A stretch of the table on one page: [start, end) of the endless page, ``top`` on its page."""

    start: float
    end: float
    top: float
    page: int


def _cuts(drawer: Drawer, table: Table, layout: Layout) -> list[Fragment]:
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


def draw_table(drawer: Drawer, table: Table) -> None:
    """Draws the table from the current place on and notes every cell's page and box."""
    layout = lay_out(drawer, table)
    fragments = _cuts(drawer, table, layout)
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
            _fragment(drawer, layout, cells, head, [head], texts)
        _fragment(drawer, layout, table.cells, part, fragments, texts)
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
            _stamp(drawer, table, row)


def _stamp(drawer: Drawer, table: Table, row: int) -> None:
    """A round seal over the cells of a row, counted from the last row up."""
    wanted = [c for c in table.cells if c.row == table.rows - 1 - row and c.role == "value"]
    number, (x0, top, x1, bottom) = drawer.placed.cells[id(wanted[len(wanted) * 2 // 3])]
    if "Stamp" not in drawer.file.xobjects:
        drawer.file.add_image("Stamp", 160, 160, *stamp_picture())
    x, y = (x0 + x1) / 2, (top + bottom) / 2
    drawer.file.pages[number - 1].image("Stamp", x - 52, y - 52, x + 52, y + 52)


def _fragment(
    drawer: Drawer,
    layout: Layout,
    cells: list[Cell],
    part: Fragment,
    fragments: list[Fragment],
    texts: dict[int, list[tuple[int, int, list[str]]]],
) -> None:
    style, page = drawer.style, drawer.file.pages[part.page - 1]
    boxes: list[tuple[float, float, float, float]] = []
    shown: list[tuple[Cell, tuple[float, float, float, float]]] = []
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
            page.rect(*box, fill=shade)
    closed = (style.close_at_break or part.end > layout.ys[-1] - 0.01, part.start < 0.01)
    draw_rules(drawer, page, boxes, closed)
    for cell, box in shown:
        before = len(page.ops)
        if _cell_text(drawer, layout, cell, box, part, fragments):
            drawer.placed.cells.setdefault(
                id(cell),
                (part.page, tuple(round(v, 2) for v in box)),  # type: ignore[arg-type]
            )
        ops, page.ops[before:] = page.ops[before:], []
        texts.setdefault(part.page, []).append((cell.col, cell.row, ops))


def _share(
    layout: Layout,
    cell: Cell,
    part: Fragment,
    fragments: list[Fragment],
    line: float,
    center: bool,
) -> list[str]:
    """The lines of a cell that stand in this fragment."""
    lines = layout.lines[id(cell)]
    _, top, _, bottom = layout.box(cell)
    mine = [f for f in fragments if min(bottom, f.end) - max(top, f.start) > 0.01]
    if len(mine) == 1:
        return lines
    if center:
        first = top + (bottom - top - len(lines) * line) / 2
        return [
            text
            for index, text in enumerate(lines)
            if part.start <= first + (index + 0.5) * line < part.end
        ]
    at = 0
    for fragment in mine:
        height = min(bottom, fragment.end) - max(top, fragment.start)
        count = int((height - VPAD) // line) if fragment is not mine[-1] else len(lines)
        if fragment is part:
            return lines[at : at + count]
        at += count
    return []


def _cell_text(
    drawer: Drawer,
    layout: Layout,
    cell: Cell,
    box: tuple[float, float, float, float],
    part: Fragment,
    fragments: list[Fragment],
) -> bool:
    """Writes the cell's share of text; says whether the cell belongs to this fragment."""
    style, page = drawer.style, drawer.page
    size = _size(drawer, cell)
    line = size * LINE
    x0, top, x1, bottom = box
    lines = _share(layout, cell, part, fragments, line, style.center_cut)
    if cell.vertical or cell.rotated:
        whole = layout.box(cell)
        mine = [f for f in fragments if min(whole[3], f.end) - max(whole[1], f.start) > 0.01]
        best = max(mine, key=lambda f: min(whole[3], f.end) - max(whole[1], f.start))
        if best is part:
            _upright(drawer, cell, layout.lines[id(cell)][0], box, size)
        return best is part
    y = top + (bottom - top - len(lines) * line) / 2
    if cell.role == "value" and style.table_align == "top":
        y = top + VPAD
    for text in lines:
        used = _measure(drawer, text, size)
        left = (
            cell.role == "label"
            or cell.role == "corner"
            or (cell.role == "group" and cell.colspan > 1)
        )
        x = x0 + style.pad if left else x0 + (x1 - x0 - used) / 2
        baseline = y + (line - size) / 2 + size * 0.86
        if style.white_boxes:
            page.rect(x - 0.5, y + 0.5, x + used + 0.5, y + line - 0.5, fill=(1, 1, 1))
        bold = style.fake_bold and cell.role in ("label", "value", "header")
        drawer.write(text, x, baseline, style.table_font, size, bold=bold)
        y += line
    if style.invisible and cell.role == "value" and lines:
        ghost = {"mode": 3} if style.invisible == "render3" else {"color": (1.0, 1.0, 1.0)}
        end = x0 + (x1 - x0) / 2 + _measure(drawer, lines[-1], size) / 2
        drawer.write("7", end + 0.5, baseline, style.table_font, size, **ghost)  # type: ignore[arg-type]
    return bool(lines) and (lines != [""] or part.start - 0.01 <= layout.box(cell)[1])


def _upright(
    drawer: Drawer, cell: Cell, text: str, box: tuple[float, float, float, float], size: float
) -> None:
    """Vertical writing with a vertical font, or text turned by ninety degrees."""
    x0, top, x1, bottom = box
    middle = (x0 + x1) / 2
    name = "uming"
    if cell.vertical:
        start = top + (bottom - top - len(text) * size) / 2
        drawer.page.text(drawer.font(name, True), size, middle, start, text)
        return
    used = _measure(drawer, text, size)
    start = bottom - (bottom - top - used) / 2
    for font, run in drawer.runs(text, drawer.style.table_font):
        drawer.page.text(font, size, middle + size * 0.36, start, run, matrix=(0, 1, -1, 0))
        start -= sum(font.width(c) * size for c in run)
