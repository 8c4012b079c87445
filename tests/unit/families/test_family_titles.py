"""The titles by which people know the families."""

from __future__ import annotations

from gongkai.families.folders import built_in_families
from gongkai.families.titles import family_title
from gongkai.language import in_language


def test_a_family_has_a_title_in_both_languages() -> None:
    assert family_title("final-accounts") == "Departmental final accounts"
    with in_language("zh"):
        assert family_title("final-accounts") == "部门决算"


def test_a_family_that_is_not_built_in_is_named_by_its_name() -> None:
    assert family_title("my-family") == "my-family"


def test_every_built_in_family_has_its_titles() -> None:
    for language in ("en", "zh"):
        with in_language(language):
            titles = set(map(family_title, built_in_families()))
        assert len(titles) == len(built_in_families()) and titles.isdisjoint(built_in_families())
