"""Compiled tables: what the data files say about one table, ready for look-up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from gongkai.families.codes import NameList
from gongkai.families.fields import FieldsByKey, TableFields
from gongkai.families.identities import Identity
from gongkai.families.lines import Field, Groups, Label, Layout, Side
from gongkai.model import Key


@dataclass(frozen=True, eq=False)
class Table:
    """One official table with its fields, labels and identities, in the order of the form."""

    id: str
    title: str  # the printed caption
    section: str  # number of the section that holds it; "" for a table at any place
    layout: Layout
    corner: str  # the form's text in the top left cell; "" where it has none
    groups: Groups  # where the label of a group of rows is: beside them, or in a row above
    unit_header: tuple[str, ...]  # labels of a column that prints the unit of each row
    number_header: tuple[str, ...]  # labels of a column that numbers the rows
    all_fields: TableFields
    labels: tuple[Label, ...]  # further spellings
    identities: tuple[Identity, ...]
    has_caption: bool = False  # the caption over a grid says that it is this table
    side: Side = ""  # of a two-sided print: the half that is this table, or both
    has_free_columns: bool = False  # its columns may be printed in any order
    is_expected: bool = True  # a report without it is incomplete
    provisional: str = ""  # why its labels are not confirmed, in Chinese; "" if they are
    provisional_en: str = ""

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields that the form lists."""
        return self.all_fields.listed

    @property
    def is_open(self) -> bool:
        """Are its rows codes of a list, of which each report prints its own?"""
        return self.all_fields.codes is not None

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """The cells that the form lists, each once."""
        return tuple(self.all_fields.listed_by_key)

    @property
    def rows(self) -> tuple[str, ...]:
        """Ids of the rows that the form lists."""
        return self.all_fields.rows

    @property
    def columns(self) -> tuple[str, ...]:
        """Ids of its columns."""
        return self.all_fields.columns

    @cached_property
    def title_pattern(self) -> re.Pattern[str]:
        """Matches the end of a line with the table's title, and perhaps a remark in brackets."""
        title = r"\s*".join(map(re.escape, self.title))
        return re.compile(rf"{title}\s*(?:[（(][^（()）]*[)）]\s*)?$")

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms that print at least one of its cells."""
        lines = (*self.all_fields.listed, *self.all_fields.coded)
        return frozenset(form for field in lines for form in field.forms)

    @cached_property
    def totals(self) -> frozenset[str]:
        """Ids of the rows and columns that are the sum of others, as an identity says."""
        found: set[str] = set()
        for identity in self.identities:
            if identity.relation == "eq":
                for sign in (1, -1):
                    ways = identity.groups.values()
                    alone = [m for terms in ways for m, own in terms if own == sign]
                    found.update(alone if len(alone) == 1 else ())
        return frozenset(found)

    @cached_property
    def fields_by_key(self) -> Mapping[Key, tuple[Field, ...]]:
        """The lines of fields.csv for each cell; several where forms label it differently."""
        if not self.is_open:
            return self.all_fields.listed_by_key
        return FieldsByKey({self.id: self.all_fields})

    def in_form(self, key: Key, form: str) -> bool:
        """Whether a form prints the cell."""
        return any(form in field.forms for field in self.fields_by_key.get(key, ()))

    @property
    def has_named_rows(self) -> bool:
        """Is each of its rows about a body that the row names?"""
        return isinstance(self.all_fields.codes, NameList)

    def spellings(
        self, kind: Literal["row", "column", "parent", "corner", "caption", "ignored"]
    ) -> Spellings:
        """Further spellings of one kind of label, by the id of what they name."""
        return self._spellings.get(kind, {})

    @cached_property
    def _spellings(self) -> dict[str, dict[str, tuple[str, ...]]]:
        found: dict[str, dict[str, tuple[str, ...]]] = defaultdict(dict)
        for label in self.labels:
            known = found[label.kind].get(label.id, ())
            found[label.kind][label.id] = (*known, label.spelling)
        return dict(found)


Spellings = Mapping[str, tuple[str, ...]]
