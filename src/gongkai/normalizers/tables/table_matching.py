"""Which grid is which official table, joined over page breaks."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct, field

from gongkai.families.family import Family
from gongkai.model import Grid
from gongkai.normalizers.tables.labels import folder, vocabulary
from gongkai.normalizers.tables.values import read_number

_FOOT = 20  # characters: a longer text is prose in a frame
_TELLING = 3  # characters: a shorter label (其他, 总计) stands in too many tables to tell


class Parts(Struct):
    """The grids of one official table, in reading order."""

    table: str
    grids: list[Grid] = field(default_factory=list)


def sort_grids(grids: Sequence[Grid], family: Family) -> tuple[list[Parts], list[Grid]]:
    """Official tables among the grids of one report, and the grids that are none.

    A grid is known by its labels. One without any label of the form belongs to the
    table before it, where that table still waits for its numbers.
    """
    found: list[Parts] = []
    others: list[Grid] = []
    by_table: dict[str, Parts] = {}
    for grid in sorted(grids, key=lambda g: (g.page, g.box.top)):
        table = table_of(grid, family)
        if table is None and found and _continues(grid, found[-1], family):
            table = found[-1].table
        if table is None:
            if any(cell.text for cell in grid.cells):
                others.append(grid)
            continue
        if table not in by_table:
            by_table[table] = Parts(table)
            found.append(by_table[table])
        by_table[table].grids.append(grid)
    return found, others


def table_of(grid: Grid, family: Family) -> str | None:
    """The table whose labels a grid carries, or None."""
    best, best_score = None, 0
    fold = folder(family)
    cores = {core for text in {c.text for c in grid.cells} if (core := fold(text).core)}
    for table in family.tables:
        words = vocabulary(family, table.id)
        hits = cores & words.all_cores
        telling = {core for core in hits if len(core) >= _TELLING}
        articles = cores & words.articles
        score = len(hits) + len(articles) if telling or articles else 0
        if score > best_score:
            best, best_score = table.id, score
    return best


def _continues(grid: Grid, parts: Parts, family: Family) -> bool:
    """Does a grid without labels carry the numbers that the table before it waits for?"""
    last = parts.grids[-1]
    if grid.page - last.page not in (0, 1):
        return False
    filled = [cell for cell in grid.cells if cell.text.strip()]
    numbers = [c for c in filled if read_number(c.text, family).state in ("number", "mark")]
    same_width = abs((grid.box.x1 - grid.box.x0) - (last.box.x1 - last.box.x0)) <= 6
    mostly = 2 * len(numbers) >= len(filled) and len(numbers) > 1
    if mostly and (same_width or grid.columns == last.columns):
        return True
    # the foot of the last row, cut by the page break: a piece of its label and no number
    foot = same_width and grid.rows == 1 and 2 < grid.columns <= last.columns
    return foot and grid.page > last.page and len(filled) == 1 and len(filled[0].text) <= _FOOT
