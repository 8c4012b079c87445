"""Write files of SPSS, which R's haven reads too: one for each table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyreadstat

from gongkai.database.locations import DatabaseLocation
from gongkai.errors import UsageError
from gongkai.export.frames import longest_text, read_frame
from gongkai.export.package import WrittenTable
from gongkai.language import tr

_LONGEST_TEXT = 32_767  # bytes


def write_sav(
    db: DatabaseLocation,
    folder: Path,
    tables: Sequence[str],
    _language: str,
    progress: Callable[[str, int, int], None],
) -> list[WrittenTable]:
    """Write one ``.sav`` file per table; each table is held in memory.

    Raises UsageError if a text is longer than SPSS takes.
    """
    written = []
    for table in tables:
        read = read_frame(db, table, progress)
        for column, name in zip(read.columns, read.frame, strict=True):
            if column.type == "text" and (size := longest_text(read.frame[name])) > _LONGEST_TEXT:
                raise UsageError(
                    tr(
                        "{column} has a text of {size} bytes, SPSS takes {most}: name the tables "
                        "that you need with --table, or write dta",
                        column=f"{table}.{column.name}",
                        size=size,
                        most=_LONGEST_TEXT,
                    )
                )
        path = folder / f"{table}.sav"
        values: Any = read.values  # typed for numbers only
        pyreadstat.write_sav(
            read.frame, str(path), column_labels={**read.labels}, variable_value_labels=values
        )
        written.append(WrittenTable(table, read.columns, (path,)))
    return written
