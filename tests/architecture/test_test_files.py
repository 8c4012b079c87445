"""Test files have names of their own, and the scheduler of parallel runs knows them."""

from __future__ import annotations

from collections import Counter

from helpers.registry import ROOT
from helpers.scheduling import LONGEST_FIRST

TESTS = ROOT / "tests"


def test_no_two_test_files_have_the_same_name() -> None:
    """They are modules without packages: pytest refuses to collect a second one of a name."""
    names = Counter(path.name for path in TESTS.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
    assert len(names) > 100


def test_the_longest_test_files_exist() -> None:
    assert [file for file in LONGEST_FIRST if not (ROOT / file).is_file()] == []
    assert len(set(LONGEST_FIRST)) == len(LONGEST_FIRST)
