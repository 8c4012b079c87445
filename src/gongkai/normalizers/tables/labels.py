"""Printed labels: folded for comparison, and matched to the spellings of the form."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from functools import cache, lru_cache
from typing import NamedTuple

from msgspec import Struct
from rapidfuzz import fuzz

from gongkai.families.family import Family
from gongkai.model import LabelMatch

_ORDINAL = re.compile(
    r"^(?:\(?([一二三四五六七八九十]+)[)、.,:]+|\(([一二三四五六七八九十\d]+)\)?|(\d{1,2})[.、,)])"
)
_YEAR_NOTE = re.compile(r"\((?:19|20)\d{2}[^()]*\)")  # 本年（2023）制发件数: said, not part of it
_REMEMBERED = 20_000  # label texts kept folded: labels repeat from report to report
_PUNCTUATION = re.compile(r"[\s\W_]+")


class Printed(NamedTuple):
    """A label as compared: ordinal apart, no white space, no punctuation."""

    ordinal: str  # "" where none is printed
    core: str


class Match(Struct, frozen=True):
    """What a printed label stands for."""

    id: str
    how: LabelMatch
    likeness: float  # 0..1


class Folder:
    """Folds text with one pipeline's glyph variants; remembers what it folded."""

    def __init__(self, family: Family) -> None:
        self._variants = family.variants
        self._known: dict[str, Printed] = {}

    def __call__(self, text: str) -> Printed:
        known = self._known.get(text)
        if known is None:
            if len(self._known) > _REMEMBERED:
                self._known.clear()
            known = self._known[text] = self._fold(text)
        return known

    def _fold(self, text: str) -> Printed:
        folded = unicodedata.normalize("NFKC", text.translate(self._variants))
        folded = _YEAR_NOTE.sub("", "".join(folded.split()))
        found = _ORDINAL.match(folded)
        if not found or found.end() == len(folded):
            return Printed("", _PUNCTUATION.sub("", folded))
        ordinal = next(part for part in found.groups() if part)
        return Printed(ordinal, _PUNCTUATION.sub("", folded[found.end() :]))


@lru_cache(maxsize=64)
def folder(family: Family) -> Folder:
    """What folds a pipeline's labels, with all that it remembers."""
    return Folder(family)


class Entry(Struct, frozen=True):
    """One row or column of the form: its id, path of labels and spellings of the last."""

    id: str
    path: tuple[Printed, ...]  # outer to inner, as the form prints it
    forms: frozenset[str]
    spellings: tuple[tuple[str, LabelMatch], ...]  # core and how it counts


class Axis:
    """The rows or the columns of one table in the order of the form."""

    def __init__(self, entries: tuple[Entry, ...]) -> None:
        self.entries = entries
        # which entries a label can stand for: by itself, and under its outer label
        self.by_core: dict[str, list[int]] = defaultdict(list)
        self.by_pair: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.how: dict[tuple[int, str], LabelMatch] = {}
        for j, entry in enumerate(entries):
            for core, how in entry.spellings:
                self.how[j, core] = how
                self.by_core[core].append(j)
                for outer in entry.path[:-1]:
                    self.by_pair[outer.core, core].append(j)


class Vocabulary:
    """All labels of one table: the order of its rows and columns, and every spelling."""

    def __init__(self, family: Family, table_id: str) -> None:
        self.fold = folder(family)
        table = family.table(table_id)
        fields = [f for f in family.fields if f.table_id == table_id]
        aliases: dict[tuple[str, str], list[str]] = defaultdict(list)
        for label in family.labels:
            if label.table_id == table_id:
                aliases[label.kind, label.id].append(label.spelling)
        if table.layout == "header_only":
            # the form's row and column both stand in the printed header
            rows: list[tuple[str, str, str, tuple[str, ...]]] = []
            columns = [
                (
                    f"{f.row_id}.{f.column_id}",
                    f"{f.row_label}／{f.column_label}",
                    f.column_id,
                    f.forms,
                )
                for f in fields
            ]
        else:
            rows = [(f.row_id, f.row_label, f.row_id, f.forms) for f in fields]
            columns = [(f.column_id, f.column_label, f.column_id, f.forms) for f in fields]
        self.rows = Axis(self._entries(rows, aliases, "row"))
        self.columns = Axis(self._entries(columns, aliases, "column"))
        entries = self.rows.entries + self.columns.entries
        corners = [table.corner, *aliases["corner", "corner"]]
        self.corners = {self.fold(c).core for c in corners} - {""}
        self.parents = {p.core for e in entries for p in e.path[:-1]}
        self.parents |= {
            self.fold(s).core for (k, _), v in aliases.items() if k == "parent" for s in v
        }
        self.row_cores = {core for e in self.rows.entries for core, _ in e.spellings}
        self.row_parents = {p.core for e in self.rows.entries for p in e.path[:-1]}
        self.column_cores = {core for e in self.columns.entries for core, _ in e.spellings}
        self.header_cores = self.column_cores | self.corners | (self.parents - self.row_parents)
        self.articles = {self.fold(f.article).core for f in fields} - {""}
        self.all_cores = self.row_cores | self.header_cores | self.parents

    def _entries(
        self,
        lines: list[tuple[str, str, str, tuple[str, ...]]],
        aliases: dict[tuple[str, str], list[str]],
        kind: str,
    ) -> tuple[Entry, ...]:
        merged: dict[str, list[tuple[tuple[Printed, ...], str, tuple[str, ...]]]] = defaultdict(
            list
        )
        for entry_id, label, alias_id, forms in lines:
            path = tuple(self.fold(part) for part in label.split("／"))
            merged[entry_id].append((path, alias_id, forms))
        entries = []
        for entry_id, printed in merged.items():
            spellings: dict[str, LabelMatch] = {}
            for path, _, _ in printed:
                spellings.setdefault(path[-1].core, "exact")
            for spelling in aliases[kind, printed[0][1]]:
                spellings.setdefault(self.fold(spelling).core, "alias")
            entries.append(
                Entry(
                    id=entry_id,
                    path=printed[0][0],
                    forms=frozenset(form for _, _, forms in printed for form in forms),
                    spellings=tuple(spellings.items()),
                )
            )
        return tuple(entries)

    @cache  # noqa: B019 -- a vocabulary lives as long as the process
    def in_header(self, core: str) -> bool:
        """Is this a label of the table's header, as far as its text can tell?"""
        if not core:
            return False
        if core in self.header_cores:
            return True
        if core in self.row_cores or core in self.row_parents or len(core) < 4:
            return False
        return any(fuzz.ratio(core, known) >= 80 for known in self.header_cores)

    @cache  # noqa: B019
    def is_row(self, text: str) -> bool:
        """Is a printed text, by itself, the whole label of a row and of nothing else?"""
        label = self.fold(text)
        known = label.core in self.row_cores
        return known and (label.core not in self.header_cores or bool(label.ordinal))

    @cache  # noqa: B019
    def likeness(self, core: str, entry: Entry) -> tuple[float, LabelMatch]:
        """How like the entry's spellings a printed label is, 0..1."""
        best = 0.0
        for spelling, how in entry.spellings:
            if core == spelling:
                return 1.0, how
            best = max(best, fuzz.ratio(core, spelling) / 100)
        return best, "near"


@lru_cache(maxsize=64)
def vocabulary(family: Family, table_id: str) -> Vocabulary:
    """The vocabulary of one table, made once a process."""
    return Vocabulary(family, table_id)
