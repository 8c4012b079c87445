"""Which rows of a table are header, and what each column under it is called."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.model import Cell, LabelMatch
from gongkai.normalizers.tables.label_alignment import align
from gongkai.normalizers.tables.labels import Vocabulary
from gongkai.normalizers.tables.rows import Row, distinct
from gongkai.normalizers.tables.values import read_number

RowKind = Literal["blank", "article", "header", "data"]
_NARROW = 4.0  # points: a stripe this narrow between two edges is the same edge twice


class Column(Struct, frozen=True):
    """A named column: where it stands (x of the table's first part) and its label."""

    x0: float
    x1: float
    id: str
    how: LabelMatch
    label: str  # as printed, outer to inner joined by ／
    doubt: str | None


def row_kind(
    row: Row, columns: Sequence[Column], in_header: bool, words: Vocabulary, family: Family
) -> RowKind:
    """What a printed row is, by what stands in it."""
    filled = list(row.filled())
    if not filled:
        return "blank"
    labels = [(cell, words.fold(cell.text)) for cell in filled]
    if len(filled) == 1 and any(
        labels[0][1].core.startswith(article[:3]) for article in words.articles
    ):
        return "article"
    body = columns[0].x0 if columns else None

    def in_body(cell: Cell) -> bool:
        return body is None or row.middle(cell) > body

    first_cell, first = labels[0]
    if first.core in words.row_cores and (first.core not in words.header_cores or first.ordinal):
        return "data"
    if any(
        in_body(cell) and read_number(cell.text, family).state in ("number", "mark")
        for cell in filled
    ):
        return "data"
    hits = [
        cell
        for cell, label in labels
        if words.in_header(label.core) and (in_body(cell) or label.core in words.corners)
    ]
    if hits and (body is None or len(hits) > 1 or hits[0] is not first_cell or in_header):
        return "header"
    if hits and first.core not in words.row_cores:
        return "header"
    # a header cut by a page break goes on with pieces that are no label by themselves
    if in_header and row.first_of_part and len(filled) > 2:
        return "header"
    return "data"


def _same_column(path: Sequence[Cell], other: Sequence[Cell]) -> bool:
    """Do two stripes stand under one innermost header cell, or both under none?"""
    return path[-1] is other[-1] if path and other else not path and not other


def name_columns(header: Sequence[Row], words: Vocabulary, family: Family) -> list[Column]:
    """The named columns under a block of header rows, left to right.

    Each stripe between two cell edges has the path of header cells that stand over it;
    stripes with the same path are one column; the paths are aligned to the form.
    """
    spans = [(row, cell) for row in header for cell in row.cells]
    edges = sorted({x for row, cell in spans for x in row.span(cell)})
    stripes: list[tuple[float, float, list[Cell]]] = []
    for x0, x1 in pairwise(edges):
        if x1 - x0 < _NARROW:
            continue
        middle = (x0 + x1) / 2
        path = distinct(
            cell
            for row, cell in spans
            if row.span(cell)[0] < middle < row.span(cell)[1] and cell.text.strip()
        )
        if stripes and _same_column(stripes[-1][2], path):
            stripes[-1] = (stripes[-1][0], x1, max(stripes[-1][2], path, key=len))
        else:
            stripes.append((x0, x1, path))
    paths = [
        tuple(words.fold(cell.text) for cell in path if words.fold(cell.text).core)
        for _, _, path in stripes
    ]
    names = align(paths, words.columns, words, family.settings.thresholds)
    return [
        Column(
            x0,
            x1,
            name.id,
            name.how,
            "／".join("".join(cell.text.split()) for cell in path),
            name.doubt,
        )
        for (x0, x1, path), name in zip(stripes, names, strict=True)
        if name is not None
    ]
