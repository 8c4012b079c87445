"""The forms that samples follow: what all of them print before a year, and none from then on.

A form that changes replaces labels, or is followed by several samples on each side. A row that
one body adds in its only year changes no form.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct

from gongkai.drafting.keys import JOINT
from gongkai.drafting.schema import DraftTable

_ANY_YEAR = 2000  # first year of the only form of samples without a year
_MIN_SAMPLES = 2  # on each side of a change that replaces nothing
_MIN_IN_ALL = 3  # samples that show a change


class FormDraft(Struct, frozen=True):
    """A form, and the samples that follow it."""

    first_year: int
    samples: frozenset[int]

    @property
    def id(self) -> str:
        """Its name, which is its first year."""
        return str(self.first_year)


class FormsDraft(Struct, frozen=True):
    """The forms of a family, the oldest first, and in what each differs from the one before."""

    forms: tuple[FormDraft, ...]
    differences: tuple[str, ...]

    def of(self, samples: AbstractSet[int]) -> tuple[FormDraft, ...]:
        """The forms that some samples follow."""
        return tuple(form for form in self.forms if form.samples & samples)

    def names(self, samples: AbstractSet[int]) -> str:
        """The names of the forms that some samples follow, with spaces between them."""
        return " ".join(form.id for form in self.of(samples))

    def reach(self, samples: AbstractSet[int]) -> frozenset[int]:
        """All samples of the forms that some samples follow."""
        return frozenset().union(*(form.samples for form in self.of(samples)))


class _Label(Struct, frozen=True):
    """A label of a table, or the table itself, and the samples that print it."""

    place: str  # for people
    table: int
    samples: frozenset[int]
    among: frozenset[int]  # the samples that could print it


def learn_forms(tables: Sequence[DraftTable], years: Sequence[int | None]) -> FormsDraft:
    """Find the years from which on the samples print other labels. ``years``: of each sample."""
    dated = {sample: year for sample, year in enumerate(years) if year is not None}
    known = sorted(set(dated.values()))
    labels = list(_labels(tables, range(len(years))))
    changes: dict[int, list[tuple[bool, _Label]]] = defaultdict(list)
    for label in labels:
        for year in known[1:]:
            before = {s for s in label.among & dated.keys() if dated[s] < year}
            after = (label.among & dated.keys()) - before
            printed = label.samples & dated.keys()
            if before and after and printed in (before, after):
                changes[year].append((printed == after, label))
    starts = [year for year in sorted(changes) if _is_change(changes[year], dated, year)]
    first = known[0] if known else _ANY_YEAR
    samples = _assigned(starts, years, changes)
    forms = tuple(
        FormDraft(year, frozenset(s for s, own in samples.items() if own == k))
        for k, year in enumerate([first, *starts])
    )
    differences = tuple(
        f"{'only from' if is_new else 'only before'} {year}: {label.place}"
        for year in starts
        for is_new, label in changes[year]
    )
    return FormsDraft(forms, differences)


def _labels(tables: Sequence[DraftTable], samples: Collection[int]) -> Iterator[_Label]:
    """The tables, and the rows and columns that are no codes and no names of bodies."""
    for table in tables:
        lines = [line for above in table.above for line in above if not line.startswith("单位")]
        name = lines[-1] if lines else "table"
        printed = frozenset(table.samples)
        yield _Label(name, table.number, printed, frozenset(samples))
        for axis in (table.columns, table.rows):
            if axis is table.rows and table.open_rows:
                continue
            for key in axis.printed:
                place = f"{name}·{JOINT.join(axis.path(key))}"
                yield _Label(place, table.number, axis.samples[key], printed)


def _is_change(found: Sequence[tuple[bool, _Label]], dated: Mapping[int, int], year: int) -> bool:
    """Do labels that change in one year make a new form?"""
    sides: dict[int, set[bool]] = defaultdict(set)
    for is_new, label in found:
        sides[label.table].add(is_new)
    is_replaced = any(len(both) > 1 for both in sides.values())
    after = sum(own >= year for own in dated.values())
    is_shown = min(after, len(dated) - after) >= _MIN_SAMPLES
    return len(dated) >= _MIN_IN_ALL and (is_replaced or is_shown)


def _assigned(
    starts: Sequence[int],
    years: Sequence[int | None],
    changes: Mapping[int, Sequence[tuple[bool, _Label]]],
) -> dict[int, int]:
    """The number of the form of each sample: by its year; without one, by its new labels."""
    found = {}
    for sample, own in enumerate(years):
        found[sample] = sum(
            own >= year
            if own is not None
            else any(is_new and sample in label.samples for is_new, label in changes[year])
            for year in starts
        )
    return found
