"""Write data frames of R: one file for each table, with coded texts as factors."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import rdata

from gongkai.export.frames import LabelledFrame, frame_writer


def _save(read: LabelledFrame, path: Path) -> None:
    frame = read.frame
    for name in frame:
        if name in read.values:
            frame[name] = pd.Categorical(frame[name], categories=list(read.values[name]))
        elif frame[name].dtype == "Int64":
            frame[name] = frame[name].astype("float64")  # R's integers have 32 bits
    rdata.write_rds(path, frame)


write_rds = frame_writer("rds", _save)
