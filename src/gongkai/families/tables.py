"""Compiled tables and identities: what the data files say about one table, ready for look-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

from gongkai.families.lines import Field, Label
from gongkai.model import Key, Severity

Over = Literal["row", "column"]
Layout = Literal["rows_and_columns", "header_only"]
SignedCells = tuple[tuple[Key, int], ...]  # cells of one sum, each with its sign


class IdentityInstance(NamedTuple):
    """One identity in one row or column of its table."""

    place: str  # id of the row or column it holds for
    ways: tuple[SignedCells, ...]  # each way the form may print the terms; at least one


@dataclass(frozen=True, eq=False)
class Identity:
    """One accounting identity: the signed sum of its terms is 0 (eq) or not negative (ge)."""

    name: str
    severity: Severity
    table: str
    over: Over  # it holds in each column (its members are rows) or in each row
    relation: Literal["eq", "ge"]
    # Groups are alternative ways of printing the same terms; members of "" are in each of them.
    groups: Mapping[str, tuple[tuple[str, int], ...]]
    fields: tuple[Field, ...]  # of its table, in the order of the form

    def key(self, member: str, place: str) -> Key:
        """The cell of one member in the row or column ``place``."""
        row, column = (member, place) if self.over == "column" else (place, member)
        return Key(self.table, row, column)

    @cached_property
    def members(self) -> frozenset[str]:
        """Ids of all rows (over columns) or columns (over rows) among its terms."""
        return frozenset(member for terms in self.groups.values() for member, _ in terms)

    @cached_property
    def instances(self) -> Mapping[str | None, tuple[IdentityInstance, ...]]:
        """By form, each row or column that the identity holds for, in the order of the form.

        Under None: each row or column in which all terms of one way are fields. A form without
        cells of the table is not among the keys.
        """
        forms: dict[Key, set[str]] = defaultdict(set)
        places: dict[str, None] = {}
        for field in self.fields:
            forms[field.key].update(field.forms)
            places.setdefault(field.column_id if self.over == "column" else field.row_id)
        placed = [IdentityInstance(place, self._ways(place, forms)) for place in places]
        placed = [instance for instance in placed if instance.ways]
        found: dict[str | None, tuple[IdentityInstance, ...]] = {None: tuple(placed)}
        for form in {form for printed in forms.values() for form in printed}:
            found[form] = tuple(
                instance
                for instance in placed
                if any(all(form in forms[key] for key, _ in way) for way in instance.ways)
            )
        return found

    def _ways(self, place: str, known: Mapping[Key, object]) -> tuple[SignedCells, ...]:
        def cells(terms: Sequence[tuple[str, int]]) -> SignedCells:
            return tuple((self.key(member, place), sign) for member, sign in terms)

        always = cells(self.groups.get("", ()))
        ways = [always + cells(terms) for name, terms in self.groups.items() if name] or [always]
        return tuple(way for way in ways if all(key in known for key, _ in way))


@dataclass(frozen=True, eq=False)
class Table:
    """One official table with its fields, labels and identities, in the order of the form."""

    id: str
    title: str  # the printed caption
    section: str  # number of the section that holds it
    layout: Layout
    corner: str  # the form's text in the top left cell; "" where it has none
    fields: tuple[Field, ...]
    labels: tuple[Label, ...]  # further spellings
    identities: tuple[Identity, ...]

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Its cells, each once."""
        return tuple(self.fields_by_key)

    @cached_property
    def rows(self) -> tuple[str, ...]:
        """Ids of its rows."""
        return tuple(dict.fromkeys(field.row_id for field in self.fields))

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """Ids of its columns."""
        return tuple(dict.fromkeys(field.column_id for field in self.fields))

    @cached_property
    def forms(self) -> frozenset[str]:
        """The forms that print at least one of its cells."""
        return frozenset(form for field in self.fields for form in field.forms)

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
        found: dict[Key, list[Field]] = {}
        for field in self.fields:
            found.setdefault(field.key, []).append(field)
        return {key: tuple(lines) for key, lines in found.items()}

    def in_form(self, key: Key, form: str) -> bool:
        """Whether a form prints the cell."""
        return any(form in field.forms for field in self.fields_by_key.get(key, ()))

    def spellings(self, kind: Literal["row", "column", "parent", "corner"]) -> Spellings:
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
