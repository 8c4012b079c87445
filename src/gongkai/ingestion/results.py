"""Results of an ingest: of each file, and of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from gongkai.ingestion.sources import File
from gongkai.model import Outcome, ReportStatus, Severity


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one offered file."""

    path: File
    outcome: Outcome
    # One Chinese sentence. If loaded: why reading it again failed; its reports were kept.
    reason: str | None
    known: bool  # its content was in the database already, or occurred earlier in the run
    statuses: tuple[ReportStatus, ...]  # of its reports
    failed: tuple[Severity, ...]  # the severity of each failed check


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a run. The counts include known files."""

    run_ids: dict[str, int]  # id of the run of each family
    offered: int
    known: int
    statuses: dict[ReportStatus, int]  # reports by status
    failed: dict[Severity, int]  # failed checks by severity
    refused: tuple[FileResult, ...]  # every file whose outcome is not "loaded"
    kept: tuple[FileResult, ...]  # files that could not be read again: earlier reports stay
    gone: tuple[str, ...] = ()  # paths of earlier runs, below the folders offered, without a file
    seconds: float = 0.0  # of the whole call of ``ingest``

    @property
    def loaded(self) -> int:
        """Files whose reports are in the database, from this run or an earlier one."""
        return self.offered - len(self.refused)


# Called with files done, files in all, and the last file's result (None at the start).
Progress = Callable[[int, int, FileResult | None], None]


@dataclass(slots=True)
class Tally:
    """Counts results while a run goes on."""

    offered: int = 0
    known: int = 0
    statuses: Counter[ReportStatus] = field(default_factory=Counter)
    failed: Counter[Severity] = field(default_factory=Counter)
    refused: list[FileResult] = field(default_factory=list)
    kept: list[FileResult] = field(default_factory=list)

    def add(self, result: FileResult) -> None:
        """Count one file."""
        self.offered += 1
        self.known += result.known
        self.statuses.update(result.statuses)
        self.failed.update(result.failed)
        if result.outcome != "loaded":
            self.refused.append(result)
        elif result.reason is not None:
            self.kept.append(result)

    @property
    def loaded(self) -> int:
        """Files whose reports are in the database so far."""
        return self.offered - len(self.refused)

    @property
    def counts(self) -> dict[str, int]:
        """The counts, by columns of ``runs``."""
        return {
            "files_offered": self.offered,
            "files_known": self.known,
            "files_loaded": self.loaded,
            "files_refused": len(self.refused),
            "reports_loaded": self.statuses.total(),
        }

    def summary(self, run_ids: dict[str, int], gone: Iterable[str] = ()) -> Summary:
        """The result of the run."""
        return Summary(
            run_ids=run_ids,
            offered=self.offered,
            known=self.known,
            statuses=dict(self.statuses),
            failed=dict(self.failed),
            refused=tuple(self.refused),
            kept=tuple(self.kept),
            gone=tuple(gone),
        )
