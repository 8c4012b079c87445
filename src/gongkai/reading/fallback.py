"""Reads a report's official tables, with further readers if a check fails.

For most reports the first reader is enough. Each step takes the tables read so far and returns
new ones; a step that is not needed returns its input. Steps 3 and 8 are for scans.

1. ``read_ruled_tables``: the ruled grids of the first reader. Numbers printed where a table
   should be, but in none of its grids, count as leftovers.
2. ``with_better_grids``: a table that is missing or has leftovers is read from other grids:
   from text laid out without rules, then from readers that find grids (camelot).
3. ``with_second_ocr``: uncertain tables of scanned pages are read again, finer.
4. ``checked``: identities, order, completeness.
5. ``with_sightings``: cells that no sum proves, or of failing sums, are compared with pictures of
   known digits.
6. ``with_ocr_comparison``: OCR reads, on the displayed page, the cells about which these pictures
   do not decide.
7. ``with_causes``: where a check fails, a second witness tells the cause: the picture of a cell, or
   OCR, or playa, which reads its characters, or pdfplumber, which reads a table whose structure is
   in doubt. If they agree with the first reader on every cell, the report itself is wrong;
   otherwise the reading is.
8. ``with_ocr_confidence``: cells that OCR read without certainty are flagged.
9. ``with_sight``: cells that the displayed page shows otherwise are flagged.
10. ``with_drawn_cells``: cells whose text is drawn as outlines or pictures are read by OCR.
11. ``with_seen_digits``: numbers that OCR read and no sum proves are compared, digit by digit,
    with the pictures of proved numbers.
12. ``with_empty_places``: what is not printed must be an empty place on the displayed page.

Each reading of a table by a further reader is recorded as a ``FallbackAttempt``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from pathlib import Path

from gongkai.checks.causes import assign_causes
from gongkai.checks.identities import cells_to_see, proved_by_sums
from gongkai.checks.ocr_confidence import flag_cells, uncertain_cells
from gongkai.checks.table_checks import TableChecks, doubtful_tables, with_proof
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.readers import ReaderOrder
from gongkai.families.family import Family
from gongkai.model import Check, FallbackAttempt, Grid, Key, Observation, Observations, Page
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.reading.cross_check import (
    NOT_COMPARED,
    CrossCheck,
    PageComparison,
    conflict_reasons,
    with_empty_places,
)
from gongkai.reading.second_reading import SecondReading, SecondReads, doubted_tables
from gongkai.reading.sight.claims import ClaimedTables
from gongkai.reading.sight.scanned import ScanWitness
from gongkai.reading.sight.sightings import DRAWN, NOT_ONE_NUMBER, Sighting, Verdict
from gongkai.reading.sight.witness import SightWitness, seen_and_doubted
from gongkai.reading.zones import Readings, ReportPages, TableZones

TRANSPOSED = "transposed"  # FallbackAttempt.reader for grids with rows and columns exchanged
WITHOUT_RULES = "aligned"  # FallbackAttempt.reader for text laid out without rules


@dataclass(frozen=True)
class ReadTables:
    """The official tables of one report as read so far, before they are checked."""

    readings: Readings
    others: tuple[Grid, ...] = ()  # grids that are not official tables
    unruled: tuple[Grid, ...] = ()  # grids of later readings that replaced the ruled ones
    second: Observations = field(default_factory=dict)  # OCR readings that were not chosen
    attempts: tuple[FallbackAttempt, ...] = ()

    def cells(self) -> dict[Key, Observation]:
        """Return the cells of all tables."""
        return {o.key: o for reading in self.readings.values() for o in reading.observations}


@dataclass(frozen=True)
class CheckedTables:
    """The official tables of one report, read and checked."""

    read: ReadTables
    forms: dict[str, str]  # of each printed table
    due: AbstractSet[str]  # tables that the report must print
    observations: dict[Key, Observation]
    checks: list[Check]
    attempts: tuple[FallbackAttempt, ...]
    conflicts: AbstractSet[Key] = frozenset()  # cells whose text differs from the displayed page
    sightings: Mapping[Key, Sighting] = field(default_factory=dict)  # what pictures of them show
    by_ocr: PageComparison = NOT_COMPARED
    seen: dict[Key, bool] = field(default_factory=dict)  # whether picture or OCR confirms it
    drawn: frozenset[Key] = frozenset()  # cells whose displayed content has no text
    summed: AbstractSet[Key] = frozenset()  # cells that sums prove
    zeros: AbstractSet[Key] = frozenset()  # those in sums of zeros only

    def with_verdict(self, verdict: Verdict) -> list[Key]:
        """Return the cells whose pictures have this verdict, in order."""
        return sorted(key for key, each in self.sightings.items() if each.verdict == verdict)

    def claimed(
        self,
        pages: Mapping[int, Page],
        exchangeable: Sequence[AbstractSet[str]] = (),
        asked: AbstractSet[Key] = frozenset(),
    ) -> ClaimedTables:
        """Return the tables in the form in which ``reading.sight`` compares them with pages."""
        grids = [grid for reading in self.read.readings.values() for grid in reading.grids]
        own = (self.observations, grids, pages, self.summed, self.zeros)
        return ClaimedTables(*own, exchangeable, asked)


class TableFallback:
    """Reads the official tables of reports, with further readers only if checks fail."""

    def __init__(self, family: Family, tables: TableReader, readers: ReaderOrder) -> None:
        self._tables = tables
        self._readers = readers
        self._checks = TableChecks(family)
        self._zones = TableZones(self._tables, self._checks)
        self._witness = SightWitness(family)
        self._scan_witness = ScanWitness(family)
        self._cross_check = CrossCheck(self._tables.cells, self._checks.identities)
        self._second = SecondReading(self._tables, self._cross_check)

    def read_tables(self, report: ReportPages, ocr: FileOcr) -> CheckedTables:
        """Return the official tables of one report, read and checked, with causes of failures."""
        second_reads = SecondReads(report.pages, self._readers.second, ocr, self._readers.chars)
        tables = self.read_ruled_tables(report)
        tables = self.with_better_grids(tables, report, ocr)
        is_scan = any(page.reader == "ocr" for page in report.pages.values())
        if is_scan:
            tables = self.with_second_ocr(tables, report, second_reads)
        checked = self.with_sightings(self._with_sums(self.checked(tables, report)), report)
        checked = self.with_ocr_comparison(checked, ocr)
        checked = self.with_causes(checked, report, second_reads)
        if is_scan:
            checked = self.with_ocr_confidence(checked)
        checked = self.with_sight(checked)
        if checked.drawn and ocr.available:
            checked = self._with_sums(self.with_drawn_cells(checked, ocr))
        if (is_scan or checked.drawn) and report.pictures is not None and ocr.available:
            checked = self.with_seen_digits(checked, report, ocr)
        cells = self._checks.identities.with_implied_values(checked.observations, checked.forms)
        undecided = {key for key, is_seen in checked.seen.items() if not is_seen}
        cells = with_proof(cells, checked.summed - undecided, checked.seen)
        proofs = [self._checks.check_proof(table, cells) for table in checked.forms]
        checks = checked.checks
        if any(check.rule == "complete" and check.cause == "print" for check in checks):
            checks = with_empty_places(checks, checked.read.readings, report)
        return replace(checked, observations=cells, checks=[*checks, *proofs])

    def _with_sums(self, checked: CheckedTables) -> CheckedTables:
        summed, zeros = proved_by_sums(checked.checks, self._checks.identities.is_equation)
        return replace(checked, summed=summed, zeros=zeros)

    def read_ruled_tables(self, report: ReportPages) -> ReadTables:
        """Read the tables from the ruled grids of the first reader."""
        readings, others = self._tables.read(g for g in report.grids if id(g) not in report.unused)
        others += [grid for grid in report.grids if id(grid) in report.unused]
        return ReadTables(self._zones.with_stray_numbers(readings, report), tuple(others))

    def with_better_grids(
        self, tables: ReadTables, report: ReportPages, ocr: FileOcr
    ) -> ReadTables:
        """Read tables that are missing or have leftovers from other grids, if that is better."""
        tables = self._with_transposed(tables, report, report.grids)
        for name in (WITHOUT_RULES, *self._readers.grids):
            gaps = self._zones.tables_with_gaps(tables.readings, report)
            if not gaps:
                break
            if name == WITHOUT_RULES:
                grids = list(self._zones.grids_without_rules(report, gaps))
            else:
                grids = self._grids_in_zones(name, report, gaps, ocr.path)
            tables = self._with_grids(tables, name, gaps, grids, report)
            if name == WITHOUT_RULES:
                tables = self._with_transposed(tables, report, grids)
        return tables

    def _with_transposed(
        self, tables: ReadTables, report: ReportPages, grids: Sequence[Grid]
    ) -> ReadTables:
        """Read tables with gaps with rows and columns exchanged, if no leftovers remain."""
        for table in self._zones.tables_with_gaps(tables.readings, report):
            reading = self._zones.read_transposed(table, grids)
            if reading is None or reading.leftovers:
                continue
            if self._zones.is_better(tables.readings.get(table), reading, report):
                tables = _with_attempt(tables, TRANSPOSED, table, "better grid")
                unruled = (g for g in reading.grids if g not in report.grids)
                tables = replace(
                    tables,
                    readings={**tables.readings, table: reading},
                    unruled=(*tables.unruled, *unruled),
                )
        return tables

    def _grids_in_zones(
        self, reader: str, report: ReportPages, tables: Sequence[str], path: Path
    ) -> list[Grid]:
        """The grids that a reader finds on the pages where the given tables should be."""
        numbers = {page for table in tables for page in report.zones.get(table, {})}
        pages = [report.pages[number] for number in sorted(numbers)]
        return list(report.own_grids(self._readers.grids[reader].grids(path, pages)))

    def _with_grids(
        self,
        tables: ReadTables,
        reader: str,
        gaps: Sequence[str],
        grids: Sequence[Grid],
        report: ReportPages,
    ) -> ReadTables:
        """Replace each table with gaps by its reading from other grids, if that is better."""
        usable = (grid for grid in grids if not self._zones.has_only_parents(grid, gaps))
        readings, _ = self._tables.read(usable)
        offered = self._zones.with_stray_numbers(readings, report)
        for table in gaps:
            better = self._zones.is_better(tables.readings.get(table), offered.get(table), report)
            tables = _with_attempt(tables, reader, table, "better grid" if better else "no help")
            if better:
                own = (g for g in grids if g.page in report.zones.get(table, {}))
                tables = replace(
                    tables,
                    readings={**tables.readings, table: offered[table]},
                    unruled=(*tables.unruled, *own),
                )
        return tables

    def with_second_ocr(
        self, tables: ReadTables, report: ReportPages, second_reads: SecondReads
    ) -> ReadTables:
        """Read uncertain tables of scanned pages again; keep the better reading.

        The cells of the reading that was not chosen are kept in ``second``.
        """
        wanted = self._uncertain_scans(tables, report)
        if not wanted:
            return tables
        pages = {page for table in wanted for page in _scanned_pages(table, tables, report)}
        texts = (g for g in report.grids if g.page not in pages)
        grids = [grid for read in second_reads.read(pages) for grid in find_grids(read)]
        offered, _ = self._tables.read([*texts, *report.own_grids(grids)])
        for table in wanted:
            first, second = tables.readings.get(table), offered.get(table)
            better = self._zones.is_better(first, second, report)
            tables = _with_attempt(tables, "ocr", table, "better grid" if better else "no help")
            if better and second is not None:
                tables = replace(tables, readings={**tables.readings, table: second})
                second = first
            if second is not None:
                cells = {o.key: o for o in second.observations}
                tables = replace(tables, second={**tables.second, **cells})
        return tables

    def _uncertain_scans(self, tables: ReadTables, report: ReportPages) -> list[str]:
        """The tables of scanned pages that have gaps, failures or uncertain cells."""
        checked = self.checked(tables, report)
        cells, checks = checked.observations, checked.checks
        doubtful = doubtful_tables(checks, cells)
        uncertain = uncertain_cells(cells, checks, self._checks.identities)
        doubtful |= {key.table for key in uncertain}
        doubtful |= set(self._zones.tables_with_gaps(tables.readings, report))
        return sorted(table for table in doubtful if _scanned_pages(table, tables, report))

    def checked(self, tables: ReadTables, report: ReportPages) -> CheckedTables:
        """Check the tables. Two readings of a scan are merged first."""
        shown = {t: reading.form for t, reading in tables.readings.items() if reading.observations}
        forms = self._checks.forms.of_tables(shown, report.year)
        cells = tables.cells()
        if any(cell.state == "unreadable" for cell in cells.values()):
            cells = self._cross_check.with_joined_lines(cells, forms)
        cells = self._zones.with_caption_units(cells, report)
        if tables.second:
            cells = self._cross_check.merge_readings(cells, tables.second, forms)
        due = self._checks.forms.due_tables(forms, report.year)
        checks = self._checks.check(report.with_file_pages(tables.readings), forms, cells, due)
        return CheckedTables(tables, forms, due, cells, checks, tables.attempts)

    def with_sightings(self, checked: CheckedTables, report: ReportPages) -> CheckedTables:
        """Compare cells that no sum proves, or of failing sums, with pictures of known digits."""
        cells = checked.observations
        if report.pictures is None or all(cell.reader == "ocr" for cell in cells.values()):
            return checked
        asked = cells_to_see(checked.checks, checked.observations)
        exchangeable = self._checks.identities.exchangeable_digits(cells, checked.forms)
        tables = checked.claimed(report.pages, exchangeable, asked.keys())
        return replace(checked, sightings=self._witness.look(tables, report.pictures))

    def with_ocr_comparison(self, checked: CheckedTables, ocr: FileOcr) -> CheckedTables:
        """Compare cells with what OCR reads on the displayed page, each once.

        These are cells of failing sums that are not seen, and numbers about which pictures do not
        decide. A wrong character map gives every reader of text the same wrong digits.
        """
        cells, keys = checked.observations, cells_to_see(checked.checks, checked.observations)
        agreed = set(checked.with_verdict("agrees"))
        undecided = checked.with_verdict("unknown")
        asked = [*dict.fromkeys([*(key for key in keys if key not in agreed), *undecided])]
        if not asked or not ocr.available:
            return checked
        compared = self._cross_check.compare_with_page(asked, cells, ocr)
        conflicts = compared.differing.keys() & keys.keys()
        attempts = list(checked.attempts)
        for table in sorted({key.table for key in asked if keys.get(key)}):
            differs = any(key.table == table for key in conflicts)
            attempts.append(FallbackAttempt("ocr", table, "reading" if differs else "print"))
        return replace(checked, by_ocr=compared, conflicts=conflicts, attempts=tuple(attempts))

    def with_causes(
        self, checked: CheckedTables, report: ReportPages, second_reads: SecondReads
    ) -> CheckedTables:
        """Set the causes of failed checks; a second reader reads cells that nothing confirms."""
        tables, first = checked.read, checked.observations
        failed = [c for c in checked.checks if c.status == "fail" and c.cause is None]
        if not failed or not (doubtful := doubtful_tables(checked.checks, first)):
            return checked
        confirmed = dict.fromkeys(checked.by_ocr.alike, "ocr")
        confirmed |= dict.fromkeys(checked.with_verdict("agrees"), "sight")
        doubted = doubted_tables(failed, tables.readings, tables.unruled, first)
        second = self._second.read(failed, first, confirmed, doubted, report, second_reads)
        checks, cells = assign_causes(checked.checks, first, {**second.cells, **tables.second})
        attempts = list(checked.attempts)
        for table in sorted(doubtful):
            causes = {c.cause for c in checks if c.table == table and c.cause}
            used = second.readers.get(table) or [*self._readers.chars, *self._readers.second]
            if _scanned_pages(table, tables, report):
                used = ["ocr"]
            outcome = "/".join(sorted(causes)) or "agreed"
            attempts += [FallbackAttempt(reader, table, outcome) for reader in used[:1]]
        return replace(
            checked, observations=cells, checks=checks, attempts=(*dict.fromkeys(attempts),)
        )

    def with_ocr_confidence(self, checked: CheckedTables) -> CheckedTables:
        """Flag the cells that OCR read without certainty."""
        cells, checks = checked.observations, checked.checks
        reasons = uncertain_cells(cells, checks, self._checks.identities, checked.read.second)
        checks, cells = flag_cells(cells, checks, reasons)
        return replace(checked, observations=cells, checks=checks)

    def with_sight(self, checked: CheckedTables) -> CheckedTables:
        """Flag the cells that the displayed page shows otherwise."""
        cells, checks, by_ocr = checked.observations, checked.checks, checked.by_ocr
        seen, doubts = seen_and_doubted(checked.sightings, cells)
        seen |= dict.fromkeys(by_ocr.alike & seen.keys(), True)
        if by_ocr.differing:
            doubts |= conflict_reasons(by_ocr.differing, cells)
        if doubts:
            checks, cells = flag_cells(cells, checks, doubts)
        sightings = checked.sightings.items()
        unclear = {key for key, each in sightings if each.reason in NOT_ONE_NUMBER}
        return replace(
            checked,
            observations=cells,
            checks=checks,
            conflicts=checked.conflicts - unclear,  # there OCR is wrong
            seen={
                key: is_seen
                for key, is_seen in seen.items()
                if cells[key].value and not (is_seen and key in checked.summed)
            },
            drawn=frozenset(key for key, each in sightings if each.reason in DRAWN),
        )

    def with_drawn_cells(self, checked: CheckedTables, ocr: FileOcr) -> CheckedTables:
        """Read cells by OCR whose content is drawn, not text, and check the tables again."""
        read = self._cross_check.read_drawn(sorted(checked.drawn), checked.observations, ocr)
        if not read:
            return checked
        tables, cells = checked.read, {**checked.observations, **read}
        checks = self._checks.check(tables.readings, checked.forms, cells, checked.due)
        checks, cells = assign_causes(checks, cells, {})
        return self.with_ocr_confidence(replace(checked, observations=cells, checks=checks))

    def with_seen_digits(
        self, checked: CheckedTables, report: ReportPages, ocr: FileOcr
    ) -> CheckedTables:
        """Compare unproved numbers that OCR read with pictures of proved ones; flag differences."""
        cells, checks = checked.observations, checked.checks
        sightings = self._scan_witness.look(checked.claimed(report.pages), ocr)
        seen, doubts = seen_and_doubted(sightings, cells)
        checks, cells = flag_cells(cells, checks, doubts)
        return replace(checked, observations=cells, checks=checks, seen=checked.seen | seen)


def _with_attempt(tables: ReadTables, reader: str, table: str, outcome: str) -> ReadTables:
    attempt = FallbackAttempt(reader, table, outcome)
    return replace(tables, attempts=(*tables.attempts, attempt))


def _scanned_pages(table: str, tables: ReadTables, report: ReportPages) -> set[int]:
    reading = tables.readings.get(table)
    return report.scanned_pages(table, reading.grids if reading else ())
