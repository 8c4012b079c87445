"""The drafted tables with the ids, units and types of their numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from gongkai.drafting.forms import FormsDraft
from gongkai.drafting.keys import JOINT, Labels
from gongkai.drafting.names import Name, Namer
from gongkai.drafting.roles import is_change, is_total
from gongkai.drafting.schema import DraftTable
from gongkai.drafting.titles import Titles
from gongkai.families.country import Country
from gongkai.families.lines import OPEN_ROW, ValueType
from gongkai.normalizers.tables.labels import printed_ordinal

_BEFORE = re.compile(r"^.*20[0-9]{2}年?度?")  # the body and the year before a caption
_NUMBER = re.compile(r"^附?[表件](?:[一二三四五六七八九十]+|[0-9]+)[：:、.]?")
_NUMBERED = re.compile(_NUMBER.pattern.removesuffix("?"))  # a sign ends the number
_AFTER = re.compile(r"[（(][^（()）]*[)）]$")
_SHORTEST_CAPTION = 4
_CODE_WORDS = ("编码", "代码")
_URL = ("http://", "https://", "www.")
_MOST_OPTIONS = 6  # texts of a choice
_BOXES = "☑□√■☐☒"
_VALUE = "value"  # id of the only column of labels with values beside them


class FieldDraft(Struct, frozen=True):
    """One line of fields.csv."""

    table_id: str
    row_id: str
    column_id: str
    forms: str  # their names, with spaces between them
    row_label: str
    column_label: str
    unit: str
    article: str
    value_type: ValueType
    printed: str
    options: str


class NamedTable(Struct, frozen=True):
    """A drafted table with its id, the ids of its rows and columns, and its fields."""

    table: DraftTable
    id: str
    title: str
    other_titles: tuple[str, ...]
    section: str
    side: str  # left, right or ""
    code_list: str  # the name of the list of its codes; "names"; or ""
    rows: Mapping[str, str]  # id by key; of a code, the code
    columns: Mapping[str, str]
    fields: tuple[FieldDraft, ...]
    to_look_over: frozenset[str]  # keys of labels that the glossary does not have in full


class NamedTables(Struct, frozen=True):
    """All tables of a draft, and how a report's tables are told apart."""

    tables: tuple[NamedTable, ...]
    has_captions: bool  # the caption over a grid says which table it is

    def by_number(self) -> dict[int, NamedTable]:
        """The tables by the number of the drafted table."""
        return {each.table.number: each for each in self.tables}


