"""How far the folder of a family is: what it reads of some samples, and what to do next."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct
from rapidfuzz import fuzz, process

from gongkai.drafting.keys import JOINT
from gongkai.drafting.lattice import PrintedCell
from gongkai.drafting.lines import FIELDS, LABELS, as_line
from gongkai.drafting.samples import Progress, SampleReader
from gongkai.drafting.schema import DraftTable, Place
from gongkai.drafting.steps import IdentityState, Step, identity_steps, idle_labels, tested
from gongkai.drafting.tables import learn_tables
from gongkai.errors import SourceError
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.families.tables import Table
from gongkai.language import tr
from gongkai.model import Box, Observation, ReadOptions, Report
from gongkai.reading.report import ReportReader

_MOST_LEFT = 0.02  # share of the cells that a usable family may leave over
_MOST_FAILING = 1  # samples in which an identity of a usable family may fail
_STEPS = 3
_SAME_LABEL = 60  # of 100: from here on, an unknown label is a spelling of a known one
_STEP = 4.0  # points: two cells whose middles differ by less are one

_Spot = tuple[int, int, int]


class SampleState(Struct, frozen=True):
    """What a family reads of one sample.

    Counts are of cells with a place for a value; a blank one counts only if the family names it.
    """

    name: str
    status: str  # of the report, or why there is none
    cells: int
    named: int
    by_sum: int  # numbers that a sum proves
    without_sum: int  # numbers in no identity
    left: int  # printed values that the family does not name


class FolderState(Struct, frozen=True):
    """How far a folder is."""

    samples: tuple[SampleState, ...]
    failing: tuple[IdentityState, ...]
    unprinted: tuple[str, ...]  # labels of the family that no sample prints
    idle: tuple[str, ...]  # of each table, the rows that are 0 or blank in all samples
    untested: tuple[str, ...]  # identities that are 0 = 0 in all samples
    steps: tuple[Step, ...]  # the next things to do, the most useful first

    @property
    def is_usable(self) -> bool:
        """Does it name nearly all cells of every sample, and fail no sum in several?"""
        cells = sum(sample.cells for sample in self.samples)
        left = sum(sample.left for sample in self.samples)
        is_read = bool(self.samples) and all(sample.named for sample in self.samples)
        is_sound = not any(each.severity == "must" for each in self.failing)
        return is_read and left <= _MOST_LEFT * cells and is_sound


def check_family(folder: Path, paths: Sequence[Path], progress: Progress) -> FolderState:
    """Read samples with the family in a folder. Raises FamilyError if the folder has an error."""
    family = load_family(folder)
    family.load_all()
    read_measures(family)
    samples, refused = SampleReader(family.country).read_all(paths, progress)
    learnt = learn_tables(samples, family.country)
    names = [sample.name for sample in learnt.samples]
    reader = ReportReader(family, ReadOptions(ocr="never"))
    readings: list[tuple[str, list[Report]]] = []
    for number, sample in enumerate(learnt.samples):
        progress("reports", number, len(names))
        readings.append(_read(reader, sample.path))
    states = [
        _sample_state(name, readings[number], _cells_of(learnt.tables, number), family)
        for number, name in enumerate(names)
    ]
    states += [
        SampleState(each.name, each.reason, 0, 0, 0, 0, 0) for each in (*refused, *learnt.refused)
    ]
    reports = [own for _, own in readings]
    failing = tuple(_failing(family, reports))
    steps = [
        *_label_steps(family, learnt.tables, reports),
        *identity_steps(family, failing, reports),
    ]
    return FolderState(
        samples=tuple(states),
        failing=failing,
        unprinted=tuple(_unprinted(family, [report for own in reports for report in own])),
        idle=tuple(idle_labels(family, reports)),
        untested=tuple(
            f"{identity.table}.{identity.name}"
            for identity, holding, fails in tested(family, reports)
            if not holding and not fails
        ),
        steps=tuple(steps[:_STEPS]),
    )


def _read(reader: ReportReader, path: Path) -> tuple[str, list[Report]]:
    try:
        reports = reader.read(path)
    except SourceError as error:
        return str(error), []
    return reports[0].status, reports


def _cells_of(
    tables: Sequence[DraftTable], sample: int
) -> list[tuple[DraftTable, Place, PrintedCell]]:
    """The cells of one sample with a place for a value."""
    return [
        (table, place, cell)
        for table in tables
        for place, cell in table.cells.items()
        if place.sample == sample
    ]


def _spot(page: int, box: Box) -> _Spot:
    x, y = box.middle
    return page, round(x / _STEP), round(y / _STEP)


def _by_spot(reports: Sequence[Report]) -> dict[_Spot, Observation]:
    """The cells that a family names, by place; neighbouring spots are one."""
    found: dict[_Spot, Observation] = {}
    for report in reports:
        for cell in report.observations:
            page, x, y = _spot(cell.page, cell.box)
            for dx in (-1, 0, 1):
                for dy in (-1, 0, 1):
                    found.setdefault((page, x + dx, y + dy), cell)
    return found


def _sample_state(
    name: str,
    reading: tuple[str, list[Report]],
    cells: Sequence[tuple[DraftTable, Place, PrintedCell]],
    family: Family,
) -> SampleState:
    status, reports = reading
    named = _by_spot(reports)
    read = sum(_spot(cell.page, cell.box) in named for _, _, cell in cells)
    left = sum(_is_left(cell, named) for _, _, cell in cells)
    members = {key for report in reports for check in report.checks for key in check.cells}
    numbers = [cell for report in reports for cell in report.observations if cell.state == "number"]
    return SampleState(
        name,
        status,
        read + left,
        read,
        sum(cell.proof == "sum" for cell in numbers),
        sum(cell.key not in members for cell in numbers if cell.key.table in _tables(family)),
        left,
    )


def _is_left(cell: PrintedCell, named: Mapping[_Spot, Observation]) -> bool:
    """Is a value printed that the family does not name? A blank one says nothing: of a group."""
    return bool(cell.text) and _spot(cell.page, cell.box) not in named


def _tables(family: Family) -> frozenset[str]:
    return frozenset(table.id for table in family.tables)


def _failing(family: Family, readings: Sequence[Sequence[Report]]) -> Iterator[IdentityState]:
    """The identities that fail in more samples than may be misprinted."""
    for identity, holding, failing in tested(family, readings):
        if failing > _MOST_FAILING or (failing and not holding):
            yield IdentityState(identity.table, identity.name, identity.severity, holding, failing)


def _unprinted(family: Family, reports: Sequence[Report]) -> Iterator[str]:
    """The rows and columns of a family that no sample prints."""
    printed = {cell.key for report in reports for cell in report.observations}
    rows = {(key.table, key.row) for key in printed}
    columns = {(key.table, key.column) for key in printed}
    for table in family.tables:
        labels = {f.row_id: f.row_label for f in table.fields}
        heads = {f.column_id: f.column_label for f in table.all_fields.lines}
        for row in table.rows:
            if (table.id, row) not in rows:
                yield f"{table.id}.{row}: {labels[row]}"
        for column in table.columns:
            if (table.id, column) not in columns:
                yield f"{table.id}.*.{column}: {heads[column]}"


def _label_steps(
    family: Family, tables: Sequence[DraftTable], readings: Sequence[Sequence[Report]]
) -> Iterator[Step]:
    """Lines for the labels of cells that are left over, those with most cells first."""
    named = [_by_spot(own) for own in readings]
    missing: Counter[tuple[int, Literal["row", "column"], str]] = Counter()
    owners: dict[int, Counter[str]] = defaultdict(Counter)
    known_rows: set[tuple[int, str]] = set()
    known_columns: set[tuple[int, str]] = set()
    left: list[tuple[int, Place]] = []
    for table in tables:
        for place, cell in table.cells.items():
            found = named[place.sample].get(_spot(cell.page, cell.box))
            if _is_left(cell, named[place.sample]):
                left.append((table.number, place))
            elif found is not None:
                owners[table.number][found.key.table] += 1
                known_rows.add((table.number, place.row))
                known_columns.add((table.number, place.column))
    for number, place in left:
        if (number, place.row) not in known_rows:
            missing[number, "row", place.row] += 1
        elif (number, place.column) not in known_columns:
            missing[number, "column", place.column] += 1
    by_number = {table.number: table for table in tables}
    for (number, kind, key), count in missing.most_common():
        drafted = by_number[number]
        owner = owners[number].most_common(1)
        if owner:
            yield _label_step(family.table(owner[0][0]), drafted, kind, key, count)


def _label_step(
    table: Table, drafted: DraftTable, kind: Literal["row", "column"], key: str, count: int
) -> Step:
    axis = drafted.rows if kind == "row" else drafted.columns
    label = axis.path(key)[-1] if axis.path(key) else key
    known = {
        (f.row_id if kind == "row" else f.column_id): (
            f.row_label if kind == "row" else f.column_label
        ).rpartition(JOINT)[2]
        for f in table.all_fields.lines
    }
    best = process.extractOne(label, known, scorer=fuzz.ratio)
    counts = {"count": count, "label": label, "table": table.title}
    if kind == "row":
        reason = tr(
            "{count} {count:|cell|cells} of the row {label!r} of {table} {count:|has|have} no name",
            **counts,
        )
    else:
        reason = tr(
            "{count} {count:|cell|cells} of the column {label!r} of {table} {count:|has|have} "
            "no name",
            **counts,
        )
    if best is not None and best[1] >= _SAME_LABEL:
        return Step(LABELS, as_line((kind, table.id, best[2], "", label, "samples", "")), reason)
    first = table.all_fields.lines[0]
    new = f"new_{kind}"
    row, column = (new, first.column_id) if kind == "row" else (first.row_id, new)
    labels = (label, first.column_label) if kind == "row" else (first.row_label, label)
    line = (
        table.id, row, column, " ".join(first.forms), *labels, first.unit, "", first.value_type,
        "sometimes", "",
    )  # fmt: skip
    return Step(FIELDS, as_line(line), reason)
