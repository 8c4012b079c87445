"""Install a family's wide views and dictionary, and the descriptions of all columns.

All of it follows from the code and the family, so it is replaced when either has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateView, DropTable, DropView, ExecutableDDLElement

from gongkai.database import catalogue, dictionary, dictionary_tables, schema
from gongkai.database.check_dictionary import check_entries
from gongkai.database.stored_panel import (
    COMPUTED_SUFFIX,
    create_panel,
    fill_panel,
    forget_panel,
    panel_of,
)
from gongkai.database.versions import code_digest
from gongkai.database.wide import Select, WideView, chinese_view, wide_views
from gongkai.families.measures import read_measures

if TYPE_CHECKING:
    from gongkai.families.family import Family

_INSTALLED = "wide_views"  # in gongkai_meta: family -> [version of its views, their names]


def install_views(connection: sa.Connection, family: Family) -> None:
    """Write a family's dictionary and create its wide views, unless they are up to date.

    The rows of a stored panel are computed from the reports that are there.
    """
    installed = _read_installed(connection)
    version = f"{family.digest} {code_digest()}"
    if installed.get(family.name, [""])[0] == version:
        return
    _drop(connection, family.name, installed.pop(family.name, ["", []])[1])
    dialect: Callable[[], sa.Dialect] = type(connection.dialect)
    described = _described(family, dialect)
    for statement in described.statements:
        connection.exec_driver_sql(statement)
    if described.panel:
        fill_panel(connection, family.name, described.panel)
    for table, rows in described.entries.items():
        connection.execute(sa.delete(table).where(table.c.family == family.name))
        if rows:
            connection.execute(sa.insert(table), rows)
    columns = dictionary_tables.columns
    names = {row["table_name"] for row in described.columns}
    connection.execute(sa.delete(columns).where(columns.c.table_name.in_(names)))
    connection.execute(sa.insert(columns), described.columns)
    connection.execute(sa.delete(dictionary_tables.codes))
    connection.execute(sa.insert(dictionary_tables.codes), catalogue.code_rows())
    _save_installed(connection, {**installed, family.name: [version, described.names]})


def compile_views(family: Family, dialect: sa.Dialect) -> None:
    """Compile the statements of ``install_views``, which takes 0.3 s, and keep them for it."""
    make: Callable[[], sa.Dialect] = type(dialect)
    _described(family, make)


@dataclass(frozen=True)
class _Described:
    """What a database holds of a family, whatever its reports."""

    statements: list[str]  # create the views and the table of the panel
    names: list[str]  # of the views and the table, those that depend on others first
    panel: str | None  # the table of the panel
    entries: dict[sa.Table, list[dict[str, Any]]]  # of its dictionary
    columns: list[dict[str, Any]]  # the descriptions of all columns


@lru_cache(maxsize=8)
def _described(family: Family, dialect: Callable[[], sa.Dialect]) -> _Described:
    """Compiling the views takes 0.3 s; a process that fills several databases does it once."""
    measures = read_measures(family)
    views = list(wide_views(measures))
    entries: dict[sa.Table, Iterable[Any]] = {
        dictionary_tables.fields: dictionary.field_entries(measures),
        dictionary_tables.rates: dictionary.rate_entries(measures),
        dictionary_tables.metrics: dictionary.metric_entries(family),
        dictionary_tables.check_rules: check_entries(measures),
    }
    creations = [each for wide in views for each in _creations(wide)]
    return _Described(
        statements=[
            str(ddl.compile(dialect=dialect())) for _, statements in creations for ddl in statements
        ],
        names=[name for name, _ in reversed(creations)],
        panel=next((wide.name for wide in views if wide.is_stored), None),
        entries={
            table: [
                {"family": family.name, "position": position, **asdict(entry)}
                for position, entry in enumerate(each)
            ]
            for table, each in entries.items()
        },
        columns=catalogue.catalogue_rows(measures, views),
    )


def _creations(wide: WideView) -> Iterator[tuple[str, list[ExecutableDDLElement]]]:
    """The names of what a wide view consists of, each with the statements that create it."""

    def view(name: str, select: Select) -> tuple[str, list[ExecutableDDLElement]]:
        return name, [CreateView(select, name, metadata=sa.MetaData())]

    if wide.is_stored:
        yield view(f"{wide.name}{COMPUTED_SUFFIX}", wide.select)
        yield wide.name, create_panel(wide.name, wide.select)
    else:
        yield view(wide.name, wide.select)
    yield view(wide.name_zh, chinese_view(wide))


def has_views(connection: sa.Connection, family: str) -> bool:
    """Whether the views of a family are installed, of this version or an earlier one."""
    return family in _read_installed(connection)


def installed_families(connection: sa.Connection) -> set[str]:
    """The families whose views are installed."""
    return set(_read_installed(connection))


def drop_wide_views(connection: sa.Connection) -> None:
    """Drop the wide views of all families, so that their tables can be altered."""
    for family, (_, names) in _read_installed(connection).items():
        _drop(connection, family, names)
    _save_installed(connection, {})


def _drop(connection: sa.Connection, family: str, names: list[str]) -> None:
    inspector = sa.inspect(connection)
    views, stored = set(inspector.get_view_names()), panel_of(connection, family)
    for name in names:
        if name in views:
            connection.execute(DropView(sa.Table(name, sa.MetaData())))
        elif name == stored:
            connection.execute(DropTable(sa.Table(name, sa.MetaData())))
    forget_panel(connection, family)
    table = dictionary_tables.columns
    if names:
        connection.execute(sa.delete(table).where(table.c.table_name.in_(names)))


def _read_installed(connection: sa.Connection) -> dict[str, Any]:
    meta = schema.gongkai_meta
    found = connection.scalar(sa.select(meta.c.value).where(meta.c.name == _INSTALLED))
    return {} if found is None else dict(json.loads(found))


def _save_installed(connection: sa.Connection, installed: dict[str, Any]) -> None:
    meta = schema.gongkai_meta
    connection.execute(sa.delete(meta).where(meta.c.name == _INSTALLED))
    connection.execute(sa.insert(meta).values(name=_INSTALLED, value=json.dumps(installed)))
