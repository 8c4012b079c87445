"""The table ``agencies``: one row for each body that issues reports."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from msgspec.structs import asdict

from gongkai.database import schema
from gongkai.database.decision_tables import machine_report
from gongkai.loaders.derived import DerivedRows
from gongkai.loaders.dimension_keys import insert_row
from gongkai.model import Agency

_agencies = schema.agencies
_BY_KEY = sa.select(_agencies).where(_agencies.c.agency_key == sa.bindparam("key"))


def store_agency(
    connection: sa.Connection, derived: DerivedRows, agency: Agency | None, year: int | None
) -> int | None:
    """Insert or update the row of an agency and return its id; None without an agency.

    The row keeps the name and details from the agency's latest report (``year``), so that the
    order of the files makes no difference. If they change, ``derived`` notes its reports.
    """
    if agency is None:
        return None
    known = connection.execute(_BY_KEY, {"key": agency.key}).one_or_none()
    values: dict[str, Any] = asdict(agency)
    values["agency_key"] = values.pop("key")
    for name in ("functional_zone", "resolved"):
        values[name] = int(values[name])
    values["name_year"] = year or 0
    if known is None:
        return insert_row(connection, _agencies, values)
    if (values["name_year"], values["name"]) > (known.name_year, known.name):
        connection.execute(sa.update(_agencies).where(_agencies.c.id == known.id).values(values))
        if any(values[name] != getattr(known, name) for name in values if name != "name_year"):
            derived.note(connection, schema.report.c.agency_id == known.id)
    return int(known.id)


def read_agency(connection: sa.Connection, agency_id: int | None) -> Agency | None:
    """Read an agency by its id; None without an id."""
    if agency_id is None:
        return None
    row = connection.execute(sa.select(_agencies).where(_agencies.c.id == agency_id)).one()
    return Agency(
        key=row.agency_key,
        name=row.name,
        division_code=row.division_code,
        province=row.province,
        city=row.city,
        county=row.county,
        level=row.level,
        body_type=row.body_type,
        sector=row.sector,
        functional_zone=bool(row.functional_zone),
        host_division_code=row.host_division_code,
        resolved=bool(row.resolved),
        reason=row.reason,
    )


def similar_agency_names(connection: sa.Connection, name: str, most: int = 20) -> list[str]:
    """Names of known agencies that contain the last four characters of ``name``."""
    tail = name[-4:]
    similar = _agencies.c.name.contains(tail, autoescape=True)
    query = sa.select(_agencies.c.name).where(_agencies.c.resolved == 1, similar).distinct()
    return list(connection.scalars(query.order_by(_agencies.c.name).limit(most))) if tail else []


def drop_unused_agencies(connection: sa.Connection) -> None:
    """Delete the agencies that no report refers to any more."""
    used = sa.exists().where(schema.report.c.agency_id == _agencies.c.id)
    kept = sa.exists().where(machine_report.c.agency_id == _agencies.c.id)
    due = sa.exists().where(schema.history_due.c.agency_id == _agencies.c.id)
    connection.execute(sa.delete(_agencies).where(~used, ~kept, ~due))
