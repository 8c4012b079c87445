"""Counts over the made reports by kind: samples/kinds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from gongkai.checks.table_checks import PROOF_RULE
from gongkai.families.family import Family
from gongkai.model import Observation, OcrMode, ReadOptions, Report
from gongkai.reading.report import ReportReader

ROOT = Path(__file__).resolve().parents[2]
KINDS_FOLDER = ROOT / "samples" / "kinds"
ALL = "**all files**"
_OCR: dict[bool, OcrMode] = {True: "auto", False: "never"}
HEADER = (
    "| kind | reports | cells | right | flagged | silent errors |\n|---|---:|---:|---:|---:|---:|\n"
)


@dataclass(frozen=True)
class KindTruth:
    """The truth of one report: ``cells`` by name, and the names of the cells of each kind.

    A value is in the unit of its field; None for a blank, a mark, and a cell that shows no single
    number. ``flag`` are those.
    """

    path: Path
    kinds: tuple[str, ...]
    needs_ocr: bool
    agency: str
    year: int
    scope: str | None
    cells: Mapping[str, Decimal | None]
    shown: Mapping[str, frozenset[str]]
    flag: frozenset[str]


@dataclass
class KindTally:
    """Counts over cells of some reports.

    ``flagged`` are those in doubt: the cell itself, its table, or a sum over it. ``silent`` are
    wrong, lost or invented cells without any doubt.
    """

    reports: int = 0
    cells: int = 0
    right: int = 0
    flagged: int = 0
    silent: int = 0

    def __iadd__(self, other: KindTally) -> KindTally:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def row(self, name: str) -> str:
        numbers = (self.reports, self.cells, self.right, self.flagged, self.silent)
        return f"| {name} | {' | '.join(map(str, numbers))} |\n"


@cache
def kind_truths() -> tuple[KindTruth, ...]:
    """The truths of the committed files, by file."""
    whole = json.loads((KINDS_FOLDER / "truth.json").read_text(encoding="utf-8"))
    return tuple(_truth(entry) for entry in whole)


def _truth(entry: Mapping[str, Any]) -> KindTruth:
    values = {k: None if v is None else Decimal(str(v)) for k, v in entry["cells"].items()}
    return KindTruth(
        path=KINDS_FOLDER / entry["file"],
        kinds=tuple(entry["kinds"]),
        needs_ocr=entry["needs_ocr"],
        agency=entry["agency"],
        year=entry["year"],
        scope=entry.get("scope"),
        cells=values,
        shown={kind: frozenset(names) for kind, names in entry["shown"].items()},
        flag=frozenset(entry["flag"]),
    )


def report_of(reports: Sequence[Report], truth: KindTruth) -> Report | None:
    """The report of a truth's scope among those of its file."""
    return next((r for r in reports if r.scope == truth.scope), None)


def kind_tally(reports: Sequence[Report], truth: KindTruth, kind: str = "") -> KindTally:
    """Count the cells of one report, or those of one kind; a kind without own cells has all."""
    names = truth.shown.get(kind, truth.cells.keys())
    tally = KindTally(1, len(names))
    for _, verdict in verdicts(report_of(reports, truth), truth, names):
        setattr(tally, verdict, getattr(tally, verdict) + 1)
    return tally


def verdicts(
    report: Report | None, truth: KindTruth, names: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Each cell, and each invented one, with ``right``, ``flagged`` or ``silent``."""
    if report is None:  # that of another scope is there, and this one is lost
        yield from ((name, "silent") for name in names)
        return
    seen = {str(o.key): o for o in report.observations}
    failures = [c for c in report.failures("must") if c.rule != PROOF_RULE]
    doubted = {str(key) for check in failures for key in check.cells}
    tables = {c.table for c in failures if c.rule in ("coverage", "complete")}
    for name in names:
        o = seen.get(name)
        if o is not None and not o.flagged and name not in truth.flag:
            is_right = _value(o) == truth.cells[name] and o.state != "unreadable"
            yield name, "right" if is_right else "flagged" if name in doubted else "silent"
        elif o is not None:
            yield name, "flagged" if o.flagged or name in doubted else "silent"
        else:
            yield name, "flagged" if name.split(".")[0] in tables else "silent"
    for name in seen.keys() - truth.cells.keys():
        yield name, "flagged" if seen[name].flagged or name in doubted else "silent"


def _value(o: Observation) -> Decimal | None:
    return o.value_in_unit if o.state == "number" else None


def kind_table(family: Family) -> str:
    """The table of the kinds, in Markdown: a row a kind, and one for all files.

    Only files whose text layer cannot be read are read with OCR.
    """
    readers = {ocr: ReportReader(family, ReadOptions(ocr=ocr)) for ocr in _OCR.values()}
    rows: dict[str, KindTally] = {}
    whole = KindTally()
    for truth in kind_truths():
        reports = readers[_OCR[truth.needs_ocr]].read(truth.path)
        for kind in truth.kinds:
            rows.setdefault(kind, KindTally())
            rows[kind] += kind_tally(reports, truth, kind)
        whole += kind_tally(reports, truth)
    return HEADER + "".join(rows[kind].row(kind) for kind in sorted(rows)) + whole.row(ALL)


def kind_counts() -> dict[str, tuple[int, int]]:
    """Files and cells by kind, as the truth alone tells them."""
    counts: dict[str, tuple[int, int]] = {}
    for truth in kind_truths():
        for kind in (*truth.kinds, ALL):
            files, cells = counts.get(kind, (0, 0))
            counts[kind] = files + 1, cells + len(truth.shown.get(kind, truth.cells))
    return counts
