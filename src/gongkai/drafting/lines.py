"""The lines of the data files of a drafted family."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gongkai.drafting.across import SAME_CODE
from gongkai.drafting.evidence import Identity
from gongkai.drafting.fields import NamedTable, NamedTables
from gongkai.drafting.forms import FormsDraft
from gongkai.drafting.keys import Labels
from gongkai.drafting.names import Namer
from gongkai.drafting.roles import is_rate
from gongkai.drafting.values import CellKey
from gongkai.families.lines import OPEN_ROW

FORMS = "forms.csv"
TABLES = "tables.csv"
FIELDS = "fields.csv"
LABELS = "labels.csv"
IDENTITIES = "identities.csv"
NAMES = "names.csv"
HEADERS: Mapping[str, tuple[str, ...]] = {
    FORMS: ("form", "first_year", "legal_basis"),
    TABLES: (
        "table_id", "title_zh", "section", "layout", "corner_zh", "found_by", "side", "rows",
        "column_order", "printed", "groups", "unit_header", "number_header",
    ),
    FIELDS: (
        "table_id", "row_id", "column_id", "forms", "row_label_zh", "column_label_zh", "unit",
        "article_zh", "value_type", "printed", "options",
    ),
    LABELS: ("kind", "table_id", "id", "form", "spelling", "origin", "note"),
    IDENTITIES: (
        "identity", "severity", "table_id", "over", "relation", "group", "member", "sign",
        "source", "tolerance",
    ),
    NAMES: ("table_id", "kind", "id", "name_zh", "name_en", "panel"),
}  # fmt: skip
CODES = ("code", "name_zh", "name_en", "parent")
Line = tuple[str, ...]
_Member = tuple[str, str, int]  # the group of a term, its id, its sign


def as_csv(header: Sequence[str], lines: Iterable[Line]) -> str:
    """A CSV file with its header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(lines)
    return out.getvalue()


def as_line(line: Line) -> str:
    """One line of a CSV file, without its end."""
    return as_csv(line, ()).rstrip("\n")


