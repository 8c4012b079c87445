"""The result of reading one official table."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from gongkai.model import Box, Grid, Observation


class Leftover(Struct, frozen=True):
    """A number that is printed inside an official table and belongs to no cell of the form."""

    page: int
    box: Box
    text: str


class TableReading(Struct, frozen=True):
    """One official table, as one reader read it."""

    table: str
    grids: tuple[Grid, ...] = ()
    form: str | None = None  # None if every row fits several forms
    observations: tuple[Observation, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    disorder: tuple[str, ...] = ()  # labels out of the form's order

    def with_leftovers(self, leftovers: Sequence[Leftover]) -> TableReading:
        """Return the reading with further leftovers.

        A leftover number may belong to any cell that was read as empty: if there are
        leftovers, blank and marked cells are flagged.
        """
        leftovers = (*self.leftovers, *leftovers)
        cells = tuple(map(_flagged, self.observations)) if leftovers else self.observations
        return replace(self, observations=cells, leftovers=leftovers)


def _flagged(cell: Observation) -> Observation:
    if cell.state not in ("blank", "mark") or cell.flagged:
        return cell
    return replace(cell, flagged=True, doubt="表内另有未能归入的数，此格未必为空")
