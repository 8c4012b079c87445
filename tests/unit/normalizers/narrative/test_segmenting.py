"""Text in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.families.family import Family
from gongkai.normalizers.narrative.segmenting import bared, bounds, cut, is_bound, sheltered, twins
from helpers.gold import PROSE

TEXT = "统一部署，及时公开网站和微信信息一百二十余条，参与和谐社区建设"


def test_nothing_is_left_out(family: Family) -> None:
    assert "".join(cut(TEXT, family.folder)) == TEXT
    assert {0, len(TEXT)} <= bounds(TEXT, family.folder)


@pytest.mark.parametrize(
    ("text", "inside"),
    [("统一部署", 1), ("一次性告知", 2), ("逐一核对", 1), ("每季度通报一次办", 7)],
)
def test_a_numeral_within_a_word_has_no_edge(text: str, inside: int, family: Family) -> None:
    assert inside not in bounds(text, family.folder)


@pytest.mark.parametrize(
    ("text", "edge"), [("举办培训一期", 4), ("设立两名联络员", 4), ("编发简报二十七期", 4)]
)
def test_a_numeral_by_itself_has_edges(text: str, edge: int, family: Family) -> None:
    assert edge in bounds(text, family.folder)


def test_a_pipeline_s_words_are_words(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("嘎查苏木 9000 n\n\n鲲鹏台\n", encoding="utf-8")
    words = cut("嘎查苏木建成鲲鹏台", tmp_path)
    assert words == ("嘎查苏木", "建成", "鲲鹏台")


def test_only_what_is_part_of_a_word_is_sheltered(family: Family) -> None:
    text = sheltered(TEXT, "和及与", frozenset(), family.folder)
    assert text.count("和") == 1
    assert "及" not in text
    assert len(text) == len(TEXT)
    assert bared(text, "和及与") == TEXT
    assert bared(twins("参与", "和及与"), "和及与") == "参与"
    assert "及" in sheltered("涉及申请", "及", frozenset({"涉及"}), family.folder)


def test_what_needs_no_cutting_is_as_if_it_were_cut(family: Family) -> None:
    text = (PROSE / "seen.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        edges = bounds(line, family.folder)
        assert [at for at in range(len(line) + 1) if is_bound(line, at, family.folder)] == [
            at for at in range(len(line) + 1) if at in edges
        ]
        words = cut(line, family.folder)
        alone = sum(word in ("和", "及") for word in words)
        text = sheltered(line, "和及", frozenset(), family.folder)
        assert text.count("和") + text.count("及") == alone
