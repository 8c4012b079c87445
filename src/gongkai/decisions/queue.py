"""The review queue: everything in a database that waits for a person, by priority."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from gongkai.checks.table_checks import PROOF_RULE, REPORT
from gongkai.database import schema, views
from gongkai.decisions.outdated import (
    StoredTarget,
    TargetStanding,
    Within,
    outdated_cells,
    read_target_standings,
)
from gongkai.decisions.records import KEY_COLUMNS, DecisionKind
from gongkai.families.family import Family
from gongkai.loaders.history import FIRST_HISTORY_POSITION
from gongkai.model import Key

ItemKind = Literal["cell", "check", "order", "agency", "year"]
ITEM_KINDS: tuple[ItemKind, ...] = ("cell", "order", "check", "agency", "year")
_ORDER_RULE = "order"  # checks of the order of labels, such as applications.order.labels
_TOTAL_PRIORITY = 0.5  # of a cell that is a total, beyond the sums that wait for it
_REPORT_PRIORITY = 2.0  # shared by the open items of a report: the last one proves the report


@dataclass(frozen=True, slots=True)
class QueueItem:
    """One cell, check, agency or year that waits for a person."""

    kind: ItemKind
    report_id: int
    agency: str
    year: int | None
    file_name: str
    family: str  # of the report
    reason: str  # one Chinese sentence
    key: Key | None = None
    occurrence: int | None = None
    check_id: str | None = None
    check_table: str | None = None  # the table that the check is about
    label: str = ""  # what the item is, in the words of the form
    priority: float = 0.0
    standing: TargetStanding | None = None  # of the decisions that there are already
    keeps_open: bool = True  # the report cannot be proved before

    @property
    def id(self) -> str:
        """The item as part of a URL path. It stays the same while the report is stored."""
        if self.key is not None:
            return f"{self.report_id}/cell/{self.key}.{self.occurrence}"
        if self.check_id is not None:
            return f"{self.report_id}/check/{self.check_id}"
        return f"{self.report_id}/{self.kind}/-"

    @property
    def decision_kind(self) -> DecisionKind:
        """The kind of decision that the item waits for."""
        return "check" if self.kind == "order" else self.kind

    @property
    def target(self) -> StoredTarget:
        """The target of decisions on the item."""
        identity: tuple[Any, ...] = (self.check_id,)
        if self.key is not None:
            identity = (*self.key, self.occurrence)
        return StoredTarget(self.report_id, self.decision_kind, identity)


def sort_by_priority(items: Sequence[QueueItem]) -> list[QueueItem]:
    """Return the items, the highest priority first, and at equal priority report by report."""
    return sorted(items, key=lambda item: (-item.priority, item.report_id, item.id))


class QueueReader:
    """Reads the queue of reports of some families. Built once from the families."""

    def __init__(self, families: Iterable[Family]) -> None:
        self._families = {family.name: family for family in families}
        report = schema.report
        self._own_reports = sa.select(report.c.id).where(report.c.family.in_(self._families))
        # family, table, direction of the sum, and row or column of the total
        self._totals = {
            (name, identity.table, identity.over, member)
            for name, family in self._families.items()
            for identity in family.identities
            for terms in identity.groups.values()
            for member, sign in terms
            if sign < 0 and identity.relation == "eq"
        }

    def read(
        self, connection: sa.Connection, report_ids: Collection[int] | None = None
    ) -> list[QueueItem]:
        """Return the items of some reports, or of all, the highest priority first.

        An item has a higher priority where more sums wait for it, where it is a total, and
        where few other items keep its report from being proved.
        """
        within: Within = self._own_reports if report_ids is None else list(report_ids)
        heads = {row.id: row for row in _read_heads(connection, within)}
        undecided = [
            *_doubtful_cells(connection, heads, within),
            *_failed_checks(connection, heads, within),
            *_unproved_cells(connection, heads, within),
            *_unknown_heads(connection, heads, within),
        ]
        standings = read_target_standings(connection, within)
        items = [
            replace(item, standing=standings.get(item.target))
            for item in undecided
            if standings.get(item.target) != "in_force"
        ]
        waiting = {item.target for item in items}
        items += [
            _outdated_item(heads[target.report_id], target, standing)
            for target, standing in outdated_cells(connection, heads, standings)
            if target not in waiting
        ]
        return sort_by_priority([*self._with_priorities(connection, items, within)])

    def _with_priorities(
        self,
        connection: sa.Connection,
        items: Sequence[QueueItem],
        within: Within,
    ) -> Iterator[QueueItem]:
        open_items = Counter(item.report_id for item in items if item.keeps_open)
        open_cells = Counter(item.report_id for item in items if item.key)
        sums = _count_open_sums(connection, within)
        for item in items:
            own = 1.0
            if item.key is not None:
                own = sums[item.report_id][item.key] + self._total_priority(item.family, item.key)
            elif item.kind == "order":
                own = float(open_cells[item.report_id])
            share = _REPORT_PRIORITY / open_items[item.report_id] if item.keeps_open else 0.0
            yield replace(item, priority=own + share, label=self._label(item))

    def _total_priority(self, family: str, key: Key) -> float:
        of_column = (family, key.table, "column", key.row) in self._totals
        of_row = (family, key.table, "row", key.column) in self._totals
        return _TOTAL_PRIORITY if of_column or of_row else 0.0

    def _label(self, item: QueueItem) -> str:
        """Return what an item is, in the words of the form."""
        family = self._families[item.family]
        if item.key is not None and item.key in family.fields_by_key:
            line = family.field(item.key)
            return f"{_innermost(line.row_label)}·{_innermost(line.column_label)}"
        if item.check_id is not None:
            titles = {table.id: table.title for table in family.tables}
            return titles.get(item.check_table or "", item.check_id)
        return item.file_name


def _innermost(label: str) -> str:
    return label.rpartition("／")[2].replace("\n", "")


def _read_heads(connection: sa.Connection, within: Within) -> Sequence[Any]:
    view, agency = views.reports, schema.agencies
    query = sa.select(
        view.c.id, view.c.agency, view.c.year, view.c.file_name, view.c.family, view.c.title,
        sa.func.coalesce(agency.c.resolved, 0).label("resolved"), agency.c.reason,
    ).join_from(view, agency, agency.c.id == view.c.agency_id, isouter=True)  # fmt: skip
    return connection.execute(query.where(view.c.id.in_(within))).all()


def _item(kind: ItemKind, head: Any, reason: str, **fields: Any) -> QueueItem:
    of_report = (head.id, head.agency, head.year, head.file_name, head.family)
    return QueueItem(kind, *of_report, reason, **fields)


def _doubtful_cells(
    connection: sa.Connection, heads: Mapping[int, Any], within: Within
) -> Iterator[QueueItem]:
    cell, key = schema.cell, schema.field_key
    query = (
        sa.select(
            cell.c.report_id,
            cell.c.occurrence,
            cell.c.doubt,
            *(key.c[name] for name in KEY_COLUMNS),
        )
        .join_from(cell, key)
        .where(cell.c.flagged == 1)
    )
    for row in connection.execute(query.where(cell.c.report_id.in_(within))):
        yield _item(
            "cell",
            heads[row.report_id],
            row.doubt or "读数存疑",
            key=Key(row.table_id, row.row_id, row.column_id),
            occurrence=row.occurrence,
        )


def _failed_checks(
    connection: sa.Connection, heads: Mapping[int, Any], within: Within
) -> Iterator[QueueItem]:
    """Yield the checks that fail because of the reading.

    Checks between years are left out, and those of proofs, agencies and years: their cells,
    agencies and years are items instead.
    """
    result, key = schema.check_result, schema.check_key
    query = (
        sa.select(result.c.report_id, result.c.message, key.c.check_id, key.c.table_id, key.c.rule)
        .join_from(result, key)
        .where(
            result.c.status == "fail",
            result.c.cause == "reading",
            result.c.position < FIRST_HISTORY_POSITION,
            key.c.rule != PROOF_RULE,
            key.c.table_id != REPORT,
        )
    )
    for row in connection.execute(query.where(result.c.report_id.in_(within))):
        kind: ItemKind = "order" if row.rule == _ORDER_RULE else "check"
        yield _item(
            kind,
            heads[row.report_id],
            row.message,
            check_id=row.check_id,
            check_table=row.table_id,
        )


def _unproved_cells(
    connection: sa.Connection, heads: Mapping[int, Any], within: Within
) -> Iterator[QueueItem]:
    """Yield the cells of failed checks of proofs."""
    result, check = schema.check_result, schema.check_key
    member, key = schema.cell_set_member, schema.field_key
    query = (
        sa.select(result.c.report_id, *(key.c[name] for name in KEY_COLUMNS))
        .select_from(
            result.join(check, check.c.id == result.c.check_key_id)
            .join(member, member.c.set_id == result.c.cells)
            .join(key, key.c.id == member.c.field_id)
        )
        .where(result.c.status == "fail", check.c.rule == PROOF_RULE)
    )
    for row in connection.execute(query.where(result.c.report_id.in_(within))):
        key_of_cell = Key(row.table_id, row.row_id, row.column_id)
        reason = "只有一种读法，没有勾稽关系或页面图像为证"
        yield _item("cell", heads[row.report_id], reason, key=key_of_cell, occurrence=1)


def _unknown_heads(
    connection: sa.Connection, heads: Mapping[int, Any], within: Within
) -> Iterator[QueueItem]:
    """Yield an item for each report whose agency or year is unknown or not proved."""
    result, key = schema.check_result, schema.check_key
    query = (
        sa.select(result.c.report_id, key.c.rule, result.c.message)
        .join_from(result, key)
        .where(key.c.table_id == REPORT, result.c.status == "fail")
    )
    rows = connection.execute(query.where(result.c.report_id.in_(within)))
    doubts = {(row.report_id, row.rule): row.message for row in rows}
    for head in heads.values():
        doubt = doubts.get((head.id, "agency"))
        if not head.resolved or doubt:
            reason = doubt or head.reason or "不清楚是哪个机关"
            yield _item("agency", head, reason, keeps_open=bool(doubt))
        doubt = doubts.get((head.id, "year"))
        if head.year is None or doubt:
            reason = doubt or "标题和正文都没有说明报告的年度"
            yield _item("year", head, reason, keeps_open=bool(doubt))


def _outdated_item(head: Any, target: StoredTarget, standing: TargetStanding) -> QueueItem:
    reason = "几个人的核定相反" if standing == "conflict" else "核定之后，文件或读数变了"
    *parts, occurrence = target.identity
    key = Key(*parts)
    return _item("cell", head, reason, key=key, occurrence=occurrence, standing=standing)


def _count_open_sums(connection: sa.Connection, within: Within) -> dict[int, Counter[Key]]:
    """Count for each cell of a report the checks that wait for it.

    These are the checks of severity `must` that fail because of the reading, or were skipped.
    Only reports with doubtful cells are looked at.
    """
    result, member, key = schema.check_result, schema.cell_set_member, schema.field_key
    cell = schema.cell
    is_open = (result.c.status == "skipped") | (
        (result.c.status == "fail") & (result.c.cause == "reading")
    )
    query = (
        sa.select(result.c.report_id, *(key.c[name] for name in KEY_COLUMNS))
        .select_from(
            result.join(member, member.c.set_id == result.c.cells).join(
                key, key.c.id == member.c.field_id
            )
        )
        .where(
            result.c.severity == "must", is_open,
            result.c.report_id.in_(sa.select(cell.c.report_id).where(cell.c.flagged == 1)),
        )
    )  # fmt: skip
    counts: dict[int, Counter[Key]] = defaultdict(Counter)
    for row in connection.execute(query.where(result.c.report_id.in_(within))):
        counts[row.report_id][Key(row.table_id, row.row_id, row.column_id)] += 1
    return counts
