"""Converts the tables of one report to pandas frames."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from gongkai.analysis.columns import numbers
from gongkai.model import Report

if TYPE_CHECKING:
    import pandas as pd


def frames(report: Report, *, trusted: bool = False) -> dict[str, pd.DataFrame]:
    """Return one frame for each official table of a report, by table id.

    Rows and columns have the canonical ids of the form (`gongkai fields` lists them), in
    printed order. Counts are nullable integers, amounts exact decimals. A cell that is blank,
    a mark, unreadable or not printed is missing (NA), never 0. With ``trusted``, so are cells
    whose reading is in doubt.
    """
    import pandas as pd

    values: dict[str, dict[str, dict[str, Decimal | None]]] = {}
    rows: dict[str, dict[str, None]] = {}
    for cell in report.observations:
        table, row, column = cell.key
        value = None if trusted and cell.flagged else cell.value
        values.setdefault(table, {}).setdefault(column, {})[row] = value
        rows.setdefault(table, {})[row] = None
    found = {}
    for table, columns in values.items():
        index = list(rows[table])
        series = {
            column: numbers([cells.get(row) for row in index]) for column, cells in columns.items()
        }
        frame = pd.DataFrame(series)
        frame.index = pd.Index(index, name="row_id")
        frame.columns.name = "column_id"
        found[table] = frame
    return found
