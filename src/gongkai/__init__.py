"""gongkai: published Chinese government reports, from PDF to a proved dataset.

import gongkai
gongkai.ingest(["reports/"], "gongkai.db")
db = gongkai.open("gongkai.db")
db.panel()
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from gongkai.analysis import Database
    from gongkai.ingestion.batch import Summary, ingest

__version__ = "0.1.0"
__all__ = ["Database", "Summary", "__version__", "ingest", "open"]

# Loaded when first used: commands and workers need none of pandas.
_HOMES = {
    "Database": "gongkai.analysis",
    "Summary": "gongkai.ingestion.batch",
    "ingest": "gongkai.ingestion.batch",
}


def open(path: str | Path, language: Literal["en", "zh"] = "en") -> Database:  # noqa: A001
    """Open a database for analysis: its tables and views as pandas frames.

    ``path`` is a file, or a URL such as ``postgresql://host/database``.
    ``language`` names the columns in English or Chinese. Raises DatabaseError, or one of
    its kinds, where the file cannot be read.
    """
    from gongkai.analysis import Database

    return Database(path, language)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'gongkai' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
