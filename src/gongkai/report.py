"""One file in, its reports out: the story of gongkai in code.

Extractors read the pages into characters and rules, lay them into grids and prose.
Normalizers name each row and column and turn cell text into numbers, blanks, marks
or refusals. Checks prove numbers against each other and names against the printed
order; where a proof fails, a second, independent reader looks again, and says whether
the fault is the print's or the reading's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gongkai.checks.coverage import check_reading, missing_table
from gongkai.checks.identities import check_identities
from gongkai.checks.locate import locate
from gongkai.checks.verdict import settle, status_of
from gongkai.errors import NotAReport
from gongkai.extractors.furniture import without_furniture
from gongkai.extractors.grids import find_grids
from gongkai.extractors.health import require_honest
from gongkai.extractors.pdfium import read_pages
from gongkai.extractors.second import second_grids
from gongkai.extractors.text import prose_lines
from gongkai.model import Check, Grid, Key, Line, Observation, Page, Problem, Report
from gongkai.normalizers.cells import TableReading, read_table
from gongkai.normalizers.paragraphs import paragraphs
from gongkai.normalizers.sections import find_headings, sections_of
from gongkai.normalizers.split import Extent, split_reports
from gongkai.normalizers.tables import sort_grids, table_of
from gongkai.normalizers.titles import agency_of, year_of
from gongkai.pipeline import Pipeline


@dataclass(frozen=True)
class Tables:
    """What one reader made of the official tables of one report."""

    readings: tuple[TableReading, ...]
    seen: dict[Key, Observation]
    forms: dict[str, str]
    others: tuple[Grid, ...]  # grids that are no official table


def read_reports(path: Path, pipeline: Pipeline) -> list[Report]:
    """Read every report of the pipeline's family in one file.

    Raises UnreadableFile where no honest text is to be had, NotAReport where the file
    holds no report of this family.
    """
    pages = read_pages(path)
    require_honest(pages, pipeline.settings.thresholds)
    return reports_of_pages(pages, pipeline, path)


def reports_of_pages(pages: Sequence[Page], pipeline: Pipeline, path: Path) -> list[Report]:
    """The reports on pages already read; ``path`` is where a second reader may look."""
    by_number = {page.number: page for page in pages}
    grids = [grid for page in pages for grid in find_grids(page)]
    official = [grid for grid in grids if table_of(grid, pipeline)]
    lines = _prose(pages, by_number, grids, official)
    extents = split_reports(lines, official, pages[-1].number, pipeline)
    if not extents:
        raise NotAReport(f"读到了文字，但没有《{pipeline.title}》的标题、章节或表格")
    return [_report(extent, grids, pipeline, path) for extent in extents]


def _prose(
    pages: Sequence[Page],
    by_number: dict[int, Page],
    grids: Sequence[Grid],
    official: Sequence[Grid],
) -> list[Line]:
    """Lines of prose in reading order: no tables, no page furniture."""
    lines: dict[int, list[Line]] = {}
    for page in pages:
        tables = [g for g in grids if g.page == page.number and (g in official or not _is_prose(g))]
        covered = {char for grid in tables for cell in grid.cells for char in cell.chars}
        lines[page.number] = prose_lines(page.number, (c for c in page.chars if c not in covered))
    kept = without_furniture(lines, by_number)
    return [line for number in sorted(kept) for line in kept[number]]


def _is_prose(grid: Grid) -> bool:
    """A text box or layout frame: ruled, but filled with sentences."""
    longest = max((len(cell.text) for cell in grid.cells), default=0)
    return longest > 80 and grid.columns <= 3


def _report(
    extent: Extent,
    grids: Sequence[Grid],
    pipeline: Pipeline,
    path: Path,
) -> Report:
    lines = extent.lines
    headings = find_headings(lines, pipeline)
    body = lines[extent.title_lines : headings[0].line if headings else len(lines)]
    intro = "\n".join(paragraphs(body))
    sections = sections_of(lines, headings)
    text = "\n".join([intro, *(section.text for section in sections)])
    year = year_of(extent.title, text, pipeline)
    own = [g for g in grids if extent.holds(g.page, g.box.top)]
    first = _tables(own, year, pipeline)
    checks = _checks(first, pipeline)
    observations = first.seen
    asked = _doubtful_tables(checks, observations)
    if asked:
        pages_asked = {o.page for o in first.seen.values() if o.key.table in asked}
        again = [
            g for g in second_grids(path, sorted(pages_asked)) if extent.holds(g.page, g.box.top)
        ]
        checks, observations = settle(checks, first.seen, _tables(again, year, pipeline).seen)
    return Report(
        page_first=extent.page_first,
        page_last=extent.page_last,
        title=" ".join(extent.title.split()),
        agency=agency_of(extent.title, text, pipeline),
        year=year,
        form=_majority(first.forms),
        status=status_of(checks, observations.values()),
        table_forms=first.forms,
        observations=tuple(observations.values()),
        sections=tuple(sections),
        checks=tuple(checks),
        problems=tuple(_problems(first, sections, pipeline, year)),
    )


def _tables(grids: Sequence[Grid], year: int | None, pipeline: Pipeline) -> Tables:
    parts, others = sort_grids(grids, pipeline)
    readings = [read_table(each, pipeline) for each in parts]
    told = {r.table: r.form for r in readings if r.form is not None}
    default = _majority(told) or _form_of_year(year, pipeline)
    forms = {r.table: told.get(r.table, default) for r in readings if r.observations}
    seen = {o.key: o for reading in readings for o in reading.observations}
    return Tables(tuple(readings), seen, forms, tuple(others))


def _checks(tables: Tables, pipeline: Pipeline) -> list[Check]:
    checks = list(check_identities(tables.seen, tables.forms, pipeline))
    read = {reading.table: reading for reading in tables.readings if reading.observations}
    for table in pipeline.tables:
        if table.id in read:
            checks += check_reading(read[table.id], tables.forms[table.id], tables.seen, pipeline)
        else:
            checks.append(missing_table(table.id, pipeline))
    return locate(checks)


def _doubtful_tables(checks: Sequence[Check], seen: dict[Key, Observation]) -> set[str]:
    """The printed tables that a second reader should look at."""
    failed = {
        c.check_id.split(".")[0]
        for c in checks
        if c.status == "fail" and c.klass == "must" and c.cause is None
    }
    return failed | {o.key.table for o in seen.values() if o.flagged}


def _majority(forms: dict[str, str]) -> str | None:
    counts = Counter(forms.values())
    return counts.most_common(1)[0][0] if counts else None


def _form_of_year(year: int | None, pipeline: Pipeline) -> str:
    """The form in force for a report year; the newest where the year is unknown."""
    started = sorted(pipeline.settings.form_from.items(), key=lambda item: item[1])
    fitting = [form for form, first in started if year is not None and first <= year]
    return fitting[-1] if fitting else started[0 if year is not None else -1][0]


def _problems(
    tables: Tables, sections: Sequence[object], pipeline: Pipeline, year: int | None
) -> list[Problem]:
    problems = [
        Problem("other_table", "一张不属于《表》的表格，未入库", grid.page, grid.box)
        for grid in tables.others
        if not _is_prose(grid)
    ]
    missing = len(pipeline.settings.sections) - len(sections)
    if missing:
        problems.append(Problem("missing_sections", f"有{missing}个法定章节没有找到"))
    if year is None:
        problems.append(Problem("no_year", "标题和正文都没有说明报告的年度"))
    return problems
