"""The desk of one person: the queue, what was just decided, and how to take it back."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gongkai.decisions import answers
from gongkai.decisions.answers import AnswerParser, parse_year
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.queries import (
    Connection,
    ReportState,
    data_version,
    latest_decision,
    read_report_state,
)
from gongkai.decisions.queue import QueueItem, QueueReader, sort_by_priority
from gongkai.decisions.records import Decision, Target, Verdict, utc_now
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.model import Key
from gongkai.queries.origins import read_origin
from gongkai.review.pictures import Pictures
from gongkai.review.scene import Scene, crop_of, scene_of

_UNDONE = 500  # steps that can be taken back


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the queue is wanted; empty for all."""

    kind: str = ""
    year: str = ""
    agency: str = ""
    report: str = ""

    def takes(self, item: QueueItem) -> bool:
        return (
            self.kind in ("", item.kind)
            and self.year in ("", str(item.year or "-"))
            and self.agency in item.agency
            and self.report in ("", str(item.report_id))
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said of an item; ``cell`` names one of its cells."""

    verdict: str
    cell: str = ""
    text: str = ""
    why: str = ""
    basis: str = ""  # what the person had before the eyes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a decision: checks that pass now, failures that are the print's now."""

    passed: int
    faults: int
    failed: int  # that passed or could not be tested before
    status: str


@dataclass(slots=True)
class Desk:
    """The queue of a database for one person. Any thread may ask; one is served at a time."""

    book: DecisionStore
    queue_reader: QueueReader
    parser: AnswerParser
    who: str
    pictures: Pictures
    done: int = 0
    _items: dict[int, list[QueueItem]] | None = None
    _seen: int = -1  # the state of the database when it was last read
    _skipped: dict[str, None] = field(default_factory=dict)
    _steps: list[tuple[str, tuple[tuple[Target, Decision | None], ...]]] = field(
        default_factory=list
    )
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def queue(self, wanted: Filter = Filter()) -> list[QueueItem]:
        """What waits, the most valuable first; what was skipped comes last."""
        with self._lock, self.book.transaction() as connection:
            found = sort_by_priority([i for own in self._read(connection).values() for i in own])
        found = [item for item in found if wanted.takes(item)]
        return sorted(found, key=lambda item: item.id in self._skipped)

    def item(self, item_id: str) -> QueueItem | None:
        """One item, where it still waits."""
        return next((item for item in self.queue() if item.id == item_id), None)

    def scene(self, item: QueueItem) -> Scene:
        """What a person needs to see of an item."""
        with self._lock, self.book.transaction() as connection:
            return scene_of(connection, item)

    def trouble(self, item: QueueItem) -> str | None:
        """Why the print cannot be shown; None where it can."""
        with self._lock, self.book.transaction() as connection:
            origin = read_origin(connection, item.report_id)
        try:
            self.pictures.find(origin)
        except UsageError as error:
            return str(error)
        return None

    def picture(self, report_id: int, what: str, of: str) -> bytes | None:
        """A crop of the print; None where the report has no such thing."""
        with self._lock, self.book.transaction() as connection:
            if read_report_state(connection, report_id) is None:
                return None
            found = crop_of(connection, report_id, what, of)
        return None if found is None else self.pictures.png(*found)

    def skip(self, item_id: str) -> None:
        """Leave an item for later."""
        self._skipped.pop(item_id, None)
        self._skipped[item_id] = None

    def decide(self, item: QueueItem, answer: Answer) -> Outcome:
        """Record what a person says, and check the report again.

        Raises UsageError where the answer makes no sense, or the reading is another by now.
        """
        with self._lock:
            scene = self.scene(item)
            before = self._stand(item.report_id)
            steps: list[tuple[Target, Decision | None]] = []
            for wave in self._waves(scene, answer):
                with self.book.transaction() as connection:
                    own = [latest_decision(connection, self.who, each.target) for each in wave]
                steps += zip((each.target for each in wave), own, strict=True)
                self.book.add(wave)
            self._steps = [*self._steps[-_UNDONE:], (item.id, tuple(steps))]
            self._skipped.pop(item.id, None)
            self.done += 1
            self._refresh(item.report_id)
            return self._outcome(item.report_id, before)

    def undo(self) -> str | None:
        """Take the last decision back; gives what it was on, None where there is none."""
        with self._lock:
            if not self._steps:
                return None
            item_id, steps = self._steps.pop()
            report_id = int(item_id.partition("/")[0])
            for target, prior in reversed(steps):
                if prior is not None:
                    self.book.add([replace(prior, at=utc_now())])
                    continue
                with self.book.transaction() as connection:
                    made = make_decision(connection, target, answers.Answer(self.who, "withdrawn"))
                self.book.add([made])
            self.done -= 1
            self._refresh(report_id)
            return item_id

    # ------------------------------------------------------------------ the queue

    def _read(self, connection: Connection) -> dict[int, list[QueueItem]]:
        # another process may have written: SQLite tells a connection so
        state = data_version(connection)
        if self._items is None or state != self._seen:
            self._seen = state
            self._items = {}
            for item in self.queue_reader.read(connection):
                self._items.setdefault(item.report_id, []).append(item)
        return self._items

    def _refresh(self, report_id: int) -> None:
        with self.book.transaction() as connection:
            items = self._read(connection)
            items[report_id] = self.queue_reader.read(connection, [report_id])

    # ------------------------------------------------------------------ decisions

    def _waves(self, scene: Scene, answer: Answer) -> Iterator[list[Decision]]:
        """Decisions, in the order in which they have to be in force."""
        item = scene.item
        if item.kind in ("agency", "year"):
            yield [self._on_body(item, answer)]
            return
        if answer.verdict != "print_fault":
            yield [self._on_cell(scene, answer)]
            return
        cells = [c for c in scene.cells if c.seen.flagged]
        if cells:
            yield [
                self._draft(item, "accepted", answer, key=c.seen.key, occurrence=c.occurrence)
                for c in cells
            ]
        faults = [self._draft(item, "print_fault", answer, check_id=check_id)
                  for check_id in self._to_confirm(item)]  # fmt: skip
        if faults:
            yield faults
        elif not cells:
            raise UsageError("没有不成立的勾稽可以确认")

    def _to_confirm(self, item: QueueItem) -> Sequence[str]:
        """The failures that are called the print's: the item's own, or those over its cell
        that wait for no other one."""
        if item.check_id is not None:
            return (item.check_id,)
        scene = self.scene(item)
        flagged = {cell.key for cell in scene.stored.report.observations if cell.flagged}
        return [
            check.check_id
            for check in scene.checks
            if check.status == "fail" and check.cause == "reading" and not flagged & {*check.cells}
        ]

    def _on_cell(self, scene: Scene, answer: Answer) -> Decision:
        chosen = [c for c in scene.cells if answer.cell in ("", c.name)]
        if len(chosen) != 1:
            raise UsageError("请先选定一格")
        cell = chosen[0]
        if answer.basis and answer.basis != cell.basis:
            raise UsageError("读数已经变了：请再看一遍")
        where: dict[str, Any] = {"key": cell.seen.key, "occurrence": cell.occurrence}
        match answer.verdict:
            case "accepted":
                return self._draft(scene.item, "accepted", answer, **where)
            case "blank" | "unreadable" as empty:
                return self._draft(scene.item, empty, answer, state=empty, **where)
            case "typed":
                verdict, state, value, text = self.parser.parse_cell(answer.text)
                return self._draft(
                    scene.item, verdict, answer, state=state, value=value, text=text, **where
                )
        raise UsageError(f"不能这样核定一格：{answer.verdict}")

    def _on_body(self, item: QueueItem, answer: Answer) -> Decision:
        if answer.verdict == "accepted":
            return self._draft(item, "accepted", answer)
        text = " ".join(answer.text.split())
        if answer.verdict != "typed" or not text:
            raise UsageError("请输入名称或年度，或按 A 键保留原样")
        value = parse_year(text) if item.kind == "year" else None
        return self._draft(item, "set", answer, text=text, value=value)

    def _draft(
        self,
        item: QueueItem,
        verdict: Verdict,
        answer: Answer,
        *,
        key: Key | None = None,
        occurrence: int | None = None,
        check_id: str | None = None,
        **what: Any,
    ) -> Decision:
        kind = "cell" if key else "check" if check_id else item.kind
        with self.book.transaction() as connection:
            target = find_target(
                connection,
                item.report_id,
                kind=kind,
                key=key,
                occurrence=occurrence,
                check_id=check_id,
            )
            why = answer.why.strip() or None
            return make_decision(
                connection, target, answers.Answer(self.who, verdict, why=why, **what)
            )

    def _stand(self, report_id: int) -> ReportState:
        with self.book.transaction() as connection:
            return read_report_state(connection, report_id) or ReportState("", {})

    def _outcome(self, report_id: int, before: ReportState) -> Outcome:
        after = self._stand(report_id)
        turned = Counter(
            found for check, found in after.checks.items() if before.checks.get(check) != found
        )
        return Outcome(
            sum(n for (result, _), n in turned.items() if result == "pass"),
            turned["fail", "print"],
            turned["fail", "reading"],
            after.status,
        )
