"""Install a family's wide views and dictionary, and the descriptions of all columns.

All of it follows from the code and the family, so it is replaced when either has changed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.ddl import DropTable, DropView

from gongkai.database import dictionary_tables, schema
from gongkai.database.descriptions import described
from gongkai.database.stored_panel import fill_panel, forget_panel, panel_of
from gongkai.database.subqueries import with_field_ids
from gongkai.database.versions import code_digest
from gongkai.model import Key

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
    found = described(family, connection.dialect)
    ids = _field_ids(connection, family)
    for statement in found.statements:
        connection.exec_driver_sql(with_field_ids(statement, ids))
    if found.panel:
        fill_panel(connection, family.name, found.panel)
    for name, rows in found.entries.items():
        table = schema.metadata.tables[name]
        connection.execute(sa.delete(table).where(table.c.family == family.name))
        if rows:
            connection.execute(sa.insert(table), rows)
    columns, codes = dictionary_tables.columns, dictionary_tables.codes
    names = {row["table_name"] for row in found.columns}
    connection.execute(sa.delete(columns).where(columns.c.table_name.in_(names)))
    connection.execute(sa.insert(columns), found.columns)
    connection.execute(sa.delete(codes))
    connection.execute(sa.insert(codes), found.codes)
    _save_installed(connection, {**installed, family.name: [version, found.names]})


def _field_ids(connection: sa.Connection, family: Family) -> dict[str, int]:
    """The ids of all fields by table.row.column; those of the family are added if missing."""
    key = schema.field_key
    query = sa.select(key.c.table_id, key.c.row_id, key.c.column_id, key.c.id)
    known = {Key(*row[:3]) for row in connection.execute(query)}
    if new := [field for field in family.fields_by_key if field not in known]:
        rows = [{"table_id": f.table, "row_id": f.row, "column_id": f.column} for f in new]
        connection.execute(sa.insert(key), rows)
    return {".".join(row[:3]): row.id for row in connection.execute(query)}


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
