"""Printed labels aligned, as one sequence, to the sequence of the form."""

from __future__ import annotations

from gongkai.families.family import Family
from gongkai.normalizers.tables.assignment import best_assignment, bounds, latest_assignment
from gongkai.normalizers.tables.label_alignment import LabelAligner, MatchedLabel
from gongkai.normalizers.tables.labels import LabelFolder, TableLabels
from helpers.forms import ROWS, row_ids

LABELS = dict(ROWS)


def labels_of(family: Family, table: str) -> TableLabels:
    return TableLabels(family.table(table), LabelFolder(family.variants))


def named(family: Family, *paths: tuple[str, ...]) -> list[MatchedLabel | None]:
    labels = labels_of(family, "applications")
    printed = [tuple(labels.fold(part) for part in path) for path in paths]
    return LabelAligner(labels.rows, labels, family.settings.thresholds).align(printed)


def ids(names: list[MatchedLabel | None]) -> list[str | None]:
    return [name.id if name else None for name in names]


def doubted(names: list[MatchedLabel | None]) -> list[bool]:
    return [bool(name and name.doubt) for name in names]


def full(form: str = "2021") -> list[tuple[str, ...]]:
    return [LABELS[row] for row in row_ids(form)]


def test_the_form_as_it_is(family: Family) -> None:
    for form in ("2019", "2021"):
        names = named(family, *full(form))
        assert ids(names) == row_ids(form)
        assert not any(doubted(names))
        assert {name.match for name in names if name} == {"exact"}


def test_outer_labels_lost_after_a_page_break(family: Family) -> None:
    """Below the break only the innermost label is printed."""
    paths = [path if k < 14 else path[-1:] for k, path in enumerate(full())]
    names = named(family, *paths)
    assert ids(names) == row_ids()
    assert not any(doubted(names))


def test_lost_ordinals(family: Family) -> None:
    labels = labels_of(family, "applications")
    names = named(family, *[(*p[:-1], labels.fold(p[-1]).core) for p in full()])
    assert ids(names) == row_ids()
    assert not any(doubted(names))


def test_a_misprint_like_one_label_only_is_accepted(family: Family) -> None:
    paths = full()
    at = row_ids().index("denied_internal_affairs")
    paths[at] = (*paths[at][:-1], "5.属于三类内部事物信息")
    names = named(family, *paths)
    assert ids(names) == row_ids()
    assert names[at] == MatchedLabel("denied_internal_affairs", "near", None)


def test_an_unreadable_label_between_two_known_ones_is_named_and_doubted(
    family: Family,
) -> None:
    paths = full()
    at = row_ids().index("denied_third_party_rights")
    paths[at] = (*paths[at][:-1], "□□□□□□")
    names = named(family, *paths)
    assert doubted(names)[at] or names[at] is None
    assert [n for k, n in enumerate(ids(names)) if k != at] == [
        r for k, r in enumerate(row_ids()) if k != at
    ]


def test_two_swapped_labels_are_both_doubted(family: Family) -> None:
    for at in range(len(full()) - 1):
        paths = full()
        inner, other = paths[at][-1], paths[at + 1][-1]
        paths[at], paths[at + 1] = (*paths[at][:-1], other), (*paths[at + 1][:-1], inner)
        names = named(family, *paths)
        assert doubted(names)[at : at + 2] == [True, True], inner
        assert ids(names)[at : at + 2] == [row_ids()[at + 1], row_ids()[at]], inner


def test_of_two_rows_with_the_same_words_the_ordinal_names_one(family: Family) -> None:
    """3.其他 printed first of its group, without the label over it, is not （六）其他."""
    paths, rows = full(), row_ids()
    a, b = rows.index("other_no_supplement"), rows.index("other_misc")
    paths[a], paths[b] = paths[b][-1:], paths[a][-1:]
    names = named(family, *paths)
    assert ids(names)[a] == "other_misc"
    assert doubted(names)[a]


def test_a_label_that_reads_like_another_row_never_fills_a_gap(family: Family) -> None:
    """Two rows far apart with their labels exchanged: each label keeps its own name."""
    paths, rows = full(), row_ids()
    a, b = rows.index("denied_state_secret"), rows.index("not_processed_excessive")
    paths[a], paths[b] = (*paths[a][:-1], paths[b][-1]), (*paths[b][:-1], paths[a][-1])
    names = named(family, *paths)
    assert ids(names)[a] in ("not_processed_excessive", None)
    assert ids(names)[b] in ("denied_state_secret", None)
    assert all(d or n is None for d, n in ((doubted(names)[k], names[k]) for k in (a, b)))


