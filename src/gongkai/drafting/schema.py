"""The tables that recur in the samples: each with its rows, its columns, and its values.

Blocks of several samples are one table if their labels and captions agree. What is printed in
all of them is a label; what differs is a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Literal

from msgspec import Struct
from rapidfuzz import fuzz

from gongkai.drafting.blocks import Block, BlockLayout, BlockRow
from gongkai.drafting.keys import JOINT, Labels, is_sum, numbered
from gongkai.drafting.lattice import PrintedCell

OpenRows = Literal["", "codes", "names"]
TOTAL_ROW = "合计"  # the key of the listed row in a table of named bodies
_SAME_TABLE = 0.55  # least likeness of two blocks of one table
_SAME_LABEL = 82  # of 100: least likeness of two prints of one row
_RECURRING = 0.5  # share of the samples that print a row on average; below, each row is a name
_MIN_NAMES = 3  # rows with names of bodies, or dates
_MOST_NAMES = 0.7  # share of the rows that have them
_BODY_WORDS = ("名称", "单位", "机构", "部门", "主体")  # end the corner of a column of bodies


class Place(Struct, frozen=True):
    """Where one value stands: the keys of its row and column, and the number of its sample."""

    row: str
    column: str
    sample: int


class Axis(Struct, frozen=True):
    """The rows or columns of a table, in printed order."""

    printed: Mapping[str, BlockRow]  # by key, as first printed; of columns only the path counts
    samples: Mapping[str, frozenset[int]]  # by key: the samples that print it
    spellings: Mapping[str, tuple[str, ...]]  # by key: other prints of the innermost label

    def path(self, key: str) -> tuple[str, ...]:
        """The labels of a row or column, outer to inner."""
        return self.printed[key].path

    def code(self, key: str) -> str:
        """The code of a row, or ""."""
        return self.printed[key].code


class _TableFields(Struct, frozen=True, dict=True):
    number: int
    layout: BlockLayout
    side: int
    blocks: Mapping[int, Block]  # by sample
    rows: Axis
    columns: Axis
    cells: Mapping[Place, PrintedCell]
    open_rows: OpenRows = ""


class DraftTable(_TableFields, frozen=True, dict=True):
    """One table of the family, or one half of it, as all samples print it."""

    @property
    def samples(self) -> AbstractSet[int]:
        """The numbers of the samples that print it."""
        return self.blocks.keys()

    @cached_property
    def fields(self) -> frozenset[tuple[str, str]]:
        """The rows and columns, by key, where some sample has a place for a value."""
        return frozenset((place.row, place.column) for place in self.cells)

    @property
    def above(self) -> list[tuple[str, ...]]:
        """The lines over the table in each sample."""
        return [block.lattice.above for block in self.blocks.values()]

    def texts(self, kind: Literal["corners", "serials", "unit_headers", "remarks"]) -> list[str]:
        """The texts over columns of one kind in all samples, the most frequent first."""
        found = Counter(t for block in self.blocks.values() for t in getattr(block, kind))
        return [text for text, _ in found.most_common()]


class _Group(Struct):
    """Blocks of several samples that seem to be one table."""

    blocks: dict[int, Block]
    words: set[str]
    caption: str


def recurring_tables(samples: Sequence[Sequence[Block]], labels: Labels) -> list[DraftTable]:
    """The tables of all samples, in the order of their first print."""
    groups: list[_Group] = []
    for number, blocks in enumerate(samples):
        words = [_words(block, labels) for block in blocks]
        scores = sorted(
            (
                (_likeness(block, words[i], group), -i, -j)
                for i, block in enumerate(blocks)
                for j, group in enumerate(groups)
            ),
            reverse=True,
        )
        taken: dict[int, int] = {}
        for score, i, j in scores:
            if score > _SAME_TABLE and -i not in taken and -j not in taken.values():
                taken[-i] = -j
        for i, block in enumerate(blocks):
            if i in taken:
                group = groups[taken[i]]
                group.blocks[number] = block
                group.words |= words[i]
            else:
                groups.append(_Group({number: block}, set(words[i]), _caption(block)))
    return [_table(k, group, labels) for k, group in enumerate(groups)]


def _caption(block: Block) -> str:
    lines = [line for line in block.lattice.above if not line.startswith("单位")]
    return lines[-1] if lines else ""


def _words(block: Block, labels: Labels) -> set[str]:
    """The innermost labels of a block; of rows with codes, those of the columns only."""
    columns = {labels.core(path[-1]) for path in block.columns if path}
    if block.has_codes:
        return columns
    return columns | {labels.core(row.path[-1]) for row in block.rows if row.path}


def _likeness(block: Block, words: set[str], group: _Group) -> float:
    first = next(iter(group.blocks.values()))
    if block.side != first.side:
        return 0.0
    both, either = len(words & group.words), len(words | group.words)
    shared = both / max(1, min(len(words), len(group.words))) / 2 + both / max(1, either) / 2
    caption = fuzz.ratio(_caption(block), group.caption) / 300
    return shared + (block.layout == first.layout) / 10 + caption


def _table(number: int, group: _Group, labels: Labels) -> DraftTable:
    first = next(iter(group.blocks.values()))
    open_rows = _open_rows(list(group.blocks.values()), labels)
    rows = _AxisBuilder(labels)
    columns = _AxisBuilder(labels)
    cells: dict[Place, PrintedCell] = {}
    for sample, block in group.blocks.items():
        printed = [_as_total(row, block, open_rows) for row in block.rows]
        # of one body, a further band goes on with the same row
        row_keys = rows.add(sample, printed, is_repeated=open_rows == "names")
        column_keys = columns.add(sample, [BlockRow("", path) for path in block.columns])
        for (i, j), cell in block.cells.items():
            cells[Place(row_keys[i], column_keys[j], sample)] = cell
    row_axis, column_axis = rows.axis(), columns.axis()
    layouts = Counter(block.layout for block in group.blocks.values())
    layout = layouts.most_common(1)[0][0]
    if open_rows == "names":
        layout = "rows_and_columns"
    if layout == "header_only" and _has_heads(column_axis):
        row_axis, column_axis, cells = _by_heads(column_axis, cells, labels)
    return DraftTable(
        number, layout, first.side, group.blocks, row_axis, column_axis, cells, open_rows
    )


def _has_heads(columns: Axis) -> bool:
    """Does a header print the same labels under each of several others?"""
    paths = [row.path for row in columns.printed.values()]
    inner = Counter(path[-1] for path in paths)
    return all(len(path) > 1 for path in paths) and min(inner.values()) > 1


def _by_heads(
    columns: Axis, cells: Mapping[Place, PrintedCell], labels: Labels
) -> tuple[Axis, Axis, dict[Place, PrintedCell]]:
    """The only row of numbers as rows and columns: the outer labels, and the innermost ones."""
    rows, inner = _AxisBuilder(labels), _AxisBuilder(labels)
    names: dict[str, tuple[str, str]] = {}
    for key, printed in columns.printed.items():
        *outer, last = printed.path
        names[key] = (labels.key(outer), labels.core(last))
    heads = {names[key][0]: columns.path(key)[:-1] for key in columns.printed}
    lasts = {names[key][1]: columns.path(key)[-1:] for key in columns.printed}
    for sample in sorted({number for own in columns.samples.values() for number in own}):
        rows.add(sample, [BlockRow("", path) for path in heads.values()])
        inner.add(sample, [BlockRow("", path) for path in lasts.values()])
    moved = {Place(*names[p.column], p.sample): cell for p, cell in cells.items()}
    return rows.axis(), inner.axis(), moved


def _open_rows(blocks: Sequence[Block], labels: Labels) -> OpenRows:
    """Has each sample rows of its own: with codes, or the names of bodies?"""
    if any(block.has_codes for block in blocks):
        return "codes"
    named = [
        {labels.key(row.path) for row in block.rows if row.path and not is_sum(row.path)}
        for block in blocks
        if block.layout != "pairs"
    ]
    named = [keys for keys in named if keys]
    if len(named) > 1:
        counts = Counter(key for keys in named for key in keys)
        if counts.total() < _RECURRING * len(counts) * len(named):
            return "names"
    differ = len(named) == 1 or any(keys != named[0] for keys in named)
    if differ and any(_are_names(block, labels) for block in blocks):
        return "names"
    corners = [text for block in blocks for text in block.corners]
    is_summed = any(
        len(block.rows) == 1 or any(is_sum(r.path) for r in block.rows) for block in blocks
    )
    if named and is_summed and corners and all(text.endswith(_BODY_WORDS) for text in corners):
        return "names"
    return ""


def _are_names(block: Block, labels: Labels) -> bool:
    """Are the rows of a table dates, or bodies with the names of their places?"""
    inner = [row.path[-1] for row in block.rows if row.path and not is_sum(row.path)]
    known = sum(map(labels.is_name, inner))
    return block.layout != "pairs" and known >= max(_MIN_NAMES, _MOST_NAMES * len(inner))


def _as_total(row: BlockRow, block: Block, open_rows: OpenRows) -> BlockRow:
    """In a table of named bodies: the row of their sum, which is the only one of one body."""
    if open_rows == "names" and (len(block.rows) == 1 or not row.path or is_sum(row.path)):
        return BlockRow("", (TOTAL_ROW,), row.article, row.unit)
    return row


class _AxisBuilder:
    """Matches the rows, or the columns, of one sample after another."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._order: list[str] = []
        self._printed: dict[str, BlockRow] = {}
        self._samples: dict[str, set[int]] = {}
        self._spellings: dict[str, dict[str, None]] = {}

    def add(
        self, sample: int, printed: Sequence[BlockRow], *, is_repeated: bool = False
    ) -> list[str]:
        """Add what a sample prints; returns the key of each row.

        ``is_repeated``: a label that comes again means the same row.
        """
        keys = [row.code or self._labels.key(row.path) for row in printed]
        own = keys if is_repeated else numbered(keys)
        matched = self._matches(own, printed)
        before: str | None = None
        for key, row in zip(matched, printed, strict=True):
            if key not in self._printed:
                at = self._order.index(before) + 1 if before is not None else 0
                self._order.insert(at, key)
                self._printed[key] = row
            self._samples.setdefault(key, set()).add(sample)
            self._add_spelling(key, row)
            before = key
        return matched

    def _add_spelling(self, key: str, row: BlockRow) -> None:
        known = self._printed[key].path
        if row.path and known and not row.code:
            label = self._labels.without_unit(row.path[-1])
            if self._labels.core(label) != self._labels.core(known[-1]):
                self._spellings.setdefault(key, {})[label] = None

    def _matches(self, own: Sequence[str], printed: Sequence[BlockRow]) -> list[str]:
        """The known key of each row: the same, one with the same innermost label, a like one."""
        free = [key for key in self._order if key not in own and not self._printed[key].code]
        found = []
        for key, row in zip(own, printed, strict=True):
            match = key
            if key not in self._printed and not row.code and free and key:
                match = self._like(key, row, free, own) or key
                if match in free:
                    free.remove(match)
            found.append(match)
        return found

    def _like(self, key: str, row: BlockRow, free: Sequence[str], own: Sequence[str]) -> str | None:
        inner = self._labels.core(row.path[-1]) if row.path else ""
        same = [known for known in free if self._inner(known) == inner]
        twins = sum(other.rpartition(JOINT)[2] == inner for other in own)
        if len(same) == 1 and twins == 1:
            return same[0]
        whole = key.replace(JOINT, "")  # a page break may cut one label into two
        joined = [known for known in free if known.replace(JOINT, "") == whole]
        if len(joined) == 1:
            return joined[0]
        if row.path:
            bare = self._labels.bare_core(row.path[-1])
            noted = [known for known in free if self._bare(known) == bare]
            if len(noted) == 1:
                return noted[0]
        # outer labels that agree make no inner ones alike
        scored = [
            (min(fuzz.ratio(key, known), fuzz.ratio(inner, self._inner(known))), -k, known)
            for k, known in enumerate(free)
        ]
        score, _, best = max(scored)
        return best if score >= _SAME_LABEL else None

    def _inner(self, key: str) -> str:
        path = self._printed[key].path
        return self._labels.core(path[-1]) if path else ""

    def _bare(self, key: str) -> str:
        path = self._printed[key].path
        return self._labels.bare_core(path[-1]) if path else ""

    def axis(self) -> Axis:
        """What was added."""
        return Axis(
            {key: self._printed[key] for key in self._order},
            {key: frozenset(self._samples[key]) for key in self._order},
            {key: tuple(texts) for key, texts in self._spellings.items()},
        )
