"""Everything in a database that waits for a person, the most valuable first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import sqlalchemy as sa

from gongkai.database import decision_tables, schema, views
from gongkai.families.family import Family
from gongkai.loaders.history import FIRST
from gongkai.model import Key

ItemKind = Literal["cell", "check", "order", "agency", "year"]
KINDS: tuple[ItemKind, ...] = ("cell", "order", "check", "agency", "year")
_ORDER = "order"  # the proof of names: applications.order.labels
_TOTAL = 0.5  # what a total is worth beyond its sums
_WHOLE = 2.0  # what the last open question of a report is worth: the report is proved


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits for a person."""

    kind: ItemKind
    report_id: int
    agency: str
    year: int | None
    file_name: str
    reason: str  # one Chinese sentence
    key: Key | None = None
    occurrence: int | None = None
    check_id: str | None = None
    table_id: str | None = None  # of the check
    label: str = ""  # what it is, in the form's words
    worth: float = 0.0
    standing: str | None = None  # conflict or changed, where there are decisions already

    @property
    def id(self) -> str:
        """What it is, as a path of a URL: the same while the report stands in the database."""
        if self.key is not None:
            return f"{self.report_id}/cell/{self.key}.{self.occurrence}"
        if self.check_id is not None:
            return f"{self.report_id}/check/{self.check_id}"
        return f"{self.report_id}/{self.kind}/-"


def read_queue(
    connection: sa.Connection, family: Family, report_ids: Collection[int] | None = None
) -> list[Item]:
    """What waits, of all reports or of some, the most valuable first.

    Worth more is what more sums wait for, a total, and what is the last to keep a report
    from being proved.
    """
    heads = {row.id: row for row in _heads(connection, report_ids)}
    found = [
        *_cells(connection, heads, report_ids),
        *_checks(connection, heads, report_ids),
        *_bodies(heads),
    ]
    told = _standings(connection, report_ids)
    found = [
        replace(item, standing=told[_named(item)]) if _named(item) in told else item
        for item in found
        if told.get(_named(item)) != "in_force"
    ]
    waiting = {_named(item) for item in found}
    found += _fallen_back(connection, heads, told, waiting)
    return ordered([*_weighed(connection, found, family, report_ids)])


def ordered(items: Sequence[Item]) -> list[Item]:
    """The most valuable first; of equal ones, those of a report together."""
    return sorted(items, key=lambda item: (-item.worth, item.report_id, item.id))


def _heads(connection: sa.Connection, report_ids: Collection[int] | None) -> Sequence[sa.Row[Any]]:
    view, body = views.reports, schema.agencies
    query = sa.select(
        view.c.id, view.c.agency, view.c.year, view.c.file_name, view.c.title,
        sa.func.coalesce(body.c.resolved, 0).label("resolved"), body.c.reason,
    ).join_from(view, body, body.c.id == view.c.agency_id, isouter=True)  # fmt: skip
    return connection.execute(_of(query, view.c.id, report_ids)).all()


def _of(query: Any, column: Any, report_ids: Collection[int] | None) -> Any:
    return query if report_ids is None else query.where(column.in_(list(report_ids)))


def _item(kind: ItemKind, head: Any, reason: str, **what: Any) -> Item:
    return Item(kind, head.id, head.agency, head.year, head.file_name, reason, **what)


def _cells(
    connection: sa.Connection, heads: dict[int, Any], report_ids: Collection[int] | None
) -> Iterator[Item]:
    cell, key = schema.cell, schema.field_key
    query = (
        sa.select(cell.c.report_id, cell.c.occurrence, cell.c.doubt, *_names(key))
        .join_from(cell, key)
        .where(cell.c.flagged == 1)
    )
    for row in connection.execute(_of(query, cell.c.report_id, report_ids)):
        yield _item(
            "cell",
            heads[row.report_id],
            row.doubt or "读数存疑",
            key=Key(row.table_id, row.row_id, row.column_id),
            occurrence=row.occurrence,
        )


