"""Finds cells into which characters extend that belong to other cells, or are cut off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from gongkai.model import Box, Char, Key
from gongkai.reading.sight.claims import ClaimedCell, ClaimedTables

_SEEN = 0.2  # points of a cut digit inside a cell
_PART = 0.5  # points, both across and down: least part of a character in another cell


def cut_fault(cell: ClaimedCell, remains: Mapping[int, Sequence[Box]]) -> str:
    """Return how the edge of a digit whose rest is cut off is at odds with a cell; "" if it is not.

    ``remains`` are the boxes of such digits by page.
    """
    for box in remains.get(cell.page, ()):
        x0, top, x1, bottom = box.intersection(cell.box)
        if x1 - x0 > _SEEN and bottom - top > _SEEN:
            return "ink_beside" if cell.chars else "ink_in_blank"
    return ""


def crossed_cells(crossing: Iterable[Key], tables: ClaimedTables) -> Iterator[Key]:
    """Yield the cells into which characters of the ``crossing`` cells extend.

    A number that sums prove is complete without them; a blank cell may not be.
    """
    for key in crossing:
        page = tables.claimed[key].page
        for other, cell in tables.claimed.items():
            if cell.page == page and other.table == key.table and other != key:
                is_open = not cell.chars or other not in tables.proved
                if is_open and any(_is_partly_in(c, cell.box) for c in tables.claimed[key].chars):
                    yield other


def _is_partly_in(char: Char, cell: Box) -> bool:
    x0, top, x1, bottom = Box(char.x0, char.top, char.x1, char.bottom).intersection(cell)
    return x1 - x0 > _PART and bottom - top > _PART
