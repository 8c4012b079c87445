"""The ladder of readers: cheap first, and only as far up as a table's proof asks for.

The first rung is the ruled grids that pdfium gave. Where a table is missing or has gaps,
unruled text and then camelot's lattice on the rendered page may give a better grid.
Where a proof still fails, pdfplumber reads the same pages independently: cells on which
both agree are as printed, and the failure is the print's, unless one sees something else
on the page. Pages that are pictures are looked at twice, the second time finer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from gongkai.checks.causes import assign_causes
from gongkai.checks.completeness import check_coverage, check_reading, missing_cells, missing_table
from gongkai.checks.identities import check_identities
from gongkai.checks.implied_values import with_implied
from gongkai.checks.ocr_confidence import flag_uncertain, uncertain
from gongkai.checks.suspects import locate
from gongkai.extractors.layout.lines import cell_text
from gongkai.extractors.layout.unruled_tables import count_isolated_values, unruled_grids
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.camelot_reader import camelot_grids
from gongkai.extractors.pdf.pdfplumber_reader import PageReading, chars_inside
from gongkai.families.family import Family
from gongkai.model import (
    Box,
    Cell,
    Char,
    Check,
    FallbackAttempt,
    Grid,
    Key,
    Line,
    Observation,
    Page,
)
from gongkai.normalizers.tables.forms import form_of_year, forms_of
from gongkai.normalizers.tables.labels import vocabulary
from gongkai.normalizers.tables.table_matching import sort_grids, table_of
from gongkai.normalizers.tables.table_reader import Leftover, TableReading, read_table
from gongkai.normalizers.tables.values import read_cell, read_number
from gongkai.reading.cross_check import Looks, contradicted, in_failing_sums, surer

Zones = Mapping[str, Mapping[int, tuple[float, float]]]  # table -> page -> (top, bottom)


@dataclass(frozen=True)
class Source:
    """What the ladder may look at: one report of one file."""

    pictures: FileOcr
    pages: Mapping[int, Page]
    grids: Sequence[Grid]  # ruled grids of the report
    zones: Zones  # where the prose says each table should stand
    lines: Sequence[Line]  # prose, page furniture left out
    year: int | None


@dataclass(frozen=True)
class Read:
    """The official tables of one report, read, checked and settled."""

    readings: Mapping[str, TableReading]
    forms: dict[str, str]
    observations: dict[Key, Observation]
    checks: list[Check]
    attempts: tuple[FallbackAttempt, ...]
    others: tuple[Grid, ...]
    unruled: tuple[Grid, ...]  # grids that better readings were made of
    deceived: bool = False  # one sees something else than a text layer says


def climb(source: Source, family: Family) -> Read:
    """Read the official tables with as many readers as their proof needs."""
    parts, others = sort_grids(source.grids, family)
    readings = _with_strays({p.table: read_table(p, family) for p in parts}, source, family)
    attempts: list[FallbackAttempt] = []
    unruled = _better_grids(readings, source, family, attempts)
    looks = Looks(source.pages, source.pictures)
    finer = _look_finer(readings, source, looks, family, attempts)
    forms = forms_of(readings, source.year, family)
    seen = {o.key: o for reading in readings.values() for o in reading.observations}
    if finer:
        seen = surer(seen, finer, forms, family)
    checks = _checks(readings, forms, seen, family)
    asked = _doubtful(checks, seen)
    if asked:
        pages = {grid.page for table in asked for grid in readings[table].grids}
        texts = (page for page in pages if source.pages[page].reader == "pdfium")
        second = _witness(looks.at(texts), seen, source, family) | finer
        checks, seen = assign_causes(checks, seen, second)
        for table in sorted(asked):
            causes = {c.cause for c in checks if c.table == table and c.cause}
            reader = "ocr" if _is_scanned(table, readings, source) else "pdfplumber"
            attempts.append(FallbackAttempt(reader, table, "/".join(sorted(causes)) or "agreed"))
    checks, seen = flag_uncertain(seen, checks, uncertain(seen, checks, family, finer))
    lies = contradicted(checks, seen, source.pictures, family)
    failing = sorted({key.table for key in in_failing_sums(checks, seen)})
    for table in failing if failing and source.pictures.available else ():
        lying = any(key.table == table for key in lies)
        attempts.append(FallbackAttempt("ocr", table, "reading" if lying else "print"))
    if lies:
        told = {key: f"文字层作“{seen[key].raw_text}”，页面上看到的是“{lies[key]}”" for key in lies}
        checks, seen = flag_uncertain(seen, checks, told)
    return Read(
        readings,
        forms,
        with_implied(seen, forms, family),
        checks,
        tuple(attempts),
        tuple(others),
        tuple(unruled),
        bool(lies),
    )


def _better_grids(
    readings: dict[str, TableReading],
    source: Source,
    family: Family,
    attempts: list[FallbackAttempt],
) -> list[Grid]:
    """Put better readings in the place of tables with gaps; the grids they were made of."""
    unruled: list[Grid] = []
    for name, look in (("aligned", _aligned), ("camelot", _lattice)):
        gaps = [t.id for t in family.tables if _has_gaps(t.id, readings, source, family)]
        if not gaps:
            break
        grids = list(look(source, gaps, family))
        telling = (g for g in grids if not _only_outer(g, gaps, family))
        offered = _with_strays(_read_all(telling, family), source, family)
        for table in gaps:
            better = _better(readings.get(table), offered.get(table), source, family)
            attempts.append(FallbackAttempt(name, table, "better grid" if better else "no help"))
            if better:
                readings[table] = offered[table]
                unruled += [g for g in grids if g.page in source.zones.get(table, {})]
    return unruled


def _look_finer(
    readings: dict[str, TableReading],
    source: Source,
    looks: Looks,
    family: Family,
    attempts: list[FallbackAttempt],
) -> dict[Key, Observation]:
    """Look again at tables of scanned pages that are not certain; the better look counts.

    Gives the cells of the look that does not.
    """
    if not any(page.reader == "ocr" for page in source.pages.values()):
        return {}
    forms = forms_of(readings, source.year, family)
    seen = {o.key: o for reading in readings.values() for o in reading.observations}
    checks = _checks(readings, forms, seen, family)
    doubted = _doubtful(checks, seen)
    doubted |= {key.table for key in uncertain(seen, checks, family)}
    doubted |= {t.id for t in family.tables if _has_gaps(t.id, readings, source, family)}
    wanted = sorted(table for table in doubted if _is_scanned(table, readings, source))
    pages = {page for table in wanted for page in _pages_of(table, readings, source)}
    texts = (g for g in source.grids if g.page not in pages)
    grids = [grid for look in looks.at(pages) for grid in look.grids]
    offered = _read_all([*texts, *_own(grids, source)], family)
    other: dict[Key, Observation] = {}
    for table in wanted:
        standing, new = readings.get(table), offered.get(table)
        better = _better(standing, new, source, family)
        attempts.append(FallbackAttempt("ocr", table, "better grid" if better else "no help"))
        if better and new is not None:
            readings[table], standing, new = new, new, standing
        other |= {o.key: o for o in (new.observations if new else ())}
    return other


def _is_scanned(table: str, readings: Mapping[str, TableReading], source: Source) -> bool:
    """Does any of a table stand on a page that was read from its picture?"""
    return bool(_pages_of(table, readings, source))


def _pages_of(table: str, readings: Mapping[str, TableReading], source: Source) -> set[int]:
    """The pages of a table that were read from their pictures."""
    pages = {grid.page for grid in readings[table].grids} if table in readings else set()
    pages = pages or set(source.zones.get(table, {}))
    return {page for page in pages if source.pages[page].reader == "ocr"}


def _witness(
    looks: Sequence[PageReading],
    seen: Mapping[Key, Observation],
    source: Source,
    family: Family,
) -> dict[Key, Observation]:
    """The second reader's cells: its own, else its characters in the first one's cells."""
    grids = _own((grid for look in looks for grid in look.grids), source)
    own = {
        o.key: o
        for reading in _read_all(grids, family).values()
        for o in reading.observations
        if not o.flagged
    }
    chars = {look.page: look.chars for look in looks}
    for key, first in seen.items():
        if key not in own and first.page in chars:
            held = tuple(chars_inside(first.box, chars[first.page]))
            cell = Cell(0, 0, 1, 1, first.box, cell_text(held), held)
            reading = read_cell(cell, family)
            own[key] = replace(
                first,
                state=reading.state,
                value=reading.value,
                raw_text=cell.text,
                reader="pdfplumber",
            )
    return own


def _read_all(grids: Iterable[Grid], family: Family) -> dict[str, TableReading]:
    parts, _ = sort_grids(list(grids), family)
    return {each.table: read_table(each, family) for each in parts}


def _with_strays(
    readings: dict[str, TableReading], source: Source, family: Family
) -> dict[str, TableReading]:
    """Numbers that stand where a table should, but in none of its grids, are left over too."""
    for table, zone in source.zones.items():
        reading = readings.get(table, TableReading(table))
        strays = [
            Leftover(page, box, text)
            for page, box, text in _loose(source, zone, reading.grids)
            if any(c.isdigit() for c in text)
            and not any(c.isalpha() for c in text)
            and read_number(text, family).state in ("number", "unreadable")
            and not any(_inside(page, box, grid) for grid in reading.grids)
        ]
        if strays:
            readings[table] = reading.with_leftovers(strays)
    return readings


def _loose(
    source: Source, zone: Mapping[int, tuple[float, float]], grids: Sequence[Grid]
) -> Iterator[tuple[int, Box, str]]:
    """Text of a zone by line, and by cell of the grids that are not the table's."""
    for line in source.lines:
        top, bottom = zone.get(line.page, (0.0, 0.0))
        if top < line.box.middle[1] < bottom:
            yield line.page, line.box, line.text
    for grid in source.grids:
        top, bottom = zone.get(grid.page, (0.0, 0.0))
        if top < grid.box.middle[1] < bottom and grid not in grids:
            for cell in grid.cells:
                yield grid.page, cell.box, cell.text


