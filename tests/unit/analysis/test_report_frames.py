"""Tables of a report as frames."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

import gongkai
from gongkai.model import Key
from made import observation, report

ROW = "received_new"


def test_a_table_has_its_rows_and_columns_in_printed_order() -> None:
    frames = gongkai.frames(report())
    assert list(frames) == list(dict.fromkeys(o.key.table for o in report().observations))
    frame = frames["applications"]
    assert (frame.index.name, frame.columns.name) == ("row_id", "column_id")
    assert frame.loc[ROW, "natural_person"] == 12
    assert frame["natural_person"].dtype == "Int64"


def test_what_is_not_a_number_is_missing() -> None:
    frame = gongkai.frames(report())["applications"]
    printed = [o for o in report().observations if o.key.table == "applications"]
    for cell in printed:
        if cell.value is None:
            assert pd.isna(frame.loc[cell.key.row, cell.key.column])
    assert {o.state for o in printed} > {"number"}


def test_amounts_are_exact() -> None:
    fees = [
        observation(
            Key("proactive_disclosure", "administrative_fees", "fees_collected"), "96171.6"
        ),
        observation(Key("proactive_disclosure", "other", "fees_collected"), "0.07"),
    ]
    column = gongkai.frames(report(observations=tuple(fees)))["proactive_disclosure"]
    assert column["fees_collected"].sum() == Decimal("96171.67")


def test_trusted_leaves_out_doubtful_cells() -> None:
    [doubtful] = [o for o in report().observations if o.flagged]
    table, row, column = doubtful.key
    assert gongkai.frames(report())[table].loc[row, column] == doubtful.value
    assert pd.isna(gongkai.frames(report(), trusted=True)[table].loc[row, column])
