"""Forms by the years from which on samples print other labels."""

from __future__ import annotations

from collections.abc import Sequence

from gongkai.drafting.forms import FormsDraft, learn_forms
from helpers.printed import tables_of

ROWS = ["规章", "文件", "许可", "处罚", "强制"]


def forms(years: Sequence[int | None], columns: Sequence[Sequence[str]]) -> FormsDraft:
    """The forms of samples, each with one table: its year, and the labels of its columns."""
    samples = [
        [
            [
                ["项目", *own],
                *([row, *(str(k + j) for j in range(len(own)))] for k, row in enumerate(ROWS)),
            ]
        ]
        for own in columns
    ]
    return learn_forms(tables_of(*samples), years)


def starts(found: FormsDraft) -> list[tuple[str, list[int]]]:
    return [(form.id, sorted(form.samples)) for form in found.forms]


def test_samples_with_the_same_labels_have_one_form() -> None:
    found = forms([2022, 2020, 2021], [["制发", "废止"]] * 3)
    assert starts(found) == [("2020", [0, 1, 2])]
    assert found.differences == ()


def test_labels_that_replace_others_from_a_year_on_make_a_form() -> None:
    old, new = ["制发", "新增数量"], ["制发", "现行有效件数"]
    found = forms([2021, 2019, 2020, 2022], [new, old, old, new])
    assert starts(found) == [("2019", [1, 2]), ("2021", [0, 3])]
    assert found.differences == (
        "only before 2021: 表0·新增数量",
        "only from 2021: 表0·现行有效件数",
    )
    assert found.names(frozenset([1, 3])) == "2019 2021"
    assert found.reach(frozenset([2])) == {1, 2}


def test_a_column_more_in_the_last_sample_is_one_of_its_body() -> None:
    found = forms([2019, 2020, 2021], [["制发", "废止"]] * 2 + [["制发", "废止", "备案"]])
    assert starts(found) == [("2019", [0, 1, 2])]


def test_a_column_more_in_two_samples_from_a_year_on_is_one_of_a_form() -> None:
    short, long = ["制发", "废止"], ["制发", "废止", "备案"]
    found = forms([2019, 2020, 2021, 2022], [short, short, long, long])
    assert starts(found) == [("2019", [0, 1]), ("2021", [2, 3])]


def test_a_sample_without_a_year_has_the_form_of_its_labels() -> None:
    old, new = ["制发", "新增数量"], ["制发", "现行有效件数"]
    found = forms([2019, None, 2021, 2020, None], [old, new, new, old, old])
    assert starts(found) == [("2019", [0, 3, 4]), ("2021", [1, 2])]


def test_labels_that_bodies_of_one_year_print_otherwise_make_no_form() -> None:
    one, other = ["制发", "新增数量"], ["制发", "现行有效件数"]
    assert starts(forms([2021, 2021, 2021], [one, other, other])) == [("2021", [0, 1, 2])]
