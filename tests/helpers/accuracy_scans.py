"""Accuracy over made scans: cells by kind of scan, and the characters of their prose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from gongkai.errors import SourceError
from gongkai.families.family import Family
from gongkai.model import Report
from gongkai.reading.report import read_reports
from helpers.tally import tally
from helpers.truth import Truth, load_truths, squeezed

HEADER = (
    "| scans | files | cells | right | flagged | silent errors "
    "| characters | wrong | share right |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)


@dataclass
class ScanTally:
    """Counts over some scans; ``silent`` as in ``helpers.tally.Tally``.

    ``right`` are cells with the true state and value, and cells that are flagged because they
    must be (rows out of order).
    """

    files: int = 0
    cells: int = 0
    right: int = 0
    flagged: int = 0
    silent: int = 0
    characters: int = 0
    mistakes: int = 0  # characters to insert, delete or change

    def __iadd__(self, other: ScanTally) -> ScanTally:
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    def row(self, name: str) -> str:
        share = f"{1 - self.mistakes / self.characters:.2%}" if self.characters else ""
        cells = [name, self.files, self.cells, self.right, self.flagged, self.silent]
        cells += [self.characters, self.mistakes, share]
        return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def scan_tally(reports: Sequence[Report], truths: Sequence[Truth]) -> ScanTally:
    """Count one scanned file's reports against its truths."""
    count = tally(reports, truths)
    one = ScanTally(1, count.cells, count.right + count.asked, silent=count.silent)
    one.flagged = sum(o.flagged for report in reports for o in report.observations)
    for report, truth in zip(reports, truths, strict=False):
        read = {section.number: squeezed(section.text) for section in report.sections}
        for section in truth.sections:
            if section.text is not None:
                wanted = squeezed(section.text)
                one.characters += len(wanted)
                one.mistakes += Levenshtein.distance(wanted, read.get(section.number, ""))
    return one


def is_scan(file: Path) -> bool:
    """Does a truth file belong to a made scan?"""
    names: list[str] = json.loads(file.read_text(encoding="utf-8"))["cases"]
    return any(name.startswith("scan") for name in names)


def scan_table(files: Iterable[Path], family: Family) -> str:
    """The table of some truth files of scans, in Markdown: a row a kind, one for all without
    and one for all with a stamp."""
    kinds: dict[str, ScanTally] = {}
    for file in sorted(files):
        names: list[str] = json.loads(file.read_text(encoding="utf-8"))["cases"]
        pdf = file.with_name(file.name.replace(".expected.json", ".pdf"))
        try:
            reports = read_reports(pdf, family)
        except SourceError:
            reports = []
        one = scan_tally(reports, load_truths(file))
        for name in _kinds(names):
            kinds[name] = replace(kinds.get(name, ScanTally()))
            kinds[name] += one
    order = sorted(kinds, key=lambda name: (name.startswith("*"), name))
    return HEADER + "".join(kinds[name].row(name) for name in order)


def scan_counts(files: Iterable[Path]) -> dict[str, tuple[int, int]]:
    """Files and cells by kind, as the truth files alone tell them."""
    counts: dict[str, tuple[int, int]] = {}
    for file in files:
        truth = json.loads(file.read_text(encoding="utf-8"))
        cells = sum(len(report["observations"]) for report in truth["reports"])
        for name in _kinds(truth["cases"]):
            files_before, cells_before = counts.get(name, (0, 0))
            counts[name] = files_before + 1, cells_before + cells
    return counts


def _kinds(names: Sequence[str]) -> list[str]:
    """The rows that a scan counts in."""
    stamped = any(name.startswith("scan-stamp") for name in names)
    own = [name for name in names if name != "scan"]
    return [*own, "**stamped**" if stamped else "**not stamped**"]