def _inside(page: int, box: Box, grid: Grid) -> bool:
    return grid.page == page and grid.box.holds(*box.middle)


def _has_gaps(
    table: str, readings: Mapping[str, TableReading], source: Source, family: Family
) -> bool:
    """Is a table missing though numbers stand where it should, or not whole?"""
    reading = readings.get(table)
    if reading is None or not reading.observations:
        return any(
            count_isolated_values(_zone_chars(source, page, span), _value_test(family)) > 1
            for page, span in source.zones.get(table, {}).items()
        )
    return bool(reading.leftovers or reading.disorder)


def _value_test(family: Family) -> Callable[[str], bool]:
    return lambda text: read_number(text, family).state in ("number", "mark")


def _zone_chars(source: Source, page: int, span: tuple[float, float]) -> list[Char]:
    """Characters of a zone that are no page furniture: those of lines that were kept, and
    those of grids."""
    kept = [(g.box.top, g.box.bottom) for g in source.grids if g.page == page]
    kept += [(n.box.top, n.box.bottom) for n in source.lines if n.page == page]
    return [
        c
        for c in source.pages[page].chars
        if span[0] < (y := (c.top + c.bottom) / 2) < span[1]
        and any(top <= y <= bottom for top, bottom in kept)
    ]


def _covered(char: Char, page: int, grids: Iterable[Grid]) -> bool:
    x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
    return any(g.page == page and g.box.holds(x, y) for g in grids)


