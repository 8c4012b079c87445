"""Measures the figures of running text and the names of agencies against marks made by people.

``make accuracy`` calls ``table``. Run as a module, it also lists every difference.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.model import NarrativeFigure
from gongkai.normalizers.agencies.resolver import AgencyResolver
from gongkai.normalizers.narrative.figures import FigureReader
from helpers.gold import PROSE, GoldFigure, GoldSection, names, sections

FIGURES_HEADER = (
    "| prose | sections | figures | found | missed | wrong | metrics named | parts "
    "| first run: found | wrong |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)
NAMES_HEADER = "| agencies | names | right | unresolved as marked | missed | wrong |\n|---|---:|---:|---:|---:|---:|\n"  # noqa: E501


@dataclass
class Score:
    """Counts over some sections.

    ``wrong`` are figures that a person does not read there, or reads with another value, unit,
    approximation, metric or whole.
    """

    sections: int = 0
    figures: int = 0
    found: int = 0
    wrong: int = 0
    metrics: int = 0
    named: int = 0
    parts: int = 0
    placed: int = 0
    differences: list[str] = field(default_factory=list)

    def row(self, name: str) -> str:
        share = f" ({self.found / self.figures:.1%})" if self.figures else ""
        bad = f" ({self.wrong / self.figures:.1%})" if self.figures else ""
        cells = [name, self.sections, self.figures, f"{self.found}{share}"]
        cells += [self.figures - self.found, f"{self.wrong}{bad}"]
        cells += [f"{self.named}/{self.metrics}", f"{self.placed}/{self.parts}"]
        cells += first_runs().get(name, ("", ""))
        return "| " + " | ".join(map(str, cells)) + " |\n"


def first_runs() -> dict[str, tuple[str, str]]:
    """What the first run of the program over a set found and got wrong, by the set's name."""
    with (PROSE.parent / "first-runs.csv").open(encoding="utf-8", newline="") as file:
        return {row["set"]: (row["found"], row["wrong"]) for row in csv.DictReader(file)}


def _in_order(path: Path) -> tuple[str, int]:
    """Sorts round-2 before round-10."""
    name, _, number = path.stem.rpartition("-")
    return (name, int(number)) if number.isdigit() else (path.stem, 0)


def score_sections(gold: Iterable[GoldSection], figure_reader: FigureReader) -> Score:
    """Compares the figures that are read in the sections with the marked ones."""
    score = Score()
    for section in gold:
        score.sections += 1
        read = figure_reader.figures(section.paragraphs)
        wanted = [figure for own in section.figures for figure in own]
        score.figures += len(wanted)
        pairs = aligned([g.value for g in wanted], [f.value for f in read])
        taken = {k for _, k in pairs}
        for i, k in pairs:
            _compare(score, section.name, wanted[i], read[k], read)
        for i, g in enumerate(wanted):
            if i not in {j for j, _ in pairs}:
                score.metrics += g.metric_id is not None
                score.parts += g.whole is not None
                score.differences.append(f"{section.name}: missed {g.words} {g.value} {g.unit}")
        for k, f in enumerate(read):
            if k not in taken:
                score.wrong += 1
                score.differences.append(
                    f"{section.name}: invented {f.phrase} {f.raw_text} {f.value}"
                )
    return score


