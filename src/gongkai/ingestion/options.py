"""Options of an ingest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from gongkai.errors import UsageError
from gongkai.families.folders import built_in_families
from gongkai.ingestion.jobs import Limits
from gongkai.ingestion.workers import ReadReports
from gongkai.language import tr
from gongkai.model import OcrMode, ReadOptions

_TIMEOUT = 120.0  # seconds a file; an ordinary report takes a fraction of a second
_MAX_MEMORY = 1.5  # GB a process; an ordinary report takes a tenth of this, a scan 0.6
_MIN_MEMORY = 0.25  # GB; half of it holds the libraries before a file is read


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestOptions:
    """How files are ingested. The defaults suit a folder of reports on this machine.

    ``family``: read files as reports of this family only: a built-in one, or the path of a
    folder with one. By default each file is offered to every built-in family.
    ``workers``: the number of reading processes, by default one per core. 0 reads in this
    process, for debugging: without a time or memory limit, and a crash ends the run.
    ``scheduler``: the address of a dask cluster (``tcp://host:8786``) that reads instead.
    ``force``: read files again even if they are known.
    ``verify``: digest known files even if their size and time of change are the same.
    ``timeout``: seconds a file may take. ``max_memory``: GB a reading process may hold. A file
    that exceeds one of them is read once more, alone, before it counts as failed.
    ``ocr``: pages without a usable text layer are read by OCR (``auto``), no page is
    (``never``), every page is (``always``). ``ocr_text``: read the prose of such pages, too.
    ``reader``: replaces ``gongkai.reading.report.read_reports``.
    ``confined``: on Linux, reading processes have no network, start no programs and write only
    to a temporary folder of their own. False for a ``reader`` that needs more.

    Raises UsageError for a value that makes no sense.
    """

    family: str | Path | None = None
    workers: int | None = None
    scheduler: str | None = None
    force: bool = False
    verify: bool = False
    timeout: float = _TIMEOUT
    max_memory: float = _MAX_MEMORY
    ocr: OcrMode = "auto"
    ocr_text: bool = True
    reader: ReadReports | None = None
    confined: bool = True

    def __post_init__(self) -> None:
        if self.workers is not None and self.workers < 0:
            raise UsageError(tr("{workers} workers: name 0 or more", workers=self.workers))
        if self.scheduler is not None and self.workers is not None:
            raise UsageError(
                tr("name workers or a scheduler, not both: the cluster has its own workers")
            )
        if self.timeout <= 0:
            raise UsageError(
                tr("a timeout of {timeout:g} seconds: name more than 0", timeout=self.timeout)
            )
        if self.max_memory < _MIN_MEMORY:
            raise UsageError(
                tr(
                    "{max_memory:g} GB of memory: name {min_memory} or more",
                    max_memory=self.max_memory,
                    min_memory=_MIN_MEMORY,
                )
            )

    @property
    def families(self) -> Sequence[str]:
        """The families that files are offered to, by name or folder."""
        return built_in_families() if self.family is None else [str(self.family)]

    @property
    def limits(self) -> Limits:
        """What reading one file may take."""
        return Limits(self.timeout, int(self.max_memory * 1e9))

    @property
    def read_options(self) -> ReadOptions:
        """How each file is read."""
        return ReadOptions(self.ocr, self.ocr_text)


class IngestKeywords(TypedDict, total=False):
    """The fields of IngestOptions as keywords of ``ingest``."""

    family: str | Path | None
    workers: int | None
    scheduler: str | None
    force: bool
    verify: bool
    timeout: float
    max_memory: float
    ocr: OcrMode
    ocr_text: bool
    reader: ReadReports | None
    confined: bool
