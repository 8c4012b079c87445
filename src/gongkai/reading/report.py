"""One file in, its reports out: the story of gongkai in code.

Extractors read the pages into characters and rules, lay them into grids and prose.
Normalizers name each row and column and turn cell text into numbers, blanks, marks
or refusals. Checks prove numbers against each other and names against the printed
order; where a proof fails, a second, independent reader looks again, and says whether
the fault is the print's or the reading's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from msgspec.structs import replace

from gongkai.checks.narrative import NarrativeChecks
from gongkai.checks.status import status_of
from gongkai.errors import NotAReport
from gongkai.extractors.layout.furniture import without_furniture
from gongkai.extractors.layout.lines import prose_lines
from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.ocr.service import FileOcr, file_ocr, with_ocr
from gongkai.extractors.pdf.missing_fonts import reread_missing_fonts
from gongkai.extractors.pdf.page_transform import to_displayed
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.families.family import Family
from gongkai.model import Grid, Line, Page, Problem, ReadOptions, Report, Section
from gongkai.normalizers.agencies.resolve import resolve
from gongkai.normalizers.documents.paragraphs import paragraphs
from gongkai.normalizers.documents.sections import (
    Heading,
    end_of_report,
    find_headings,
    paragraphs_of,
    sections_of,
)
from gongkai.normalizers.documents.split import Extent, split_reports
from gongkai.normalizers.documents.titles import agency_of, year_of
from gongkai.normalizers.narrative.figures import FigureReader
from gongkai.normalizers.tables.forms import form_of_year, majority
from gongkai.normalizers.tables.labels import vocabulary
from gongkai.normalizers.tables.table_matching import table_of
from gongkai.reading.fallback import CheckedTables, TableFallback
from gongkai.reading.zones import NOWHERE, ReportPages, Zone, table_zones

_AS_USUAL = ReadOptions()
_figure_reader = lru_cache(maxsize=4)(FigureReader)  # of a family
_narrative_checks = lru_cache(maxsize=4)(NarrativeChecks)
_table_fallback = lru_cache(maxsize=4)(TableFallback)


def read_reports(path: Path, family: Family, options: ReadOptions = _AS_USUAL) -> list[Report]:
    """Read every report of the pipeline's family in one file.

    Raises UnreadableFile where no honest text is to be had (OcrMissing where it needs
    packages that are not installed), NotAReport where the file holds no report of this
    family.
    """
    pictures = file_ocr(path, family.marks, options)
    pages = with_ocr(
        reread_missing_fonts(read_pages(path), path), pictures, family.settings.thresholds
    )
    return reports_of_pages(pages, family, path, options)


def reports_of_pages(
    pages: Sequence[Page], family: Family, path: Path, options: ReadOptions = _AS_USUAL
) -> list[Report]:
    """The reports on pages already read; ``path`` is where a second reader may look.

    Where one sees other numbers than the text layer says, the pictures of the pages are
    read instead.
    """
    pictures = file_ocr(path, family.marks, options)
    reports = _reports(pages, family, pictures)
    if any(_is_deceived(report) for report in reports):
        texts = [page for page in pages if page.reader != "ocr"]
        seen = {page.number: page for page in pictures.read_pages(texts)}
        by_sight = _reports([seen.get(p.number, p) for p in pages], family, pictures)
        told = Problem("text_layer_lies", "文字层与页面上看到的数不符，已改由图片识别")
        if _held(by_sight) >= _held(reports):
            return [replace(report, problems=(*report.problems, told)) for report in by_sight]
    return reports


def _is_deceived(report: Report) -> bool:
    return any(problem.code == "text_layer_doubted" for problem in report.problems)


def _held(reports: Sequence[Report]) -> int:
    """By how many more sums hold than fail."""
    tested = [
        check
        for report in reports
        for check in report.checks
        if check.severity == "must" and check.expected is not None
    ]
    return sum(1 if check.status == "pass" else -1 for check in tested)


def _reports(pages: Sequence[Page], family: Family, pictures: FileOcr) -> list[Report]:
    by_number = {page.number: page for page in pages}
    grids = [grid for page in pages for grid in find_grids(page)]
    official = [grid for grid in grids if table_of(grid, family)]
    lines = _prose(pages, by_number, grids, official)
    extents = split_reports(lines, official, pages[-1].number, family)
    if not extents:
        raise NotAReport(f"读到了文字，但没有《{family.title}》的标题、章节或表格")
    reports = (_report(extent, grids, by_number, family, pictures) for extent in extents)
    return [to_displayed(report, by_number) for report in reports]


def _prose(
    pages: Sequence[Page],
    by_number: dict[int, Page],
    grids: Sequence[Grid],
    official: Sequence[Grid],
) -> list[Line]:
    """Lines of prose in reading order: no tables, nor what stands beside them where a side
    is open, no page furniture."""
    lines: dict[int, list[Line]] = {}
    for page in pages:
        tables = [g for g in grids if g.page == page.number and (g in official or not _is_prose(g))]
        covered = {id(char) for grid in tables for cell in grid.cells for char in cell.chars}
        free = [char for char in page.chars if id(char) not in covered]
        beside = [(g.box.top, g.box.bottom) for g in tables if g in official]
        lines[page.number] = [
            line
            for line in prose_lines(page.number, free)
            if not any(top < line.box.middle[1] < bottom for top, bottom in beside)
        ]
    kept = without_furniture(lines, by_number)
    return [line for number in sorted(kept) for line in kept[number]]


def _is_prose(grid: Grid) -> bool:
    """A text box or layout frame: ruled, but filled with sentences."""
    longest = max((len(cell.text) for cell in grid.cells), default=0)
    return longest > 80 and grid.columns <= 3


def _report(
    extent: Extent,
    grids: Sequence[Grid],
    pages: dict[int, Page],
    family: Family,
    pictures: FileOcr,
) -> Report:
    lines = extent.lines
    headings = find_headings(lines, family)
    body = lines[extent.title_lines : headings[0].line if headings else len(lines)]
    intro = "\n".join(paragraphs(body))
    text = "\n".join([intro, *(line.text for line in lines)])
    year = year_of(extent.title, text, family)
    own = [g for g in grids if extent.holds(g.page, g.box.top)]
    zones = table_zones({t.id: t.section for t in family.tables}, headings, extent, pages)
    source = ReportPages(pages, own, zones, lines, year)
    read = _table_fallback(family).read_tables(source, pictures)
    prose = _outside(lines, read, zones, family)
    if len(prose) < len(lines):
        headings = find_headings(prose, family)
    sections = sections_of(prose, headings)
    told = paragraphs_of(prose, headings, extent.title_lines)
    figures = _figure_reader(family).figures(told)
    agency = agency_of(extent.title, text, family)
    return Report(
        page_first=extent.page_first,
        page_last=_page_last(prose, headings, extent),
        title=" ".join(extent.title.split()),
        agency=agency,
        year=year,
        form=majority(read.forms, form_of_year(year, family)),
        status=status_of(read.checks, read.observations.values()),
        table_forms=read.forms,
        observations=tuple(read.observations.values()),
        sections=tuple(sections),
        checks=(*read.checks, *_narrative_checks(family).check(figures, read.observations)),
        problems=tuple(_problems(read, sections, family, year)),
        figures=tuple(figures),
        paragraphs=tuple(told),
        fallback_attempts=read.attempts,
        agency_ref=resolve(agency, text, year, family),
    )


def _page_last(prose: Sequence[Line], headings: Sequence[Heading], extent: Extent) -> int:
    """The report's last page: before other matter that follows it in the file."""
    if not headings:
        return extent.page_last
    start = headings[-1].line + headings[-1].lines
    end = end_of_report(prose, start)
    return extent.page_last if end == len(prose) else prose[end - 1].page


