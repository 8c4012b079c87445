"""Which official form a table is printed in: told by the table, not by the year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from gongkai.families.family import Family
from gongkai.normalizers.tables.table_reader import TableReading


def forms_of(
    readings: Mapping[str, TableReading], year: int | None, family: Family
) -> dict[str, str]:
    """The form of each printed table: by its own cells, else its neighbours', else the year."""
    told = {table: r.form for table, r in readings.items() if r.form is not None}
    in_force = form_of_year(year, family)
    default = majority(told, in_force) or in_force
    return {table: told.get(table, default) for table, r in readings.items() if r.observations}


def majority(forms: Mapping[str, str], in_force: str) -> str | None:
    """The form that most tables use, in a tie the one in force; None where none was printed."""
    counts = Counter(forms.values())
    return max(counts, key=lambda form: (counts[form], form == in_force)) if counts else None


def form_of_year(year: int | None, family: Family) -> str:
    """The form in force for a report year; the newest where the year is unknown."""
    if year is None:
        return family.forms[-1].id
    started = [form.id for form in family.forms if form.first_year <= year]
    return started[-1] if started else family.forms[0].id
