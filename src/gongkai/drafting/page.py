"""A page about a draft: each table as read, its identities, and what was not understood."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from importlib.resources import files

from markupsafe import Markup
from msgspec import Struct

from gongkai.drafting.draft import Draft
from gongkai.drafting.evidence import Identity
from gongkai.drafting.fields import NamedTable
from gongkai.drafting.keys import JOINT
from gongkai.drafting.lines import evidence_note
from gongkai.drafting.schema import Place
from gongkai.drafting.values import CellKey
from gongkai.render.html import html_templates

PAGE = "draft.html"
_MOST_TERMS = 8  # of a formula; the rest are counted
_MOST_FAILURES = 5


class _CellView(Struct, frozen=True):
    text: str
    kind: str  # strong, weak, failing, free, zero, none


class _AxisView(Struct, frozen=True):
    label: str
    id: str
    is_unsure: bool
    cells: tuple[_CellView, ...] = ()


class _IdentityView(Struct, frozen=True):
    severity: str
    rank: str
    formula: str
    evidence: str
    failures: tuple[str, ...]


class _TableView(Struct, frozen=True):
    id: str
    title: str
    layout: str
    rows_of: str
    samples: int
    shown: str  # the name of the sample that is shown
    columns: tuple[_AxisView, ...]
    rows: tuple[_AxisView, ...]
    identities: tuple[_IdentityView, ...]
    idle: tuple[str, ...]  # labels of rows that are 0 or blank in every sample


def draft_page(draft: Draft) -> str:
    """The page as HTML, complete in one file."""
    views = _Views(draft)
    tables = [views.table(named) for named in draft.named.tables]
    kinds = Counter(cell.kind for table in tables for row in table.rows for cell in row.cells)
    style = files("gongkai.drafting").joinpath("templates", "draft.css")
    template = html_templates("gongkai.drafting").get_template(PAGE)
    return template.render(
        title=draft.titles.title,
        samples=[sample.name for sample in draft.learnt.samples],
        counts=Counter(identity.rank for identity in draft.identities),
        totals={**dict.fromkeys(("strong", "weak", "zero", "free"), 0), **kinds}
        | {"cells": kinds.total() - kinds["none"]},
        not_learnt=[f"{each.name}: {each.reason}" for each in draft.refused]
        + list(draft.learnt.leftover),
        forms=[
            f"{form.id}: {', '.join(draft.learnt.samples[s].name for s in sorted(form.samples))}"
            for form in draft.forms.forms
        ],
        differences=draft.forms.differences,
        tables=tables,
        style=Markup(style.read_text(encoding="utf-8")),
    )


class _Views:
    """Makes the views of one draft."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._by_number = draft.named.by_number()
        self._strong: set[CellKey] = set()
        self._weak: set[CellKey] = set()
        self._failing: set[tuple[CellKey, int]] = set()
        for identity in draft.identities:
            cells = {key for instance in identity.candidate.instances for key in instance}
            if identity.rank != "unproved":
                (self._strong if identity.severity == "must" else self._weak).update(cells)
            for failure in identity.failures:
                self._failing.update((key, failure.sample) for key in failure.cells)

    def table(self, named: NamedTable) -> _TableView:
        """One table, with the numbers of the sample that has most of them."""
        table = named.table
        filled = Counter(p.sample for p, cell in table.cells.items() if cell.number)
        sample = max(sorted(table.samples), key=lambda each: filled[each])
        keys = [key for key in table.rows.printed if sample in table.rows.samples[key]]
        rows = tuple(
            _AxisView(
                JOINT.join(table.rows.path(key)),
                named.rows[key],
                key in named.to_look_over,
                tuple(self._cell(named, key, column, sample) for column in table.columns.printed),
            )
            for key in keys
        )
        own = [i for i in self._draft.identities if i.candidate.table == table.number]
        return _TableView(
            named.id,
            named.title,
            table.layout,
            named.code_list,
            len(table.samples),
            self._draft.learnt.samples[sample].name,
            tuple(
                _AxisView(
                    JOINT.join(table.columns.path(key)),
                    named.columns[key],
                    key in named.to_look_over,
                )
                for key in table.columns.printed
            ),
            rows,
            tuple(map(self._identity, own)),
            tuple(
                JOINT.join(table.rows.path(key))
                for key in table.rows.printed
                if not any(
                    any(self._draft.values.of(CellKey(table.number, key, column)))
                    for column in table.columns.printed
                )
            ),
        )

    def _cell(self, named: NamedTable, row: str, column: str, sample: int) -> _CellView:
        cell = named.table.cells.get(Place(row, column, sample))
        if cell is None:
            return _CellView("", "none")
        key = CellKey(named.table.number, row, column)
        if (key, sample) in self._failing:
            return _CellView(cell.text, "failing")
        if not cell.number and not cell.is_text:
            return _CellView(cell.text, "zero")
        kinds = {"strong": self._strong, "weak": self._weak}
        return _CellView(cell.text, next((k for k, keys in kinds.items() if key in keys), "free"))

    def _identity(self, identity: Identity) -> _IdentityView:
        failures = tuple(
            f"{self._draft.learnt.samples[each.sample].name}: off by "
            f"{self._draft.values.as_printed(each.difference)} at {self._name(each.cells[0])}"
            for each in identity.failures[:_MOST_FAILURES]
        )
        return _IdentityView(
            identity.severity,
            identity.rank,
            self._formula(identity),
            evidence_note(identity, len(identity.failures)),
            failures,
        )

    def _formula(self, identity: Identity) -> str:
        """An identity in words: 总计 = 维持 + 纠正, in each row."""
        candidate = identity.candidate
        table = self._by_number[candidate.table].table
        if candidate.over == "tree":
            what = "each code is the sum of those below it" if table.rows else ""
            total = candidate.terms[0][0]
            if table.open_rows == "names":
                return f"{total} is the sum of all bodies, in each column"
            return f"{what}, {total} that of the topmost" if total else what
        if candidate.over == "cells":
            text = self._signed([(self._name(k), s) for k, s in candidate.instances[0].items()])
            more = len(candidate.instances) - 1
            return self._related(identity, text) + (f" (and {more} more rows)" if more else "")
        axis = table.rows if candidate.over == "column" else table.columns
        names = [(JOINT.join(axis.path(key)) or key, sign) for key, sign in candidate.terms]
        place = "in each column" if candidate.over == "column" else "in each row"
        return f"{self._related(identity, self._signed(names))}, {place}"

    @staticmethod
    def _signed(terms: Sequence[tuple[str, int]]) -> Mapping[int, list[str]]:
        """The terms by sign."""
        return {sign: [name for name, own in terms if own == sign] for sign in (1, -1)}

    @staticmethod
    def _related(identity: Identity, terms: Mapping[int, list[str]]) -> str:
        def text(names: Sequence[str]) -> str:
            rest = len(names) - _MOST_TERMS
            more = [f"{rest} more"] if rest > 0 else []
            return " + ".join([*names[:_MOST_TERMS], *more])

        sign = "=" if identity.candidate.relation == "eq" else "≥"
        return f"{text(terms[1])} {sign} {text(terms[-1])}"

    def _name(self, key: CellKey) -> str:
        """A cell in words: table, row and column."""
        named = self._by_number[key.table]
        row = JOINT.join(named.table.rows.path(key.row)[-1:]) or key.row
        column = JOINT.join(named.table.columns.path(key.column)[-1:])
        return f"{named.title}·{row}·{column}"