def _outside(
    lines: Sequence[Line], read: CheckedTables, zones: Mapping[str, Zone], family: Family
) -> tuple[Line, ...]:
    """Prose without what belongs to a table: its lines where it has no rules, and the
    lines that name the article over each of its blocks."""

    def in_table(line: Line) -> bool:
        y = line.box.middle[1]
        if any(g.page == line.page and g.box.top <= y <= g.box.bottom for g in read.tables.unruled):
            return True
        for table, zone in zones.items():
            top, bottom = zone.get(line.page, NOWHERE)
            if top < y < bottom:
                words = vocabulary(family, table)
                return words.fold(line.text).core in words.articles
        return False

    return tuple(line for line in lines if not in_table(line))


def _problems(
    read: CheckedTables, sections: Sequence[Section], family: Family, year: int | None
) -> list[Problem]:
    problems = [
        Problem("other_table", "一张不属于《表》的表格，未入库", grid.page, grid.box)
        for grid in read.tables.others
        if not _is_prose(grid)
    ]
    missing = len(family.settings.sections) - len(sections)
    if missing:
        problems.append(Problem("missing_sections", f"有{missing}个法定章节没有找到"))
    if read.has_conflicts:
        problems.append(Problem("text_layer_doubted", "文字层与页面上看到的数不符"))
    if year is None:
        problems.append(Problem("no_year", "标题和正文都没有说明报告的年度"))
    return problems
