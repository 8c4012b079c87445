"""Install a family's wide views and dictionary, and the descriptions of all columns.

All of it follows from the code and the family, so it is replaced when either has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateView, DropView

from gongkai.database import catalogue, dictionary, schema
from gongkai.database.versions import code_digest
from gongkai.database.wide import chinese_view, wide_views
from gongkai.families.measures import read_measures

if TYPE_CHECKING:
    from gongkai.families.family import Family

_INSTALLED = "wide_views"  # in gongkai_meta: family -> [version of its views, their names]


def install_views(connection: sa.Connection, family: Family) -> None:
    """Write a family's dictionary and create its wide views, unless they are up to date."""
    installed = _read_installed(connection)
    version = f"{family.digest} {code_digest()}"
    if installed.get(family.name, [""])[0] == version:
        return
    _drop(connection, installed.pop(family.name, ["", []])[1])
    dialect: Callable[[], sa.Dialect] = type(connection.dialect)
    described = _described(family, dialect)
    for statement in described.statements:
        connection.exec_driver_sql(statement)
    for table, rows in described.entries.items():
        connection.execute(sa.delete(table).where(table.c.family == family.name))
        if rows:
            connection.execute(sa.insert(table), rows)
    columns = schema.columns
    names = {row["table_name"] for row in described.columns}
    connection.execute(sa.delete(columns).where(columns.c.table_name.in_(names)))
    connection.execute(sa.insert(columns), described.columns)
    _save_installed(connection, {**installed, family.name: [version, described.names]})


@dataclass(frozen=True)
class _Described:
    """What a database holds of a family, whatever its reports."""

    statements: list[str]  # create the views
    names: list[str]  # of the views
    entries: dict[sa.Table, list[dict[str, Any]]]  # of its dictionary
    columns: list[dict[str, Any]]  # the descriptions of all columns


@lru_cache(maxsize=8)
def _described(family: Family, dialect: Callable[[], sa.Dialect]) -> _Described:
    """Compiling the views takes 0.3 s; a process that fills several databases does it once."""
    measures = read_measures(family)
    views = list(wide_views(measures))
    selects = [
        (name, select)
        for wide in views
        for name, select in ((wide.name, wide.select), (wide.name_zh, chinese_view(wide)))
    ]
    entries: dict[sa.Table, Iterable[Any]] = {
        schema.fields: dictionary.field_entries(measures),
        schema.rates: dictionary.rate_entries(measures),
        schema.metrics: dictionary.metric_entries(family),
    }
    return _Described(
        statements=[
            str(CreateView(select, name, metadata=sa.MetaData()).compile(dialect=dialect()))
            for name, select in selects
        ],
        names=[name for wide in views for name in (wide.name_zh, wide.name)],
        entries={
            table: [
                {"family": family.name, "position": position, **asdict(entry)}
                for position, entry in enumerate(each)
            ]
            for table, each in entries.items()
        },
        columns=catalogue.catalogue_rows(measures, views),
    )


def has_views(connection: sa.Connection, family: str) -> bool:
    """Whether the views of a family are installed, of this version or an earlier one."""
    return family in _read_installed(connection)


def drop_wide_views(connection: sa.Connection) -> None:
    """Drop the wide views of all families, so that their tables can be altered."""
    for _, names in _read_installed(connection).values():
        _drop(connection, names)
    _save_installed(connection, {})


def _drop(connection: sa.Connection, names: list[str]) -> None:
    existing = set(sa.inspect(connection).get_view_names())
    for name in names:
        if name in existing:
            connection.execute(DropView(sa.Table(name, sa.MetaData())))
    table = schema.columns
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