def _compare(
    score: Score,
    name: str,
    gold: GoldFigure,
    read: NarrativeFigure,
    all_read: Sequence[NarrativeFigure],
) -> None:
    whole = None if read.part_of is None else all_read[read.part_of].phrase
    faults = []
    if (read.unit, read.approximate, read.stated_as_none) != (
        gold.unit, gold.approximate, gold.none,
    ):  # fmt: skip
        faults.append(f"unit {read.unit} {'~' if read.approximate else ''}, not {gold.unit}")
    if gold.words not in read.phrase:
        faults.append(f"words {read.phrase!r}, not {gold.words!r}")
    if read.metric_id is not None and read.metric_id != gold.metric_id:
        faults.append(f"metric {read.metric_id}, not {gold.metric_id}")
    if (gold.whole is None) != (whole is None) or (gold.whole or "") not in (whole or ""):
        faults.append(f"part of {whole!r}, not {gold.whole!r}")
    score.found += not faults
    score.wrong += bool(faults)
    score.metrics += gold.metric_id is not None
    score.named += gold.metric_id is not None and read.metric_id == gold.metric_id
    score.parts += gold.whole is not None
    score.placed += gold.whole is not None and whole is not None and gold.whole in whole
    if faults:
        score.differences.append(f"{name}: {read.raw_text}: {'; '.join(faults)}")
    elif gold.metric_id != read.metric_id:
        score.differences.append(f"{name}: {read.raw_text}: not named {gold.metric_id}")


def aligned(one: Sequence[object], other: Sequence[object]) -> list[tuple[int, int]]:
    """The longest common subsequence of two lists, as pairs of indices."""
    longest = [[0] * (len(other) + 1) for _ in range(len(one) + 1)]
    for i in range(len(one) - 1, -1, -1):
        for k in range(len(other) - 1, -1, -1):
            longest[i][k] = (
                longest[i + 1][k + 1] + 1
                if one[i] == other[k]
                else max(longest[i + 1][k], longest[i][k + 1])
            )
    pairs, i, k = [], 0, 0
    while i < len(one) and k < len(other):
        if one[i] == other[k]:
            pairs.append((i, k))
            i, k = i + 1, k + 1
        elif longest[i + 1][k] >= longest[i][k + 1]:
            i += 1
        else:
            k += 1
    return pairs


def names_row(path: Path, family: Family) -> tuple[str, list[str], int]:
    """The table row of one file of names, the differences, and the number of wrong names."""
    right = unresolved = missed = wrong = 0
    differences = []
    resolver = AgencyResolver(family)
    for gold in names(path):
        agency = resolver.resolve(gold.printed, gold.text, gold.year)
        code = agency.division_code or agency.host_division_code
        if not agency.resolved:
            unresolved += gold.code is None
            missed += gold.code is not None
            if gold.code is not None:
                differences.append(f"{gold.printed}: not resolved, {agency.reason}")
        elif (code, agency.name, agency.sector) == (
            None if gold.code == "-" else gold.code, gold.name, gold.sector,
        ):  # fmt: skip
            right += 1
        else:
            wrong += 1
            differences.append(
                f"{gold.printed}: {code} {agency.name} {agency.sector}, "
                f"not {gold.code} {gold.name} {gold.sector}"
            )
    total = right + unresolved + missed + wrong
    row = f"| {path.stem} | {total} | {right} | {unresolved} | {missed} | {wrong} |\n"
    return row, differences, wrong


def table(family: Family) -> str:
    """Both tables in Markdown: figures and agencies."""
    figure_reader = FigureReader(family)
    rows = [
        score_sections(sections(path), figure_reader).row(path.stem)
        for path in sorted(PROSE.glob("*.txt"), key=_in_order)
    ]
    named = [names_row(path, family)[0] for path in sorted((PROSE.parent / "names").glob("*.txt"))]
    return FIGURES_HEADER + "".join(rows) + "\n" + NAMES_HEADER + "".join(named)


def main() -> None:
    """Prints the tables and every difference."""
    family = load_family()
    figure_reader = FigureReader(family)
    sys.stdout.write(table(family))
    for path in sorted(PROSE.glob("*.txt")):
        for difference in score_sections(sections(path), figure_reader).differences:
            sys.stdout.write(f"{path.stem} {difference}\n")
    for path in sorted((PROSE.parent / "names").glob("*.txt")):
        for difference in names_row(path, family)[1]:
            sys.stdout.write(f"{path.stem} {difference}\n")


if __name__ == "__main__":
    main()