class FieldDrafter:
    """Names tables and fields. Built once from the country, the titles and the forms."""

    def __init__(self, country: Country, titles: Titles, forms: FormsDraft) -> None:
        self._forms = forms
        self._labels = Labels(country)
        self._namer = Namer(self._labels)
        self._titles = titles
        self._units = country.units

    def draft(self, tables: Sequence[DraftTable]) -> NamedTables:
        """The tables with ids, in printed order."""
        ordered = sorted(tables, key=_printed_at)
        captions = {table.number: self._captions(table) for table in ordered}
        has_captions = self._are_alike(ordered, captions)
        sections = {table.number: self._section(table) for table in ordered}
        code_lists = self._code_lists(ordered)
        ids = self._table_ids(ordered, captions)
        named = [
            self._table(
                table,
                ids[table.number],
                captions[table.number],
                ("" if has_captions else sections[table.number], code_lists[table.number]),
            )
            for table in ordered
        ]
        return NamedTables(tuple(named), has_captions)

    def _captions(self, table: DraftTable) -> list[str]:
        """The captions of a table without bodies and years, the most frequent first."""
        found: Counter[str] = Counter()
        for above in table.above:
            lines = [line for line in above if not line.startswith("单位")]
            if lines:
                found[self._titles_caption(lines[-1])] += 1
        own = [text for text, _ in found.most_common() if len(text) >= _SHORTEST_CAPTION]
        if not own:
            return [self._titles.title]
        shortest = min(own, key=len)
        if all(text.endswith(shortest) for text in own):
            return [shortest]
        return own

    def _titles_caption(self, line: str) -> str:
        """A caption without number, body and year before it, and brackets after it."""
        ordinal = printed_ordinal(line)
        bare = line[ordinal.end :] if ordinal is not None else line
        for pattern in (_NUMBERED, _BEFORE, _AFTER):
            bare = pattern.sub("", bare) or bare
        return bare

    def _section(self, table: DraftTable) -> str:
        """The number of the section under whose heading a table stands directly."""
        numbers = {section.title: section.number for section in self._titles.sections}
        found: Counter[str] = Counter()
        for above in table.above:
            for line in above[-2:]:
                core = self._labels.core(line)
                found.update(n for t, n in numbers.items() if self._labels.core(t) == core)
        return found.most_common(1)[0][0] if found else ""

    def _are_alike(
        self, tables: Sequence[DraftTable], captions: Mapping[int, Sequence[str]]
    ) -> bool:
        """Have two tables with captions of their own most of their labels in common?"""
        if any(table.side for table in tables):
            return True
        columns = [
            (
                captions[t.number][0],
                {self._labels.core(t.columns.path(k)[-1]) for k in t.columns.printed},
            )
            for t in tables
            if t.layout != "pairs"
        ]
        return any(
            one != other and len(a & b) * 2 > min(len(a), len(b)) and len(a & b) > 1
            for k, (one, a) in enumerate(columns)
            for other, b in columns[k + 1 :]
        )

    def _code_lists(self, tables: Sequence[DraftTable]) -> dict[int, str]:
        """The name of the code list of each table; tables with codes in common share one."""
        codes = {
            t.number: {t.rows.code(key) for key in t.rows.printed if t.rows.code(key)}
            for t in tables
        }
        groups: list[tuple[set[int], set[str]]] = []
        for table in tables:
            own = codes[table.number]
            lattices = {id(block.lattice) for block in table.blocks.values()}
            same = [g for g in groups if g[1] & own or lattices & _lattices(tables, g[0])]
            if own:
                members = {table.number}.union(*(group[0] for group in same))
                merged = own.union(*(group[1] for group in same))
                groups = [*(g for g in groups if g not in same), (members, merged)]
        groups.sort(key=lambda group: min(group[0]))
        found = {table.number: "" for table in tables}
        for number, (members, _) in enumerate(groups, 1):
            found |= dict.fromkeys(members, f"list{number}")
        for table in tables:  # printed empty, under headers of codes
            corners = set(table.texts("corners"))
            if not any(text.endswith(_CODE_WORDS) for text in corners) or found[table.number]:
                continue
            if not _listed_rows(table):
                found[table.number] = _most_alike(corners, tables, found)
        for table in tables:
            if table.open_rows == "names":
                found[table.number] = "names"
        return found

    def _table_ids(
        self, tables: Sequence[DraftTable], captions: Mapping[int, Sequence[str]]
    ) -> dict[int, str]:
        found: dict[int, str] = {}
        taken: set[str] = set()
        for position, table in enumerate(tables, 1):
            text = self._without_words(captions[table.number][0])
            base = self._namer.name(text).id or f"table_{position}"
            sides = {0: "left", 1: "right"} if table.layout == "two_sided" else {}
            base = "_".join(filter(None, [base, sides.get(table.side, "")]))
            chosen = base if base not in taken else f"{base}_{position}"
            taken.add(chosen)
            found[table.number] = chosen
        return found

    def _without_words(self, caption: str) -> str:
        caption = _NUMBER.sub("", caption) or caption
        for word in (*self._titles.report_words, "情况", "表"):
            caption = caption.removesuffix(word) or caption
        return caption

    def _table(
        self, table: DraftTable, table_id: str, captions: Sequence[str], kind: tuple[str, str]
    ) -> NamedTable:
        section, code_list = kind
        rows, columns = table.rows.printed, table.columns.printed
        row_names = self._namer.names([table.rows.path(key) for key in rows], "row")
        row_ids = {
            key: table.rows.code(key) or name.id for key, name in zip(rows, row_names, strict=True)
        }
        column_names = self._namer.names([table.columns.path(key) for key in columns], "column")
        column_ids = {key: name.id for key, name in zip(columns, column_names, strict=True)}
        if table.layout == "pairs":
            column_ids = dict.fromkeys(columns, _VALUE)
        unsure = {
            key
            for keys, names in ((rows, row_names), (columns, column_names))
            for key, name in zip(keys, names, strict=True)
            if not _is_sure(table, key, name)
        }
        named = NamedTable(
            table,
            table_id,
            captions[0],
            tuple(captions[1:]),
            section,
            {0: "left", 1: "right"}[table.side] if table.layout == "two_sided" else "",
            code_list,
            row_ids,
            column_ids,
            (),
            frozenset(unsure),
        )
        fields = tuple(self._fields(named))
        return NamedTable(
            **{f: getattr(named, f) for f in NamedTable.__struct_fields__ if f != "fields"},
            fields=fields,
        )

    def _fields(self, named: NamedTable) -> Iterator[FieldDraft]:
        table = named.table
        is_open = named.code_list != ""
        listed = [key for key in table.rows.printed if not table.rows.code(key)]
        if named.code_list == "names":
            listed = [key for key in listed if is_total(table.rows.path(key)[-1])]
        for key in listed:
            for column in table.columns.printed:
                if (key, column) in table.fields:
                    yield self._field(named, key, column)
        for column in table.columns.printed if is_open else ():
            yield self._field(named, OPEN_ROW, column)

    def _field(self, named: NamedTable, row: str, column: str) -> FieldDraft:
        table = named.table
        cells = [
            cell
            for place, cell in table.cells.items()
            if place.column == column and row in (place.row, OPEN_ROW)
        ]
        printed = table.rows.printed.get(row)
        path = printed.path if printed is not None else (OPEN_ROW,)
        texts = [cell.text for cell in cells if cell.text]
        unit = self._unit(named, row, column, [cell.unit for cell in cells if cell.unit])
        column_path = table.columns.path(column)
        kind, options = self._value_type(texts, unit, is_change=is_change((*path, *column_path)))
        is_always = row == OPEN_ROW or self._is_always(table, row, column)
        return FieldDraft(
            named.id,
            OPEN_ROW if row == OPEN_ROW else named.rows[row],
            named.columns[column],
            self._forms.names(self._printing(table, row, column)),
            JOINT.join(self._bare(path)) or "数",
            JOINT.join(self._bare(column_path)),
            unit if kind in ("count", "signed_count", "amount", "signed_amount") else "",
            printed.article if printed is not None else "",
            kind,
            "always" if is_always else "sometimes",
            options,
        )

    def _bare(self, path: Sequence[str]) -> list[str]:
        return [self._labels.without_unit(label) for label in path]

    @staticmethod
    def _printing(table: DraftTable, row: str, column: str) -> frozenset[int]:
        """The samples that print the row and the column of a field."""
        rows = frozenset(table.samples) if row == OPEN_ROW else table.rows.samples[row]
        return (rows & table.columns.samples[column]) or frozenset(table.samples)

    def _is_always(self, table: DraftTable, row: str, column: str) -> bool:
        """Do all samples of the forms of a field that print its table print the field, too?"""
        printing = self._printing(table, row, column)
        expected = self._forms.reach(printing) & table.samples
        return table.open_rows != "names" and printing == expected

    def _unit(self, named: NamedTable, row: str, column: str, in_cells: Sequence[str]) -> str:
        """The unit of a field: in its labels, its row, over its table, or in its cells."""
        table = named.table
        printed = table.rows.printed.get(row)
        labels = [*(printed.path if printed is not None else ()), *table.columns.path(column)]
        found = [unit for label in reversed(labels) if (unit := self._labels.unit_of(label))]
        if found:
            return found[0]
        if printed is not None and printed.unit:
            return printed.unit
        over = [unit for above in table.above if (unit := self._labels.caption_unit(above))]
        return next(iter([*over, *in_cells]), "")

    def _value_type(
        self, texts: Sequence[str], unit: str, *, is_change: bool
    ) -> tuple[ValueType, str]:
        """The type of a field by the texts of all samples, and the options of a choice."""
        numbers = [text for text in texts if _is_numeric(text)]
        if texts and len(numbers) * 2 < len(texts):
            return _text_type(texts)
        is_negative = is_change or any(text.startswith(("-", "－", "−")) for text in numbers)
        known = self._units.get(unit)
        is_money = known is not None and known.quantity == "元"
        if is_money or any("." in text for text in numbers):
            return ("signed_amount" if is_negative else "amount"), ""
        return ("signed_count" if is_negative else "count"), ""


