"""Write files of Stata 14 and later, which R's haven reads too: one for each table.

Coded texts are numbers from 1 with labels that begin with the code: ``proved 已核实``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gongkai.export.frames import LabelledFrame, frame_writer, longest_text

_FIXED_TEXT = 2045  # bytes; a longer text is a strL


def _save(read: LabelledFrame, path: Path) -> None:
    frame = read.frame
    numbered: dict[str, dict[Any, str]] = {}
    for name, labels in read.values.items():
        numbers = {code: number for number, code in enumerate(labels, 1)}
        numbered[name] = {numbers[code]: f"{code} {label}" for code, label in labels.items()}
        frame[name] = frame[name].map(numbers).astype("Int64")
    texts = [str(name) for name in frame if frame[name].dtype == "object"]
    frame[texts] = frame[texts].fillna("")
    frame.to_stata(
        path,
        write_index=False,
        version=118,  # Unicode, from Stata 14 on
        variable_labels=read.labels,
        value_labels=numbered,
        convert_strl=[name for name in texts if longest_text(frame[name]) > _FIXED_TEXT],
    )


write_dta = frame_writer("dta", _save)
