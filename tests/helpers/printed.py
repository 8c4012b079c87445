"""Tables as drafting reads them, made from rows of texts."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.drafting.blocks import Block, BlockReader
from gongkai.drafting.keys import Labels
from gongkai.drafting.lattice import CellTexts, Lattice, join_grids
from gongkai.drafting.schema import DraftTable, recurring_tables
from gongkai.families.country import Country, load_country
from gongkai.families.folders import pipelines_folder
from gongkai.model import Box, Cell, Grid

WIDTH, HEIGHT = 60.0, 20.0  # points of one cell
Texts = Sequence[Sequence[str | None]]  # None: covered by the cell left of it; "^": by that above


def china() -> Country:
    """The built-in country."""
    return load_country(pipelines_folder() / "cn")


def grid_of(rows: Texts, page: int = 1) -> Grid:
    """A ruled table of texts. None joins a cell to its left neighbour, ^ to the one above."""
    cells: dict[tuple[int, int], Cell] = {}
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            owner = (
                owners[r, c - 1] if text is None else owners[r - 1, c] if text == "^" else (r, c)
            )
            owners[r, c] = owner
            first = cells.get(owner)
            box = Box(c * WIDTH, r * HEIGHT, (c + 1) * WIDTH, (r + 1) * HEIGHT)
            if first is not None:
                box = Box(*first.box[:2], max(box.x1, first.box.x1), box.bottom)
            span = (r - owner[0] + 1, max(c - owner[1] + 1, first.column_span if first else 1))
            cells[owner] = Cell(*owner, *span, box, first.text if first else text or "")
    count = max(len(row) for row in rows)
    box = Box(0.0, 0.0, count * WIDTH, len(rows) * HEIGHT)
    return Grid(page, box, len(rows), count, tuple(cells.values()), "pdfium")


def lattice_of(*parts: Texts, above: Sequence[str] = ()) -> Lattice:
    """One table of the parts that stand on successive pages."""
    grids = [grid_of(rows, page) for page, rows in enumerate(parts, 1)]
    return join_grids(grids, CellTexts(china()), above)


def blocks_of(*parts: Texts, above: Sequence[str] = ()) -> list[Block]:
    """The blocks of one table."""
    lattice = lattice_of(*parts, above=above)
    return BlockReader(china().units, frozenset(), frozenset()).blocks(lattice)


def tables_of(*samples: Sequence[Texts]) -> list[DraftTable]:
    """The tables that recur in samples, each a list of tables."""
    blocks = [
        [block for k, rows in enumerate(tables) for block in blocks_of(rows, above=(f"表{k}",))]
        for tables in samples
    ]
    return recurring_tables(blocks, Labels(china()))
