"""Finds spellings of labels.csv that no report uses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from gongkai.families.family import Family
from gongkai.families.lines import Label
from gongkai.model import Report
from gongkai.normalizers.tables.labels import LabelFolder
from helpers.registry import ROOT

NEEDED = ROOT / "tests" / "unit" / "normalizers" / "spellings_without_sample.csv"
_APART = re.compile(r"[／\n]")


def printed_labels(reports: Iterable[Report], family: Family) -> set[str]:
    """Every label that the reports print, folded for comparison."""
    fold = LabelFolder(family.variants).fold
    labels: set[str] = set()
    for report in reports:
        for seen in report.observations:
            labels.update(_APART.split(seen.row_label))
            labels.update(_APART.split(seen.column_label))
        labels.update(section.title for section in report.sections)
    return {fold(label).core for label in labels}


def unused_spellings(reports: Iterable[Report], family: Family) -> list[Label]:
    """The lines of labels.csv whose spelling no label of the reports has."""
    fold, printed = LabelFolder(family.variants).fold, printed_labels(reports, family)
    return [label for label in family.labels if fold(label.spelling).core not in printed]


def allowed(path: Path = NEEDED) -> dict[tuple[str, str], str]:
    """Spellings kept without a sample: (kind, spelling) and the reason why."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    parts = [line.split(",", 2) for line in lines if line]
    return {(kind, spelling): reason for kind, spelling, reason in parts}
