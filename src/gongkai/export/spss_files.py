"""Write files of SPSS, which R's haven reads too: one for each table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyreadstat

from gongkai.errors import UsageError
from gongkai.export.frames import LabelledFrame, frame_writer, longest_text
from gongkai.language import tr

_LONGEST_TEXT = 32_767  # bytes


def _save(read: LabelledFrame, path: Path) -> None:
    """Raises UsageError if a text is longer than SPSS takes."""
    for column, name in zip(read.columns, read.frame, strict=True):
        if column.type == "text" and (size := longest_text(read.frame[name])) > _LONGEST_TEXT:
            raise UsageError(
                tr(
                    "{column} has a text of {size} bytes, SPSS takes {most}: name the tables "
                    "that you need with --table, or write dta",
                    column=f"{path.stem}.{column.name}",
                    size=size,
                    most=_LONGEST_TEXT,
                )
            )
    values: Any = read.values  # typed for numbers only
    pyreadstat.write_sav(
        read.frame, str(path), column_labels={**read.labels}, variable_value_labels=values
    )


write_sav = frame_writer("sav", _save)
