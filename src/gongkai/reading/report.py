"""Start here: one PDF file in, its reports out.

The steps of ``ReportReader.read``:

1. Readers turn the pages into characters, rules and tables (``gongkai.extractors``).
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

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from gongkai.checks.narrative import NarrativeChecks
from gongkai.checks.no_data import NoDataChecks
from gongkai.checks.table_checks import REPORT, Forms, check_identity, status_of
from gongkai.errors import NotAReport, UnreadableFile
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.layout.sheets import as_displayed, parts_of, sheets_of, split_sheets
from gongkai.extractors.ocr.service import FileOcr, number_alphabet
from gongkai.extractors.pdf.page_pictures import PagePictures, page_pictures
from gongkai.extractors.pdf.pdfium_api import files_kept_open, open_document
from gongkai.extractors.readers import ReaderOrder
from gongkai.extractors.text_layer import reread_missing_fonts, with_ocr
from gongkai.families.family import Family
from gongkai.model import Grid, Line, Observations, Page, Problem, ReadOptions, Report
from gongkai.normalizers.agencies.resolver import AgencyResolver
from gongkai.normalizers.documents.headings import (
    Heading,
    HeadingFinder,
    ReportExtent,
    ReportSplitter,
)
from gongkai.normalizers.documents.sections import (
    end_of_report,
    join_paragraphs,
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
from gongkai.reading.scopes import ScopedPages, ScopeFinder
from gongkai.reading.zones import (
    NOWHERE,
    ReportPages,
    Zone,
    is_text_frame,
    lines_outside_tables,
    table_zones,
)

_DEFAULTS = ReadOptions()


@dataclass(frozen=True)
class _File:
    """The pages of one file, and where its reports are on them."""

    pages: Mapping[int, Page]  # by number
    grids: Sequence[Grid]  # of all pages
    extents: Sequence[ReportExtent]  # at least one
    pictures: PagePictures | None
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
        self._title = family.title
        self._alphabet = number_alphabet(family.marks)
        self._family = family
        self._readers = ReaderOrder.of(family.settings.readers.order)
        self._options = options if self._readers.ocr else replace(options, ocr="never")
        self._table_sections = {table.id: table.section for table in family.tables}
        self._section_count = len(family.settings.sections)
        self._table_reader = TableReader(family)
        no_data = family.settings.no_data_pattern
        self._no_data = NoDataChecks(family, no_data) if no_data else None
        self._table_titles = {table.id: table.title for table in family.tables}
        self._captions = CaptionFinder(family) if CaptionFinder.is_needed(family) else None
        self._main_form = Forms(family).main
        self._tables = TableFallback(family, self._table_reader, self._readers)
        self._page_number = family.country.page_number
        self._agencies = AgencyResolver(family)
        self._titles = TitleReader(family, self._agencies.names)
        self.headings = HeadingFinder(family)
        self._splitter = ReportSplitter(self._titles, self.headings)
        self._scopes = ScopeFinder(family.country.settings.scopes, self._table_reader.table_of)
        self.figures = FigureReader(family)
        self._narrative_checks = NarrativeChecks(family)

    def read(self, path: Path) -> list[Report]:
        """Read every report in one file, in printed order.

        Raises UnreadableFile if neither the text layer nor OCR gives usable text (OcrMissing
        if OCR is needed and not installed), and NotAReport if the file has no report of
        this family. If such a file has attachments, the error names them.
        """
        with files_kept_open():
            pages = self._readers.first.read(path, None, self._options)
            if "pdfplumber" in self._readers.second:
                pages = reread_missing_fonts(pages, path)
            try:
                pages = with_ocr(pages, FileOcr(path, self._options, self._alphabet), self._family)
                if any(page.width > page.height for page in pages):
                    pages = split_sheets(pages)
                with page_pictures(path, pages) as pictures:
                    return self.reports_of_pages(pages, path, pictures)
            except (UnreadableFile, NotAReport) as error:
                if names := _attachment_names(path):
                    text = message("has_attachments", reason=error, names="、".join(names))
                    raise type(error)(text) from error
                raise

    def reports_of_pages(
        self, pages: Sequence[Page], path: Path, pictures: PagePictures | None = None
    ) -> list[Report]:
        """Return the reports on the given pages of the file ``path``.

        Numbers that no sum proves are compared with ``pictures``; without these, they stay
        unproved. If the displayed page contradicts the text layer, OCR reads all pages, and
        the reports from OCR are returned unless fewer identities hold in them. Raises
        NotAReport if there is no report.
        """
        by_number = {page.number: page for page in pages}
        ocr = FileOcr(path, self._options, self._alphabet, by_number)
        file = self._split(pages, pictures)
        reports = _of_file(file, [self._report(extent, file, ocr) for extent in file.extents])
        if all(map(_is_blank_form, reports)):
            raise NotAReport(message("blank_form", title=self._title))
        if not any(_has_conflicts(report) for report in reports):
            return reports
        with_text = [page for page in pages if page.reader != "ocr"]
        read = ocr.read_pages(sheets_of(with_text))
        by_ocr = {page.number: page for page in parts_of(read, with_text)}
        file = self._split([by_ocr.get(page.number, page) for page in pages], pictures)
        reread = _of_file(file, [self._report(extent, file, ocr) for extent in file.extents])
        if _net_passing(reread) < _net_passing(reports):
            return reports
        note = make_problem("text_layer_lies")
        return [replace(report, problems=(*report.problems, note)) for report in reread]

    def _split(self, pages: Sequence[Page], pictures: PagePictures | None) -> _File:
        """Find the tables and the reports on the pages of a file."""
        grids = [grid for page in pages for grid in find_grids(page)]
        official = [grid for grid in grids if self._table_reader.table_of(grid)]
        lines = lines_outside_tables(
            pages, grids, official, self._page_number, self._titles.is_title, self.headings
        )
        lines = self.headings.without_contents(lines)
        captioned = self._captions.find(grids, lines) if self._captions else []
        if captioned:
            grids = with_tables(captioned)
            official = [grid for grid in grids if self._table_reader.table_of(grid)]
        extents = self._splitter.split(lines, official, pages[-1].number)
        if not extents:
            raise NotAReport(message("not_a_report", title=self._title))
        by_number = {page.number: page for page in pages}
        return _File(by_number, grids, extents, pictures, captioned)

    def _report(self, extent: ReportExtent, file: _File, ocr: FileOcr) -> list[Report]:
        """Read one report: its tables first, then its text.

        Tables for a further scope follow as reports of their own.
        """
        lines = extent.lines
        headings = self.headings.find(lines)
        intro = _introduction(extent, headings)
        printed = "\n".join([line.text for line in lines])
        text = f"{intro}\n{printed}"
        year_found = self._titles.report_year(extent.title_parts, intro, printed)
        year = year_found.year
        own = [grid for grid in file.grids if extent.contains(grid.page, grid.box.top)]
        zones = table_zones(self._table_sections, headings, extent, file.pages)
        if file.captioned:
            captioned = [each for each in file.captioned if extent.contains(*each.start)]
            zones |= spans(captioned, {n: page.height for n, page in file.pages.items()})
        report_pages = ReportPages(file.pages, own, zones, lines, year, file.pictures)
        scoped = (
            self._scopes.find(report_pages, headings, extent)
            if any(self._scopes.is_caption(line.text) for line in lines)
            else []
        )
        tables = self._tables.read_tables(scoped[0].pages if scoped else report_pages, ocr)
        prose = _without_tables(lines, tables, zones, self._table_reader.labels)
        if len(prose) < len(lines):
            headings = self.headings.find(prose)
        texts = paragraphs_of(prose, headings, extent.title_lines)
        sections = sections_of(prose, headings, texts)
        narrative_checks, figures = self._narrative_checks.check_and_prove(
            self.figures.figures(texts), tables.observations
        )
        agency = self._titles.agency(
            extent.title_parts,
            [paragraph.text for paragraph in texts],
            [*lines, *_text_cells(tables.observations)],
        )
        checks = (
            *tables.checks,
            check_identity("agency", agency.name, agency.doubt),
            check_identity("year", f"{year or ''}", year_found.doubt),
        )
        if self._no_data is not None:
            cells = tables.observations
            checks = (*checks, *self._no_data.check(tables.forms, cells, zones, lines))
        report = Report(
            page_first=extent.page_first,
            page_last=_last_page(prose, headings, extent),
            title=" ".join(extent.title.split()),
            agency=agency.name,
            year=year,
            form=self._main_form(tables.forms, year),
            status=status_of(checks, tables.observations.values()),
            table_forms=tables.forms,
            observations=tuple(tables.observations.values()),
            sections=tuple(sections),
            checks=(
                *checks,
                *narrative_checks,
                self._narrative_checks.check_sections([each.number for each in sections]),
            ),
            problems=(
                *_problems(tables, self._section_count - len(sections), year),
                *self._new_codes(tables),
            ),
            figures=tuple(figures),
            paragraphs=tuple(texts),
            fallback_attempts=tables.attempts,
            agency_ref=self._agencies.resolve(agency.name, text, year),
            scope=scoped[0].scope if scoped else None,
        )
        return [report, *(self._of_scope(report, each, ocr) for each in scoped[1:])]

    def _new_codes(self, tables: CheckedTables) -> Iterator[Problem]:
        """Remark on the codes that the code list of their table does not have."""
        for table, reading in tables.read.readings.items():
            if codes := "、".join(reading.new_codes):
                grid, title = reading.grids[0], self._table_titles[table]
                yield make_problem("new_codes", grid.page, grid.box, table=title, codes=codes)

    def _of_scope(self, main: Report, scoped: ScopedPages, ocr: FileOcr) -> Report:
        """The tables of a further scope as a report without text; ``main`` is the agency's own."""
        tables = self._tables.read_tables(scoped.pages, ocr)
        about_report = (check for check in main.checks if check.table == REPORT)
        own = (check for check in tables.checks if check.table in scoped.tables)
        checks = (*own, *about_report)
        return replace(
            main,
            form=self._main_form(tables.forms, main.year),
            status=status_of(checks, tables.observations.values()),
            table_forms=tables.forms,
            observations=tuple(tables.observations.values()),
            sections=(),
            checks=checks,
            problems=tuple(_problems(tables, 0, main.year)),
            figures=(),
            paragraphs=(),
            fallback_attempts=tables.attempts,
            scope=scoped.scope,
        )


