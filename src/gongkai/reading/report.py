"""Start here: one PDF file in, its reports out.

The steps of ``ReportReader.read``:

1. Readers turn the pages into characters, rules and tables (``gongkai.extractors``). A file that
   is offered to several families is read once (``gongkai.reading.offer``).
2. Lines outside tables give titles and section headings; a file is split into its reports
   (``gongkai.normalizers.documents``).
3. Each table of a report is named, read and checked. If a check fails, further readers
   read it (``fallback``, with ``gongkai.normalizers.tables`` and ``gongkai.checks``).
4. The text gives sections, paragraphs and the figures in them
   (``gongkai.normalizers.narrative``), and the title the agency
   (``gongkai.normalizers.agencies``).

Every step returns new values. Nothing is read from or written to a database here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from unicodedata import normalize

from msgspec.structs import replace

from gongkai.checks.causes import net_passing
from gongkai.checks.narrative import NarrativeChecks, SectionChecks
from gongkai.checks.no_data import NoDataChecks
from gongkai.checks.table_checks import REPORT, Forms, check_identity, status_of
from gongkai.errors import NotAReport
from gongkai.extractors.layout.sheets import as_displayed
from gongkai.extractors.layout.text_blocks import is_sentence
from gongkai.extractors.readers import FilePages, FileReader
from gongkai.families.family import Family
from gongkai.model import Grid, Line, Observations, Problem, ReadOptions, Report
from gongkai.normalizers.agencies.resolver import AgencyResolver
from gongkai.normalizers.documents.headings import HeadingFinder, ReportExtent, ReportSplitter
from gongkai.normalizers.documents.sections import (
    before_end,
    introduction,
    last_page_of,
    may_have_figures,
    paragraphs_of,
    sections_of,
)
from gongkai.normalizers.documents.titles import TitleReader
from gongkai.normalizers.narrative.figures import FigureReader
from gongkai.normalizers.tables.captions import (
    CaptionedTable,
    CaptionFinder,
    spans,
    with_tables,
)
from gongkai.normalizers.tables.labels import TableLabels
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.problems import make_problem, message
from gongkai.reading.fallback import CheckedTables, TableFallback
from gongkai.reading.free_tables import FreeTables
from gongkai.reading.scopes import ScopedPages, ScopeFinder
from gongkai.reading.zones import (
    NOWHERE,
    ReportPages,
    Zone,
    headings_in,
    is_text_frame,
    lines_outside_tables,
    table_zones,
    zone_between,
)

Position = tuple[int, float]  # page, from 1, and y in points from the top

_DEFAULTS = ReadOptions()
_DISTINCT_LABEL = 6  # characters: shorter labels of rows occur in other documents, too


@dataclass(frozen=True)
class _Split:
    """Where the tables and the reports of one family are in a file."""

    grids: Sequence[Grid]  # of all pages
    tables: Sequence[tuple[Grid, str]]  # official ones, with the id of the table
    extents: Sequence[ReportExtent]
    captioned: Sequence[CaptionedTable]  # [] if the family tells tables by their labels


def read_reports(path: Path, family: Family, options: ReadOptions = _DEFAULTS) -> list[Report]:
    """Read every report of a family in one file. For many files, keep one ReportReader.

    Raises what ``ReportReader.read`` raises.
    """
    return ReportReader(family, options).read(path)


class ReportReader:
    """Reads the reports of one family. Built once a process; it builds all its stages.

    Raises FamilyError if the family names a reader that does not exist.
    """

    def __init__(self, family: Family, options: ReadOptions = _DEFAULTS) -> None:
        self.family = family
        self._words = family.subject.words
        labels = {self._folded(field.row_label) for field in family.fields}
        self._row_labels = [label for label in labels if len(label) >= _DISTINCT_LABEL]
        self.files = FileReader.of(family, options)
        self._free_ids = frozenset(table.id for table in family.free_tables)
        own = [t for t in family.tables if not t.has_caption and t.id not in self._free_ids]
        self._table_sections = {table.id: table.section for table in own}
        self._provisional = tuple(family.provisional())
        self._table_titles = {table.id: table.title for table in family.tables}
        self._table_reader = tables = TableReader(family)
        no_data = family.settings.no_data_pattern
        self._no_data = NoDataChecks(family, no_data) if no_data else None
        self._captions = CaptionFinder(family) if CaptionFinder.is_needed(family) else None
        self._forms = Forms(family)
        self._free_titles = [table.title_pattern.search for table in family.free_tables]
        self._free = FreeTables(family.free_tables, self._table_reader, self._forms)
        self._tables = TableFallback(family, self._table_reader, self.files.readers)
        self._agencies = AgencyResolver(family)
        self._titles = TitleReader(family, self._agencies.names)
        self.headings = HeadingFinder(family)
        self._splitter = ReportSplitter(self._titles, self.headings)
        self._sections = SectionChecks(family)
        self._scopes = ScopeFinder(family.country, tables.table_of, tables.labels)

    @cached_property
    def prose(self) -> tuple[FigureReader, NarrativeChecks]:
        """Built with the first text that may have figures: most families have none in a folder."""
        return FigureReader(self.family), NarrativeChecks(self.family)

    def read(self, path: Path) -> list[Report]:
        """Read every report in one file, in printed order.

        Raises what ``FileReader.pages`` raises, and NotAReport if the file has no report of
        this family. If such a file has attachments, the error names them.
        """
        with self.files.pages(path, self.family.subject) as file:
            reports = self.reports(file)
            if not reports:
                raise NotAReport(message("not_a_report"))
            return reports

    def may_be_in(self, texts: Sequence[str]) -> bool:
        """Return whether the texts of a file's pages mention the family at all.

        They do if one has a word of its titles, sections or captions, or a long label of a row.
        A report has one of them, so that other documents are refused at little cost.
        """
        if any(word in text for text in texts for word in self._words):
            return True
        words = (*self._words, *self._row_labels)
        return any(word in text for text in map(self._folded, texts) for word in words)

    def _folded(self, text: str) -> str:
        return "".join(normalize("NFKC", text).split()).translate(self.family.variants)

    def titled_starts(self, file: FilePages) -> list[Position]:
        """Return the page and y of each title of a report of this family, if text is above it."""
        return [extent.start for extent in self._split(file).extents if extent.title]

    def reports(self, file: FilePages, stops: Sequence[Position] = ()) -> list[Report]:
        """Return the reports of this family on the pages of a file; none if there are none.

        A report ends where one of another family begins: at the next of the ``stops``.
        Numbers that no sum proves are compared with the pictures of the pages; without these,
        they stay unproved. If the displayed page contradicts the text layer, OCR reads all
        pages, and the reports from OCR are returned unless fewer identities hold in them.
        Raises NotAReport for an empty form.
        """
        if not self.may_be_in(file.texts):
            return []
        split = self._split(file, stops)
        reports = _of_file(file, [self._report(each, split, file) for each in split.extents])
        if reports and all(map(_is_blank_form, reports)):
            raise NotAReport(message("blank_form", title=self.family.title))
        if not any(p.code == "text_layer_doubted" for report in reports for p in report.problems):
            return reports
        seen = file.by_ocr
        split = self._split(seen, stops)
        reread = _of_file(seen, [self._report(each, split, seen) for each in split.extents])
        if not reread or net_passing(reread) < net_passing(reports):
            return reports
        note = make_problem("text_layer_lies")
        return [replace(report, problems=(*report.problems, note)) for report in reread]

    def _split(self, file: FilePages, stops: Sequence[Position] = ()) -> _Split:
        """Find the tables and the reports of this family on the pages of a file."""
        grids: Sequence[Grid] = self._table_reader.sorter.separated(file.grids)
        tables = [(grid, t) for grid in grids if (t := self._table_reader.table_of(grid))]
        free = {id(grid) for grid, table in tables if table in self._free_ids}
        official = [grid for grid, _ in tables]
        pages = list(file.pages.values())
        lines = lines_outside_tables(
            pages,
            grids,
            official,
            self.family.country.page_number,
            self._titles.is_title,
            lambda grid: () if id(grid) in free else headings_in(grid, self.headings),
        )
        lines = self.headings.without_contents(lines)
        captioned = self._captions.find(grids, lines) if self._captions else []
        if captioned:
            grids = with_tables(captioned)
            official = [grid for grid in grids if self._table_reader.table_of(grid)]
        if free:
            official = [grid for grid in official if id(grid) not in free]
        extents = self._splitter.split(lines, official, pages[-1].number)
        if stops:
            extents = [_until_next(extent, stops) for extent in extents]
        return _Split(grids, tables, extents, captioned)

    def _report(self, extent: ReportExtent, split: _Split, file: FilePages) -> list[Report]:
        """Read one report: its tables first, then its text.

        Tables for a further scope follow as reports of their own.
        """
        lines = extent.lines
        tables_here = [(g, t) for g, t in split.tables if extent.contains(g.page, g.box.top)]
        has_free = any(table in self._free_ids for _, table in tables_here) or any(
            search(line.text) for line in lines for search in self._free_titles
        )
        shown = self._free.without_rows(lines) if has_free else lines
        headings = before_end(self.headings.find(shown), lines)
        intro = introduction(lines[extent.title_lines : headings[0].line if headings else None])
        printed = "\n".join([line.text for line in lines])
        year_found = self._titles.report_year(extent.title_parts, intro, printed)
        year = year_found.year
        own = [grid for grid in split.grids if extent.contains(grid.page, grid.box.top)]
        zones = table_zones(self._table_sections, headings, extent, file.pages)
        unused: Set[int] = frozenset()
        if has_free:
            old = self._forms.unused_tables(year)
            unused = frozenset(id(grid) for grid, table in tables_here if table in old)
            zones = self._free.zones(zones, tables_here, headings, extent, file.pages, year)
        if split.captioned:
            captioned = [each for each in split.captioned if extent.contains(*each.start)]
            places = spans(captioned, {n: page.height for n, page in file.pages.items()})
            zones |= {t: zone_between(*place, file.pages) for t, place in places.items()}
        report_pages = ReportPages(file.pages, own, zones, lines, year, file.pictures, unused)
        scoped = (
            self._scopes.find(report_pages, headings, extent)
            if any(self._scopes.is_caption(line.text) for line in lines)
            else []
        )
        tables = self._tables.read_tables(scoped[0].pages if scoped else report_pages, file.ocr)
        prose = _without_tables(lines, tables, zones, self._table_reader.labels)
        if has_free:
            prose = self._free.without_captions(prose, tables_here)
        if len(prose) < len(lines):
            shown = self._free.without_rows(prose) if has_free else prose
            headings = before_end(self.headings.find(shown), prose)
        texts = paragraphs_of(prose, headings, extent.title_lines)
        sections = sections_of(prose, headings, texts)
        found = self.prose[0].figures(texts) if may_have_figures(texts) else []
        narrative_checks, figures = (
            self.prose[1].check_and_prove(found, tables.observations) if found else ([], [])
        )
        agency = self._titles.agency(
            extent.title_parts, [p.text for p in texts], [*lines, *_text_cells(tables.observations)]
        )
        main_form = self._forms.main(tables.forms, year)
        form = main_form or self._forms.of_year(year)
        is_free = form in self._sections.free_forms
        missing = 0 if is_free else len(self._sections.titles) - len(sections)
        checks = (
            *tables.checks,
            check_identity("agency", agency.name, agency.doubt),
            check_identity("year", f"{year or ''}", year_found.doubt),
        )
        if self._no_data is not None:
            checks += tuple(self._no_data.check(tables.forms, tables.observations, zones, lines))
        page_last = last_page_of(prose, headings, extent)
        report = Report(
            page_first=extent.page_first,
            page_last=page_last,
            title=" ".join(extent.title.split()),
            agency=agency.name,
            year=year,
            form=main_form,
            status=status_of(checks, tables.observations.values()),
            table_forms=tables.forms,
            observations=tuple(tables.observations.values()),
            sections=tuple(sections),
            checks=(
                *checks,
                *narrative_checks,
                self._sections.check([each.number for each in sections], form),
            ),
            problems=tuple(self._problems(tables, page_last, missing, year)),
            figures=tuple(figures),
            paragraphs=tuple(texts),
            fallback_attempts=tables.attempts,
            agency_ref=self._agencies.resolve(agency.name, f"{intro}\n{printed}", year),
            scope=scoped[0].scope if scoped else None,
        )
        return [report, *(self._of_scope(report, each, file) for each in scoped[1:])]

    def _of_scope(self, main: Report, scoped: ScopedPages, file: FilePages) -> Report:
        """The tables of a further scope as a report without text; ``main`` is the agency's own."""
        tables = self._tables.read_tables(scoped.pages, file.ocr)
        about_report = (check for check in main.checks if check.table == REPORT)
        own = (check for check in tables.checks if check.table in scoped.tables)
        checks = (*own, *about_report)
        return replace(
            main,
            form=self._forms.main(tables.forms, main.year),
            status=status_of(checks, tables.observations.values()),
            table_forms=tables.forms,
            observations=tuple(tables.observations.values()),
            sections=(),
            checks=checks,
            problems=tuple(self._problems(tables, main.page_last, 0, main.year)),
            figures=(),
            paragraphs=(),
            fallback_attempts=tables.attempts,
            scope=scoped.scope,
        )

    def _problems(
        self, tables: CheckedTables, page_last: int, missing_sections: int, year: int | None
    ) -> Iterator[Problem]:
        for grid in tables.read.others:
            if grid.page <= page_last and not is_text_frame(grid):
                yield make_problem("other_table", grid.page, grid.box)
        if missing_sections:
            yield make_problem("missing_sections", missing=missing_sections)
        if tables.conflicts:
            yield make_problem("text_layer_doubted")
        if year is None:
            yield make_problem("no_year")
        for table, reading in tables.read.readings.items():
            if codes := "、".join(reading.new_codes):  # that the code list does not have
                grid, title = reading.grids[0], self._table_titles[table]
                yield make_problem("new_codes", grid.page, grid.box, table=title, codes=codes)
        for name, code, words in self._provisional:
            if name in tables.forms or name in tables.forms.values():
                yield make_problem(code, None, None, **words)


