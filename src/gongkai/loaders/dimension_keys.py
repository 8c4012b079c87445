"""Assigns surrogate keys: repeated values are stored once, and other tables have their ids."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import chain
from typing import Any

import sqlalchemy as sa
from msgspec import json

from gongkai.database import schema
from gongkai.loaders.rows import FieldLayout
from gongkai.model import CheckKey, Key

_ROWS_AT_ONCE = 20  # of one statement: a third less time for a report's cells than single rows
_MAX_LAYOUTS = 256  # field layouts kept in memory, of some 10 KB each


def insert_row(connection: sa.Connection, table: sa.Table, values: Mapping[str, Any]) -> int:
    """Insert one row and return its id."""
    key = connection.execute(_insert(table), values).inserted_primary_key
    assert key is not None
    return int(key[0])


@functools.cache
def _insert(table: sa.Table) -> sa.Insert:
    return sa.insert(table)


def insert_columns(
    connection: sa.Connection, table: sa.Table, columns: Mapping[str, Sequence[Any]]
) -> None:
    """Insert one or more rows, given as columns in the table's column order.

    The values go straight to the database driver; only decimals are converted. SQLAlchemy's
    own insert processes every value, and took a third of the time of storing a report.
    """
    names = tuple(columns)
    dialect = connection.dialect
    statement, processors = _statement(dialect, table, names)
    converted = [_processed(values, processors.get(name)) for name, values in columns.items()]
    if dialect.name == "postgresql":
        arrays = dict(zip(names, map(_array, converted), strict=True))
        connection.exec_driver_sql(statement, arrays)
        return
    rows: list[Any] = list(zip(*converted, strict=True))
    grouped = len(rows) // _ROWS_AT_ONCE * _ROWS_AT_ONCE
    if grouped:
        groups = (rows[start : start + _ROWS_AT_ONCE] for start in range(0, grouped, _ROWS_AT_ONCE))
        values = [tuple(chain.from_iterable(group)) for group in groups]
        connection.exec_driver_sql(_grouped(statement, len(names)), values)
    if grouped < len(rows):
        connection.exec_driver_sql(statement, rows[grouped:])


def _processed(values: Sequence[Any], process: Callable[[Any], Any] | None) -> Sequence[Any]:
    """Return values with their decimals converted for the driver."""
    if process is None or Decimal not in set(map(type, values)):
        return values
    return [process(value) if type(value) is Decimal else value for value in values]


@functools.lru_cache(maxsize=512)
def _statement(
    dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...]
) -> tuple[str, dict[str, Callable[[Any], Any]]]:
    """Return the INSERT statement, and by column the function that converts its values."""
    processors = {n: table.c[n].type.dialect_impl(dialect).bind_processor(dialect) for n in columns}
    used: dict[str, Callable[[Any], Any]] = {n: p for n, p in processors.items() if p}
    if dialect.name == "postgresql":
        return _insert_of_arrays(dialect, table, columns), used
    compiled: Any = sa.insert(table).compile(dialect=dialect, column_keys=list(columns))
    assert tuple(compiled.positiontup) == columns, table.name
    return str(compiled), used


def _array(values: Sequence[Any]) -> list[Any]:
    """Return values of one type, as the driver needs them: decimals if one of them is."""
    if Decimal not in set(map(type, values)):
        return list(values)
    return [Decimal(value) if value is not None else None for value in values]


def _insert_of_arrays(dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...]) -> str:
    """Return the INSERT statement of PostgreSQL whose parameters are arrays, one for a column.

    It takes three quarters of the time of a statement executed for each row.
    """
    names = ", ".join(f'"{table.c[name].name}"' for name in columns)
    arrays = (f"%({name})s::{table.c[name].type.compile(dialect)}[]" for name in columns)
    return f"INSERT INTO {table.name} ({names}) SELECT * FROM unnest({', '.join(arrays)})"


@functools.lru_cache(maxsize=512)
def _grouped(statement: str, columns: int) -> str:
    """An INSERT statement for one row, with positional values, as one for _ROWS_AT_ONCE rows."""
    return statement + f", ({', '.join('?' * columns)})" * (_ROWS_AT_ONCE - 1)


class SurrogateKeys:
    """Maps the values of some columns of one table to the id of their row; inserts new values.

    Rows are never deleted, so committed ids stay valid in memory.
    """

    def __init__(self, table: sa.Table, *columns: str) -> None:
        self._table = table
        self._columns = columns
        self._known: dict[tuple[str, ...], int] = {}
        row = self._row(columns)
        # built once, since a new database looks up every field and label
        self._find = sa.select(table.c.id).where(*(table.c[n] == sa.bindparam(n) for n in row))

    def id_of(self, connection: sa.Connection, *values: str) -> tuple[int, bool]:
        """Return the id of the row with these values, and whether it was inserted just now."""
        if (known := self._known.get(values)) is not None:
            return known, False
        row = self._row(values)
        found = connection.scalar(self._find, row)
        added = found is None
        if found is None:
            found = insert_row(connection, self._table, row)
        self._known[values] = found
        return found, added

    def _row(self, values: tuple[str, ...]) -> dict[str, Any]:
        return dict(zip(self._columns, values, strict=True))

    def ids_of(self, connection: sa.Connection, many: Iterable[tuple[str, ...]]) -> list[int]:
        """Return the id of each tuple of values, in order."""
        known = self._known
        return [known.get(values) or self.id_of(connection, *values)[0] for values in many]

    def clear(self) -> None:
        """Forget all ids. Needed after a rollback, which removes uncommitted rows."""
        self._known.clear()


class CheckKeys(SurrogateKeys):
    """Maps table, rule and place of a check to its id."""

    def __init__(self) -> None:
        super().__init__(schema.check_key, "table_id", "rule", "place")

    def _row(self, values: tuple[str, ...]) -> dict[str, Any]:
        return {"check_id": str(CheckKey(*values)), **super()._row(values)}


class DimensionKeys:
    """The surrogate keys of one database."""

    def __init__(self) -> None:
        self._terms = SurrogateKeys(schema.term, "text")
        self._checks = CheckKeys()
        self._keys = SurrogateKeys(schema.field_key, "table_id", "row_id", "column_id")
        self._sets = SurrogateKeys(schema.cell_set, "members")
        self._layouts: dict[bytes, tuple[list[int], list[int]]] = {}

    def term(self, connection: sa.Connection, text: str) -> int:
        return self._terms.id_of(connection, text)[0]

    def field(self, connection: sa.Connection, key: tuple[str, str, str]) -> int:
        return self._keys.id_of(connection, *key)[0]

    def terms(self, connection: sa.Connection, texts: Sequence[str]) -> list[int]:
        """Return the id of each text."""
        return self._terms.ids_of(connection, zip(texts))

    def check(self, connection: sa.Connection, key: CheckKey) -> int:
        return self._checks.id_of(connection, *key)[0]

    def checks(self, connection: sa.Connection, keys: Sequence[tuple[str, str, str]]) -> list[int]:
        """Return the id of each check (table, rule, place)."""
        return self._checks.ids_of(connection, keys)

    def field_layout(self, connection: sa.Connection, layout: bytes) -> tuple[list[int], list[int]]:
        """Return the ids of a report's fields, and of the sets of fields that its checks name.

        ``layout`` is a FieldLayout as JSON. Most reports of a form have the same one, so its
        ids are kept.
        """
        known = self._layouts.get(layout)
        if known is None:
            if len(self._layouts) == _MAX_LAYOUTS:
                self._layouts.clear()
            fields, sets = json.decode(layout, type=FieldLayout)
            ids = self._keys.ids_of(connection, fields)
            known = ids, [self.set_of(connection, [ids[k] for k in own]) for own in sets]
            self._layouts[layout] = known
        return known

    def set_of(self, connection: sa.Connection, members: Sequence[int]) -> int:
        """Return the id of a set of cells, given the ids of their fields in order."""
        set_id, added = self._sets.id_of(connection, " ".join(map(str, members)))
        if added:
            count = len(members)
            columns = {"set_id": [set_id] * count, "position": range(count), "field_id": members}
            insert_columns(connection, schema.cell_set_member, columns)
        return set_id

    def clear(self) -> None:
        """Forget all ids. Needed after a rollback."""
        self._layouts.clear()
        for keys in (self._terms, self._checks, self._keys, self._sets):
            keys.clear()


class ConnectedKeys:
    """The surrogate keys of one database over one connection; implements rows.KeyNumbers."""

    def __init__(self, connection: sa.Connection, dimensions: DimensionKeys) -> None:
        self._connection, self._dimensions = connection, dimensions

    def term(self, text: str) -> int:
        return self._dimensions.term(self._connection, text)

    def check(self, table: str, rule: str, place: str) -> int:
        return self._dimensions.check(self._connection, CheckKey(table, rule, place))

    def field(self, key: Key) -> int:
        return self._dimensions.field(self._connection, key)

    def cell_set(self, keys: tuple[Key, ...]) -> int | None:
        if not keys:
            return None
        return self._dimensions.set_of(self._connection, [self.field(key) for key in keys])
