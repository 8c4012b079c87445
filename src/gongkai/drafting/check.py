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
from gongkai.drafting.lines import FIELDS, IDENTITIES, LABELS, as_line
from gongkai.drafting.samples import Progress, SampleReader
from gongkai.drafting.schema import DraftTable, Place
from gongkai.drafting.tables import learn_tables
from gongkai.errors import SourceError
from gongkai.families.family import Family
from gongkai.families.identities import Identity
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.families.tables import Table
from gongkai.model import Box, Check, Observation, ReadOptions, Report, Severity
from gongkai.reading.report import ReportReader

_MOST_LEFT = 0.02  # share of the cells that a usable family may leave over
_MOST_FAILING = 1  # samples in which an identity of a usable family may fail
_STEPS = 3
_SAME_LABEL = 60  # of 100: from here on, an unknown label is a spelling of a known one
_MIN_ACCEPTED = 3  # samples in which an identity over tables holds that a person may accept
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


class IdentityState(Struct, frozen=True):
    """In how many samples an identity holds and fails."""

    table: str
    name: str
    severity: Severity
    holding: int
    failing: int


class Step(Struct, frozen=True):
    """Something to do: a line to paste, or to change, in a file of the folder."""

    file: str
    line: str
    reason: str


class FolderState(Struct, frozen=True):
    """How far a folder is."""

    samples: tuple[SampleState, ...]
    failing: tuple[IdentityState, ...]
    unprinted: tuple[str, ...]  # labels of the family that no sample prints
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
    reports = [report for _, own in readings for report in own]
    failing = tuple(_failing(family, [own for _, own in readings]))
    steps = [
        *_label_steps(family, learnt.tables, [own for _, own in readings]),
        *_identity_steps(family, failing, [own for _, own in readings]),
    ]
    return FolderState(
        tuple(states), failing, tuple(_unprinted(family, reports)), tuple(steps[:_STEPS])
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
    for identity, holding, failing in _tested(family, readings):
        if failing > _MOST_FAILING or (failing and not holding):
            yield IdentityState(identity.table, identity.name, identity.severity, holding, failing)


def _tested(
    family: Family, readings: Sequence[Sequence[Report]]
) -> Iterator[tuple[Identity, int, int]]:
    """Each identity with the numbers of samples in which it holds, and in which it fails."""
    counts: dict[tuple[str, str], list[set[str]]] = defaultdict(list)
    for own in readings:
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        for check in (check for report in own for check in report.checks):
            if _is_live(check):
                found[check.table, check.rule].add(check.status)
        for key, states in found.items():
            counts[key].append(states)
    for identity in family.identities:
        tested = counts.get((identity.table, identity.name), [])
        failing = sum("fail" in each for each in tested)
        yield identity, len(tested) - failing, failing


def _is_live(check: Check) -> bool:
    return check.status == "fail" or (check.status == "pass" and bool(check.expected))


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
    reason = f"{count} cells of the {kind} {label!r} of {table.title} have no name"
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


def _identity_steps(
    family: Family, failing: Sequence[IdentityState], readings: Sequence[Sequence[Report]]
) -> Iterator[Step]:
    """Lines for identities that fail often, then for those over tables that always hold."""
    for state in sorted(failing, key=lambda each: (each.severity != "must", -each.failing)):
        what = "make it usual" if state.severity == "must" else "strike it out"
        reason = (
            f"fails in {state.failing} samples, holds in {state.holding}: {what} in each of its "
            "lines, or see why"
        )
        found = next(i for i in family.identities if (i.table, i.name) == (state.table, state.name))
        yield Step(IDENTITIES, _first_line(found, "usually"), reason)
    for identity, holding, fails in _tested(family, readings):
        is_open = identity.severity == "usually" and identity.relation == "eq"
        if is_open and holding >= _MIN_ACCEPTED and not fails:
            reason = (
                f"holds in all {holding} samples: accept it in each of its lines if it is a law "
                "of the form"
            )
            yield Step(IDENTITIES, _first_line(identity, "must"), reason)


def _first_line(identity: Identity, severity: Severity) -> str:
    """The first line of an identity in identities.csv."""
    group, terms = next(iter(identity.groups.items()))
    member, sign = terms[0]
    note = "accepted" if severity == "must" else ""
    line = (
        identity.name, severity, identity.table, identity.over, identity.relation, group, member,
        str(sign), note, identity.tolerance,
    )  # fmt: skip
    return as_line(line)
