"""Identifies printed labels by aligning their sequence to the sequence of the form.

Sums cannot prove names: if two rows trade places, every sum still holds. A label is trusted
only where the printed sequence and the sequence of the form agree.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gongkai.families.settings import Thresholds
from gongkai.model import LabelMatch
from gongkai.normalizers.tables.monotone import (
    Assignment,
    best_assignment,
    bounds,
    latest_assignment,
)
from gongkai.normalizers.tables.table_labels import LabelAxis, LabelPath, TableLabels

# What the outer label and the ordinal add to, or take from, the similarity of a label (0 to 1).
_PARENT_WEIGHT = 0.3
_ORDINAL_WEIGHT = 0.05
_MIN_LEAD = 0.1  # least difference between the similarities to the best entry and to any other


class MatchedLabel(Struct, frozen=True):
    """The row or column that a printed label means.

    ``doubt`` is the reason, in Chinese, if that is uncertain.
    """

    id: str
    match: LabelMatch
    doubt: str | None = None


class LabelAligner:
    """Aligns printed labels to one axis of a table. Built once from the table's labels."""

    def __init__(self, axis: LabelAxis, labels: TableLabels, thresholds: Thresholds) -> None:
        self._axis = axis
        self._entries = axis.entries
        self._corners = labels.corners
        self._parents = labels.parents
        self._thresholds = thresholds

    def align(self, paths: Sequence[LabelPath]) -> list[MatchedLabel | None]:
        """Find the entry of the form for each printed label path; None if no entry fits."""
        in_order = self._match_in_order(paths)
        if in_order is not None:
            return in_order
        scores = [self._scores(path) for path in paths]
        best, latest = best_assignment(scores), latest_assignment(scores)
        ambiguous = {
            i
            for i, (j, k) in enumerate(zip(best, latest, strict=True))
            if None not in (j, k) and j != k
        }
        chosen = self._with_gaps_filled(paths, best)
        moved, misplaced = self._out_of_order(paths, chosen)
        matches: list[MatchedLabel | None] = []
        for i, (path, j) in enumerate(zip(paths, chosen, strict=True)):
            if j is not None:
                match = self._similarity(path, j)[1]
                doubt = misplaced.get(i) or self._doubt(i, paths, chosen, i in ambiguous)
                matches.append(MatchedLabel(self._entries[j].id, match, doubt))
            elif i in moved:
                match = self._axis.similarity(path[-1].core, moved[i])[1]
                matches.append(MatchedLabel(self._entries[moved[i]].id, match, misplaced.get(i)))
            else:
                matches.append(None)
        return matches

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

    def _scores(self, path: LabelPath) -> list[float]:
        """How well a path fits each entry.

        A path that equals some entries, its outer label included, fits no other entry.
        """
        equal = self._equal_entries(path)
        return [
            self._score(path, j) if not equal or j in equal else 0.0
            for j in range(len(self._entries))
        ]

    def _equal_entries(self, path: LabelPath) -> set[int]:
        if not path:
            return set()
        outer = _nearest(path, self._parents)
        return {
            j
            for j, entry in enumerate(self._entries)
            if self._axis.similarity(path[-1].core, j)[0] == 1.0
            and (len(entry.path) == 1 or entry.path[-2].core == outer)
        }

    def _score(self, path: LabelPath, j: int) -> float:
        if not path:
            return 0.0
        similarity, _ = self._similarity(path, j)
        if similarity < self._thresholds.min_label_similarity:
            return 0.0
        entry, score = self._entries[j], similarity
        outer = {part.core for part in path[:-1]} - {""}
        parents = {part.core for part in entry.path[:-1]}
        if outer & parents:
            score += _PARENT_WEIGHT if entry.path[-2].core in outer else 0.0
        elif outer & (self._parents - parents):
            score -= _PARENT_WEIGHT
        if path[-1].ordinal and entry.path[-1].ordinal:
            same = path[-1].ordinal == entry.path[-1].ordinal
            score += _ORDINAL_WEIGHT if same else -_ORDINAL_WEIGHT
        return max(0.0, score)

    def _similarity(self, path: LabelPath, j: int) -> tuple[float, LabelMatch]:
        """The similarity of the innermost label, or of it joined to its outer labels, if better."""
        best: tuple[float, LabelMatch] = (0.0, "near")
        if not path[-1].core:
            return best  # the row has no inner label, and the outer label does not identify it
        core = ""
        for part in reversed(path[-3:]):
            core = part.core + core
            if core:
                best = max(best, self._axis.similarity(core, j), key=lambda pair: pair[0])
            if best[0] == 1.0:
                break
        return best

    def _with_gaps_filled(self, paths: Sequence[LabelPath], chosen: Assignment) -> Assignment:
        """Give an unreadable label the only entry that is missing between its neighbours."""
        filled = list(chosen)
        for i, j in enumerate(chosen):
            if j is not None or not paths[i] or not 0 < i < len(chosen) - 1:
                continue
            if paths[i][-1].core in self._axis.by_core:
                continue  # the label of another entry, out of order
            before, after = bounds(i, chosen, len(self._entries))
            after_corner = bool(paths[i - 1]) and paths[i - 1][-1].core in self._corners
            between = (after_corner or chosen[i - 1] is not None) and chosen[i + 1] is not None
            if between and after - before == 2:
                filled[i] = before + 1
        return filled

    def _doubt(
        self, i: int, paths: Sequence[LabelPath], chosen: Assignment, is_ambiguous: bool
    ) -> str | None:
        """Why label ``i`` may not mean the entry chosen for it, in Chinese."""
        j = chosen[i]
        if j is None:
            return None
        entry = self._entries[j]
        similarity, match = self._similarity(paths[i], j)
        if match == "near" and not self._is_acceptable(i, j, paths, chosen):
            return f"标签与《表》所列“{entry.spellings[0][0]}”只有{similarity:.0%}相似"
        if self._has_wrong_parent(paths[i], j):
            return f"上一级标签与《表》所列“{entry.path[-2].core}”不符"
        if is_ambiguous:
            return f"《表》有不止一处“{entry.path[-1].core}”，印出的分不清是哪一处"
        return None

    def _is_acceptable(
        self, i: int, j: int, paths: Sequence[LabelPath], chosen: Assignment
    ) -> bool:
        """Is a misprinted label similar to this entry only, or is only this entry possible here?"""
        path, entry = paths[i], self._entries[j]
        similarity, _ = self._similarity(path, j)
        others = [
            self._similarity(path, k)[0]
            for k, other in enumerate(self._entries)
            if k != j and other.path[-1].core != entry.path[-1].core
        ]
        lead = similarity - max(others, default=0.0)
        if similarity >= self._thresholds.sure_label_similarity and lead >= _MIN_LEAD:
            return True
        before, after = bounds(i, chosen, len(self._entries))
        core, ordinal = path[-1].core, path[-1].ordinal
        possible = [
            k
            for k in range(before + 1, after)
            if not ordinal or self._entries[k].path[-1].ordinal == ordinal
        ]
        # a label that a page break cuts is a piece of the label that must be here
        is_piece = len(core) > 1 and any(core in spelling for spelling, _ in entry.spellings)
        return (is_piece or similarity >= self._thresholds.min_label_similarity) and possible == [j]

    def _has_wrong_parent(self, path: LabelPath, j: int) -> bool:
        """Does the outer label contradict the entry of a label that the form has several times?

        结果维持 is printed three times: only the label over it says which one it is.
        """
        entry = self._entries[j]
        if len(self._axis.by_core.get(path[-1].core, ())) < 2 or len(entry.path) < 2:
            return False
        outer = _nearest(path, self._axis.parents)
        return outer is not None and outer != entry.path[-2].core

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
            for j in self._same_label(path):
                if j in taken:
                    doubts[taken[j]] = f"“{path[-1].core}”印了不止一次"
                    continue
                taken[j] = i
                moved[i] = j
                break
        if moved:
            # a row between two that traded places may be in its right place
            rows = sorted((places | moved).items())
            for (i, j), expected in zip(rows, sorted(taken), strict=True):
                if j != expected:
                    doubts[i] = "这一行（列）不在《表》规定的位置"
        return moved, doubts

    def _same_label(self, path: LabelPath) -> list[int]:
        """The entries with exactly this label, those with the printed ordinal first."""
        core, ordinal = path[-1].core, path[-1].ordinal
        same = [j for j in range(len(self._entries)) if self._axis.similarity(core, j)[0] == 1.0]
        return sorted(same, key=lambda j: self._entries[j].path[-1].ordinal != ordinal)


def _nearest(path: LabelPath, parents: frozenset[str]) -> str | None:
    """The nearest outer label of a path that is among the given labels."""
    return next((part.core for part in reversed(path[:-1]) if part.core in parents), None)
