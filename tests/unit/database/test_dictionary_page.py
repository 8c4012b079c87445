"""The dictionary says in English with which cells a metric is compared."""

from __future__ import annotations

import re

import pytest

from gongkai.database.dictionary_page import dictionary_page
from gongkai.families.folders import built_in_families
from gongkai.families.load import load_family

_CHINESE = re.compile("[\u4e00-\u9fff]")


def metrics(name: str) -> dict[str, list[str]]:
    """The cells of each line of the table of metrics, by the metric."""
    _, _, table = dictionary_page(load_family(name)).partition("| metric | 指标 |")
    lines = [
        [c.strip() for c in line.split("|")[1:-1]]
        for line in table.partition("\n\n")[0].splitlines()[2:]
    ]
    return {line[0].strip("`"): line for line in lines}


@pytest.mark.parametrize(
    ("metric", "english"),
    [
        (
            "requests_carried_out",
            "Requests carried over into next year, all applicants",
        ),
        ("requests_denied", "all rows `denied_*`, all applicants; Replies: refused, number"),
    ],
)
def test_the_cells_of_a_metric_have_english_names(metric: str, english: str) -> None:
    assert metrics("ogi-annual-report")[metric][5] == english


def test_subtracted_cells_have_a_minus() -> None:
    assert (
        " − New requests received, natural persons;"
        in (metrics("ogi-annual-report")["requests_legal_person"][5])
    )


@pytest.mark.parametrize("name", sorted(built_in_families()))
def test_every_metric_that_is_compared_is_so_in_both_languages(name: str) -> None:
    for line in metrics(name).values():
        chinese, english = line[4], line[5]
        assert bool(chinese) is bool(english), line
        assert not _CHINESE.search(english), line