def _aligned(source: Source, tables: Sequence[str], family: Family) -> Iterator[Grid]:
    """Unruled text in the zones of the given tables, beside what is ruled there."""

    ruled = [g for g in source.grids if table_of(g, family) is not None]
    yield from ruled
    for table in tables:
        for page, span in source.zones.get(table, {}).items():
            chars = [c for c in _zone_chars(source, page, span) if not _covered(c, page, ruled)]
            reader, rules = source.pages[page].reader, source.pages[page].rules
            tests = _value_test(family), vocabulary(family, table).is_row
            yield from unruled_grids(page, reader, chars, *tests, rules)


def _only_outer(grid: Grid, tables: Sequence[str], family: Family) -> bool:
    """Labels over several columns alone: without rules, how far they reach cannot be seen."""
    words = [vocabulary(family, table) for table in tables]
    return any(
        all(each.fold(c.text).core in each.parents for c in grid.cells if c.text) for each in words
    )


def _lattice(source: Source, tables: Sequence[str], _: Family) -> Iterator[Grid]:
    """Rules as camelot sees them on the rendered pages of the given tables."""
    pages = {page for table in tables for page in source.zones.get(table, {})}
    own = [source.pages[page] for page in sorted(pages)]
    texts = [page for page in own if page.reader != "ocr"]  # camelot refuses pictures
    return _own(camelot_grids(source.pictures.path, texts), source)


