"""How well a drafted family agrees with the built-in one: cells by their place, identities by span.

Both families read the same files. A cell of the draft is the cell of the built-in family that
stands in the same place; if one key of the draft stands for two of them, the rarer is misplaced.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np

from gongkai.drafting.bounds import bound_odds
from gongkai.drafting.discover import Span
from gongkai.drafting.draft import Draft, draft_family, write_draft
from gongkai.drafting.lattice import PrintedCell
from gongkai.drafting.values import CellKey
from gongkai.errors import SourceError
from gongkai.families.family import Family
from gongkai.families.identities import Identity, PrintedCells, SignedCells
from gongkai.families.load import load_family
from gongkai.model import Key, Observation, ReadOptions, Report
from gongkai.reading.report import ReportReader

Place = tuple[int, int, int]  # page, and the middle of the box in steps of 4 points
Reports = Sequence[Sequence[Report]]  # of each file
SignedRow = dict[CellKey, int]  # one sum: the sign of each cell


@dataclass(frozen=True)
class Agreement:
    """Counts of one comparison."""

    tables: int  # of the built-in family that the samples print
    tables_found: int
    cells: int  # that the built-in family reads
    cells_right: int  # that the draft reads in the same row and column
    labels: int  # rows and columns that the built-in family reads
    labels_right: int  # with the same innermost label in the draft
    answers: int  # equalities of the built-in family over data
    found: int
    missed: tuple[str, ...]
    false_must: tuple[str, ...]  # equalities of class must that do not follow from the answers
    false_usually: tuple[str, ...]
    bounds: int  # inequalities of the built-in family for which the data are evidence
    bounds_found: int
    bounds_unseen: int  # those for which they are none: 1,000 and 5 do not show what is a part


@dataclass(frozen=True)
class SumsAgreement:
    """Which equalities of the built-in family are found, and which others."""

    answers: int  # over data, that the reports hold to
    missed: tuple[str, ...]
    false: tuple[str, ...]  # that do not follow from the answers


def make_draft(paths: Sequence[Path], folder: Path) -> tuple[Draft, Family]:
    """Draft a family from samples into a folder, and load it."""
    draft = draft_family(paths, folder.name, lambda _what, _done, _of: None)
    write_draft(draft, folder)
    return draft, load_family(folder)


def read_all(family: Family, paths: Sequence[Path]) -> list[list[Report]]:
    """The reports of each file; none where it is refused."""
    reader = ReportReader(family, ReadOptions(ocr="never"))
    found: list[list[Report]] = []
    for path in paths:
        try:
            found.append(reader.read(path))
        except SourceError:
            found.append([])
    return found


def place_of(cell: Observation | PrintedCell) -> Place:
    """Where a cell stands; readings of one file agree on it."""
    x, y = cell.box.middle
    return cell.page, round(x / 4), round(y / 4)


def in_built_in_keys(
    found: Mapping[str, Sequence[SignedRow]], draft: Draft, built_in: Reports
) -> dict[str, list[SignedRow]]:
    """Sums over the cells of a draft, in the keys of the built-in cells in the same places."""
    votes: dict[CellKey, Counter[CellKey]] = defaultdict(Counter)
    places = [
        {place_of(cell): cell_key(cell.key) for report in own for cell in report.observations}
        for own in built_in
    ]
    for table in draft.learnt.tables:
        for place, cell in table.cells.items():
            if (known := places[place.sample].get(place_of(cell))) is not None:
                votes[CellKey(table.number, place.row, place.column)][known] += 1
    known_as = {key: counts.most_common(1)[0][0] for key, counts in votes.items()}
    return {
        name: [{known_as.get(key, key): sign for key, sign in row.items()} for row in rows]
        for name, rows in found.items()
    }


def key_map(drafted: Reports, built_in: Reports) -> dict[Key, Key]:
    """The built-in cell for each cell of the draft: the one most often in the same place."""
    votes: dict[Key, Counter[Key]] = defaultdict(Counter)
    for ours, theirs in zip(drafted, built_in, strict=True):
        places = {place_of(cell): cell.key for report in theirs for cell in report.observations}
        for report in ours:
            for cell in report.observations:
                if (known := places.get(place_of(cell))) is not None:
                    votes[cell.key][known] += 1
    return {key: counts.most_common(1)[0][0] for key, counts in votes.items()}


class KeyNames:
    """What the built-in family calls the cells of a draft, by the samples that both read."""

    def __init__(self, drafted: Reports, built_in: Reports) -> None:
        self._known = key_map(drafted, built_in)
        columns: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
        for ours, theirs in self._known.items():
            columns[ours.table, ours.column][theirs.table, theirs.column] += 1
        self._columns = {own: counts.most_common(1)[0][0] for own, counts in columns.items()}

    def of(self, key: Key) -> Key | None:
        """The built-in key of a cell; of a code that no sample has, by its column."""
        if key in self._known:
            return self._known[key]
        column = self._columns.get((key.table, key.column))
        return Key(column[0], key.row, column[1]) if column and key.row.isdecimal() else None


@dataclass(frozen=True)
class HeldOut:
    """How a draft reads reports that it was not drafted from."""

    cells: int  # that the reports print
    right: int
    flagged: int  # flagged with a reason, or in a file that the draft refuses
    listed: int  # in a table that the report lists as one that it does not name
    missing: int
    silent: tuple[str, ...]  # wrong, and not flagged, in a report that is called proved
    wrong: int  # wrong and not flagged, in a report with failed checks


def held_out(draft: Family, answers: Family, names: KeyNames, paths: Sequence[Path]) -> HeldOut:
    """Read files with a draft, and compare its numbers with the expected results beside them.

    The built-in family says where the numbers stand that the draft does not name.
    """
    counts: Counter[str] = Counter()
    silent: list[str] = []
    for path, reports in zip(paths, read_all(draft, paths), strict=True):
        unnamed: list[Key] = []
        text = path.with_suffix(".expected.json").read_text(encoding="utf-8")
        for number, expected in enumerate(json.loads(text)["reports"]):
            read = {
                key: (cell, report.status)
                for report in reports[number : number + 1]
                for cell in report.observations
                if (key := names.of(cell.key)) is not None
            }
            for cell in expected["observations"]:
                counts["cells"] += 1
                key = Key(cell["table"], cell["row"], cell["column"])
                found = read.get(key)
                what = _outcome(found, cell["value"]) if reports else "flagged"
                unnamed += [key] if what == "missing" else []
                counts[what] += 1
                if what == "silent":
                    silent.append(f"{path.name}: {key}")
        counts["listed"] += _listed(unnamed, reports, answers, path) if unnamed else 0
    return HeldOut(
        counts["cells"],
        counts["right"],
        counts["flagged"],
        counts["listed"],
        counts["missing"] - counts["listed"],
        tuple(silent),
        counts["wrong"],
    )


def _listed(unnamed: Sequence[Key], reports: Sequence[Report], answers: Family, path: Path) -> int:
    """Count the cells in tables that the reports list as unknown."""
    boxes = [
        (problem.page, problem.box)
        for report in reports
        for problem in report.problems
        if problem.code == "other_table" and problem.box is not None
    ]
    [built_in] = read_all(answers, [path])
    places = {
        cell.key: (cell.page, cell.box.middle)
        for report in built_in
        for cell in report.observations
    }
    return sum(
        any(page == places[key][0] and box.contains(*places[key][1]) for page, box in boxes)
        for key in unnamed
        if key in places
    )


def _outcome(found: tuple[Observation, str] | None, value: str | None) -> str:
    if found is None:
        return "missing"
    cell, status = found
    if cell.state != "unreadable" and cell.value == (None if value is None else Decimal(value)):
        return "right"
    if cell.flagged:
        return "flagged"
    return "silent" if status == "proved" else "wrong"


def agreement(draft: Family, answers: Family, drafted: Reports, built_in: Reports) -> Agreement:
    """Compare a draft with the built-in family on the reports that both read in some files."""
    known = key_map(drafted, built_in)
    cells = right = 0
    labels: set[tuple[str, str, str]] = set()
    right_labels: set[tuple[str, str, str]] = set()
    tables: set[str] = set()
    for ours, theirs in zip(drafted, built_in, strict=True):
        own = {known.get(cell.key): cell for report in ours for cell in report.observations}
        for report in theirs:
            for cell in report.observations:
                cells += 1
                tables.add(cell.key.table)
                mine = own.get(cell.key)
                is_same = mine is not None and place_of(mine) == place_of(cell)
                right += is_same
                for kind, id_, label, other in (
                    ("row", cell.key.row, cell.row_label, mine and mine.row_label),
                    ("column", cell.key.column, cell.column_label, mine and mine.column_label),
                ):
                    labels.add((cell.key.table, kind, id_))
                    if is_same and (other or "").split("／")[-1] == label.split("／")[-1]:
                        right_labels.add((cell.key.table, kind, id_))
    found_tables = {known[key].table for key in known}
    data = _data(built_in)
    ours_eq = _instances(draft, drafted, "eq", known)
    sums = agreement_of_sums(ours_eq, answers, built_in)
    draft_span = _span(ours_eq, data)
    must = {i.table + "." + i.name for i in draft.identities if i.severity == "must"}
    bounds = {
        name: {frozenset(row.items()) for row in live}
        for name, rows in _instances(answers, built_in, "ge", {}).items()
        if (live := _live(rows, data))
    }
    draft_sums = [row for rows in ours_eq.values() for row in _live(rows, data)]
    ours_ge = {
        frozenset(row.items())
        for rows in _instances(draft, drafted, "ge", known).values()
        for row in _live(rows, data)
    }
    found_bounds = {
        name
        for name, rows in bounds.items()
        if all(
            draft_span.has(dict(row)) or _is_implied(dict(row), [*ours_ge], draft_sums)
            for row in rows
        )
    }
    seen = {name for name, rows in bounds.items() if _is_seen(rows, built_in)} | found_bounds
    return Agreement(
        len(tables),
        len(tables & found_tables),
        cells,
        right,
        len(labels),
        len(right_labels),
        sums.answers,
        sums.answers - len(sums.missed),
        sums.missed,
        tuple(name for name in sums.false if name in must),
        tuple(name for name in sums.false if name not in must),
        len(seen),
        len(found_bounds),
        len(bounds) - len(seen),
    )


def agreement_of_sums(
    ours: Mapping[str, Sequence[SignedRow]], answers: Family, built_in: Reports
) -> SumsAgreement:
    """Compare sums by name, each in built-in keys, with the equalities of the built-in family."""
    data = _data(built_in)
    theirs = _instances(answers, built_in, "eq", {})
    span, own_span = _span(theirs, data), _span(ours, data)
    held = _held(built_in)
    tested = {
        name: live for name, rows in theirs.items() if (live := _live(rows, data)) and name in held
    }
    return SumsAgreement(
        len(tested),
        tuple(n for n, rows in tested.items() if not all(map(own_span.has, rows))),
        tuple(n for n, rows in ours.items() if not all(map(span.has, _live(rows, data)))),
    )


def _is_seen(rows: Collection[frozenset[tuple[CellKey, int]]], reports: Reports) -> bool:
    """Do the reports show an inequality: would it fail for numbers of other places?"""
    values = [
        {cell_key(cell.key): int((cell.value or 0) * 100) for cell in report.observations}
        for own in reports
        for report in own
    ]
    sides = [
        [
            sum(own.get(key, 0) for key, sign in row if sign == side)
            for row in rows
            for own in values
        ]
        for side in (1, -1)
    ]
    return bound_odds(np.array(sides[0]), np.array(sides[1]), 1) >= 1


def _is_implied(
    bound: Mapping[CellKey, int],
    bounds: Sequence[frozenset[tuple[CellKey, int]]],
    sums: Sequence[Mapping[CellKey, int]],
) -> bool:
    """Does an inequality follow from another one, or from a sum, over numbers not below zero?"""
    known = [dict(each) for each in bounds] + [*sums]
    known += [{key: -sign for key, sign in row.items()} for row in sums]
    return any(
        all(bound.get(key, 0) >= other.get(key, 0) for key in {*bound, *other}) for other in known
    )


def _held(reports: Reports) -> set[str]:
    """The identities that hold in the reports, but for a tenth of their tests."""
    tests: dict[str, list[bool]] = defaultdict(list)
    for own in reports:
        for report in own:
            for check in report.checks:
                if check.status in ("pass", "fail"):
                    tests[f"{check.table}.{check.rule}"].append(check.status == "pass")
    return {name for name, passed in tests.items() if passed.count(False) <= len(passed) * 0.1}


def cell_key(key: Key) -> CellKey:
    """A cell of the built-in family."""
    return CellKey(0, f"{key.table}.{key.row}", key.column)


def _data(reports: Reports) -> set[CellKey]:
    """The cells that are not zero in some report."""
    return {
        cell_key(cell.key)
        for own in reports
        for report in own
        for cell in report.observations
        if cell.value
    }


def _instances(
    family: Family, reports: Reports, relation: str, known: Mapping[Key, Key]
) -> dict[str, list[dict[CellKey, int]]]:
    """The sums of each identity of one relation in all reports, in built-in keys."""
    found: dict[str, list[dict[CellKey, int]]] = {}
    for identity in family.identities:
        if identity.relation != relation:
            continue
        different = {
            frozenset((cell_key(known.get(key, key)), sign) for key, sign in terms)
            for own in reports
            for report in own
            for terms in _sums(identity, report)
        }
        found[f"{identity.table}.{identity.name}"] = [dict(each) for each in different]
    return found


def _sums(identity: Identity, report: Report) -> Iterator[SignedCells]:
    printed = {cell.key for cell in report.observations}
    places = (
        identity.instances.get(report.table_forms.get(identity.table), ())
        if identity.is_fixed
        else identity.in_report(report.table_forms, PrintedCells(list(printed)))
    )
    for instance in places:
        ways = [way for way in instance.ways if all(key in printed for key, _ in way)]
        yield from ways[:1] or instance.ways[:1]


def _live(rows: Sequence[dict[CellKey, int]], data: set[CellKey]) -> list[dict[CellKey, int]]:
    """The sums without terms that are zero everywhere; those of which nothing is left go."""
    kept = [{key: sign for key, sign in row.items() if key in data} for row in rows]
    return [row for row in kept if row]


def _span(found: Mapping[str, Sequence[dict[CellKey, int]]], data: set[CellKey]) -> Span:
    span = Span()
    for rows in found.values():
        for row in _live(rows, data):
            span.add(row)
    return span
