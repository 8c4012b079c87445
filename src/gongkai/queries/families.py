"""Which families of reports are installed, and how many reports of each a database holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.locations import DatabaseLocation
from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.folders import built_in_families
from gongkai.families.load import load_family
from gongkai.language import LANGUAGES, current_language, tr


@dataclass(frozen=True, slots=True)
class FamilyOverview:
    """One family of reports; a family that is only in the database has neither title nor forms."""

    family: str
    title: str
    forms: str  # id of each form and the first report year that it is for
    provisional: str  # forms and tables whose labels are not all confirmed, and why
    tables: int
    fields: int
    reports: int  # in the database
    first_year: int | None  # of these reports
    last_year: int | None


def family_overviews(
    families: Iterable[Family], db: DatabaseLocation | None
) -> Iterator[FamilyOverview]:
    """Describe installed families, then others that a database holds; ``db`` None: no database.

    Raises DatabaseError.
    """
    stored = {} if db is None else _stored(db)
    spoken = LANGUAGES.index(current_language())
    for family in families:
        counts = stored.pop(family.name, (0, None, None))
        forms = ", ".join(f"{form.id} ({form.first_year}-)" for form in family.forms)
        doubted = {f.id: (f.reason_en, f.reason_zh) for f in family.forms if f.is_provisional}
        doubted |= {t.id: (t.provisional_en, t.provisional) for t in family.tables if t.provisional}
        yield FamilyOverview(
            family.name,
            family.title_in_language,
            forms,
            "; ".join(f"{name}: {reasons[spoken]}" for name, reasons in doubted.items()),
            len(family.tables),
            len(family.fields_by_key),
            *counts,
        )
    for name, counts in stored.items():
        yield FamilyOverview(name, "", "", "", 0, 0, *counts)


def stored_families(db: DatabaseLocation, chosen: str | Path | None = None) -> tuple[Family, ...]:
    """Load the families of the reports in a database, or only the chosen one.

    ``chosen`` is the name of a built-in family, or a folder. Raises FamilyError if the database
    has reports of a family that is not built in, and DatabaseError.
    """
    if chosen is not None:
        return (load_family(chosen),)
    names = sorted(_stored(db))
    if missing := set(names) - set(built_in_families()):
        raise FamilyError(
            tr(
                "{db} has reports of the family {missing!r}, which is not built in: name its "
                "folder, or another family, with --family",
                db=db,
                missing=min(missing),
            )
        )
    return tuple(map(load_family, names))


def known_families(db: DatabaseLocation) -> tuple[Family, ...]:
    """Load the built-in families of the reports in a database. Raises DatabaseError."""
    built_in = set(built_in_families())
    return tuple(load_family(name) for name in sorted(_stored(db)) if name in built_in)


def _stored(db: DatabaseLocation) -> dict[str, tuple[int, int | None, int | None]]:
    """Number of reports, first and last year of each family in a database."""
    report = schema.report
    years = sa.func.min(report.c.year), sa.func.max(report.c.year)
    query = sa.select(report.c.family, sa.func.count(), *years).group_by(report.c.family)
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        rows = connection.execute(query.order_by(report.c.family))
        return {name: (count, first, last) for name, count, first, last in rows}