def _is_numeric(text: str) -> bool:
    return text.lstrip("-－−+")[:1].isdigit() and not any(c in text for c in "/:年")


def _text_type(texts: Sequence[str]) -> tuple[ValueType, str]:
    """The type of cells that hold text, and the options if boxes are ticked."""
    if any(text.startswith(_URL) for text in texts):
        return "url", ""
    boxed = [text for text in texts if any(box in text for box in _BOXES)]
    if len(boxed) * 2 > len(texts):
        spread = "".join(" " if char in _BOXES else char for char in boxed[0])
        options = [word.strip("；;，,、") for word in spread.split()]
        ticked = max(sum(text.count(box) for box in "☑√■☒") for text in boxed)
        if 1 < len(options) <= _MOST_OPTIONS:
            return ("choices" if ticked > 1 else "choice"), " ".join(options)
    return "text", ""


def _is_sure(table: DraftTable, key: str, name: Name) -> bool:
    is_code = key in table.rows.printed and bool(table.rows.code(key))
    return name.is_known or is_code or not key


def _printed_at(table: DraftTable) -> tuple[int, int, float, int]:
    """Where a table stands in the first sample that prints it."""
    sample = min(table.samples)
    cells = table.blocks[sample].lattice.cells
    page = min(cell.page for cell in cells)
    return sample > 0, page, min(c.box.top for c in cells if c.page == page), table.side


def _most_alike(corners: set[str], tables: Sequence[DraftTable], lists: Mapping[int, str]) -> str:
    """The code list of the table with most corners in common; "" without any."""
    shared = [
        (len(corners & set(table.texts("corners"))), -table.number, lists[table.number])
        for table in tables
        if lists[table.number]
    ]
    return max(shared, default=(0, 0, ""))[2]


def _listed_rows(table: DraftTable) -> list[str]:
    """The rows of a table that are neither codes nor totals."""
    return [
        key
        for key in table.rows.printed
        if not table.rows.code(key) and not is_total((table.rows.path(key) or ("",))[-1])
    ]


def _lattices(tables: Sequence[DraftTable], numbers: set[int]) -> set[int]:
    return {
        id(block.lattice)
        for table in tables
        if table.number in numbers
        for block in table.blocks.values()
    }