def _own(grids: Iterable[Grid], source: Source) -> Iterator[Grid]:
    """Grids that stand in this report, where a page is shared with another."""
    for grid in grids:
        spans = [zone[grid.page] for zone in source.zones.values() if grid.page in zone]
        if not spans or any(grid.box.top < s[1] and grid.box.bottom > s[0] for s in spans):
            yield grid


def _better(
    old: TableReading | None,
    new: TableReading | None,
    source: Source,
    family: Family,
) -> bool:
    return new is not None and _worth(new, source, family) > _worth(old, source, family)


def _worth(reading: TableReading | None, source: Source, family: Family) -> tuple[int, ...]:
    """How good a reading of one table is: whole first, then nothing left, sums, order."""
    if reading is None or not reading.observations:
        return (-10_000,)
    form = _form_alone(reading, source, family)
    seen = {o.key: o for o in reading.observations}
    sums = [
        c
        for c in check_identities(seen, {reading.table: form}, family)
        if c.table == reading.table and c.status == "fail"
    ]
    return (
        -len(_missing(reading, form, family)),
        -len(reading.leftovers),
        -len(sums),
        -len(reading.disorder),
        -sum(o.state == "unreadable" for o in reading.observations),
    )


def _missing(reading: TableReading, form: str, family: Family) -> frozenset[Key]:
    seen = frozenset([o.key for o in reading.observations])
    return missing_cells(reading.table, form, seen, family)


def _form_alone(reading: TableReading, source: Source, family: Family) -> str:
    return reading.form or form_of_year(source.year, family)


def _checks(
    readings: Mapping[str, TableReading],
    forms: Mapping[str, str],
    seen: Mapping[Key, Observation],
    family: Family,
) -> list[Check]:
    checks = list(check_identities(seen, forms, family))
    for table in family.tables:
        if table.id in forms:
            checks += check_reading(readings[table.id], forms[table.id], seen, family)
        else:
            checks.append(missing_table(table.id, family))
            if table.id in readings:
                checks.append(check_coverage(readings[table.id]))
    return locate(checks, family)


def _doubtful(checks: Sequence[Check], seen: Mapping[Key, Observation]) -> set[str]:
    """The printed tables that a second, independent reader should look at."""
    failed = {
        c.table
        for c in checks
        if c.status == "fail" and not c.cause and (c.severity == "must" or c.rule == "complete")
    }
    return failed | {o.key.table for o in seen.values() if o.flagged}
