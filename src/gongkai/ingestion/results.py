"""Results of an ingest: of each file, and of the run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from gongkai.ingestion.sources import File
from gongkai.model import Outcome, ReportStatus, Severity


@dataclass(frozen=True, slots=True)
class FileResult:
    """The result of one offered file."""

    path: File
    outcome: Outcome
    reason: str | None  # one Chinese sentence, unless loaded
    known: bool  # its content was in the database already, or occurred earlier in the run
    statuses: tuple[ReportStatus, ...]  # of its reports
    failed: tuple[Severity, ...]  # the severity of each failed check


@dataclass(frozen=True, slots=True)
class Summary:
    """The result of a run. The counts include known files."""

    run_id: int
    offered: int
    known: int
    statuses: dict[ReportStatus, int]  # reports by status
    failed: dict[Severity, int]  # failed checks by severity
    refused: tuple[FileResult, ...]  # every file whose outcome is not "loaded"
    seconds: float

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

    def add(self, result: FileResult) -> None:
        """Count one file."""
        self.offered += 1
        self.known += result.known
        self.statuses.update(result.statuses)
        self.failed.update(result.failed)
        if result.outcome != "loaded":
            self.refused.append(result)

    @property
    def loaded(self) -> int:
        """Files whose reports are in the database so far."""
        return self.offered - len(self.refused)

    def summary(self, run_id: int, seconds: float) -> Summary:
        """The result of the run."""
        return Summary(
            run_id=run_id,
            offered=self.offered,
            known=self.known,
            statuses=dict(self.statuses),
            failed=dict(self.failed),
            refused=tuple(self.refused),
            seconds=seconds,
        )
