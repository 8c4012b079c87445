"""Families that would claim the same reports are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families.conflicts import refuse_conflicts
from gongkai.families.family import Family
from gongkai.families.folders import built_in_families
from gongkai.families.load import load_family
from helpers.families import with_other_titles


def test_a_subject_word_of_another_family_is_refused(tmp_path: Path, family: Family) -> None:
    other = load_family(with_other_titles(tmp_path / "other", "报告", "政务公开"))
    with pytest.raises(FamilyError) as raised:
        refuse_conflicts([family, other])
    lines = (other.folder / "pipeline.toml").read_text(encoding="utf-8").splitlines()
    number = lines.index('subject_words = ["政务公开"]') + 1
    assert f"pipeline.toml:{number}: title_words.subject_words: '政务公开'" in str(raised.value)
    assert "'ogi-annual-report'" in str(raised.value)


def test_other_words_of_titles_are_accepted(tmp_path: Path, family: Family) -> None:
    other = load_family(with_other_titles(tmp_path / "other", "报告", "行政执法"))
    refuse_conflicts([family, other])


def test_two_families_of_one_name_are_refused(family: Family) -> None:
    with pytest.raises(FamilyError, match=r"pipeline\.toml:2: name:"):
        refuse_conflicts([family, family])


def test_the_built_in_families_do_not_conflict() -> None:
    refuse_conflicts([load_family(name) for name in built_in_families()])
