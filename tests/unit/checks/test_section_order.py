"""The check that the prescribed sections are there, in their order."""

from __future__ import annotations

import pytest

from gongkai.checks.narrative import SectionChecks
from gongkai.families.family import Family


@pytest.mark.parametrize(
    ("found", "status", "message"),
    [
        ("一二三四五六", "pass", "找到章节一、二、三、四、五、六"),
        ("一三四五六", "fail", "找到章节一、三、四、五、六；未找到二（主动公开政府信息情况）"),
        ("一二四三五六", "fail", "找到章节一、二、四、三、五、六；次序与格式不同"),
    ],
)
def test_sections_are_complete_and_in_order(
    family: Family, found: str, status: str, message: str
) -> None:
    check = SectionChecks(family).check(list(found), "2021")
    assert (check.status, check.message, check.severity) == (status, message, "usually")
    assert check.check_id == "sections.order"


def test_a_form_without_prescribed_sections_misses_none(family: Family) -> None:
    check = SectionChecks(family).check(["一", "三"], "2014")
    assert (check.status, check.message) == ("skipped", "2014年格式不规定章节；找到章节一、三")