def _names(table: Any) -> list[Any]:
    return [table.c[name] for name in ("table_id", "row_id", "column_id")]


def _checks(
    connection: sa.Connection, heads: dict[int, Any], report_ids: Collection[int] | None
) -> Iterator[Item]:
    result, key = schema.check_result, schema.check_key
    query = (
        sa.select(result.c.report_id, result.c.message, key.c.check_id, key.c.table_id, key.c.rule)
        .join_from(result, key)
        .where(result.c.status == "fail", result.c.cause == "reading", result.c.position < FIRST)
    )
    for row in connection.execute(_of(query, result.c.report_id, report_ids)):
        kind: ItemKind = "order" if row.rule == _ORDER else "check"
        yield _item(
            kind, heads[row.report_id], row.message, check_id=row.check_id, table_id=row.table_id
        )


def _bodies(heads: dict[int, Any]) -> Iterator[Item]:
    for head in heads.values():
        if not head.resolved:
            yield _item("agency", head, head.reason or "不清楚是哪个机关")
        if head.year is None:
            yield _item("year", head, "标题和正文都没有说明报告的年度")


_Named = tuple[int, str, tuple[Any, ...]]


def _named(item: Item) -> _Named:
    kind = "check" if item.kind == "order" else item.kind
    if item.key is not None:
        return item.report_id, kind, (*item.key, item.occurrence)
    return item.report_id, kind, (item.check_id,)


def _standings(connection: sa.Connection, report_ids: Collection[int] | None) -> dict[_Named, str]:
    """How decisions on each thing stand: in force before conflict before changed."""
    table, standing = decision_tables.decision, decision_tables.decision_standing
    query = sa.select(
        standing.c.report_id, standing.c.standing, table.c.kind, *_names(table),
        table.c.occurrence, table.c.check_id,
    ).join_from(standing, table)  # fmt: skip
    query = query.where(standing.c.standing.in_(("in_force", "conflict", "changed")))
    rank = {"in_force": 0, "conflict": 1, "changed": 2}
    found: dict[_Named, str] = {}
    for row in connection.execute(_of(query, standing.c.report_id, report_ids)):
        own: tuple[Any, ...] = (row.check_id,)
        if row.kind == "cell":
            own = (row.table_id, row.row_id, row.column_id, row.occurrence)
        name = (row.report_id, row.kind, own)
        if name not in found or rank[row.standing] < rank[found[name]]:
            found[name] = row.standing
    return found


def _fallen_back(
    connection: sa.Connection, heads: dict[int, Any], told: dict[_Named, str], waiting: set[_Named]
) -> Iterator[Item]:
    """Cells that the machine does not doubt, but whose decisions are not in force (any more):
    people contradict each other, the reading is another, or the file is."""
    wanted = {
        name: standing
        for name, standing in told.items()
        if standing != "in_force" and name[1] == "cell"
    }
    for name in _of_changed_files(connection, heads):
        if told.get(name) is None:
            wanted[name] = "changed"
    for (report_id, kind, own), standing in wanted.items():
        if (report_id, kind, own) in waiting or not _is_read(connection, report_id, own):
            continue
        reason = "几个人的核定相反" if standing == "conflict" else "核定之后，文件或读数变了"
        yield _item(
            "cell",
            heads[report_id],
            reason,
            key=Key(*own[:3]),
            occurrence=own[3],
            standing=standing,
        )


