"""One person at a review: their filtered queue, answers, and undo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from gongkai.decisions.answer_words import told
from gongkai.decisions.answers import Answer, Place
from gongkai.decisions.factory import make_decision
from gongkai.decisions.queries import (
    Connection,
    ReportState,
    latest_decision,
    others_in_force,
    read_report_state,
)
from gongkai.decisions.queue import QueueItem
from gongkai.decisions.records import Decision, utc_now
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.queries.report_loader import StoredReport, load_report
from gongkai.review.desk import ReviewDesk
from gongkai.review.form import FormDecisions, LineForm, PlaceForm, ReviewForm
from gongkai.review.item_view import ItemView, build_item_view
from gongkai.review.line_view import Direction, LineView, build_line_view
from gongkai.review.missing import MissingTable

_MAX_UNDO_STEPS = 500
_MAX_TOLD = 3  # decisions of others that a message tells


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
    agreeing: tuple[str, ...] = ()  # people who had decided the same


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone."""

    item_id: str
    what: str  # the item and the answer in words
    still: str  # decisions of others that are in force on it now, in words; empty without any


@dataclass(frozen=True, slots=True)
class _UndoStep:
    """One answer of the person: each decision with the person's earlier one on its target."""

    item_id: str
    label: str
    decisions: tuple[tuple[Decision, Decision | None], ...] = ()

    @property
    def report_id(self) -> int:
        """The report that the answer is about."""
        return int(self.item_id.partition("/")[0])


