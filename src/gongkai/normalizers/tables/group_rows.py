"""Tables printed like lists: groups of rows in rows of their own, and numbers before the rows.

The label of a group is in a row above its members. It may print a number itself: 四、行政复议数量
is the total of the rows below it. The form tells the level of each label, so a label of the same
or an outer level ends a group.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from msgspec.structs import replace
from rapidfuzz import fuzz

from gongkai.families.settings import Thresholds
from gongkai.normalizers.tables.labels import FoldedLabel, LabelAxis, LabelPath, TableLabels
from gongkai.normalizers.tables.rows import PrintedRow

_CACHE_SIZE = 2_000  # labels that are not those of the form


class GroupRows:
    """The group labels of one table. Built once from its rows."""

    def __init__(self, rows: LabelAxis, thresholds: Thresholds) -> None:
        self._levels = {
            part.core: level for entry in rows.entries for level, part in enumerate(entry.path[:-1])
        }
        self._rows = frozenset(rows.by_core)
        inner: dict[str, set[int]] = {}
        for entry in rows.entries:
            inner.setdefault(entry.path[-1].core, set()).add(len(entry.path) - 1)
        # of the rows that are no group, if the form has them at one level only
        self._inner_levels = {
            core: min(levels)
            for core, levels in inner.items()
            if len(levels) == 1 and core not in self._levels
        }
        self._least = 100 * thresholds.sure_label_similarity
        self._known = lru_cache(maxsize=_CACHE_SIZE)(self._find)

    def with_outer_labels(
        self, paths: Sequence[LabelPath], texts: Sequence[Sequence[str]]
    ) -> tuple[list[LabelPath], list[list[str]]]:
        """Put the labels of the groups that each row is in before its own labels.

        ``texts`` are the printed labels of the rows. A row with only a group label gets an empty
        path: it names no row of the form.
        """
        found: list[LabelPath] = []
        printed: list[list[str]] = []
        groups: list[tuple[FoldedLabel, str]] = []  # the open groups, outermost first
        for path, own in zip(paths, texts, strict=True):
            core = self._known(path[-1].core) if path else ""
            level = self._levels[core] if core else self._inner_level(path)
            if level is not None:
                groups = [g for g in groups if self._levels[g[0].core] < level]
            is_row = not core or core in self._rows
            found.append((*(label for label, _ in groups), *path) if path and is_row else ())
            printed.append([*(text for _, text in groups), *own])
            if core:
                groups.append((FoldedLabel(path[-1].ordinal, core), own[-1]))
        return found, printed

    def _inner_level(self, path: LabelPath) -> int | None:
        return self._inner_levels.get(path[-1].core) if path else None

    def _find(self, core: str) -> str:
        """The group label that a printed label means; "" if it means none."""
        if core in self._levels or core in self._rows:
            return core if core in self._levels else ""
        best = max(self._levels, key=lambda known: fuzz.ratio(core, known), default="")
        return best if fuzz.ratio(core, best) >= self._least else ""


def without_row_numbers(rows: Sequence[PrintedRow], labels: TableLabels) -> list[PrintedRow]:
    """The printed rows without the column that only numbers them (序号), if there is one."""
    edges = next(
        (
            row.span(cell)
            for row in rows
            for cell in row.cells
            if labels.fold(cell.text).core in labels.number_headers
        ),
        None,
    )
    if edges is None:
        return list(rows)
    x0, x1 = edges
    return [
        replace(row, cells=[cell for cell in row.cells if not x0 < row.middle(cell) < x1])
        for row in rows
    ]
