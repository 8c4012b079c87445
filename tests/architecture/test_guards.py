"""Check the list of guards: its code and its tests exist, and no guard is listed twice.

That each test fails without its guard is shown by ``python -m helpers.guards``, which takes
them out one by one.
"""

from __future__ import annotations

import pytest

from helpers.guards import Guard, guards
from helpers.registry import ROOT


@pytest.mark.parametrize("guard", guards(), ids=lambda guard: guard.guard)
def test_code_and_test_of_a_guard_exist(guard: Guard) -> None:
    source = (ROOT / "src" / "gongkai" / guard.file).read_text(encoding="utf-8")
    assert source.count(guard.code) == 1
    file, _, name = guard.test.partition("::")
    test = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert f"def {name.partition('[')[0]}" in test


def test_no_guard_is_listed_twice() -> None:
    names = [guard.guard for guard in guards()]
    assert len(set(names)) == len(names)