def _until_next(extent: ReportExtent, stops: Sequence[Position]) -> ReportExtent:
    """A titled report up to the first of the places in it where another one begins."""
    stop = min((each for each in stops if extent.start < each < extent.end), default=None)
    if stop is None or not extent.title:
        return extent
    lines = tuple([line for line in extent.lines if (line.page, line.box.top) < stop])
    return replace(extent, lines=lines, page_last=lines[-1].page, end=stop)


def _of_file(file: FilePages, reports: Sequence[Sequence[Report]]) -> list[Report]:
    """The reports in coordinates of the displayed pages, those of further scopes last."""
    found = [own for own, *_ in reports] + [each for _, *further in reports for each in further]
    found = [replace(report, edition=file.edition) for report in found]
    if any(page.to_displayed is not None for page in file.pages.values()):
        return [as_displayed(report, file.pages) for report in found]
    return found


def _is_blank_form(report: Report) -> bool:
    """Is a report a template: no agency, and nothing in any cell?"""
    return not report.agency and {cell.state for cell in report.observations} == {"blank"}


def _without_tables(
    lines: Sequence[Line],
    tables: CheckedTables,
    zones: Mapping[str, Zone],
    labels: Mapping[str, TableLabels],
) -> Sequence[Line]:
    """The lines that are neither in a table without rules nor the article above a block of it.

    A sentence in a grid of one cell is text: a reader put it there with the table above it.
    """

    def is_in_table(line: Line) -> bool:
        _, y = line.box.middle
        for grid in tables.read.unruled:
            if grid.page == line.page and grid.box.top <= y <= grid.box.bottom:
                return len(grid.cells) > 1 or not is_sentence(line.text)
        for table, zone in zones.items():
            if (span := zone.get(line.page, NOWHERE))[0] < y < span[1]:
                return labels[table].fold(line.text).core in labels[table].articles
        return False

    return tuple(line for line in lines if not is_in_table(line))


def _text_cells(cells: Observations) -> Iterator[Line]:
    """The cells that hold text as lines with their label: 主办单位：某某局."""
    for cell in cells.values():
        if cell.text_value is not None:
            label = cell.row_label.rpartition("／")[2]
            yield Line(f"{label}：{cell.text_value}", cell.page, cell.box, 0.0)