class ReviewSession:
    """One person at a desk. Threads may share it; the lock of the desk serves one at a time."""

    def __init__(self, desk: ReviewDesk, who: str) -> None:
        self.who = who
        self.desk = desk
        self.decided = 0  # answers in this session, without those undone
        self._store = desk.store
        self._form_decisions = FormDecisions(desk.store, who)
        self._skipped: set[str] = set()
        self._undo_steps: list[_UndoStep] = []

    def queue(self, wanted: QueueFilter = QueueFilter()) -> list[QueueItem]:
        """Return the items that match a filter by priority, skipped ones last."""
        items = [item for item in self.desk.items() if wanted.matches(item)]
        return sorted(items, key=lambda item: item.id in self._skipped)

    def item(self, item_id: str) -> QueueItem | None:
        """Return an item in the queue, or one that left it because of decisions; else None."""
        item = self.desk.item(item_id)
        if item is not None:
            return item
        left = self.desk.left_item(item_id)
        return left if left is not None and self.item_view(left).earlier else None

    def item_view(self, item: QueueItem) -> ItemView:
        """Return everything that the page of an item shows."""
        with self.desk.lock, self._store.transaction() as connection:
            if read_report_state(connection, item.report_id) is None:
                raise UsageError(tr("the report is not in this database any more: begin again"))
            return build_item_view(connection, item)

    def skip(self, item_id: str) -> None:
        """Move an item to the end of the queue."""
        self._skipped.add(item_id)

    def decide(self, item: QueueItem, form: ReviewForm) -> RecheckSummary:
        """Store the decisions that a form makes, and check the report again.

        Raises UsageError where the form makes no sense, the reading has changed, or another
        person has decided differently and the form does not say that it overrules them.
        """
        label = f"{item.agency} {item.label}".strip()
        with self.desk.lock:
            batches = self._form_decisions.batches(self.item_view(item), form)
            return self._record(_UndoStep(item.id, label), batches, bool(form.overrules))

    def line_view(self, report_id: int, direction: Direction, name: str) -> LineView | None:
        """Return the row or column of a cell; None where the report has no such cell."""
        with self.desk.lock, self._store.transaction() as connection:
            if read_report_state(connection, report_id) is None:
                return None
            return build_line_view(connection, report_id, direction, name, self.who)

    def decide_line(self, line: LineView, form: LineForm) -> RecheckSummary:
        """Decide all cells of a row or column at once; undo takes all of them back.

        Raises UsageError as ``decide``; nothing is stored then.
        """
        of_report = f"{line.stored.id}/"
        item_id = form.item if form.item.startswith(of_report) else of_report
        label = f"{line.stored.report.agency} {line.label}".strip()
        with self.desk.lock:
            batch = self._form_decisions.line_decisions(line, form)
            return self._record(_UndoStep(item_id, label), [batch], bool(form.overrules))

    def stored_report(self, report_id: int) -> StoredReport | None:
        """Return a report; None where there is none of the families of this review."""
        with self.desk.lock, self._store.transaction() as connection:
            if read_report_state(connection, report_id) is None:
                return None
            stored = load_report(connection, report_id)
        return stored if stored.family in self._store.families else None

    def decide_missing(
        self, stored: StoredReport, table: MissingTable, form: PlaceForm
    ) -> RecheckSummary:
        """Decide on cells that were not read, in their place; undo takes all of them back.

        Raises UsageError as ``decide``; nothing is stored then.
        """
        label = f"{stored.report.agency} {table.title}".strip()
        with self.desk.lock:
            batch = self._form_decisions.placed_decisions(stored, table, form)
            step = _UndoStep(f"{stored.id}/", label)
            return self._record(step, [batch], bool(form.overrules))

    def _record(
        self, step: _UndoStep, batches: Iterable[list[Decision]], overrules: bool
    ) -> RecheckSummary:
        """Store decisions, remember how to undo them, and say what they changed."""
        before = self._report_state(step.report_id)
        decisions: list[tuple[Decision, Decision | None]] = []
        agreed: list[Decision] = []
        for batch in batches:
            agreed += self._agreeing(batch, overrules=overrules)
            decisions += self._with_earlier(batch)
            self._store.add(batch)
        step = replace(step, decisions=tuple(decisions))
        self._undo_steps = [*self._undo_steps[-_MAX_UNDO_STEPS:], step]
        self._skipped.discard(step.item_id)
        self.decided += 1
        self.desk.refresh(step.report_id)
        return _summary(before, self._report_state(step.report_id), agreed)

    def undo(self) -> Undone | None:
        """Undo the last answer. Return what was undone; None where there is nothing.

        Restores the person's earlier decisions, or withdraws the undone ones: all or none.
        Raises UsageError, and forgets the answer, where the report is not stored any more or the
        person has decided again elsewhere.
        """
        with self.desk.lock:
            if not self._undo_steps:
                return None
            step = self._undo_steps[-1]
            try:
                with self._store.transaction() as connection:
                    undoing = self._undoing(connection, step)
                self._store.add(undoing)
            except UsageError:
                self._undo_steps.pop()
                raise
            self._undo_steps.pop()
            self.decided -= 1
            self.desk.refresh(step.report_id)
            made = [decision for decision, _ in step.decisions]
            with self._store.transaction() as connection:
                still = [
                    other
                    for each in made
                    for other in others_in_force(connection, self.who, each.target)
                ]
            what = (
                tr("{label}: {reason}", label=step.label, reason=_told(made))
                if step.label
                else _told(made)
            )
            return Undone(step.item_id, what, _told_with_names(still))

    def _undoing(self, connection: Connection, step: _UndoStep) -> list[Decision]:
        """Make the decisions that undo a step."""
        undoing = []
        for decision, earlier in reversed(step.decisions):
            place = None if decision.box is None else Place(decision.page or 0, decision.box)
            answer = Answer(self.who, "withdrawn", place=place)
            withdrawal = make_decision(connection, decision.target, answer)
            latest = latest_decision(connection, self.who, decision.target)
            if latest is None or latest.conclusion != decision.conclusion:
                raise UsageError(
                    tr(
                        "not undone: {label} has been decided again by {who} since",
                        label=step.label,
                        who=self.who,
                    )
                )
            undoing.append(
                withdrawal
                if earlier is None
                else replace(earlier, at=utc_now(), sequence=None, database_id=None)
            )
        return undoing

    def _agreeing(self, batch: Iterable[Decision], *, overrules: bool) -> list[Decision]:
        """Return the decisions of others in force that say the same as those of a batch.

        Raises UsageError where one says something else and is not to be overruled.
        """
        with self._store.transaction() as connection:
            found = [
                (other, decision)
                for decision in batch
                for other in others_in_force(connection, self.who, decision.target)
            ]
        opposed = [other for other, own in found if other.conclusion != own.conclusion]
        if opposed and not overrules:
            raise UsageError(
                tr(
                    "not recorded, because it is decided already: {told}. To decide otherwise, "
                    "tick that you overrule it",
                    told=_told_with_names(opposed),
                )
            )
        return [other for other, own in found if other.conclusion == own.conclusion]

    def _with_earlier(
        self, batch: Sequence[Decision]
    ) -> Iterator[tuple[Decision, Decision | None]]:
        """Yield each decision of a batch with the person's present one on its target."""
        with self._store.transaction() as connection:
            for each in batch:
                yield each, latest_decision(connection, self.who, each.target)

    def _report_state(self, report_id: int) -> ReportState:
        with self._store.transaction() as connection:
            return read_report_state(connection, report_id) or ReportState("", {})


def _told(decisions: Sequence[Decision]) -> str:
    """Tell decisions in words, a few of them."""
    return _few(told(each) for each in decisions)


def _told_with_names(decisions: Sequence[Decision]) -> str:
    """Tell decisions of several people in words, a few of them."""
    return _few(f"{each.who} {told(each)} ({each.at[:16]})" for each in decisions)


def _few(texts: Iterable[str]) -> str:
    """The first few of some texts, each once."""
    different = list(dict.fromkeys(texts))
    return tr(", ").join(different[:_MAX_TOLD]) + ("…" if len(different) > _MAX_TOLD else "")


def _summary(before: ReportState, after: ReportState, agreed: Sequence[Decision]) -> RecheckSummary:
    changed = Counter(
        state for check_id, state in after.checks.items() if before.checks.get(check_id) != state
    )
    return RecheckSummary(
        passed=sum(count for (status, _), count in changed.items() if status == "pass"),
        print_faults=changed["fail", "print"],
        failed=changed["fail", "reading"],
        status=after.status,
        agreeing=tuple(dict.fromkeys(each.who for each in agreed)),
    )
