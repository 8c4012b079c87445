"""Names by order: printed labels aligned, as a whole, to the order of the form.

Sums cannot prove names: two swapped rows keep every sum. A label is believed where
the printed sequence and the form's sequence run the same way.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from gongkai.families.settings import Thresholds
from gongkai.model import LabelMatch
from gongkai.normalizers.tables.labels import Axis, Entry, Printed, Vocabulary

Path = tuple[Printed, ...]  # the labels over or before a cell, outer to inner

_PARENT = 0.3  # what the right or wrong outer label weighs against the label itself
_ORDINAL = 0.05


class Name(Struct, frozen=True):
    """What one printed label path stands for; ``doubt`` says why not to be sure."""

    id: str
    how: LabelMatch
    doubt: str | None = None


def align(
    printed: Sequence[Path],
    axis: Axis,
    vocabulary: Vocabulary,
    thresholds: Thresholds,
) -> list[Name | None]:
    """Name each printed path, or None where no entry of the form fits it."""
    plain = _plain(printed, axis, vocabulary)
    if plain is not None:
        return plain
    entries = axis.entries
    whole = [_whole(path, entries, vocabulary) for path in printed]
    scores = [
        [
            _score(path, entry, vocabulary, thresholds) if not fits or j in fits else 0.0
            for j, entry in enumerate(entries)
        ]
        for path, fits in zip(printed, whole, strict=True)
    ]
    chosen = _monotone(scores)
    latest = _latest(scores)
    either = {
        i
        for i, (j, k) in enumerate(zip(chosen, latest, strict=True))
        if None not in (j, k) and j != k
    }
    chosen = _fill_gaps(printed, axis, vocabulary, chosen)
    names: list[Name | None] = [None] * len(printed)
    doubts: dict[int, str] = {}
    for i, j in enumerate(chosen):
        if j is None:
            continue
        likeness, how = _likeness(printed[i], entries[j], vocabulary)
        names[i] = Name(entries[j].id, how)
        if how == "near" and not _vouched(i, j, chosen, printed, entries, vocabulary, thresholds):
            doubts[i] = f"标签与《表》所列“{entries[j].spellings[0][0]}”只有{likeness:.0%}相似"
        elif _is_denied(printed[i], entries[j], axis):
            doubts[i] = f"上一级标签与《表》所列“{entries[j].path[-2].core}”不符"
        elif i in either:
            doubts[i] = f"《表》有不止一处“{entries[j].path[-1].core}”，印出的分不清是哪一处"
    _object_to_disorder(printed, entries, vocabulary, chosen, names, doubts)
    return [
        Name(name.id, name.how, doubts[i]) if name is not None and i in doubts else name
        for i, name in enumerate(names)
    ]


def _plain(printed: Sequence[Path], axis: Axis, vocabulary: Vocabulary) -> list[Name | None] | None:
    """The common case, cheaply: every label known, each for one entry only, all in order."""
    names: list[Name | None] = []
    before = -1
    for path in printed:
        if not path or path[-1].core in vocabulary.corners:
            names.append(None)
            continue
        core = path[-1].core
        found = axis.by_core.get(core, [])
        if len(found) != 1 and len(path) > 1:
            found = axis.by_pair.get((path[-2].core, core), [])
        if len(found) != 1 or found[0] <= before:
            return None
        before = found[0]
        names.append(Name(axis.entries[before].id, axis.how[before, core]))
    return names


def _whole(path: Path, entries: Sequence[Entry], vocabulary: Vocabulary) -> set[int]:
    """The entries that a path reads like to the letter, its nearest outer label included.

    Such a label is never taken for another one, wherever it stands.
    """
    if not path:
        return set()
    outer = next((p.core for p in reversed(path[:-1]) if p.core in vocabulary.parents), None)
    return {
        j
        for j, entry in enumerate(entries)
        if vocabulary.likeness(path[-1].core, entry)[0] == 1.0
        and (len(entry.path) == 1 or entry.path[-2].core == outer)
    }


def _is_denied(path: Path, entry: Entry, axis: Axis) -> bool:
    """Does the outer label speak against the name of a label that stands in several places?

    结果维持 is printed three times: only the label over it tells which one it is.
    """
    if len(axis.by_core.get(path[-1].core, ())) < 2 or len(entry.path) < 2:
        return False
    parents = {part.core for each in axis.entries for part in each.path[:-1]}
    outer = next((p.core for p in reversed(path[:-1]) if p.core in parents), None)
    return outer is not None and outer != entry.path[-2].core


def _likeness(path: Path, entry: Entry, vocabulary: Vocabulary) -> tuple[float, LabelMatch]:
    """The best of the innermost label, and of it joined to the ones outside it."""
    best: tuple[float, LabelMatch] = (0.0, "near")
    if not path[-1].core:
        return best  # no label of its own: an outer one does not stand for it
    core = ""
    for part in reversed(path[-3:]):
        core = part.core + core
        if core:
            best = max(best, vocabulary.likeness(core, entry), key=lambda pair: pair[0])
        if best[0] == 1.0:
            break
    return best


def _score(path: Path, entry: Entry, vocabulary: Vocabulary, thresholds: Thresholds) -> float:
    if not path:
        return 0.0
    likeness, _ = _likeness(path, entry, vocabulary)
    if likeness < thresholds.min_label_similarity:
        return 0.0
    score = likeness
    outer = {part.core for part in path[:-1]} - {""}
    parents = {part.core for part in entry.path[:-1]}
    if outer & parents:
        score += _PARENT if entry.path[-2].core in outer else 0.0
    elif outer & (vocabulary.parents - parents):
        score -= _PARENT
    if path[-1].ordinal and entry.path[-1].ordinal:
        score += _ORDINAL if path[-1].ordinal == entry.path[-1].ordinal else -_ORDINAL
    return max(0.0, score)


def _monotone(scores: list[list[float]]) -> list[int | None]:
    """The best assignment that never runs backwards (one entry a label, in order)."""
    n, m = len(scores), len(scores[0]) if scores else 0
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        row, below, here = scores[i], best[i + 1], best[i]
        for j in range(m - 1, -1, -1):
            value = below[j] if below[j] > here[j + 1] else here[j + 1]
            if row[j] > 0 and row[j] + below[j + 1] > value:
                value = row[j] + below[j + 1]
            here[j] = value
    chosen: list[int | None] = [None] * n
    i = j = 0
    while i < n and j < m:
        if scores[i][j] > 0 and best[i][j] == scores[i][j] + best[i + 1][j + 1]:
            chosen[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i][j + 1]:
            j += 1
        else:
            i += 1
    return chosen


def _latest(scores: list[list[float]]) -> list[int | None]:
    """As good an assignment as the best one, with each label as late in the form as can be.

    Where it differs, the order alone does not tell which entry is meant.
    """
    m = len(scores[0]) if scores else 0
    turned = _monotone([row[::-1] for row in reversed(scores)])
    return [None if j is None else m - 1 - j for j in reversed(turned)]


def _bounds(i: int, chosen: Sequence[int | None], m: int) -> tuple[int, int]:
    """The entries before and after which position i must stand, exclusive."""
    before = next((j for j in reversed(chosen[:i]) if j is not None), -1)
    after = next((j for j in chosen[i + 1 :] if j is not None), m)
    return before, after


def _fill_gaps(
    printed: Sequence[Path], axis: Axis, vocabulary: Vocabulary, chosen: list[int | None]
) -> list[int | None]:
    """A label that reads like nothing, where just one entry of the form is missing."""
    filled = list(chosen)
    for i, j in enumerate(chosen):
        if j is not None or not printed[i] or not 0 < i < len(chosen) - 1:
            continue
        if printed[i][-1].core in axis.by_core:
            continue  # it reads like another entry: out of its place, not unreadable
        before, after = _bounds(i, chosen, len(axis.entries))
        corner = bool(printed[i - 1]) and printed[i - 1][-1].core in vocabulary.corners
        alone = (corner or chosen[i - 1] is not None) and chosen[i + 1] is not None
        if alone and after - before == 2:
            filled[i] = before + 1
    return filled


def _vouched(
    i: int,
    j: int,
    chosen: Sequence[int | None],
    printed: Sequence[Path],
    entries: Sequence[Entry],
    vocabulary: Vocabulary,
    thresholds: Thresholds,
) -> bool:
    """Is a near label as good as read: like nothing else, or the only one that can stand here?"""
    likeness, _ = _likeness(printed[i], entries[j], vocabulary)
    rivals = [
        _likeness(printed[i], entry, vocabulary)[0]
        for k, entry in enumerate(entries)
        if k != j and entry.path[-1].core != entries[j].path[-1].core
    ]
    if likeness >= thresholds.sure_label_similarity and likeness - max(rivals, default=0.0) >= 0.1:
        return True
    before, after = _bounds(i, chosen, len(entries))
    ordinal = printed[i][-1].ordinal
    here = [e for e in entries[before + 1 : after] if not ordinal or e.path[-1].ordinal == ordinal]
    # a label that a page break cut off is a piece of the one that must stand here
    core = printed[i][-1].core
    piece = len(core) > 1 and any(core in spelling for spelling, _ in entries[j].spellings)
    return (piece or likeness >= thresholds.min_label_similarity) and here == [entries[j]]


def _object_to_disorder(
    printed: Sequence[Path],
    entries: Sequence[Entry],
    vocabulary: Vocabulary,
    chosen: Sequence[int | None],
    names: list[Name | None],
    doubts: dict[int, str],
) -> None:
    """Labels that are right but stand in the wrong place: named by the label, and doubted."""
    places = {i: j for i, j in enumerate(chosen) if j is not None}
    taken = {j: i for i, j in places.items()}
    moved: dict[int, int] = {}
    for i, path in enumerate(printed):
        if names[i] is not None or not path:
            continue
        own = path[-1]
        same = [j for j, e in enumerate(entries) if vocabulary.likeness(own.core, e)[0] == 1.0]
        # of several rows that read alike, the one with the printed ordinal
        fitting = [j for j in same if entries[j].path[-1].ordinal == own.ordinal]
        for j in (*fitting, *(j for j in same if j not in fitting)):
            entry, how = entries[j], vocabulary.likeness(own.core, entries[j])[1]
            if j in taken:
                doubts[taken[j]] = f"“{own.core}”印了不止一次"
                continue
            names[i] = Name(entry.id, how)
            taken[j] = i
            moved[i] = j
            break
    if not moved:
        return
    # rows that traded places stand where the other belongs; one between them may stand right
    for (i, j), belongs in zip(sorted((places | moved).items()), sorted(taken), strict=True):
        if j != belongs:
            doubts[i] = "这一行（列）不在《表》规定的位置"
