"""Ids from labels, titles and captions without bodies and years."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.drafting import names as module
from gongkai.drafting.keys import Labels
from gongkai.drafting.names import Namer
from gongkai.drafting.samples import Sample
from gongkai.drafting.titles import learn_titles
from gongkai.model import Box, Line
from helpers.printed import china


@pytest.fixture(scope="module")
def namer() -> Namer:
    return Namer(Labels(china()))


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("一、本年收入合计", "this_year_revenue_total"),
        ("罚没金额（万元）", "fines_and_confiscations_amount"),
        ("3.其他", "other"),
    ],
)
def test_terms_of_the_glossary_make_an_id(namer: Namer, label: str, expected: str) -> None:
    name = namer.name(label)
    assert (name.id, name.is_known) == (expected, True)


def test_a_label_that_comes_again_is_told_apart_by_the_one_over_it(namer: Namer) -> None:
    paths = [("行政复议", "总计"), ("行政诉讼", "总计"), ("总计",), ("总计",)]
    found = [name.id for name in namer.names(paths, "row")]
    assert found == ["reconsideration_total", "litigation_total", "total", "total_4"]


def test_an_unknown_label_is_numbered_and_to_be_looked_over(
    namer: Namer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_pinyin", lambda _text: [])
    [name] = namer.names([("霄壤",)], "row")
    assert (name.id, name.is_known) == ("row_1", False)


def test_pinyin_spells_what_no_term_covers(namer: Namer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_pinyin", lambda text: ["xiao", "rang"][: len(text)])
    assert namer.name("霄壤数量").id == "xiao_rang_number"


def sample(*lines: tuple[str, float], page: int = 1) -> Sample:
    printed = [
        Line(text, page, Box(0.0, 20.0 * k, 100.0, 20.0 * k + 12), size)
        for k, (text, size) in enumerate(lines)
    ]
    return Sample(Path("a.pdf"), (), tuple(printed))


def test_a_title_is_split_into_body_year_subject_and_kind() -> None:
    titles = learn_titles(
        [
            sample(("临江市园林局", 22.0), ("2023年古树名木普查年报", 22.0), ("正文", 12.0)),
            sample(("东岑县林业局2022年古树名木普查年报", 22.0)),
        ]
    )
    assert (titles.title, titles.years) == ("古树名木普查年报", (2023, 2022))
    assert (titles.subject_words, titles.report_words) == (("古树名木普查",), ("年报",))


def test_headings_that_most_samples_print_once_are_sections() -> None:
    lines = [("一、总体情况", 16.0), ("二、公开情况", 16.0), ("三、问题", 16.0)]
    titles = learn_titles([sample(("甲局2023年年报", 22.0), *lines)] * 2)
    assert [each.title for each in titles.sections] == ["总体情况", "公开情况", "问题"]
    twice = learn_titles([sample(("甲局2023年年报", 22.0), *lines, *lines)] * 2)
    assert twice.sections == ()
