"""A compiled family of reports: the data files of one folder, validated and ready for look-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from gongkai.families.across import read_across
from gongkai.families.country import Country
from gongkai.families.fields import FieldsByKey
from gongkai.families.history import HistoryTerm, read_history
from gongkai.families.identities import Identity
from gongkai.families.lines import Field, Form, Label, Unit
from gongkai.families.narrative import (
    Comparison,
    Metric,
    NarrativeGrammar,
    read_comparisons,
    read_metric_rules,
    read_metrics,
)
from gongkai.families.settings import Settings
from gongkai.families.tables import Table
from gongkai.model import Key


class ShortLabels(NamedTuple):
    """The innermost labels of a cell, by which messages name it."""

    row: str
    column: str
    cell: str  # both: （一）予以公开·自然人


class Subject(NamedTuple):
    """What reports of one or more families are about."""

    words: tuple[str, ...]  # of titles of the reports, their sections and their tables

    def is_in(self, text: str) -> bool:
        """Has a text one of the words?"""
        return any(word in text for word in self.words)

    @classmethod
    def of_all(cls, families: Iterable[Family]) -> Subject:
        """The subjects of several families as one."""
        words = dict.fromkeys(word for family in families for word in family.subject.words)
        return cls(tuple(words))


@dataclass(frozen=True, eq=False)
class Family:
    """Everything known about one family of reports; immutable, made by ``load_family``.

    Larger files (grammar, metrics, comparisons, history, and the country's divisions and
    sectors) are loaded at first use, and raise FamilyError then; ``load_all`` loads them.
    """

    settings: Settings
    country: Country
    folder: Path
    digest: str  # sha256 over all files, the country's too
    forms: tuple[Form, ...]  # oldest first
    fields: tuple[Field, ...]  # in the order of the form
    tables: tuple[Table, ...]
    labels: tuple[Label, ...]  # of tables and sections
    identities: tuple[Identity, ...]

    @property
    def name(self) -> str:
        """The name under which the database stores it."""
        return self.settings.name

    @property
    def title(self) -> str:
        """The Chinese name of such a report."""
        return self.settings.title

    @property
    def title_in_language(self) -> str:
        """The name of such a report in the current language."""
        return self.settings.title_in_language

    @cached_property
    def subject(self) -> Subject:
        """What its reports are about."""
        sections = [section.title for section in self.settings.sections]
        captions = [table.title for table in self.tables]
        words = dict.fromkeys((*self.settings.title_words.subject_words, *sections, *captions))
        return Subject(tuple(words))

    @cached_property
    def fields_by_key(self) -> Mapping[Key, tuple[Field, ...]]:
        """The lines of fields.csv for each cell; several where forms label it differently."""
        if any(table.is_open for table in self.tables):
            return FieldsByKey({table.id: table.all_fields for table in self.tables})
        tables = (table.all_fields.listed_by_key for table in self.tables)
        return {key: lines for table in tables for key, lines in table.items()}

    @cached_property
    def short_labels(self) -> Mapping[Key, ShortLabels]:
        """The short labels of each cell, as the first form prints them."""
        return _ShortLabelsByKey(self.fields_by_key)

    def field(self, key: Key) -> Field:
        """The first line of fields.csv for a cell; raises KeyError if no form has it."""
        return self.fields_by_key[key][0]

    def table(self, table_id: str) -> Table:
        """One table; raises KeyError if there is none with this id."""
        return self._tables[table_id]

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {table.id: table for table in self.tables}

    @property
    def marks(self) -> frozenset[str]:
        """Signs that are printed where there is no number."""
        return self.country.marks

    @property
    def units(self) -> Mapping[str, Unit]:
        """Units that are printed with numbers, by name."""
        return self.country.units

    @property
    def variants(self) -> Mapping[int, str]:
        """Glyphs that NFKC does not fold, for ``str.translate``."""
        return self.country.variants

    @cached_property
    def narrative_grammar(self) -> NarrativeGrammar:
        """The country's prose.toml and the family's narrative.toml."""
        rules = read_metric_rules(self.folder / "narrative.toml")
        return NarrativeGrammar(**dict(self.country.grammar), **dict(rules))

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """narrative.csv, in the order in which they are tried for a figure."""
        return read_metrics(
            self.folder / "narrative.csv", self.narrative_grammar.exclusion_patterns
        )

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """comparisons.csv."""
        cells = {".".join(key) for key in self.fields_by_key}
        metric_ids = {metric.metric_id for metric in self.metrics}
        return read_comparisons(self.folder / "comparisons.csv", cells, metric_ids)

    @cached_property
    def history(self) -> tuple[HistoryTerm, ...]:
        """history.csv."""
        return read_history(self.folder / "history.csv", self._tables.get)

    @cached_property
    def free_tables(self) -> tuple[Table, ...]:
        """The tables that no section holds, in a family whose reports have sections."""
        if not self.settings.sections:
            return ()
        return tuple(t for t in self.tables if not t.section and not t.has_caption)

    def provisional(self) -> Iterator[tuple[str, str, dict[str, str]]]:
        """Forms and tables of which not all labels are confirmed by a published report.

        Each is its id, the code of the problem that says so, and the words of its message.
        """
        for form in self.forms:
            if form.is_provisional:
                yield form.id, "provisional_form", {"form": form.id, "reason": form.reason_zh}
        for table in self.tables:
            if table.provisional:
                words = {"table": table.title, "reason": table.provisional}
                yield table.id, "provisional_table", words

    def load_all(self) -> None:
        """Load what is otherwise loaded at first use, so that a typo stops a run at its start."""
        _ = self.country.divisions, self.country.sectors
        _ = self.narrative_grammar, self.comparisons, self.history
        read_across(self.folder)


class _ShortLabelsByKey(dict[Key, ShortLabels]):
    """The short labels of listed cells, and of others when they are asked for."""

    def __init__(self, fields: Mapping[Key, tuple[Field, ...]]) -> None:
        super().__init__((key, _short_labels(lines[0])) for key, lines in fields.items())
        self._fields = fields

    def __missing__(self, key: Key) -> ShortLabels:
        found = self[key] = _short_labels(self._fields[key][0])
        return found


def _short_labels(line: Field) -> ShortLabels:
    row, column = _innermost(line.row_label), _innermost(line.column_label)
    return ShortLabels(row, column, f"{row}·{column}")


def _innermost(path: str) -> str:
    """The last label of a path, without the remark 区分处理的 ... that one row has."""
    return path.split("／")[-1].split("（区分")[0]