def test_an_outer_label_does_not_name_a_row_whose_own_label_is_blank(family: Family) -> None:
    """（六）其他处理 before an empty cell is not the row （六）其他处理 of the other form."""
    paths, rows = full(), row_ids()
    at = rows.index("other_no_supplement")
    paths[at] = (*paths[at][:-1], "")
    names = named(family, *paths)
    assert ids(names)[at] != "other"
    assert names[at] is None or doubted(names)[at]


def test_a_label_printed_twice_is_doubted(family: Family) -> None:
    paths = full()
    at = row_ids().index("not_processed_duplicate")
    paths.insert(at + 1, paths[at])
    names = named(family, *paths)
    assert doubted(names)[at] or doubted(names)[at + 1]


def test_a_missing_row_does_not_make_others_doubtful(family: Family) -> None:
    for at in range(len(full())):
        paths, rows = full(), row_ids()
        del paths[at], rows[at]
        names = named(family, *paths)
        assert ids(names) == rows
        assert not any(doubted(names))


def test_nothing_printed_means_nothing_named(family: Family) -> None:
    assert named(family) == []
    assert named(family, ("与本表无关的话",)) == [None]


def test_ambiguous_labels_are_doubted(family: Family) -> None:
    """The form has 结果纠正 three times: without its outer label and its neighbours,
    any of the three may be meant."""
    labels = labels_of(family, "review_litigation")
    complete = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"] * 3

    def columns(texts: list[str]) -> list[MatchedLabel | None]:
        paths = [(labels.fold(text),) for text in texts]
        return LabelAligner(labels.columns, labels, family.settings.thresholds).align(paths)

    assert len({name.id for name in columns(complete) if name and not name.doubt}) == 15
    assert all(doubted(columns(["结果纠正", "尚未审结", "总计"])))
    lost = columns(complete[:6] + complete[7:])
    assert not any(doubted(lost))  # 14 of 15 in order: only one place is free


def test_nothing_to_assign() -> None:
    assert best_assignment([]) == []
    assert latest_assignment([]) == []


def test_each_label_takes_its_entry() -> None:
    assert best_assignment([[1.0, 0.0], [0.0, 1.0]]) == [0, 1]


def test_labels_that_traded_places_do_not_both_fit() -> None:
    assert best_assignment([[0.0, 1.0], [0.9, 0.0]]) == [1, None]


def test_the_highest_sum_counts_not_the_best_single_score() -> None:
    scores = [[0.6, 1.0, 0.0], [0.0, 0.7, 0.0], [0.0, 0.0, 0.8]]
    assert best_assignment(scores) == [0, 1, 2]


def test_equal_entries_are_taken_early_or_late() -> None:
    scores = [[1.0, 0.0, 1.0]]
    assert best_assignment(scores) == [0]
    assert latest_assignment(scores) == [2]


def test_bounds_of_a_label() -> None:
    assert bounds([0, None, 4], 6)[1] == (0, 4)
    assert bounds([None, 3], 6)[0] == (-1, 3)
    assert bounds([None, None], 6)[1] == (-1, 6)


def test_columns_of_groups_without_outer_labels_are_told_apart_by_repetition(
    family: Family,
) -> None:
    """Wherever the total is: the label that is printed again begins the next group."""
    labels = labels_of(family, "review_litigation")
    outcomes = ("结果维持", "结果纠正", "其他结果", "尚未审结")
    aligner = LabelAligner(labels.columns, labels, family.settings.thresholds, frozenset({"total"}))
    for group in (("总计", *outcomes), (*outcomes, "总计")):
        names = aligner.align([(labels.fold(label),) for label in group * 3])
        totals = [name.id for name in names if name and name.id.endswith(".total")]
        assert totals == [
            "reconsideration.total",
            "litigation_direct.total",
            "litigation_after_reconsideration.total",
        ]
        assert len({name.id for name in names if name}) == 15
        assert [name for name in names if name is None or name.doubt] == []
