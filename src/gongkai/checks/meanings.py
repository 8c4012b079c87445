"""What a figure of the text can mean in the tables: signed sums of cells.

A figure can name the row of its cell: 教育支出（类）普通教育（款）小学教育（项）支出决算. Such a
row is found among those that the report prints, by its label and the labels of the rows above it.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from gongkai.families.family import Family
from gongkai.families.narrative import NAMED_ROW, Comparison
from gongkai.model import Key, NarrativeFigure, Observations
from gongkai.normalizers.tables.labels import LabelFolder

_RowOf = Callable[[str], str | None]  # the row of a table that a figure names


class Meaning(NamedTuple):
    """One possible meaning of a figure: a signed sum of cells or groups of cells."""

    name: str
    terms: tuple[tuple[tuple[Key, ...], int], ...]

    @property
    def keys(self) -> Iterator[Key]:
        """The cells of its terms."""
        return (key for keys, _ in self.terms for key in keys)

    def with_rows(self, row_of: _RowOf) -> Meaning | None:
        """The meaning with the rows that a figure names; None if one of them is not printed."""
        terms = []
        for keys, sign in self.terms:
            own = [
                key._replace(row=row)
                for key in keys
                if (row := row_of(key.table) if key.row == NAMED_ROW else key.row) is not None
            ]
            if len(own) < len(keys):
                return None
            terms.append((tuple(own), sign))
        return Meaning(self.name, tuple(terms))


def meaning_of(line: Comparison, names: Mapping[str, Key]) -> Meaning:
    """The meaning that a line of comparisons.csv states; ``names`` are the form's cells."""
    terms = []
    for term in line.terms:
        text = term.removeprefix("-")
        table, _, column = text.partition(f".{NAMED_ROW}.")
        if column:
            cells: tuple[Key, ...] = (Key(table, NAMED_ROW, column),)
        elif text in names:
            cells = (names[text],)
        else:
            cells = tuple(names[name] for name in fnmatch.filter(names, text))
        terms.append((cells, -1 if term.startswith("-") else 1))
    return Meaning(line.meaning, tuple(terms))


class NamedRows:
    """Finds the rows that figures name. Built once from the family."""

    def __init__(self, family: Family) -> None:
        rules = family.narrative_grammar.row_names
        self._rules = [(re.compile(metric), re.compile(names)) for metric, names in rules.items()]
        self._fold = LabelFolder(family.variants).fold

    def meanings(
        self, figure: NarrativeFigure, meanings: Sequence[Meaning], observations: Observations
    ) -> list[Meaning]:
        """The meanings of a figure, without those whose row the report does not print."""
        names = self._names(figure)

        def row_of(table: str) -> str | None:
            return self._row(table, names, observations)

        return [own for each in meanings if (own := each.with_rows(row_of)) is not None]

    def _names(self, figure: NarrativeFigure) -> list[str]:
        """The folded names of the row, outer to inner, in the phrase of a figure."""
        for metric, pattern in self._rules:
            if metric.fullmatch(figure.metric_id or "") and (
                found := pattern.search(figure.phrase)
            ):
                return [self._core(name) for name in found.groups() if name]
        return []

    def _row(self, table: str, names: Sequence[str], observations: Observations) -> str | None:
        """The only row of a table with these names; those of its outer rows may be left out."""
        if not names:
            return None
        labels = {
            key.row: self._core(cell.row_label.rpartition("／")[2])
            for key, cell in observations.items()
            if key.table == table
        }
        *outer, own = names
        found = [
            row
            for row, label in labels.items()
            if label == own and _has_all(outer, [labels[o] for o in labels if _is_above(o, row)])
        ]
        return found[0] if len(found) == 1 else None

    def _core(self, label: str) -> str:
        return self._fold(label).core


def _is_above(row: str, code: str) -> bool:
    """Is a row the sum of others, of which the code is one?"""
    return code != row and code.startswith(row) and code.isdecimal()


def _has_all(names: Sequence[str], labels: Sequence[str]) -> bool:
    return not labels or all(name in labels for name in names)
