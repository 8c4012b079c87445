"""Which lines of an unruled table belong to which row."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Sequence

from gongkai.extractors.layout.text_segments import (
    TextLine,
    TextSegment,
    mean_y,
    overlaps_vertically,
)

ORDINAL = re.compile(r"[（(]?[一二三四五六七八九十\d]{1,2}[）)、.．]")

RowGroup = list[TextLine]  # the lines of one row: those of its label, and that of its values


def group_rows(
    body: Sequence[TextLine], rows: Sequence[TextLine], levels: Sequence[float]
) -> list[RowGroup]:
    """The lines of each row of a table's ``body``, top to bottom.

    ``rows`` has one line of the body for each row: the line with its values, or the label of
    a blank row. ``levels`` are the y of horizontal rules that run below all columns. Lines are
    grouped by rules, else by ordinals, else by nearness: the first method is used that leaves
    exactly one line of ``rows`` in each group.
    """
    by_rules = _group_by_rules(body, rows, levels)
    return by_rules or _group_by_ordinal(body, rows) or _group_by_nearness(body, rows)


def _group_by_rules(
    lines: Sequence[TextLine], rows: Sequence[TextLine], levels: Sequence[float]
) -> list[RowGroup] | None:
    """Group the lines between rules; None where two rows have no rule between them."""
    bands: dict[int, RowGroup] = {}
    for line in lines:
        bands.setdefault(bisect(levels, mean_y(line)), []).append(line)
    groups = [bands[k] for k in sorted(bands)]
    counts = [sum(line in rows for line in group) for group in groups]
    return groups if levels and counts == [1] * len(rows) else None


def _group_by_ordinal(lines: Sequence[TextLine], rows: Sequence[TextLine]) -> list[RowGroup] | None:
    """Begin a row at each printed ordinal; None where that gives a group several rows.

    A long label of many lines may be nearer to the values of its neighbour than to its own.
    An ordinal without values begins a row of blank cells.
    """
    label_starts = [max((s.box.x0 for s in line if not s.is_value), default=0.0) for line in rows]
    start = max(label_starts, default=0.0)
    innermost = [s for line in lines for s in line if not s.is_value and _is_inner(s, start)]
    groups: list[RowGroup] = []
    for line in lines:
        label = next((s for s in reversed(line) if not s.is_value), None)
        begins = (
            label is not None
            and ORDINAL.match(label.text)
            and (
                _is_inner(label, start)
                or (line in rows and not overlaps_vertically(label, innermost))
            )
        )
        if begins or not groups:
            groups.append([])
        groups[-1].append(line)
    counts = [sum(line in rows for line in group) for group in groups]
    return groups if rows and set(counts) <= {0, 1} and sum(counts) == len(rows) else None


def _is_inner(label: TextSegment, start: float) -> bool:
    """Is a label in the column next to the values, which begins at ``start``, or over it?"""
    return label.box.x0 > start - label.size or label.box.x1 > start + 2 * label.size


def _group_by_nearness(lines: Sequence[TextLine], rows: Sequence[TextLine]) -> list[RowGroup]:
    """Assign each line to the row that is vertically nearest."""
    rows_y = [mean_y(line) for line in rows]
    groups: list[RowGroup] = [[] for _ in rows]
    for line in lines if rows else ():
        nearest = min(range(len(rows)), key=lambda k: abs(rows_y[k] - mean_y(line)))
        groups[nearest].append(line)
    return groups
