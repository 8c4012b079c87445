"""Reads tables from grids, finds the gaps in them, and compares two readings of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from gongkai.checks.table_checks import TableChecks
from gongkai.extractors.layout.text_segments import count_isolated_values
from gongkai.extractors.layout.unruled_tables import unruled_grids
from gongkai.model import Grid
from gongkai.normalizers.tables.forms import FormFinder
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.normalizers.tables.table_reading import Leftover, TableReading
from gongkai.reading.zones import ReportPages

Readings = Mapping[str, TableReading]  # by table


@dataclass(frozen=True)
class TableLayouts:
    """Reads one report's tables from different grids and says which reading is better."""

    table_reader: TableReader
    forms: FormFinder
    checks: TableChecks

    def with_stray_numbers(
        self, readings: Readings, report: ReportPages
    ) -> dict[str, TableReading]:
        """Add the numbers printed in a table's zone, but outside its grids, to its leftovers."""
        found = dict(readings)
        for table, zone in report.zones.items():
            reading = readings.get(table, TableReading(table))
            strays = [
                Leftover(page, box, text)
                for page, box, text in report.texts_outside(zone, reading.grids)
                if self._is_bare_number(text)
                and not any(g.page == page and g.box.contains(*box.middle) for g in reading.grids)
            ]
            if strays:
                found[table] = reading.with_leftovers(strays)
        return found

    def _is_bare_number(self, text: str) -> bool:
        return (
            any(c.isdigit() for c in text)
            and not any(c.isalpha() for c in text)
            and self.table_reader.cells.read_number(text).state in ("number", "unreadable")
        )

    def read(self, grids: Iterable[Grid]) -> dict[str, TableReading]:
        """Return the official tables among the grids, read."""
        return self.table_reader.read_all(grids)

    def tables_with_gaps(self, readings: Readings, report: ReportPages) -> list[str]:
        """Return the tables with leftovers, labels out of order, or numbers in no grid."""
        return [t for t in self.table_reader.labels if self._has_gaps(t, readings, report)]

    def _has_gaps(self, table: str, readings: Readings, report: ReportPages) -> bool:
        reading = readings.get(table)
        if reading is None or not reading.observations:
            return any(
                count_isolated_values(report.chars_in(page, span), self.table_reader.cells.is_value)
                > 1
                for page, span in report.zones.get(table, {}).items()
            )
        return bool(reading.leftovers or reading.disorder)

    def grids_without_rules(self, report: ReportPages, tables: Sequence[str]) -> Iterator[Grid]:
        """The report's ruled tables, and grids of the text without rules in the zones."""
        ruled = [g for g in report.grids if self.table_reader.table_of(g) is not None]
        yield from ruled
        for table in tables:
            is_row = self.table_reader.labels[table].is_row
            for number, span in report.zones.get(table, {}).items():
                boxes = [grid.box for grid in ruled if grid.page == number]
                chars = [
                    c
                    for c in report.chars_in(number, span)
                    if not any(b.contains((c.x0 + c.x1) / 2, (c.top + c.bottom) / 2) for b in boxes)
                ]
                page = report.pages[number]
                yield from unruled_grids(
                    number, page.reader, chars, self.table_reader.cells.is_value, is_row, page.rules
                )

    def has_only_parents(self, grid: Grid, tables: Sequence[str]) -> bool:
        """Does a grid have only outer labels?

        Without rules, nothing shows which columns such a label covers.
        """
        labels = [self.table_reader.labels[table] for table in tables]
        return any(
            all(each.fold(c.text).core in each.parents for c in grid.cells if c.text)
            for each in labels
        )

    def is_better(
        self, old: TableReading | None, new: TableReading | None, report: ReportPages
    ) -> bool:
        """Is a new reading of a table better than the old one? None means no reading."""
        return new is not None and self._quality(new, report) > self._quality(old, report)

    def _quality(self, reading: TableReading | None, report: ReportPages) -> tuple[int, ...]:
        """A sort key: missing cells first, then leftovers, identities, order, unreadable cells."""
        if reading is None or not reading.observations:
            return (-10_000,)
        form = reading.form or self.forms.form_of_year(report.year)
        cells = {o.key: o for o in reading.observations}
        failed = [
            c
            for c in self.checks.identities.check(cells, {reading.table: form})
            if c.table == reading.table and c.status == "fail"
        ]
        missing = self.checks.missing_cells(reading.table, form, frozenset(cells))
        return (
            -len(missing),
            -len(reading.leftovers),
            -len(failed),
            -len(reading.disorder),
            -sum(o.state == "unreadable" for o in reading.observations),
        )
