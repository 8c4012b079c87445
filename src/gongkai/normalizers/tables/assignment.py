"""Assigns printed labels to entries of the form, without changing the order of either.

Scores are a matrix: ``scores[i][j]`` says how well printed label ``i`` fits entry ``j`` of the
form; 0 means not at all. An assignment gives for each label its entry, or None.
"""

from __future__ import annotations

from collections.abc import Sequence

Assignment = list[int | None]


def best_assignment(scores: Sequence[Sequence[float]]) -> Assignment:
    """The assignment in the order of the form with the highest sum of scores.

    Of several, the one that uses the earliest entries.
    """
    n, m = len(scores), len(scores[0]) if scores else 0
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        row, below, here = scores[i], best[i + 1], best[i]
        for j in range(m - 1, -1, -1):
            value = below[j] if below[j] > here[j + 1] else here[j + 1]
            if row[j] > 0 and row[j] + below[j + 1] > value:
                value = row[j] + below[j + 1]
            here[j] = value
    chosen: Assignment = [None] * n
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


def latest_assignment(scores: Sequence[Sequence[float]]) -> Assignment:
    """An equally good assignment that uses the latest entries.

    If it differs from the best one, the order alone does not decide which entry is meant.
    """
    m = len(scores[0]) if scores else 0
    reversed_scores = [row[::-1] for row in reversed(scores)]
    return [None if j is None else m - 1 - j for j in reversed(best_assignment(reversed_scores))]


def bounds(assignment: Assignment, entries: int) -> list[tuple[int, int]]:
    """The two entries between which each label must be; -1 and ``entries`` at the ends."""
    afters = [entries]
    for j in reversed(assignment):
        afters.append(afters[-1] if j is None else j)
    befores = [-1]
    for j in assignment:
        befores.append(befores[-1] if j is None else j)
    return list(zip(befores[:-1], afters[-2::-1], strict=True))
