"""Write data frames of R: one file for each table, with coded texts as factors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd
import rdata

from gongkai.database.locations import DatabaseLocation
from gongkai.export.frames import read_frame
from gongkai.export.package import WrittenTable


def write_rds(
    db: DatabaseLocation,
    folder: Path,
    tables: Sequence[str],
    _language: str,
    progress: Callable[[str, int, int], None],
) -> list[WrittenTable]:
    """Write one ``.rds`` file per table; each table is held in memory."""
    written = []
    for table in tables:
        read = read_frame(db, table, progress)
        frame = read.frame
        for name in frame:
            if name in read.values:
                frame[name] = pd.Categorical(frame[name], categories=list(read.values[name]))
            elif frame[name].dtype == "Int64":
                frame[name] = frame[name].astype("float64")  # R's integers have 32 bits
        path = folder / f"{table}.rds"
        rdata.write_rds(path, frame)
        written.append(WrittenTable(table, read.columns, (path,)))
    return written