class LineWriter:
    """Writes the lines of each file. Built once from the named tables and the forms."""

    def __init__(self, named: NamedTables, forms: FormsDraft, labels: Labels) -> None:
        self._named = named
        self._forms = forms
        self._labels = labels
        self._namer = Namer(labels)
        self._with_decimals = {
            CellKey(each.table.number, place.row, place.column)
            for each in named.tables
            for place, cell in each.table.cells.items()
            if cell.number is not None and int(cell.number.as_tuple().exponent) < 0
        }
        self._samples = sum(len(form.samples) for form in forms.forms)

    def files(self, identities: Sequence[Identity]) -> dict[str, str]:
        """The text of each CSV file, by its name."""
        found: dict[str, list[Line]] = {
            FORMS: [(form.id, form.id, "to be named") for form in self._forms.forms],
            TABLES: [self._table(each) for each in self._named.tables],
            FIELDS: [*self._fields()],
            LABELS: [*self._label_lines()],
            IDENTITIES: [*self._identities(identities)],
            NAMES: [*self._names()],
        }
        texts = {name: as_csv(HEADERS[name], lines) for name, lines in found.items()}
        for name in dict.fromkeys(each.code_list for each in self._named.tables):
            if name not in ("", "names"):
                texts[f"codes-{name}.csv"] = as_csv(CODES, self._codes(name))
        return texts

    def _table(self, each: NamedTable) -> Line:
        table = each.table
        corners = table.texts("corners")
        first = next(iter(table.blocks.values()))
        is_always = table.samples == self._forms.reach(frozenset(table.samples))
        return (
            each.id,
            each.title,
            each.section,
            table.layout,
            corners[0] if corners else "",
            "caption" if self._named.has_captions else "labels",
            each.side,
            each.code_list,
            "free" if table.open_rows == "names" else "form",
            "always" if is_always else "sometimes",
            "above" if first.groups_above else "beside",
            " ".join(table.texts("unit_headers")),
            " ".join(table.texts("serials")),
        )

    def _fields(self) -> Iterator[Line]:
        for each in self._named.tables:
            for f in each.fields:
                yield (
                    f.table_id, f.row_id, f.column_id, f.forms, f.row_label, f.column_label,
                    f.unit, f.article, f.value_type, f.printed, f.options,
                )  # fmt: skip

    def _label_lines(self) -> Iterator[Line]:
        for each in self._named.tables:
            table = each.table
            known: set[str] = set()
            spelled: set[tuple[str, str]] = set()
            for kind, texts in (
                ("corner", table.texts("corners")[1:]),
                ("ignored", table.texts("remarks")),
                ("caption", each.other_titles if self._named.has_captions else ()),
            ):
                for text in texts:
                    if text not in known:
                        known.add(text)
                        owner = each.id if kind == "caption" else kind
                        yield (kind, each.id, owner, "", text, "samples", "")
            for kind, axis, ids in (
                ("row", table.rows, each.rows),
                ("column", table.columns, each.columns),
            ):
                for key, texts in axis.spellings.items():
                    for text in texts:
                        if (kind, text) not in spelled and self._is_listed(each, kind, key):
                            spelled.add((kind, text))
                            yield (kind, each.id, ids[key], "", text, "samples", "")

    def _names(self) -> Iterator[Line]:
        """Short names for views: of tables, and of rows and columns with equal labels."""
        titles = Counter(each.title for each in self._named.tables)
        for each in self._named.tables:
            side = {"left": "（左）", "right": "（右）"}.get(each.side, "")
            name = each.title + (side if titles[each.title] > 1 else "")
            yield (each.id, "table", each.id, name, _english(each.id), "")
            for kind, axis, ids in (
                ("row", each.table.rows, each.rows),
                ("column", each.table.columns, each.columns),
            ):
                listed = {f.row_id if kind == "row" else f.column_id for f in each.fields}
                keys = [key for key in axis.printed if ids[key] in listed]
                inner = [self._labels.core((axis.path(key) or ("",))[-1]) for key in keys]
                often = Counter(inner)
                taken: set[str] = set()
                for key, label in zip(keys, inner, strict=True):
                    text = label if often[label] == 1 else "".join(axis.path(key)[-2:])
                    while text in taken:
                        text += "2"
                    taken.add(text)
                    if text != label:
                        yield (each.id, kind, ids[key], text, _english(ids[key]), "")

    def _is_listed(self, each: NamedTable, kind: str, key: str) -> bool:
        ids = {f.row_id if kind == "row" else f.column_id for f in each.fields}
        return (each.rows if kind == "row" else each.columns)[key] in ids

    def _codes(self, name: str) -> Iterator[Line]:
        """The codes of all tables with one list, those above a code before it."""
        names: dict[str, str] = {}
        for each in self._named.tables:
            for key in each.table.rows.printed if each.code_list == name else ():
                if code := each.table.rows.code(key):
                    names.setdefault(code, "".join(each.table.rows.path(key)))
        for code in sorted(names):
            above = (code[:k] for k in range(len(code) - 1, 0, -1))
            parent = next((other for other in above if other in names), "")
            english = self._namer.name(names[code]).id.replace("_", " ").capitalize()
            yield (code, names[code] or code, english or names[code], parent)

    def _identities(self, identities: Sequence[Identity]) -> Iterator[Line]:
        by_number = self._named.by_number()
        taken: set[tuple[str, str]] = set()
        for identity in identities:
            named = by_number[identity.candidate.table]
            for name, members, failures in self._members(identity, by_number):
                unique = name
                for turn in range(2, 1000):
                    if (named.id, unique) not in taken:
                        break
                    unique = f"{name}_{turn}"
                taken.add((named.id, unique))
                note = evidence_note(identity, failures)
                for group, member, sign in members:
                    yield (
                        unique,
                        identity.severity,
                        named.id,
                        "cells" if "." in member else identity.candidate.over,
                        identity.candidate.relation,
                        group,
                        member,
                        str(sign),
                        note,
                        "rounding" if self._is_rounded(identity) else "",
                    )
                    note = ""

    def _is_rounded(self, identity: Identity) -> bool:
        """Has one of its cells decimals in some sample?"""
        cells = {key for instance in identity.candidate.instances for key in instance}
        return not cells.isdisjoint(self._with_decimals)

    def _members(
        self, identity: Identity, by_number: Mapping[int, NamedTable]
    ) -> Iterator[tuple[str, list[_Member], int]]:
        """The name, the members and the failures of each identity that a found one gives."""
        candidate = identity.candidate
        named = by_number[candidate.table]
        if candidate.over == "tree":
            total = candidate.terms[0][0]
            yield "tree", [("", named.rows[total] if total else "", 1)], len(identity.failures)
            return
        if candidate.over != "cells":
            members = self._by_form(identity, named)
            ending = "sum" if candidate.relation == "eq" else "limit"
            if not self._has_rates(identity, named):
                yield f"{members[0][1]}_{ending}", members, len(identity.failures)
                return
            for instance in candidate.instances:
                cells = [("", self._cell(key, by_number), sign) for key, sign in instance.items()]
                failures = sum(set(f.cells) == set(instance) for f in identity.failures)
                yield f"{'_'.join(cells[0][1].split('.')[1:])}_{ending}", cells, failures
            return
        if candidate.reason == SAME_CODE:
            first = candidate.instances[0]
            cells = [("", self._cell(key, by_number, is_open=True), s) for key, s in first.items()]
            yield f"same_{_last(cells[0][1])}", cells, len(identity.failures)
            return
        for instance in candidate.instances:
            cells = [("", self._cell(key, by_number), sign) for key, sign in instance.items()]
            failures = sum(set(f.cells) == set(instance) for f in identity.failures)
            if failures * 2 >= self._samples and failures:
                continue  # of rows of one name, one that is another thing
            yield f"{'_'.join(cells[0][1].split('.')[1:])}_across", cells, failures

    def _by_form(self, identity: Identity, named: NamedTable) -> list[_Member]:
        """The terms of a sum; a group for each form if the forms print other ones."""
        is_column = identity.candidate.over == "column"
        axis = named.table.rows if is_column else named.table.columns
        ids = named.rows if is_column else named.columns
        terms = identity.candidate.terms
        forms = self._forms.of(frozenset(named.table.samples))
        own = [[(k, s) for k, s in terms if axis.samples[k] & form.samples] for form in forms]
        if named.table.open_rows == "names" or all(len(each) == len(terms) for each in own):
            return [("", ids[key], sign) for key, sign in terms]
        return [
            (form.id, ids[key], sign)
            for form, each in zip(forms, own, strict=True)
            for key, sign in each
            if len(each) > 1
        ]

    @staticmethod
    def _has_rates(identity: Identity, named: NamedTable) -> bool:
        """Do some columns, or rows, not add up, so that a sum names its cells?"""
        is_sum = identity.candidate.relation == "eq"
        axis = named.table.columns if identity.candidate.over == "column" else named.table.rows
        return is_sum and any(is_rate(axis.path(key)) for key in axis.printed)

    def _cell(
        self, key: CellKey, by_number: Mapping[int, NamedTable], *, is_open: bool = False
    ) -> str:
        named = by_number[key.table]
        row = OPEN_ROW if is_open else named.rows[key.row]
        return f"{named.id}.{row}.{named.columns[key.column]}"


def _english(identifier: str) -> str:
    """An id as words: this_year_total is This year total."""
    return identifier.replace("_", " ").capitalize()


def _last(member: str) -> str:
    return member.rpartition(".")[2]


def evidence_note(identity: Identity, failures: int) -> str:
    """The evidence of an identity as one line for people."""
    if identity.rank == "unproved":
        return f"unproved: by {identity.candidate.reason}, zero in all samples"
    note = (
        f"{identity.rank}: {identity.strong} full sums, {identity.thin} with fewer terms, "
        f"in {identity.samples} samples; trust {identity.trust}; by {identity.candidate.reason}"
    )
    if identity.rank == "strong" and identity.is_within_table and identity.may_be_habit:
        note += f"; a law is only {identity.odds_of_law:.0f} times as likely as a habit"
    return f"{note}; fails {failures} times" if failures else note
