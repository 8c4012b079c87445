"""Measures the figures of running text and the names of agencies against marks made by people.

``make accuracy`` calls ``table``. Run as a module, it also lists every difference.
"""

from __future__ import annotations

import csv
import re
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
    "| prose | sections | figures | found | missed | wrong value, unit or zero "
    "| wrong metric or whole | named right | first run: found | wrong | named right |\n"
    "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
)
TRAITS_HEADER = (
    "| figures that are | marked | right | missed | invented |\n|---|---:|---:|---:|---:|\n"
)
TRAITS = ("parts of a whole", "approximate", "stated zeros", "planned")
NAMES_HEADER = "| agencies | names | right | unresolved as marked | missed | wrong |\n|---|---:|---:|---:|---:|---:|\n"  # noqa: E501


@dataclass
class Trait:
    """How often people marked a trait, and how often it was read there and elsewhere."""

    marked: int = 0
    right: int = 0
    invented: int = 0

    def count(self, *, marked: bool, read: bool, agrees: bool = True) -> None:
        """Count one figure."""
        self.marked += marked
        self.right += marked and read and agrees
        self.invented += read and not (marked and agrees)


@dataclass
class Score:
    """Counts over some sections.

    ``wrong_value`` are figures that a person does not read there, or reads with another value,
    unit or approximation, or not as a stated zero; ``wrong_meaning`` are others that a person
    reads with other words, another metric or another whole. A missing metric is not wrong, but
    not ``named``.
    """

    sections: int = 0
    figures: int = 0
    found: int = 0
    wrong_value: int = 0
    wrong_meaning: int = 0
    metrics: int = 0
    named: int = 0
    traits: dict[str, Trait] = field(default_factory=lambda: {name: Trait() for name in TRAITS})
    differences: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> int:
        return self.wrong_value + self.wrong_meaning

    def row(self, name: str) -> str:
        cells = [name, self.sections, self.figures, _with_share(self.found, self.figures)]
        cells += [self.figures - self.found]
        cells += [_with_share(n, self.figures) for n in (self.wrong_value, self.wrong_meaning)]
        cells += [_with_share(self.named, self.metrics)]
        return _row(*cells, *first_runs().get(name, ("", "", "")))


def _with_share(count: int, total: int) -> str:
    return f"{count}/{total} ({count / total:.1%})" if total else ""


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |\n"


def first_runs() -> dict[str, tuple[str, str, str]]:
    """What the first run of the program over a set found, got wrong and named, by set."""
    with (PROSE.parent / "first-runs.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["set"]: (row["found"], row["wrong"], row["named"]) for row in csv.DictReader(file)
        }


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
        text = "".join(paragraph.text for paragraph in section.paragraphs)
        pairs = _aligned(wanted, read, _spans(text, read))
        taken = {k: wanted[i] for i, k in pairs}
        for i, k in pairs:
            of = read[k].part_of
            whole = (
                None
                if of is None
                else f"{read[of].phrase} {taken[of].words if of in taken else ''}"
            )
            _compare(score, section.name, wanted[i], read[k], whole)
        for i, g in enumerate(wanted):
            if i not in {j for j, _ in pairs}:
                score.metrics += g.metric_id is not None
                for name, marked in zip(TRAITS, _marked(g), strict=True):
                    score.traits[name].count(marked=marked, read=False)
                score.differences.append(f"{section.name}: missed {g.words} {g.value} {g.unit}")
        for k, f in enumerate(read):
            if k not in taken:
                score.wrong_value += 1
                for name, read_as in zip(TRAITS, _read(f), strict=True):
                    score.traits[name].count(marked=False, read=read_as)
                score.differences.append(
                    f"{section.name}: invented {f.phrase} {f.raw_text} {f.value}"
                )
    return score