def _of_changed_files(connection: sa.Connection, heads: dict[int, Any]) -> Iterator[_Named]:
    """Cells that were decided in a file whose content is another now."""
    table, source, path, report = (
        decision_tables.decision, schema.source, schema.source_path, schema.report
    )  # fmt: skip
    gone = ~sa.exists().where(source.c.sha256 == table.c.file_sha256)
    query = (
        sa.select(table.c.report_number, table.c.verdict, table.c.occurrence, *_names(table),
                  path.c.source_id)
        .join_from(table, path, path.c.file_name == table.c.file_name)
        .where(table.c.kind == "cell", gone)
        .order_by(table.c.at)
    )  # fmt: skip
    rows = connection.execute(query).all()
    if not rows:
        return
    ids: dict[int, list[int]] = defaultdict(list)
    sources = {row.source_id for row in rows}
    for found in connection.execute(
        sa.select(report.c.id, report.c.source_id)
        .where(report.c.source_id.in_(sources))
        .order_by(report.c.id)
    ):
        ids[found.source_id].append(found.id)
    last: dict[_Named, str] = {}
    for row in rows:
        own = ids[row.source_id]
        if row.report_number <= len(own) and own[row.report_number - 1] in heads:
            cell = (row.table_id, row.row_id, row.column_id, row.occurrence)
            last[own[row.report_number - 1], "cell", cell] = row.verdict
    yield from (name for name, verdict in last.items() if verdict != "withdrawn")


def _is_read(connection: sa.Connection, report_id: int, own: tuple[Any, ...]) -> bool:
    cell, key = schema.cell, schema.field_key
    same = [c == part for c, part in zip(_names(key), own[:3], strict=True)]
    query = sa.select(cell.c.report_id).join_from(cell, key)
    query = query.where(cell.c.report_id == report_id, cell.c.occurrence == own[3], *same)
    return connection.scalar(query) is not None


# ------------------------------------------------------------------ what is worth most


def _weighed(
    connection: sa.Connection,
    items: Sequence[Item],
    family: Family,
    report_ids: Collection[int] | None,
) -> Iterator[Item]:
    # a body or a year that is not known keeps no report from being proved
    open_in = Counter(item.report_id for item in items if item.key or item.check_id)
    cells_in = Counter(item.report_id for item in items if item.key)
    waiting = _waiting_sums(connection, report_ids)
    totals = {
        (identity.table, identity.over, member)
        for identity in family.identities
        for terms in identity.groups.values()
        for member, sign in terms
        if sign < 0 and identity.relation == "eq"
    }
    for item in items:
        last = _WHOLE / open_in[item.report_id] if item.key or item.check_id else 0.0
        own = 1.0
        if item.key is not None:
            key = item.key
            total = (key.table, "column", key.row) in totals or (
                key.table, "row", key.column
            ) in totals  # fmt: skip
            own = waiting[item.report_id][key] + (_TOTAL if total else 0.0)
        elif item.kind == "order":
            own = float(cells_in[item.report_id])
        yield replace(item, worth=own + last, label=_label(item, family))


def _label(item: Item, family: Family) -> str:
    """What an item is about, in the words of the form."""
    if item.key is not None and item.key in family.fields_by_key:
        line = family.fields_by_key[item.key][0]
        return f"{_inner(line.row_label)}·{_inner(line.column_label)}"
    if item.check_id is not None:
        return next((t.title for t in family.tables if t.id == item.table_id), item.check_id)
    return item.file_name


def _inner(label: str) -> str:
    return label.rpartition("／")[2].replace("\n", "")


def _waiting_sums(
    connection: sa.Connection, report_ids: Collection[int] | None
) -> dict[int, Counter[Key]]:
    """Of each report and cell: how many sums that must hold fail, or cannot be tested, over it."""
    result, member, key = schema.check_result, schema.cell_set_member, schema.field_key
    cell = schema.cell
    open_ = (result.c.status == "skipped") | (
        (result.c.status == "fail") & (result.c.cause == "reading")
    )
    query = (
        sa.select(result.c.report_id, *_names(key))
        .select_from(
            result.join(member, member.c.set_id == result.c.cells).join(
                key, key.c.id == member.c.field_id
            )
        )
        .where(
            result.c.severity == "must", open_,
            result.c.report_id.in_(sa.select(cell.c.report_id).where(cell.c.flagged == 1)),
        )
    )  # fmt: skip
    found: dict[int, Counter[Key]] = defaultdict(Counter)
    for row in connection.execute(_of(query, result.c.report_id, report_ids)):
        found[row.report_id][Key(row.table_id, row.row_id, row.column_id)] += 1
    return found
