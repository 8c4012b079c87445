"""The cells of one official table, named: rows and columns onto canonical fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.model import Box, Cell, Grid, Key, LabelMatch, Observation
from gongkai.normalizers.tables.headers import Column, name_columns, row_kind
from gongkai.normalizers.tables.label_alignment import Name, align
from gongkai.normalizers.tables.labels import Printed, Vocabulary, vocabulary
from gongkai.normalizers.tables.rows import Row, rows_of
from gongkai.normalizers.tables.table_matching import Parts
from gongkai.normalizers.tables.values import Reading, read_cell, read_number

_WEAKER: dict[LabelMatch, int] = {"exact": 0, "alias": 1, "near": 2}


class Leftover(Struct, frozen=True):
    """A printed number inside an official table that got no canonical name."""

    page: int
    box: Box
    text: str


class TableReading(Struct, frozen=True):
    """What one reader read of one official table."""

    table: str
    grids: tuple[Grid, ...] = ()
    form: str | None = None  # None if the table's rows belong to several forms
    observations: tuple[Observation, ...] = ()
    leftovers: tuple[Leftover, ...] = ()
    disorder: tuple[str, ...] = ()  # labels out of the form's order

    def with_leftovers(self, leftovers: Sequence[Leftover]) -> TableReading:
        """Return the reading with further leftovers.

        A number without a canonical name may belong to any cell that was read as empty:
        if there are leftovers, blank and marked cells are flagged.
        """
        leftovers = (*self.leftovers, *leftovers)
        seen = tuple(map(_doubted, self.observations)) if leftovers else self.observations
        return replace(self, observations=seen, leftovers=leftovers)


class _Findings(Struct):
    """Collects what the rows of one table yield."""

    observations: list[Observation] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    disorder: list[str] = field(default_factory=list)


class _DataRow(Struct, frozen=True):
    row: Row
    columns: tuple[Column, ...]
    labels: list[Cell]  # outer to inner
    body: list[Cell]  # the cells under the named columns
    middles: list[float]  # of each of those

    @classmethod
    def of(cls, row: Row, columns: tuple[Column, ...]) -> _DataRow:
        start = columns[0].x0 if columns else float("-inf")
        spots = [(row.middle(cell), cell) for cell in row.cells]
        labels = [cell for middle, cell in spots if middle < start and cell.text.strip()]
        body = [(middle, cell) for middle, cell in spots if middle >= start]
        return cls(row, columns, labels, [cell for _, cell in body], [x for x, _ in body])

    def under(self, column: Column) -> list[Cell]:
        """The cells that stand under a column."""
        spots = zip(self.middles, self.body, strict=True)
        own = [cell for middle, cell in spots if column.x0 < middle < column.x1]
        if own:
            return own
        middle = (column.x0 + column.x1) / 2
        spans = ((self.row.span(cell), cell) for cell in self.body)
        return [cell for (x0, x1), cell in spans if x0 < middle < x1]


def read_table(parts: Parts, family: Family) -> TableReading:
    """Name and read every cell of one table."""
    words = vocabulary(family, parts.table)
    found = _Findings()
    data = _data_rows(rows_of(parts.grids), words, family, found)
    data = _rejoined(data, words)
    names = _row_names(data, words, family)
    seen: set[Key] = set()
    rows_with = Counter(id(cell) for item in data for cell in item.row.cells)
    spanning = frozenset(cell for cell, rows in rows_with.items() if rows > 1)
    for item, name in zip(data, names, strict=True):
        _read_row(item, name, words, family, parts.table, found, seen, spanning)
    reading = TableReading(
        parts.table,
        tuple(parts.grids),
        _form(found.observations, family),
        tuple(found.observations),
        disorder=tuple(found.disorder),
    )
    return reading.with_leftovers(found.leftovers)


def _doubted(seen: Observation) -> Observation:
    if seen.state not in ("blank", "mark") or seen.flagged:
        return seen
    return replace(seen, flagged=True, doubt="表内另有未能归入的数，此格未必为空")


def _data_rows(
    rows: Sequence[Row], words: Vocabulary, family: Family, found: _Findings
) -> list[_DataRow]:
    """Rows with numbers, each with the columns of the header it stands under."""
    data: list[_DataRow] = []
    header: list[Row] = []
    columns: tuple[Column, ...] = ()
    in_header = False
    for row in rows:
        kind = row_kind(row, columns, in_header, words, family)
        if kind == "article":
            in_header = False
        elif kind == "header":
            header = [*header, row] if in_header else [row]
            in_header = True
        elif kind == "data" or (columns or header):
            if in_header:
                columns = tuple(name_columns(header, words, family))
                found.disorder += [c.label for c in columns if c.doubt]
                in_header = False
            data.append(_DataRow.of(row, columns))
    return data


def _inner(item: _DataRow, words: Vocabulary) -> Cell | None:
    labels = item.labels
    # a label that spans several rows is an outer one, unless nothing stands inside it
    if not labels or labels[-1].row_span > 1 or _awaits_label(item, words):
        return None
    return labels[-1]


def _awaits_label(item: _DataRow, words: Vocabulary) -> bool:
    """Does only an outer label stand before the row, and an empty cell for its own?"""
    labels = item.labels
    if not labels or words.fold(labels[-1].text).core not in words.row_parents:
        return False
    start, last = item.columns[0].x0, item.row.middle(labels[-1])
    return any(last < item.row.middle(cell) < start for cell in item.row.cells)


def _rejoined(data: list[_DataRow], words: Vocabulary) -> list[_DataRow]:
    """Rows cut in two by a page break put together again; empty stumps dropped."""
    if not words.rows.entries:
        filled = [item for item in data if any(c.text.strip() for c in item.row.cells)]
        return filled or data[:1]
    joined: list[_DataRow] = []
    for item in data:
        blank = not any(cell.text.strip() for cell in item.body)
        if item.row.first_of_part and joined and joined[-1].row.last_of_part:
            before = joined[-1]
            inner, before_inner = _inner(item, words), _inner(before, words)
            before_blank = not any(cell.text.strip() for cell in before.body)
            waits = inner is not None and _awaits_label(before, words)
            if waits and before_blank:
                joined.pop()  # the whole row stands below the break, but for its outer label
            elif (waits and blank) or _is_rest(before_inner, inner, blank, before_blank, words):
                merged = replace(before, row=before.row)
                merged.row.merged.append(item.row)
                continue
        if blank and not item.labels:
            continue
        joined.append(item)
    return joined


def _is_rest(
    before: Cell | None, inner: Cell | None, blank: bool, before_blank: bool, words: Vocabulary
) -> bool:
    """Is the first row after a page break the rest of the last row before it?"""
    if inner is None:
        return before is not None and (blank or before_blank)
    if before is None:
        return False
    first, rest = words.fold(before.text), words.fold(inner.text)
    known = words.row_cores
    together = words.fold(before.text + inner.text).core
    if together in known and first.core not in known and blank != before_blank:
        return True
    if rest.core in known and (first.core in known or not before_blank):
        return False
    if together in known and not (first.core in known and rest.core in known):
        return True
    return rest.core not in known and not rest.ordinal and (blank or before_blank)


def _path(item: _DataRow, words: Vocabulary) -> tuple[list[str], tuple[Cell, ...]]:
    labels = item.labels
    texts = ["".join(cell.text.split()) for cell in labels]
    for rest in item.row.merged:
        more = _DataRow.of(rest, item.columns).labels
        if more and texts and not _awaits_label(item, words):
            texts[-1] += "".join(more[-1].text.split())
        elif more:
            texts += ["".join(cell.text.split()) for cell in more]
    return texts, tuple(labels)


def _row_names(data: Sequence[_DataRow], words: Vocabulary, family: Family) -> list[Name | None]:
    if not words.rows.entries:  # one row of numbers under a header that names them all
        told = [item for item in data if any(_has_digit(cell) for cell in item.body)]
        doubt = f"本表应只有一行数，读出{len(told)}行" if len(told) > 1 else None
        return [Name("", "exact", doubt) if k == 0 else None for k in range(len(data))]
    rows_beside = Counter(id(cell) for item in data for cell in item.labels)
    paths = []
    for item in data:
        texts, labels = _path(item, words)
        path = tuple(p for p in map(words.fold, texts) if p.core or p.ordinal)
        if path and rows_beside[id(labels[-1])] > 1 and path[-1].core in words.row_parents:
            path = (*path, Printed("", ""))  # the outer label of several rows; no own one here
        paths.append(path)
    return align(paths, words.rows, words, family.settings.thresholds)


def _read_row(
    item: _DataRow,
    name: Name | None,
    words: Vocabulary,
    family: Family,
    table: str,
    found: _Findings,
    seen: set[Key],
    spanning: frozenset[int],
) -> None:
    rests = [_DataRow.of(rest, item.columns) for rest in item.row.merged]
    used: set[int] = set()
    labels = "／".join(_path(item, words)[0])
    if name is not None:
        if name.doubt:
            found.disorder.append(labels or name.doubt)
        for column in item.columns:
            row_id, column_id = (
                (name.id, column.id) if words.rows.entries else tuple(column.id.split("."))
            )
            key = Key(table, row_id, column_id)
            if key not in family.fields_by_key or key in seen:
                continue
            cells = item.under(column)
            for rest in rests:
                cells += [c for c in rest.under(column) if c.text.strip()]
            if not cells:
                continue
            seen.add(key)
            used.update([id(cell) for cell in cells])
            found.observations.append(
                _observe(key, cells, item, column, name, labels, spanning, family)
            )
    # a number among the labels stands under a column whose header was not understood;
    # in a row cut in two it may be the first glyph of 1.属于国家秘密
    strays = [] if rests else [c for c in item.labels if _is_number(c, family)]
    for cells in (strays, item.body, *(rest.body for rest in rests)):
        for cell in cells:
            if id(cell) not in used and _has_digit(cell):
                found.leftovers.append(Leftover(item.row.page, cell.box, cell.text))


def _has_digit(cell: Cell) -> bool:
    return any(c.isdigit() for c in cell.text)


def _is_number(cell: Cell, family: Family) -> bool:
    return cell.text[0].isdigit() and read_number(cell.text, family).state == "number"


def _observe(
    key: Key,
    cells: Sequence[Cell],
    item: _DataRow,
    column: Column,
    name: Name,
    row_label: str,
    spanning: frozenset[int],  # ids of cells that cover more than one row
    family: Family,
) -> Observation:
    filled = [cell for cell in cells if cell.text.strip()]
    cell = filled[0] if filled else cells[0]
    reading = read_cell(cell, family)
    if len(filled) > 1:
        text = " ".join(c.text for c in filled)
        reading = Reading("unreadable", doubt=f"一格里印有不止一个数：{text}")
    if reading.state == "number" and (id(cell) in spanning or _covers_more(cell, item)):
        # one number printed over several fields: which it is for, nobody can tell
        reading = Reading("unreadable", doubt=f"一个数占了不止一格：{cell.text.strip()}")
    doubts = [d for d in (name.doubt, column.doubt, reading.doubt) if d]
    return Observation(
        key=key,
        state=reading.state,
        value=reading.value,
        raw_text=cell.text.strip(),
        unit=reading.unit,
        row_label=row_label,
        column_label=column.label,
        label_match=max(name.how, column.how, key=_WEAKER.__getitem__),
        page=item.row.page,
        box=cell.box,
        reader=item.row.reader,
        confidence=_confidence(cell),
        flagged=bool(doubts),
        doubt="；".join(doubts) or None,
    )


def _confidence(cell: Cell) -> float | None:
    """How sure the reader is of a cell: as sure as of its least certain character."""
    if not cell.chars or cell.chars[0].confidence is None:  # no picture, no doubt of this kind
        return None
    return min((c.confidence for c in cell.chars if c.confidence is not None), default=None)


def _covers_more(cell: Cell, item: _DataRow) -> bool:
    """Does a cell lie under more than one named column?"""
    if cell.column_span == 1:
        return False
    x0, x1 = item.row.span(cell)
    return sum(x0 < (c.x0 + c.x1) / 2 < x1 for c in item.columns) > 1


def _form(observations: Sequence[Observation], family: Family) -> str | None:
    """The form that most of the table's rows can only belong to, if any can tell."""
    votes: dict[str, set[str]] = {}
    for seen in observations:
        lines = family.fields_by_key[seen.key]
        forms = set(lines[0].forms)
        if len(lines) > 1:
            printed = "".join(seen.column_label.split("／")[-1].split())
            forms = {f for line in lines if line.column_label == printed for f in line.forms}
        if len(forms) == 1:
            votes.setdefault(forms.pop(), set()).add(seen.key.row)
    return max(votes, key=lambda form: (len(votes[form]), form)) if votes else None
