"""Figures of running text and names of agencies against the marks of people."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.families.family import Family
from gongkai.model import NarrativeFigure, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader
from helpers.accuracy_prose import names_row, score_sections, table
from helpers.gold import PROSE, names, read_section, sections

NAMES = PROSE.parent / "names"
LEAST_FOUND, LEAST_NAMED, MOST_WRONG = 0.97, 0.97, 0.01


def test_the_set_is_as_large_as_promised() -> None:
    gold = [section for path in PROSE.glob("*.txt") for section in sections(path)]
    assert len(gold) >= 40
    assert sum(len(own) for section in gold for own in section.figures) >= 400
    assert sum(1 for path in NAMES.glob("*.txt") for _ in names(path)) >= 60


def test_figures_are_found_and_hardly_any_is_wrong(figure_reader: FigureReader) -> None:
    gold = [section for path in sorted(PROSE.glob("*.txt")) for section in sections(path)]
    score = score_sections(gold, figure_reader)
    assert score.found >= LEAST_FOUND * score.figures, score.differences
    assert score.wrong <= MOST_WRONG * score.figures, score.differences
    assert score.named >= LEAST_NAMED * score.metrics, score.differences
    for name, trait in score.traits.items():
        assert trait.right >= LEAST_FOUND * trait.marked > 0, name
        assert trait.invented <= MOST_WRONG * score.figures, name


def test_no_name_is_resolved_to_the_wrong_agency(family: Family) -> None:
    for path in sorted(NAMES.glob("*.txt")):
        _, differences, wrong = names_row(path, family)
        assert wrong == 0, differences


def test_a_wrong_reading_is_counted(figure_reader: FigureReader) -> None:
    """With every marked unit changed, the comparison finds every figure wrong."""
    section = next(sections(PROSE / "seen.txt"))
    from dataclasses import replace

    changed = tuple(tuple(replace(f, unit="吨") for f in own) for own in section.figures)
    score = score_sections([replace(section, figures=changed)], figure_reader)
    assert score.found == 0
    assert score.wrong == score.figures


def test_one_missed_zero_of_many_is_counted_once(figure_reader: FigureReader) -> None:
    class Forgetful(FigureReader):
        """Misses the first figure."""

        def __init__(self) -> None:
            """Needs no family."""

        def figures(self, paragraphs: Sequence[Paragraph]) -> list[NarrativeFigure]:
            return figure_reader.figures(paragraphs)[1:]

    marked = "{!未收到申请}，{!无兼职人员;兼职;staff_part_time}，{!未收费;收费;info_fee_yuan}。"
    score = score_sections([read_section("zeros", [marked])], Forgetful())
    assert (score.figures, score.found, score.wrong) == (3, 2, 0), score.differences


def test_the_table_can_be_printed(family: Family) -> None:
    printed = table(family)
    assert printed.count("\n| ") >= 5
    assert "held-out" in printed
