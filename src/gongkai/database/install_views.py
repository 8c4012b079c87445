"""A database that explains itself: dictionary, wide views, and what each column holds.

All of it follows from code and pipeline, so it is made anew where either has changed.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.sql.ddl import CreateView, DropView

from gongkai.database import catalogue, dictionary, schema
from gongkai.database.rates import read_measures
from gongkai.database.versions import code_digest
from gongkai.database.wide import WideView, chinese_view, wide_views

if TYPE_CHECKING:
    from gongkai.families.family import Family

_STANDING = "wide_views"  # in gongkai_meta: pipeline -> [what made them, names of its views]


def install_views(connection: sa.Connection, family: Family) -> None:
    """Write a family's dictionary and create its wide views, unless they are up to date."""
    standing = _standing(connection)
    made_by = f"{family.digest} {code_digest()}"
    if standing.get(family.name, [""])[0] == made_by:
        return
    _drop(connection, standing.pop(family.name, ["", []])[1])
    measures = read_measures(family)
    made = list(wide_views(measures))
    for wide in made:
        _create(connection, wide)
    _write(connection, schema.fields, family.name, dictionary.field_entries(measures))
    _write(connection, schema.rates, family.name, dictionary.rate_entries(measures))
    rows = catalogue.catalogue_rows(measures, made)
    table = schema.columns
    names = {row["table_name"] for row in rows}
    connection.execute(sa.delete(table).where(table.c.table_name.in_(names)))
    connection.execute(sa.insert(table), rows)
    views = [name for wide in made for name in (wide.name_zh, wide.name)]
    _note(connection, {**standing, family.name: [made_by, views]})


def drop_wide_views(connection: sa.Connection) -> None:
    """Drop every wide view, so that the tables under them can be changed."""
    for _, names in _standing(connection).values():
        _drop(connection, names)
    _note(connection, {})


def _create(connection: sa.Connection, wide: WideView) -> None:
    for name, select in ((wide.name, wide.select), (wide.name_zh, chinese_view(wide))):
        connection.execute(CreateView(select, name, metadata=sa.MetaData()))


def _drop(connection: sa.Connection, names: list[str]) -> None:
    there = set(sa.inspect(connection).get_view_names())
    for name in names:
        if name in there:
            connection.execute(DropView(sa.Table(name, sa.MetaData())))
    table = schema.columns
    if names:
        connection.execute(sa.delete(table).where(table.c.table_name.in_(names)))


def _write(connection: sa.Connection, table: sa.Table, pipeline: str, lines: Any) -> None:
    connection.execute(sa.delete(table).where(table.c.pipeline == pipeline))
    made = [
        {"pipeline": pipeline, "position": position, **asdict(line)}
        for position, line in enumerate(lines)
    ]
    if made:
        connection.execute(sa.insert(table), made)


def _standing(connection: sa.Connection) -> dict[str, Any]:
    meta = schema.gongkai_meta
    found = connection.scalar(sa.select(meta.c.value).where(meta.c.name == _STANDING))
    return {} if found is None else dict(json.loads(found))


def _note(connection: sa.Connection, standing: dict[str, Any]) -> None:
    meta = schema.gongkai_meta
    connection.execute(sa.delete(meta).where(meta.c.name == _STANDING))
    connection.execute(sa.insert(meta).values(name=_STANDING, value=json.dumps(standing)))