def _compare(
    score: Score,
    name: str,
    gold: GoldFigure,
    read: NarrativeFigure,
    whole: str | None,
) -> None:
    """Count one figure; ``whole`` has the words of its whole, as read and as marked."""
    of_value, of_meaning = [], []
    if (read.unit, read.approximate, read.stated_as_none) != (
        gold.unit, gold.approximate, gold.none,
    ):  # fmt: skip
        of_value.append(f"unit {read.unit} {'~' if read.approximate else ''}, not {gold.unit}")
    if gold.words not in read.phrase:
        of_meaning.append(f"words {read.phrase!r}, not {gold.words!r}")
    if read.metric_id is not None and read.metric_id != gold.metric_id:
        of_meaning.append(f"metric {read.metric_id}, not {gold.metric_id}")
    is_placed = (gold.whole is None) == (whole is None) and (gold.whole or "") in (whole or "")
    if not is_placed:
        of_meaning.append(f"part of {whole!r}, not {gold.whole!r}")
    faults = of_value + of_meaning
    score.found += not faults
    score.wrong_value += bool(of_value)
    score.wrong_meaning += bool(of_meaning) and not of_value
    score.metrics += gold.metric_id is not None
    score.named += gold.metric_id is not None and read.metric_id == gold.metric_id
    for trait, marked, read_as in zip(TRAITS, _marked(gold), _read(read), strict=True):
        agrees = is_placed or trait != TRAITS[0]
        score.traits[trait].count(marked=marked, read=read_as, agrees=agrees)
    if faults:
        score.differences.append(f"{name}: {read.raw_text}: {'; '.join(faults)}")
    elif gold.metric_id != read.metric_id:
        score.differences.append(f"{name}: {read.raw_text}: not named {gold.metric_id}")
    if gold.planned != read.planned:
        score.differences.append(f"{name}: {read.raw_text}: planned {read.planned}")


def _marked(gold: GoldFigure) -> tuple[bool, ...]:
    """Which of TRAITS a person marked."""
    return gold.whole is not None, gold.approximate, gold.none, gold.planned


def _read(figure: NarrativeFigure) -> tuple[bool, ...]:
    """Which of TRAITS were read."""
    return (
        figure.part_of is not None, figure.approximate, figure.stated_as_none, figure.planned,
    )  # fmt: skip


def trait_rows(scores: Sequence[Score]) -> str:
    """A row for each trait over all sets."""
    rows = []
    for name in TRAITS:
        found = [score.traits[name] for score in scores]
        marked, right, invented = (
            sum(getattr(each, count) for each in found) for count in ("marked", "right", "invented")
        )
        rows.append(_row(name, marked, _with_share(right, marked), marked - right, invented))
    return "".join(rows)


def _spans(text: str, read: Sequence[NarrativeFigure]) -> list[tuple[int, int]]:
    """Where the figures are in the text of their section, in printed order."""
    spans, done = [], 0
    for figure in read:
        sentence = max(text.rfind(figure.sentence, 0, done + len(figure.sentence)), 0)
        own = re.compile(rf"(?<![\d.,]){re.escape(figure.raw_text)}")  # not 2件 in 12件
        found = own.search(text, max(sentence, done)) or own.search(text)
        start, end = found.span() if found else (done, done)
        spans.append((start, end))
        done = start + 1
    return spans


def _aligned(
    wanted: Sequence[GoldFigure],
    read: Sequence[NarrativeFigure],
    spans: Sequence[tuple[int, int]],
) -> list[tuple[int, int]]:
    """The marked and read figures that are the same, as pairs of indices.

    They are the longest common subsequence of the values. Of several, as where one of many
    zeros is missed, it is the one with most figures at their place in the text.
    """

    def sameness(i: int, k: int) -> tuple[int, int]:
        (start, end), (read_start, read_end) = wanted[i].span, spans[k]
        is_same = wanted[i].value == read[k].value
        return int(is_same), int(is_same and start < read_end and read_start < end)

    best = [[(0, 0)] * (len(read) + 1) for _ in range(len(wanted) + 1)]
    for i in range(len(wanted) - 1, -1, -1):
        for k in range(len(read) - 1, -1, -1):
            (pairs, placed), (same, here) = best[i + 1][k + 1], sameness(i, k)
            best[i][k] = max(best[i + 1][k], best[i][k + 1], (pairs + same, placed + here))
    found, i, k = [], 0, 0
    while i < len(wanted) and k < len(read):
        if best[i][k] == best[i + 1][k]:
            i += 1
        elif best[i][k] == best[i][k + 1]:
            k += 1
        else:
            found.append((i, k))
            i, k = i + 1, k + 1
    return found


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
    """The tables in Markdown: figures, their traits, and agencies."""
    figure_reader = FigureReader(family)
    scores = {
        path.stem: score_sections(sections(path), figure_reader)
        for path in sorted(PROSE.glob("*.txt"), key=_in_order)
    }
    rows = [score.row(name) for name, score in scores.items()]
    named = [names_row(path, family)[0] for path in sorted((PROSE.parent / "names").glob("*.txt"))]
    return (
        f"{FIGURES_HEADER}{''.join(rows)}\n{TRAITS_HEADER}{trait_rows(list(scores.values()))}\n"
        f"{NAMES_HEADER}{''.join(named)}"
    )


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
