"""Noun phrases of numbers: one test for each rule."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gongkai.families.family import Family
from gongkai.normalizers.narrative.figures import FigureReader
from gongkai.normalizers.narrative.numbers import NumberFinder
from gongkai.normalizers.narrative.phrases import Mention, PhraseReader

Read = Callable[[str], list[Mention]]


@pytest.fixture
def read(family: Family, figure_reader: FigureReader) -> Read:
    grammar, segmenter = family.narrative_grammar, figure_reader.segmenter
    finder, reader = NumberFinder(grammar, segmenter), PhraseReader(grammar, segmenter)
    return lambda text: reader.read(text, finder.find(text))


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("公开信息12条。", ["公开信息"]),  # before the number
        ("召开12场新闻发布会。", ["召开新闻发布会"]),  # around the number
        ("访问量由年初的2万次增至4万次。", ["访问量由年初", "访问量由年初增至"]),  # changed to
        ("均设立公开专区，共10处。", ["均设立公开专区"]),  # the clause before
        ("公示配租三批，共1146户。", ["公示配租", "公示配租"]),  # the previous number
        ("检查平台9个，其中5个超过时限。", ["检查平台", "检查平台超过时限"]),  # anaphora
        ("办结8件，其余2件正在办理。", ["办结", "其余正在办理"]),  # a remainder
        ("“清江发改”微信公众号，发布信息218条。", ["“清江发改”微信公众号发布信息"]),  # a channel
        ("明确6大类、32项任务。", ["明确任务", "任务"]),  # one noun for both
        ("清理2个网站和10个新媒体。", ["清理网站", "新媒体"]),  # a conjunction between
        ("参加培训12人，占比40%。", ["参加培训", "参加培训占比"]),  # a relation
    ],
)
def test_the_phrase_of_a_number(text: str, phrases: list[str], read: Read) -> None:
    assert [mention.phrase for mention in read(text)] == phrases


def test_a_relation_is_marked(read: Read) -> None:
    assert [m.is_relation for m in read("公开信息12条，同比增长40%。")] == [False, True]


def test_a_long_text_after_a_thing_is_no_noun_of_it(read: Read) -> None:
    [mention] = read("有5个账号阅读量在低位徘徊。")
    assert "账号" in mention.phrase
    assert mention.counted == ""


def test_a_sentence_without_numbers_has_no_mentions(read: Read) -> None:
    assert read("公开信息。") == []
