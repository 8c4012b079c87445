"""Decode the rows of reports that a reading process has sent.

A file may take over the process that reads it, so nothing is taken on trust: each column has the
type of its column in the database, what must be there is, and a report cannot refer to rows of
another one. Whether a number is the printed one is not decided here.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, NotRequired, TypedDict

import msgspec
import sqlalchemy as sa
from msgspec import Meta, structs

from gongkai.database import paragraphs, schema
from gongkai.database.types import ExactNumber
from gongkai.loaders.rows import COLUMNS, HEAD, PARAGRAPHS_PER_REPORT, REFERENCES, ReportRows

# Made types, whose fields only the schema knows.
_typed_dict: Any = TypedDict
_not_required: Any = NotRequired
_sequence: Any = Sequence


def unpack_reports(packed: bytes | None) -> tuple[ReportRows, ...]:
    """The reports that ``rows.pack_reports`` has packed; none for None.

    Raises ValueError if it has not packed them.
    """
    return () if packed is None else tuple(map(_checked, _DECODER.decode(packed)))


def _checked(rows: ReportRows) -> ReportRows:
    """The rows with tables and columns in the order of the schema. Raises ValueError."""
    tables = {name: rows.tables[name] for name in COLUMNS if name in rows.tables}
    for name, own in tables.items():
        tables[name] = {column: own[column] for column in COLUMNS[name] if column in own}
        if len({len(values) for values in own.values()}) != 1 or not own[next(iter(own))]:
            raise ValueError(f"{name}: columns of different lengths")
    paragraphs = tables.get("paragraph", {"position": ()})
    if len(rows.words) != len(paragraphs["position"]) or any("\n" in each for each in rows.words):
        raise ValueError("words that belong to no paragraph")
    return structs.replace(rows, tables=tables)


def _value_type(column: sa.Column[Any]) -> Any:
    """The type of a column's values: the database's, and positions within the report."""
    if isinstance(column.type, ExactNumber):
        kind: Any = int | Decimal
    elif isinstance(column.type, sa.Float):
        kind = float
    elif isinstance(column.type, sa.Integer):
        limit = PARAGRAPHS_PER_REPORT if column.table is paragraphs.paragraph else None
        is_position = column.foreign_keys or column.key in ("position", *REFERENCES)
        kind = Annotated[int, Meta(ge=0, lt=limit)] if is_position else int
    else:
        kind = str
    return kind | None if column.nullable else kind


def _columns_type(table: str) -> Any:
    columns = schema.metadata.tables[table].c
    fields: dict[str, Any] = {}
    for name in COLUMNS[table]:
        fields[name] = _sequence[_value_type(columns[name])]
        if columns[name].nullable:
            fields[name] = _not_required[fields[name]]
    return _typed_dict(table, fields)


_Tables = _typed_dict("Tables", {name: _columns_type(name) for name in COLUMNS}, total=False)
_Head = _typed_dict("Head", {name: _value_type(schema.report.c[name]) for name in HEAD})
_Rows = msgspec.defstruct(
    "ReportRows", [("head", _Head), ("tables", _Tables)], bases=(ReportRows,), frozen=True
)
_DECODER = msgspec.msgpack.Decoder(list[_Rows])  # type: ignore[valid-type]