def _attachment_names(path: Path) -> list[str]:
    """The names of the files attached to a PDF; none if pdfium cannot open it."""
    try:
        document = open_document(path)
    except UnreadableFile:  # a reader of other formats may have read it
        return []
    with closing(document):
        return [document.get_attachment(k).get_name() for k in range(document.count_attachments())]


def _of_file(file: _File, reports: Sequence[Sequence[Report]]) -> list[Report]:
    """The reports in coordinates of the displayed pages, those of further scopes last."""
    found = [own for own, *_ in reports] + [each for _, *further in reports for each in further]
    if any(page.to_displayed is not None for page in file.pages.values()):
        return [as_displayed(report, file.pages) for report in found]
    return found


def _is_blank_form(report: Report) -> bool:
    """Is a report a template: no agency, and nothing in any cell?"""
    return not report.agency and {cell.state for cell in report.observations} == {"blank"}


def _has_conflicts(report: Report) -> bool:
    return any(each.code == "text_layer_doubted" for each in report.problems)


def _net_passing(reports: Sequence[Report]) -> int:
    """Number of passing minus failing identities."""
    tested = [
        check
        for report in reports
        for check in report.checks
        if check.severity == "must" and check.expected is not None
    ]
    return sum(1 if check.status == "pass" else -1 for check in tested)


