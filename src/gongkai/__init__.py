"""gongkai: published Chinese government reports, from PDF to a proved dataset.

One file, without a database::

    import gongkai
    for report in gongkai.read("report.pdf"):
        print(report.agency, report.year, report.status)
        print(gongkai.frames(report)["applications"])

Many files, into a database::

    gongkai.ingest(["reports/"], "gongkai.db")
    db = gongkai.open("gongkai.db")
    db.panel()

All names below are loaded when they are first used, so that ``import gongkai`` is fast.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from gongkai.analysis.database import Database
    from gongkai.analysis.pages import ReadReport as Report
    from gongkai.analysis.report import frames
    from gongkai.decisions.removal import Removal, RemovedReport
    from gongkai.errors import (
        DatabaseBusy,
        DatabaseError,
        DatabaseTooNew,
        FamilyError,
        GongkaiError,
        NotADatabase,
        NotAReport,
        NotWritable,
        OcrMissing,
        QueryRefused,
        ReaderFailed,
        SourceError,
        UnreadableFile,
        UsageError,
    )
    from gongkai.ingestion.batch import ingest
    from gongkai.ingestion.options import IngestOptions
    from gongkai.ingestion.remove import remove
    from gongkai.ingestion.results import FileResult, Progress, Summary
    from gongkai.model import OcrMode, ReadOptions

__version__ = "0.2.0"
__all__ = [
    "Database",
    "DatabaseBusy",
    "DatabaseError",
    "DatabaseTooNew",
    "FamilyError",
    "FileResult",
    "GongkaiError",
    "IngestOptions",
    "NotADatabase",
    "NotAReport",
    "NotWritable",
    "OcrMissing",
    "Progress",
    "QueryRefused",
    "ReadOptions",
    "ReaderFailed",
    "Removal",
    "RemovedReport",
    "Report",
    "SourceError",
    "Summary",
    "UnreadableFile",
    "UsageError",
    "__version__",
    "frames",
    "ingest",
    "open",
    "read",
    "remove",
]

_MODULES = {
    "Database": "gongkai.analysis.database",
    "FileResult": "gongkai.ingestion.results",
    "IngestOptions": "gongkai.ingestion.options",
    "Progress": "gongkai.ingestion.results",
    "ReadOptions": "gongkai.model",
    "Removal": "gongkai.decisions.removal",
    "RemovedReport": "gongkai.decisions.removal",
    "Report": "gongkai.analysis.pages:ReadReport",
    "Summary": "gongkai.ingestion.results",
    "frames": "gongkai.analysis.report",
    "ingest": "gongkai.ingestion.batch",
    "remove": "gongkai.ingestion.remove",
}


def read(
    path: str | Path,
    *,
    family: str | Path = "ogi-annual-report",
    ocr: OcrMode = "auto",
    ocr_text: bool = True,
) -> list[Report]:
    """Read every report in one PDF file, in printed order, without a database.

    ``report.page(3).show()`` draws what was read on a page over its picture.

    ``family`` is a built-in family of reports, or the path of a folder with one. ``ocr``: pages
    without a usable text layer are read by OCR (``auto``), no page is (``never``), every page
    is (``always``); ``ocr_text``: read the prose of such pages, too.

    The file is read in this process, without a time or memory limit. ``ingest`` has both.

    Raises UnreadableFile (OcrMissing if it needs OCR, which is not installed), NotAReport if
    the file holds no report of the family, and FamilyError.
    """
    from gongkai.analysis.pages import with_file
    from gongkai.errors import SourceError
    from gongkai.families.load import load_family
    from gongkai.model import ReadOptions
    from gongkai.reading.report import read_reports
    from gongkai.render.stored_texts import stored_text

    source = Path(path)
    try:
        found = read_reports(source, load_family(family), ReadOptions(ocr, ocr_text))
    except SourceError as error:
        raise type(error)(stored_text(str(error))) from error
    return [with_file(report, source) for report in found]


def open(  # noqa: A001
    path: str | Path, language: Literal["en", "zh"] = "en", *, exact: bool = False
) -> Database:
    """Open a database for analysis: its tables and views as pandas frames.

    ``path`` is a file, or a URL such as ``postgresql://host/database``.
    ``language`` is that of the column names, English or Chinese. ``exact``: amounts are exact
    decimals instead of floats. Raises DatabaseError, or one
    of its kinds, if the database cannot be read.
    """
    from gongkai.analysis.database import Database

    return Database(path, language, exact=exact)


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'gongkai' has no attribute {name!r}")
    from importlib import import_module

    module, _, other_name = _MODULES.get(name, "gongkai.errors").partition(":")
    return getattr(import_module(module), other_name or name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
