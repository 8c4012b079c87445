"""Install a family's wide views and dictionary, and the descriptions of all columns.

All of it follows from the code and the family, so it is replaced when either has changed.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateView, DropView

from gongkai.database import catalogue, dictionary, schema
from gongkai.database.versions import code_digest
from gongkai.database.wide import WideView, chinese_view, wide_views
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
    measures = read_measures(family)
    views = list(wide_views(measures))
    for wide in views:
        _create(connection, wide)
    _write(connection, schema.fields, family.name, dictionary.field_entries(measures))
    _write(connection, schema.rates, family.name, dictionary.rate_entries(measures))
    _write(connection, schema.metrics, family.name, dictionary.metric_entries(family))
    rows = catalogue.catalogue_rows(measures, views)
    table = schema.columns
    names = {row["table_name"] for row in rows}
    connection.execute(sa.delete(table).where(table.c.table_name.in_(names)))
    connection.execute(sa.insert(table), rows)
    names_of_views = [name for wide in views for name in (wide.name_zh, wide.name)]
    _save_installed(connection, {**installed, family.name: [version, names_of_views]})


def has_views(connection: sa.Connection, family: str) -> bool:
    """Whether the views of a family are installed, of this version or an earlier one."""
    return family in _read_installed(connection)


def drop_wide_views(connection: sa.Connection) -> None:
    """Drop the wide views of all families, so that their tables can be altered."""
    for _, names in _read_installed(connection).values():
        _drop(connection, names)
    _save_installed(connection, {})


def _create(connection: sa.Connection, wide: WideView) -> None:
    for name, select in ((wide.name, wide.select), (wide.name_zh, chinese_view(wide))):
        connection.execute(CreateView(select, name, metadata=sa.MetaData()))


def _drop(connection: sa.Connection, names: list[str]) -> None:
    existing = set(sa.inspect(connection).get_view_names())
    for name in names:
        if name in existing:
            connection.execute(DropView(sa.Table(name, sa.MetaData())))
    table = schema.columns
    if names:
        connection.execute(sa.delete(table).where(table.c.table_name.in_(names)))


def _write(connection: sa.Connection, table: sa.Table, family: str, entries: Any) -> None:
    connection.execute(sa.delete(table).where(table.c.family == family))
    rows = [
        {"family": family, "position": position, **asdict(entry)}
        for position, entry in enumerate(entries)
    ]
    if rows:
        connection.execute(sa.insert(table), rows)


def _read_installed(connection: sa.Connection) -> dict[str, Any]:
    meta = schema.gongkai_meta
    found = connection.scalar(sa.select(meta.c.value).where(meta.c.name == _INSTALLED))
    return {} if found is None else dict(json.loads(found))


def _save_installed(connection: sa.Connection, installed: dict[str, Any]) -> None:
    meta = schema.gongkai_meta
    connection.execute(sa.delete(meta).where(meta.c.name == _INSTALLED))
    connection.execute(sa.insert(meta).values(name=_INSTALLED, value=json.dumps(installed)))
