"""Ruled tables of equal cells, made from rows of texts."""

from __future__ import annotations

from gongkai.model import Box, Cell, Grid

LEFT, HEIGHT = 50.0, 20.0  # points: the left edge of each table, and the height of a cell


def grid_of(*rows: tuple[str, ...], page: int = 1, top: float = 100.0, width: float = 60.0) -> Grid:
    """A grid of equal cells, 20 points high; ``<`` extends the cell to its left."""
    cells = []
    for r, row in enumerate(rows):
        y = top + HEIGHT * r
        for c, text in enumerate(row):
            if text == "<":
                continue
            span = 1
            while c + span < len(row) and row[c + span] == "<":
                span += 1
            box = Box(LEFT + c * width, y, LEFT + (c + span) * width, y + HEIGHT)
            cells.append(Cell(r, c, 1, span, box, text))
    box = Box(LEFT, top, LEFT + len(rows[0]) * width, top + HEIGHT * len(rows))
    return Grid(page, box, len(rows), len(rows[0]), tuple(cells), "pdfium")
