"""A database of doubtful reports in which people decide."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from gongkai.decisions.answers import Answer, AnswerParser
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.records import Decision, Verdict
from gongkai.decisions.store import DecisionStore
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.model import Key
from helpers import doubtful_reports
from helpers.doubtful_reports import cell_key
from helpers.stored import rows

GRANTED = cell_key("applications", "granted")
UPHELD = cell_key("review_litigation", "reconsideration", "upheld")
GRANTED_SUM = "applications.row_total.granted"
RECONSIDERATION_SUM = "review_litigation.row_total.reconsideration"


class DecisionScenario:
    """A database of doubtful reports, and people who decide about them."""

    def __init__(self, folder: Path, family: Family, *changes: doubtful_reports.Change) -> None:
        self.db = folder / "doubts.db"
        self.pdf = folder / "report.pdf"
        self.family = family
        shutil.copy(doubtful_reports.PDF, self.pdf)
        self.ingest(*changes)

    def ingest(self, *changes: doubtful_reports.Change) -> None:
        """Ingest the file again, with these changes of what was read."""
        reader = doubtful_reports.reader(*changes)
        ingest([self.pdf], self.db, family=BUILT_IN, workers=0, force=True, reader=reader)

    def decide(
        self, verdict: Verdict, *, who: str = "甲", report: int = 1, text: str = "", **what: Any
    ) -> Decision:
        """Decide about a target: ``report`` is its number, ``what`` are fields of Target."""
        with DecisionStore(self.db, [self.family]) as store:
            state = value = None
            if verdict == "typed":
                verdict, state, value, text = AnswerParser([self.family]).parse_cell(
                    text, self.family.name, what["key"]
                )
            elif verdict in ("blank", "unreadable"):
                state = verdict
            elif what["kind"] == "year":
                value = text
            with store.transaction() as connection:
                ids = [
                    r for (r,) in connection.exec_driver_sql("SELECT id FROM report ORDER BY id")
                ]
                if what["kind"] == "cell":
                    what["occurrence"] = 1
                target = find_target(connection, ids[report - 1], **what)
                made = make_decision(
                    connection, target, Answer(who, verdict, state, value, text, "看过印件")
                )
            store.add([made])
            return made

    def standings(self) -> list[tuple[Any, ...]]:
        """Return person, verdict and standing of every decision, the oldest first."""
        return rows(self.db, "SELECT who, verdict, standing FROM decisions ORDER BY at")


def cell_row(db: Path, cell: Key, report: int = 1) -> tuple[Any, ...]:
    """Return value, state and flag of a cell, who decided it, and what the machine had read."""
    [row] = rows(
        db,
        "SELECT value, state, flagged, decided_by, machine_value FROM observations "
        "WHERE report_id = ? AND table_id = ? AND row_id = ? AND column_id = ?",
        report, *cell,
    )  # fmt: skip
    return row


def check_row(db: Path, check_id: str) -> tuple[Any, ...]:
    """Return status and cause of a check, the machine's, who decided, and its decided cells."""
    [row] = rows(
        db,
        "SELECT status, cause, machine_status, machine_cause, decided_by, decided_cells "
        "FROM checks WHERE check_id = ?",
        check_id,
    )
    return row


def statuses(db: Path) -> list[tuple[Any, ...]]:
    """Return the status of each report, and the one before decisions."""
    return rows(db, "SELECT status, machine_status FROM reports ORDER BY id")
