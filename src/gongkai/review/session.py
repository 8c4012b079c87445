"""The review of one database by one person: the queue, their decisions, and undo."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from gongkai.decisions.answers import Answer
from gongkai.decisions.factory import make_decision
from gongkai.decisions.queries import (
    Connection,
    ReportState,
    data_version,
    latest_decision,
    read_report_state,
)
from gongkai.decisions.queue import QueueItem, QueueReader, sort_by_priority
from gongkai.decisions.records import Decision, Target, utc_now
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.queries.origins import read_origin
from gongkai.review.crops import CropRenderer
from gongkai.review.form import FormDecisions, ReviewForm
from gongkai.review.item_view import ItemView, build_item_view, find_crop

_MAX_UNDO_STEPS = 500


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which items of the queue are shown. An empty field allows all."""

    kind: str = ""
    year: str = ""  # `-` for an unknown year
    agency: str = ""  # a part of the name
    report: str = ""  # an id

    def matches(self, item: QueueItem) -> bool:
        """Return whether an item is shown."""
        return (
            self.kind in ("", item.kind)
            and self.year in ("", str(item.year or "-"))
            and self.agency in item.agency
            and self.report in ("", str(item.report_id))
        )


@dataclass(frozen=True, slots=True)
class RecheckSummary:
    """What a decision changed in the checks of its report: numbers of checks."""

    passed: int  # that pass now
    print_faults: int  # whose failure is a fault of the print now
    failed: int  # that fail now because of the reading
    status: str  # of the report


@dataclass(frozen=True, slots=True)
class _UndoStep:
    """One answer of the person: each target with the person's earlier decision on it."""

    item_id: str
    targets: tuple[tuple[Target, Decision | None], ...]


class ReviewSession:
    """One person's review of a database. Threads may share it; a lock serves one at a time."""

    def __init__(self, store: DecisionStore, who: str, renderer: CropRenderer) -> None:
        self.who = who
        self.decided = 0  # answers in this session, without those undone
        self._store = store
        self._queue_reader = QueueReader(store.families.values())
        self._form_decisions = FormDecisions(store, who)
        self._renderer = renderer
        self._items: dict[int, list[QueueItem]] | None = None  # by report
        self._data_version = -1  # of the database when the items were read
        self._skipped: set[str] = set()
        self._undo_steps: list[_UndoStep] = []
        self._lock = threading.RLock()

    def queue(self, wanted: QueueFilter = QueueFilter()) -> list[QueueItem]:
        """Return the items that match a filter by priority, skipped ones last."""
        with self._lock, self._store.transaction() as connection:
            by_report = self._read_items(connection)
            items = sort_by_priority([item for own in by_report.values() for item in own])
        items = [item for item in items if wanted.matches(item)]
        return sorted(items, key=lambda item: item.id in self._skipped)

    def item(self, item_id: str) -> QueueItem | None:
        """Return an item; None where it is not in the queue any more."""
        return next((item for item in self.queue() if item.id == item_id), None)

    def item_view(self, item: QueueItem) -> ItemView:
        """Return everything that the page of an item shows."""
        with self._lock, self._store.transaction() as connection:
            return build_item_view(connection, item)

    def missing_file_reason(self, item: QueueItem) -> str | None:
        """Return why the PDF of an item cannot be shown; None where it can."""
        with self._lock, self._store.transaction() as connection:
            origin = read_origin(connection, item.report_id)
        try:
            self._renderer.find_file(origin)
        except UsageError as error:
            return str(error)
        return None

    def crop(self, report_id: int, kind: str, target: str) -> bytes | None:
        """Return a crop as PNG; None where the report has no such cell or check.

        Parameters as for `item_view.find_crop`. Raises UsageError and UnreadableFile.
        """
        with self._lock, self._store.transaction() as connection:
            if read_report_state(connection, report_id) is None:
                return None
            found = find_crop(connection, report_id, kind, target)
        return None if found is None else self._renderer.render(*found)

    @property
    def copy_failure(self) -> str | None:
        """Why the copy of the decisions beside the database lacks some; None where it is whole."""
        return self._store.copy_failure

    def skip(self, item_id: str) -> None:
        """Move an item to the end of the queue."""
        self._skipped.add(item_id)

    def decide(self, item: QueueItem, form: ReviewForm) -> RecheckSummary:
        """Store the decisions that a form makes, and check the report again.

        Raises UsageError where the form makes no sense, or the reading has changed.
        """
        with self._lock:
            view = self.item_view(item)
            before = self._report_state(item.report_id)
            targets: list[tuple[Target, Decision | None]] = []
            for batch in self._form_decisions.batches(view, form):
                targets += self._with_latest_decisions(batch)
                self._store.add(batch)
            step = _UndoStep(item.id, tuple(targets))
            self._undo_steps = [*self._undo_steps[-_MAX_UNDO_STEPS:], step]
            self._skipped.discard(item.id)
            self.decided += 1
            self._refresh(item.report_id)
            return _summary(before, self._report_state(item.report_id))

    def undo(self) -> str | None:
        """Undo the last answer. Return the id of its item; None where there is none.

        Restores the person's earlier decisions, or withdraws the undone ones: all or none.
        Raises UsageError where the report is not stored any more, and forgets the answer then.
        """
        with self._lock:
            if not self._undo_steps:
                return None
            step = self._undo_steps[-1]
            try:
                self._store.add(self._undoing(step))
            except UsageError:
                self._undo_steps.pop()
                raise
            self._undo_steps.pop()
            self.decided -= 1
            self._refresh(int(step.item_id.partition("/")[0]))
            return step.item_id

    def _undoing(self, step: _UndoStep) -> list[Decision]:
        """Make the decisions that undo a step."""
        with self._store.transaction() as connection:
            return [
                make_decision(connection, target, Answer(self.who, "withdrawn"))
                if earlier is None
                else replace(earlier, at=utc_now(), sequence=None, database_id=None)
                for target, earlier in reversed(step.targets)
            ]

    def _read_items(self, connection: Connection) -> dict[int, list[QueueItem]]:
        version = data_version(connection)
        if self._items is None or version != self._data_version:  # another process has written
            self._data_version = version
            self._items = {}
            for item in self._queue_reader.read(connection):
                self._items.setdefault(item.report_id, []).append(item)
        return self._items

    def _refresh(self, report_id: int) -> None:
        with self._store.transaction() as connection:
            items = self._read_items(connection)
            items[report_id] = self._queue_reader.read(connection, [report_id])

    def _with_latest_decisions(
        self, batch: Sequence[Decision]
    ) -> list[tuple[Target, Decision | None]]:
        """Return the targets of a batch with the person's present decisions on them."""
        targets = [decision.target for decision in batch]
        with self._store.transaction() as connection:
            return [(each, latest_decision(connection, self.who, each)) for each in targets]

    def _report_state(self, report_id: int) -> ReportState:
        with self._store.transaction() as connection:
            return read_report_state(connection, report_id) or ReportState("", {})


def _summary(before: ReportState, after: ReportState) -> RecheckSummary:
    changed = Counter(
        state for check_id, state in after.checks.items() if before.checks.get(check_id) != state
    )
    return RecheckSummary(
        passed=sum(count for (status, _), count in changed.items() if status == "pass"),
        print_faults=changed["fail", "print"],
        failed=changed["fail", "reading"],
        status=after.status,
    )