def _introduction(extent: ReportExtent, headings: Sequence[Heading]) -> str:
    """The paragraphs between a report's title and its first section."""
    lines = extent.lines
    intro = lines[extent.title_lines : headings[0].line if headings else len(lines)]
    return "\n".join(join_paragraphs(intro))


def _last_page(prose: Sequence[Line], headings: Sequence[Heading], extent: ReportExtent) -> int:
    """The report's last page; other content may follow it in the file."""
    if not headings:
        return extent.page_last
    start = headings[-1].line + headings[-1].lines
    end = end_of_report(prose, start)
    return extent.page_last if end == len(prose) else prose[end - 1].page


def _without_tables(
    lines: Sequence[Line],
    tables: CheckedTables,
    zones: Mapping[str, Zone],
    labels: Mapping[str, TableLabels],
) -> tuple[Line, ...]:
    """The lines that are neither in a table without rules nor a caption.

    A caption here is the article of the regulation that is printed above a block of a table.
    """

    def is_in_table(line: Line) -> bool:
        y = line.box.middle[1]
        grids = tables.read.unruled
        if any(g.page == line.page and g.box.top <= y <= g.box.bottom for g in grids):
            return True
        for table, zone in zones.items():
            top, bottom = zone.get(line.page, NOWHERE)
            if top < y < bottom:
                return labels[table].fold(line.text).core in labels[table].articles
        return False

    return tuple(line for line in lines if not is_in_table(line))


def _text_cells(cells: Observations) -> Iterator[Line]:
    """The cells that hold text as lines with their label: 主办单位：某某局."""
    for cell in cells.values():
        if cell.text_value is not None:
            label = cell.row_label.rpartition("／")[2]
            yield Line(f"{label}：{cell.text_value}", cell.page, cell.box, 0.0)


def _problems(tables: CheckedTables, missing_sections: int, year: int | None) -> list[Problem]:
    problems = [
        make_problem("other_table", grid.page, grid.box)
        for grid in tables.read.others
        if not is_text_frame(grid)
    ]
    if missing_sections:
        problems.append(make_problem("missing_sections", missing=missing_sections))
    if tables.has_conflicts:
        problems.append(make_problem("text_layer_doubted"))
    if year is None:
        problems.append(make_problem("no_year"))
    return problems
