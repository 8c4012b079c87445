"""The kinds of numbers at the edges of their cells."""

from __future__ import annotations

from ..cases.registry import Job
from ..model import Cell, Piece
from .registry import DRAWN_AND_BROWSER, NotShownError, chosen, kind

GROUP = "numbers and the edges of cells"
_MOST = 4  # numbers of each kind in a report


def _show(name: str, cells: list[Cell], look: str) -> None:
    if not cells:
        raise NotShownError
    for cell in cells[:_MOST]:
        assert cell.printed is not None
        cell.pieces, cell.kind = (Piece(cell.printed.raw, look),), name
        cell.printed.expect = "either"


def _in_column(job: Job, *, last: bool) -> list[Cell]:
    """Choose numbers in the last columns of the tables, or in the other columns."""
    ends: dict[str, int] = {}
    for table in job.built_report().tables():
        for cell in table.cells:
            if cell.key:
                end = cell.col + cell.colspan
                ends[cell.key[0]] = max(end, ends.get(cell.key[0], 0))
    cells = chosen(job, outside=0, inside=200)
    return [c for c in cells if c.key and (c.col + c.colspan == ends[c.key[0]]) == last]


def _overrun(job: Job) -> None:
    cells = [c for c in _in_column(job, last=True) if c.printed and len(c.printed.raw) > 1]
    _show("overrun", cells, "spill")


def _on_crossing(job: Job) -> None:
    cells = [c for c in _in_column(job, last=False) if c.printed and len(c.printed.raw) == 1]
    _show("on-crossing", cells, "corner")


def _two_lines(job: Job) -> None:
    cells = [c for c in chosen(job, inside=_MOST, digits=2) if c.printed]
    if not cells:
        raise NotShownError
    for cell in cells:
        assert cell.printed is not None
        raw = cell.printed.raw
        cut = job.rng.randint(1, len(raw) - 1)
        cell.printed.lines = cell.text = f"{raw[:cut]}\n{raw[cut:]}"
        cell.printed.expect, cell.kind = "either", "broken-number"


kind(
    "overrun",
    GROUP,
    "a number printed over the right edge of its table",
    slots="overrun",
    engines=DRAWN_AND_BROWSER,
    apart=True,
    change_report=_overrun,
)
kind(
    "on-crossing",
    GROUP,
    "a digit on the crossing of two rules",
    slots="on-crossing",
    engines=DRAWN_AND_BROWSER,
    apart=True,
    change_report=_on_crossing,
)
kind(
    "broken-number",
    GROUP,
    "a number on two lines of its cell",
    slots="broken-number",
    apart=True,
    change_report=_two_lines,
)
