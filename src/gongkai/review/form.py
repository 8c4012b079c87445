"""Turns the form that a person sent about a queue item into decisions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gongkai.decisions.answer_words import answer_about
from gongkai.decisions.answers import Answer, AnswerParser, Place, parse_year
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.queue import QueueItem
from gongkai.decisions.records import Decision, Verdict
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.model import Key
from gongkai.queries.report_loader import StoredReport
from gongkai.review.item_view import CellView, ItemView, build_item_view
from gongkai.review.line_view import LineView
from gongkai.review.missing import MissingTable


@dataclass(frozen=True, slots=True)
class ReviewForm:
    """The fields of the form, as sent."""

    verdict: str
    cell: str = ""  # name of the chosen cell
    text: str = ""
    why: str = ""
    basis: str = ""  # the reading that the person saw
    overrules: str = ""  # not empty: decisions of others, which the person saw


@dataclass(frozen=True, slots=True)
class LineForm:
    """The fields of the form about a row or column, as sent: a list has a field of each cell."""

    cells: Sequence[str]  # names
    bases: Sequence[str]  # the readings that the person saw
    texts: Sequence[str]  # empty: as read; otherwise a word for an answer, or what is printed
    why: str = ""
    overrules: str = ""
    item: str = ""  # id of the item from which the person came


@dataclass(frozen=True, slots=True)
class PlaceForm:
    """The fields of the form about cells that were not read, as sent."""

    place: Place  # where they are printed
    texts: Mapping[str, str]  # by the name of the cell's key; an empty one is not decided
    why: str = ""
    overrules: str = ""


class FormDecisions:
    """Makes one person's decisions from forms."""

    def __init__(self, store: DecisionStore, who: str) -> None:
        self._store = store
        self._parser = AnswerParser(store.families.values())
        self._who = who

    def batches(self, view: ItemView, form: ReviewForm) -> Iterator[list[Decision]]:
        """Yield decisions in batches. Add each to the store before the next one is made.

        Whoever calls a failure a fault of the print accepts the doubtful cells first: only then
        is it known which checks still fail. Raises UsageError where the form makes no sense.
        """
        item = view.item
        if item.kind in ("agency", "year"):
            yield [self._agency_or_year_decision(item, form)]
            return
        if form.verdict != "print_fault":
            yield [self._cell_decision(view, form)]
            return
        doubtful = [cell for cell in view.cells if cell.observation.flagged]
        if any(cell.observation.state == "unreadable" for cell in doubtful):
            raise UsageError(_nothing_read())
        report_id = item.report_id
        if doubtful:
            yield [
                self._decision(report_id, "accepted", form, _cell_target(cell)) for cell in doubtful
            ]
        faults = [
            self._decision(report_id, "print_fault", form, {"kind": "check", "check_id": check_id})
            for check_id in self._checks_to_confirm(item)
        ]
        if faults:
            yield faults
        elif not doubtful:
            raise UsageError(tr("no failing sum to confirm"))

    def line_decisions(self, line: LineView, form: LineForm) -> list[Decision]:
        """Return a decision on each cell of a row or column.

        Raises UsageError, which names the cell, where an answer makes no sense.
        """
        sent = dict(zip(form.cells, zip(form.bases, form.texts, strict=False), strict=False))
        if sent.keys() != {cell.name for cell in line.cells}:
            raise UsageError(tr("the reading has changed: look again"))
        decisions = []
        for cell in line.cells:
            basis, text = sent[cell.name]
            answer = answer_about("cell", text or "accepted")
            verdict = "typed" if answer is None else answer
            own = ReviewForm(verdict, cell.name, text, form.why, basis, form.overrules)
            try:
                decisions.append(self._decision_on_cell(line.stored, cell, own))
            except UsageError as error:
                label = line.label_of(cell)
                raise UsageError(tr("{label}: {reason}", label=label, reason=error)) from error
        return decisions

    def placed_decisions(
        self, stored: StoredReport, table: MissingTable, form: PlaceForm
    ) -> list[Decision]:
        """Return a decision on each cell of a table that was not read and is typed now.

        Raises UsageError, which names the cell, where a text makes no sense, or nothing is typed.
        """
        decisions = []
        for key in table.keys:
            text = form.texts.get(str(key), "").strip()
            if not text:
                continue
            answer = answer_about("cell", text)
            own = ReviewForm(answer or "typed", text=text, why=form.why, overrules=form.overrules)
            target = {"kind": "cell", "key": key, "occurrence": 1}
            try:
                verdict, content = self._content(stored.family, key, own, is_read=False)
            except UsageError as error:
                label = table.label_of(key)
                raise UsageError(tr("{label}: {reason}", label=label, reason=error)) from error
            decisions.append(
                self._decision(stored.id, verdict, own, target, place=form.place, **content)
            )
        if not decisions:
            raise UsageError(tr("nothing is typed: type what is printed in at least one cell"))
        return decisions

    def _checks_to_confirm(self, item: QueueItem) -> Sequence[str]:
        """Return the ids of the checks whose failure is confirmed as a fault of the print.

        For a check it is the check itself. For a cell these are the failed checks that include
        it and no doubtful cell.
        """
        if item.check_id is not None:
            return (item.check_id,)
        with self._store.transaction() as connection:
            view = build_item_view(connection, item)
        doubtful = {cell.key for cell in view.stored.report.observations if cell.flagged}
        return [
            check.check_id
            for check in view.checks
            if check.status == "fail" and check.cause == "reading" and not doubtful & {*check.cells}
        ]

    def _cell_decision(self, view: ItemView, form: ReviewForm) -> Decision:
        chosen = [cell for cell in view.cells if form.cell in ("", cell.name)]
        if len(chosen) != 1:
            raise UsageError(tr("choose a cell first"))
        return self._decision_on_cell(view.stored, chosen[0], form)

    def _decision_on_cell(self, stored: StoredReport, cell: CellView, form: ReviewForm) -> Decision:
        if form.basis and form.basis != cell.basis:
            raise UsageError(tr("the reading has changed: look again"))
        key, target = cell.observation.key, _cell_target(cell)
        verdict, content = self._content(stored.family, key, form, is_read=cell.is_read)
        return self._decision(stored.id, verdict, form, target, **content)

    def _content(
        self, family: str, key: Key, form: ReviewForm, *, is_read: bool
    ) -> tuple[Verdict, dict[str, Any]]:
        """Return the verdict on a cell, and the fields of Answer that say what is printed."""
        match form.verdict:
            case "accepted" if not is_read:
                raise UsageError(_nothing_read())
            case "accepted":
                return "accepted", {}
            case "blank" | "unreadable" as empty:
                return empty, {"state": empty}
            case "typed":
                verdict, state, value, text = self._parser.parse_cell(form.text, family, key)
                return verdict, {"state": state, "value": value, "text": text}
        raise UsageError(tr("a cell cannot be decided as {verdict}", verdict=form.verdict))

    def _agency_or_year_decision(self, item: QueueItem, form: ReviewForm) -> Decision:
        target = {"kind": item.kind}
        if form.verdict == "accepted":
            return self._decision(item.report_id, "accepted", form, target)
        text = " ".join(form.text.split())
        if form.verdict != "typed" or not text:
            raise UsageError(tr("type the name or the year, or press A to leave it as it is"))
        value = parse_year(text) if item.kind == "year" else None
        return self._decision(item.report_id, "set", form, target, text=text, value=value)

    def _decision(
        self,
        report_id: int,
        verdict: Verdict,
        form: ReviewForm,
        target: dict[str, Any],
        **fields: Any,
    ) -> Decision:
        """Make a decision. ``target`` are fields of Target, ``fields`` are fields of Answer."""
        answer = Answer(
            self._who,
            verdict,
            why=form.why.strip() or None,
            overrules=bool(form.overrules),
            **fields,
        )
        with self._store.transaction() as connection:
            found = find_target(connection, report_id, **target)
            return make_decision(connection, found, answer)


def _cell_target(cell: CellView) -> dict[str, Any]:
    return {"kind": "cell", "key": cell.observation.key, "occurrence": cell.occurrence}


def _nothing_read() -> str:
    return tr("nothing was read here that could be right: say what is printed, blank or unreadable")
