"""Identifies tables by their labels, and labels by aligning them to the sequence of the form.

Sums cannot prove names: if two rows trade places, every sum still holds. A label is trusted
only where the printed sequence and the sequence of the form agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.settings import Thresholds
from gongkai.families.tables import Table
from gongkai.model import Box, Grid, LabelMatch
from gongkai.normalizers.tables.assignment import (
    Assignment,
    best_assignment,
    bounds,
    latest_assignment,
)
from gongkai.normalizers.tables.labels import (
    FoldedLabel,
    LabelAxis,
    LabelPath,
    Similarities,
    TableLabels,
)

# What the outer label and the ordinal add to, or take from, the similarity of a label (0 to 1).
_PARENT_WEIGHT = 0.3
_ORDINAL_WEIGHT = 0.05
_MAX_CONTINUATION_LENGTH = 20  # characters: a longer text is prose in a frame
_SAME_WIDTH = 6.0  # points by which the widths of two parts of a table may differ
_MIN_LEAD = 0.1  # least difference between the similarities to the best entry and to any other


class GridSorter:
    """Tells which table a grid is. Built once from the tables of a family and their labels."""

    def __init__(
        self,
        tables: Sequence[Table],
        labels: Mapping[str, TableLabels],
        is_value: Callable[[str], bool],
    ) -> None:
        self._labels = {table.id: labels[table.id] for table in tables if not table.has_caption}
        self._fold = next(iter(labels.values())).fold
        self._is_value = is_value

    def table_of(self, grid: Grid) -> str | None:
        """The id of the table whose caption or labels a grid has; None if it has none.

        The caption over a grid may name two tables, its halves: then the first.
        """
        if grid.tables:
            return grid.tables[0]
        scores = self._scores(grid)
        return max(scores, key=scores.__getitem__, default=None)

    def _scores(self, grid: Grid) -> dict[str, int]:
        """How many labels a grid has of each table of which it has a distinctive one."""
        cores = {core for text in {c.text for c in grid.cells} if (core := self._fold(text).core)}
        return {
            table: len(cores & labels.all_cores) + len(cores & labels.articles)
            for table, labels in self._labels.items()
            if not cores.isdisjoint(labels.distinctive)
        }

    def sort(self, grids: Iterable[Grid]) -> tuple[dict[str, list[Grid]], list[Grid]]:
        """Sort the grids of one report into those of each official table and others.

        A grid without labels belongs to the table before it if that table may continue in it.
        """
        tables: dict[str, list[Grid]] = {}
        others: list[Grid] = []
        last: str | None = None  # the table that began last
        for grid in sorted(self.separated(grids), key=lambda g: (g.page, g.box.top)):
            if grid.tables:
                for captioned in grid.tables:
                    tables.setdefault(captioned, []).append(grid)
                last = None
                continue
            table = self.table_of(grid)
            if table is None and last is not None and self._continues(grid, tables[last][-1]):
                table = last
            if table is None:
                if any(cell.text for cell in grid.cells):
                    others.append(grid)
                continue
            if table not in tables:
                last = table
            tables.setdefault(table, []).append(grid)
        return tables, others

    def separated(self, grids: Iterable[Grid]) -> list[Grid]:
        """Return the grids, those that frame several tables cut where each begins."""
        return [part for grid in grids for part in self._parts(grid)]

    def _parts(self, grid: Grid) -> list[Grid]:
        """The tables in the frame of a grid. A heading in a row of its own begins a further one."""
        headings = [c.row for c in grid.cells if c.row and c.column_span == grid.columns]
        if not headings or grid.tables or len(self._scores(grid)) < 2:
            return [grid]
        for row in headings:
            above, below = _rows_of(grid, 0, row), _rows_of(grid, row, grid.rows)
            tables = self.table_of(above), self.table_of(below)
            if None not in tables and tables[0] != tables[1]:
                return [above, *self._parts(below)]
        return [grid]

    def _continues(self, grid: Grid, last: Grid) -> bool:
        """Does a grid without labels continue the table whose last grid is ``last``?"""
        if grid.page - last.page not in (0, 1):
            return False
        filled = [cell for cell in grid.cells if cell.text.strip()]
        values = [cell for cell in filled if self._is_value(cell.text)]
        width, last_width = grid.box.x1 - grid.box.x0, last.box.x1 - last.box.x0
        same_width = abs(width - last_width) <= _SAME_WIDTH
        mostly_values = 2 * len(values) >= len(filled) and len(values) > 1
        if mostly_values and (same_width or grid.columns == last.columns):
            return True
        if not filled:  # a blank row: the page break parts it from the header
            return grid.page > last.page and same_width and grid.columns == last.columns
        # the end of a row that the page break cuts: a piece of its label, and no number
        is_cut_row = same_width and grid.rows == 1 and 2 < grid.columns <= last.columns
        one_text = len(filled) == 1 and len(filled[0].text) <= _MAX_CONTINUATION_LENGTH
        return is_cut_row and grid.page > last.page and one_text


def _rows_of(grid: Grid, first: int, end: int) -> Grid:
    """The rows of a grid from ``first`` to the one before ``end``."""
    cells = [replace(c, row=c.row - first) for c in grid.cells if first <= c.row < end]
    top = min((cell.box.top for cell in cells), default=grid.box.top)
    bottom = max((cell.box.bottom for cell in cells), default=grid.box.bottom)
    box = Box(grid.box.x0, top, grid.box.x1, bottom)
    return replace(grid, cells=tuple(cells), rows=end - first, box=box)


class MatchedLabel(Struct, frozen=True, gc=False):
    """The row or column that a printed label means.

    ``doubt`` is the reason, in Chinese, if that is uncertain.
    """

    id: str
    match: LabelMatch
    doubt: str | None = None


class LabelAligner:
    """Aligns printed labels to one axis of a table. Built once from the table's labels."""

    def __init__(
        self,
        axis: LabelAxis,
        labels: TableLabels,
        thresholds: Thresholds,
        totals: frozenset[str] = frozenset(),
    ) -> None:
        self._axis = axis
        # A total may stand before its parts: the sums that it is checked with prove its name.
        self._totals = {
            j for j, entry in enumerate(axis.entries) if entry.id.split(".")[-1] in totals
        }
        self._entries = axis.entries
        # the label next to the innermost one of each group of entries, in the form's order
        self._groups = list(dict.fromkeys(e.path[-2].core for e in axis.entries if len(e.path) > 1))
        self._corners = labels.corners
        self._parents = labels.parents
        self._thresholds = thresholds

    def align(self, paths: Sequence[LabelPath]) -> list[MatchedLabel | None]:
        """Find the entry of the form for each printed label path; None if no entry fits."""
        paths = self._with_outer_labels(paths)
        in_order = self._match_in_order(paths)
        if in_order is not None:
            return in_order
        fits = [self._axis.similarities(path) for path in paths]
        scores = [self._scores(path, fit) for path, fit in zip(paths, fits, strict=True)]
        best, latest = best_assignment(scores), latest_assignment(scores)
        ambiguous = {
            i
            for i, (j, k) in enumerate(zip(best, latest, strict=True))
            if None not in (j, k) and j != k
        }
        chosen = self._with_gaps_filled(paths, best)
        moved, misplaced = self._out_of_order(paths, chosen)
        limits = bounds(chosen, len(self._entries))
        matches: list[MatchedLabel | None] = []
        for i, (path, j) in enumerate(zip(paths, chosen, strict=True)):
            doubt = misplaced.get(i)
            if j is not None:
                doubt = doubt or self._doubt(path, j, fits[i], limits[i])
                if doubt is None and i in ambiguous:
                    label = self._entries[j].path[-1].core
                    doubt = f"《表》有不止一处“{label}”，印出的分不清是哪一处"
                matches.append(MatchedLabel(self._entries[j].id, fits[i][j][1], doubt))
            elif i in moved:
                match = self._axis.matches[moved[i], path[-1].core]
                matches.append(MatchedLabel(self._entries[moved[i]].id, match, doubt))
            else:
                matches.append(None)
        return matches

    def _with_outer_labels(self, paths: Sequence[LabelPath]) -> Sequence[LabelPath]:
        """Add outer labels to labels that are printed once in each group of the form.

        Without rules, nothing shows which labels 行政复议 covers. But a label that is printed
        again begins the next group, whatever the order inside the groups.
        """
        groups: list[set[str]] = []
        place: list[int] = []
        for path in paths:
            if len(path) != 1 or len(self._axis.by_core.get(path[0].core, ())) != len(self._groups):
                return paths
            if not groups or path[0].core in groups[-1]:
                groups.append(set())
            groups[-1].add(path[0].core)
            place.append(len(groups) - 1)
        if len(groups) != len(self._groups) or len(groups) < 2:
            return paths
        return [
            (FoldedLabel("", self._groups[k]), *path) for k, path in zip(place, paths, strict=True)
        ]

    def _match_in_order(self, paths: Sequence[LabelPath]) -> list[MatchedLabel | None] | None:
        """The common case: each label is known, means one entry only, and is in order.

        None if that is not the case.
        """
        axis = self._axis
        matches: list[MatchedLabel | None] = []
        before = -1
        for path in paths:
            if not path or path[-1].core in self._corners:
                matches.append(None)
                continue
            core = path[-1].core
            found = axis.by_core.get(core, [])
            if len(found) != 1 and len(path) > 1:
                found = axis.by_pair.get((path[-2].core, core), [])
            if len(found) != 1 or found[0] <= before:
                return None
            before = found[0]
            matches.append(MatchedLabel(self._entries[before].id, axis.matches[before, core]))
        return matches

    def _scores(self, path: LabelPath, fit: Similarities) -> list[float]:
        """How well a path fits each entry.

        A path that equals some entries, its outer label included, fits no other entry. Of entries
        with its own words, 3.其他 and （六）其他, it fits those with its ordinal, if there are any.
        """
        scores = [0.0] * len(self._entries)
        if not path:
            return scores
        ordinal, core = path[-1]
        nearest = _nearest(path, self._parents)
        outer = {part.core for part in path[:-1]} - {""}
        same = self._axis.by_core.get(core, ())
        numbered = [j for j in same if ordinal and self._entries[j].path[-1].ordinal == ordinal]
        others = set(same).difference(numbered or same)
        equal = [j for j in numbered or same if self._outer(j) <= {nearest}]
        for j in equal or range(len(self._entries)):
            score, entry = fit[j][0], self._entries[j].path
            if score < self._thresholds.min_label_similarity or j in others:
                continue
            parents = {part.core for part in entry[:-1]}
            if outer & parents:
                score += _PARENT_WEIGHT if entry[-2].core in outer else 0.0
            elif outer & (self._parents - parents):
                score -= _PARENT_WEIGHT
            if ordinal and entry[-1].ordinal:
                score += _ORDINAL_WEIGHT if ordinal == entry[-1].ordinal else -_ORDINAL_WEIGHT
            scores[j] = max(0.0, score)
        return scores

    def _with_gaps_filled(self, paths: Sequence[LabelPath], chosen: Assignment) -> Assignment:
        """Give an unreadable label the only entry that is missing between its neighbours."""
        filled = list(chosen)
        limits = bounds(chosen, len(self._entries))
        for i, j in enumerate(chosen):
            if j is not None or not paths[i] or not 0 < i < len(chosen) - 1:
                continue
            if paths[i][-1].core in self._axis.by_core:
                continue  # the label of another entry, out of order
            before, after = limits[i]
            after_corner = bool(paths[i - 1]) and paths[i - 1][-1].core in self._corners
            between = (after_corner or chosen[i - 1] is not None) and chosen[i + 1] is not None
            if between and after - before == 2:
                filled[i] = before + 1
        return filled

    def _doubt(
        self, path: LabelPath, j: int, fit: Similarities, limits: tuple[int, int]
    ) -> str | None:
        """Why a label may not mean entry ``j``, in Chinese; the entry is between ``limits``."""
        entry = self._entries[j]
        similarity, match = fit[j]
        if match == "near" and not self._is_acceptable(path, j, fit, limits):
            return f"标签与《表》所列“{entry.spellings[0][0]}”只有{similarity:.0%}相似"
        # 结果维持 is printed three times: only the label over it says which one it is.
        if len(self._axis.by_core.get(path[-1].core, ())) > 1 and len(entry.path) > 1:
            outer = _nearest(path, self._axis.parents)
            if outer is not None and outer != entry.path[-2].core:
                return f"上一级标签与《表》所列“{entry.path[-2].core}”不符"
        return None

    def _is_acceptable(
        self, path: LabelPath, j: int, fit: Similarities, limits: tuple[int, int]
    ) -> bool:
        """Is a misprinted label similar to this entry only, or is only this entry possible here?"""
        entry, similarity = self._entries[j], fit[j][0]
        others = (
            fit[k][0]
            for k, other in enumerate(self._entries)
            if other.path[-1].core != entry.path[-1].core
        )
        lead = similarity - max(others, default=0.0)
        if similarity >= self._thresholds.sure_label_similarity and lead >= _MIN_LEAD:
            return True
        ordinal, core = path[-1]
        possible = [
            k
            for k in range(limits[0] + 1, limits[1])
            if not ordinal or self._entries[k].path[-1].ordinal == ordinal
        ]
        # a label that a page break cuts is a piece of the label that must be here
        is_piece = len(core) > 1 and any(core in spelling for spelling, _ in entry.spellings)
        return (is_piece or similarity >= self._thresholds.min_label_similarity) and possible == [j]

    def _out_of_order(
        self, paths: Sequence[LabelPath], chosen: Assignment
    ) -> tuple[dict[int, int], dict[int, str]]:
        """Find the labels that are known, but out of the form's order.

        Returns the entries of labels that the alignment left out, and doubts in Chinese.
        """
        places = {i: j for i, j in enumerate(chosen) if j is not None}
        taken = {j: i for i, j in places.items()}
        moved: dict[int, int] = {}
        doubts: dict[int, str] = {}
        for i, path in enumerate(paths):
            if i in places or not path:
                continue
            ordinal, core = path[-1]
            same = self._axis.by_core.get(core, ())
            outer = _nearest(path, self._parents)
            # those with the printed ordinal first, then those with the printed outer label
            for j in sorted(
                same,
                key=lambda j: (
                    self._entries[j].path[-1].ordinal != ordinal,
                    outer not in self._outer(j),
                ),
            ):
                if j in taken:
                    doubts[taken[j]] = f"“{core}”印了不止一次"
                    continue
                taken[j] = i
                moved[i] = j
                break
        parts = [j for _, j in sorted((places | moved).items()) if j not in self._totals]
        if moved and parts != sorted(parts):
            # a row between two that traded places may be in its right place
            rows = sorted((places | moved).items())
            for (i, j), expected in zip(rows, sorted(taken), strict=True):
                if j != expected:
                    doubts[i] = "这一行（列）不在《表》规定的位置"
        return moved, doubts

    def _outer(self, j: int) -> frozenset[str]:
        return frozenset(part.core for part in self._entries[j].path[-2:-1])


def _nearest(path: LabelPath, parents: frozenset[str]) -> str | None:
    """The nearest outer label of a path that is among the given labels."""
    return next((part.core for part in reversed(path[:-1]) if part.core in parents), None)
