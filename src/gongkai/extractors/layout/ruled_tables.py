"""Grids of cells from the ruled lines of a page."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence

from gongkai.extractors.layout.cell_overflow import add_overflow
from gongkai.extractors.layout.lattice import lattice_cells
from gongkai.extractors.layout.lines import cell_text
from gongkai.extractors.layout.rule_segments import (
    MAX_RULES,
    cluster,
    connected_groups,
    join_rules,
    nearest,
)
from gongkai.model import Box, Cell, Char, Grid, Page, ReaderName, bounding_box


def find_grids(page: Page) -> list[Grid]:
    """All grids of at least two cells on a page, top to bottom."""
    if page.grids is not None:
        return list(page.grids)
    if len(page.rules) < 2 or len(page.rules) > MAX_RULES:
        return []
    groups = connected_groups(join_rules(page.rules))
    tables = [cells for group in groups if (cells := lattice_cells(group))]
    if not tables:
        return []
    # a character belongs to the innermost table around it, not to a frame around the page
    tables.sort(key=lambda cells: _area(bounding_box(cells)))
    owned, loose = _assign_chars(page.chars, [bounding_box(cells) for cells in tables])
    grids = [
        grid_from_boxes(page.number, page.reader, boxes, chars)
        for boxes, chars in zip(tables, owned, strict=True)
    ]
    return sorted(add_overflow(grids, loose), key=lambda g: (g.box.top, g.box.x0))


def _assign_chars(
    chars: Iterable[Char], outlines: Sequence[Box]
) -> tuple[list[list[Char]], list[Char]]:
    """The characters in each outline, and those in none; the first outline around one counts."""
    owned: list[list[Char]] = [[] for _ in outlines]
    loose: list[Char] = []
    pairs = list(zip(outlines, owned, strict=True))
    for char in chars:
        x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
        for (x0, top, x1, bottom), inside in pairs:  # hot loop: no calls
            if x0 <= x <= x1 and top <= y <= bottom:
                inside.append(char)
                break
        else:
            loose.append(char)
    return owned, loose


def grid_from_boxes(
    page: int, reader: ReaderName, boxes: Sequence[Box], chars: Iterable[Char]
) -> Grid:
    """A grid from the boxes of its cells, in points, and the characters inside it."""
    xs = cluster([b.x0 for b in boxes] + [b.x1 for b in boxes])
    ys = cluster([b.top for b in boxes] + [b.bottom for b in boxes])
    column_of = {x: nearest(xs, x) for x in {x for box in boxes for x in (box.x0, box.x1)}}
    row_of = {y: nearest(ys, y) for y in {y for box in boxes for y in (box.top, box.bottom)}}
    owners: dict[tuple[int, int], int] = {}  # lattice place -> index of its box
    spans = []
    for k, (x0, top, x1, bottom) in enumerate(boxes):
        row, column, row_end, column_end = row_of[top], column_of[x0], row_of[bottom], column_of[x1]
        spans.append((row, column, max(1, row_end - row), max(1, column_end - column)))
        for r in range(row, row_end):
            for c in range(column, column_end):
                owners.setdefault((r, c), k)
    inside: list[list[Char]] = [[] for _ in boxes]
    for char in chars:
        r = bisect_right(ys, (char.top + char.bottom) / 2) - 1
        c = bisect_right(xs, (char.x0 + char.x1) / 2) - 1
        owner = owners.get((r, c))
        if owner is not None:
            inside[owner].append(char)
    cells = [
        Cell(*span, box, cell_text(held), tuple(held))
        for span, box, held in zip(spans, boxes, inside, strict=True)
    ]
    cells.sort(key=lambda cell: (cell.row, cell.column))
    return Grid(page, bounding_box(boxes), len(ys) - 1, len(xs) - 1, tuple(cells), reader)


def _area(box: Box) -> float:
    return (box.x1 - box.x0) * (box.bottom - box.top)
