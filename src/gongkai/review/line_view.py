"""A row or column of a table, of which a person decides all cells at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gongkai.decisions.factory import find_target
from gongkai.decisions.queries import Connection, others_in_force
from gongkai.decisions.records import Decision
from gongkai.queries.report_loader import StoredReport, load_report
from gongkai.review.item_view import CellView, cell_views, cells_of_line

Direction = Literal["row", "column"]


@dataclass(frozen=True, slots=True)
class LineView:
    """A row or column with everything that its page shows."""

    stored: StoredReport
    direction: Direction
    name: str  # of the cell by which it was found
    cells: tuple[CellView, ...]  # in the order of the form
    others: tuple[Decision, ...]  # of other people, in force on its cells

    @property
    def path(self) -> str:
        """The line as part of a URL path, as of its page so of its picture."""
        return f"{self.stored.id}/{self.direction}/{self.name}"

    @property
    def label(self) -> str:
        """The label of the row or column, in the words of the form."""
        cell = self.cells[0]
        label = cell.row_label if self.direction == "row" else cell.column_label
        return label.replace("\n", "")

    def label_of(self, cell: CellView) -> str:
        """The label of one of its cells, in the words of the form."""
        label = cell.column_label if self.direction == "row" else cell.row_label
        return label.replace("\n", "")


def build_line_view(
    connection: Connection, report_id: int, direction: Direction, name: str, who: str
) -> LineView | None:
    """Read the row or column of a cell as ``who`` sees it; None where there is no such cell."""
    stored = load_report(connection, report_id)
    found = cells_of_line(stored.report.observations, direction, name)
    if not found:
        return None
    others: dict[Decision, None] = {}
    for cell, occurrence in found:
        target = find_target(
            connection, report_id, kind="cell", key=cell.key, occurrence=occurrence
        )
        others |= dict.fromkeys(others_in_force(connection, who, target))
    return LineView(stored, direction, name, tuple(cell_views(stored, found)), tuple(others))
