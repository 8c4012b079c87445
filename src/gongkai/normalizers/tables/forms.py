"""Finds the official form in which each table is printed: from the table, not from the year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from gongkai.families.family import Family
from gongkai.families.lines import Field
from gongkai.model import Key, Observation
from gongkai.normalizers.tables.table_reading import TableReading


class FormFinder:
    """The official forms of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._forms = family.forms

    def form_of_year(self, year: int | None) -> str:
        """The form in force for a report year; the newest form if the year is unknown."""
        if year is None:
            return self._forms[-1].id
        started = [form.id for form in self._forms if form.first_year <= year]
        return started[-1] if started else self._forms[0].id

    def forms_of(self, readings: Mapping[str, TableReading], year: int | None) -> dict[str, str]:
        """The form of each printed table, by table id.

        A table that does not show its form has the form of most other tables, or else the form
        of the year.
        """
        shown = {
            table: reading.form for table, reading in readings.items() if reading.form is not None
        }
        default = self.main_form(shown, year) or self.form_of_year(year)
        return {
            table: shown.get(table, default)
            for table, reading in readings.items()
            if reading.observations
        }

    def main_form(self, forms: Mapping[str, str], year: int | None) -> str | None:
        """The form of most tables, in a tie the form of the year; None if there is no table."""
        if not forms:
            return None
        counts, in_force = Counter(forms.values()), self.form_of_year(year)
        return max(counts, key=lambda form: (counts[form], form == in_force))


def form_of_cells(
    observations: Iterable[Observation], fields: Mapping[Key, tuple[Field, ...]]
) -> str | None:
    """The form to which most of a table's rows must belong; None if every row fits several."""
    rows: dict[str, set[str]] = defaultdict(set)
    for cell in observations:
        lines = fields[cell.key]
        forms = set(lines[0].forms)
        if len(lines) > 1:  # the forms print different labels over the column
            printed = "".join(cell.column_label.split("／")[-1].split())
            forms = {form for line in lines if line.column_label == printed for form in line.forms}
        if len(forms) == 1:
            rows[forms.pop()].add(cell.key.row)
    return max(rows, key=lambda form: (len(rows[form]), form)) if rows else None
