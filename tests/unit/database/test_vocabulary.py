"""One vocabulary names the codes of the database for views, filters, exports and pages."""

from __future__ import annotations

from typing import get_args

import pytest

from gongkai import model
from gongkai.database.catalogue import all_columns
from gongkai.database.vocabulary import Words, problem_words, vocabulary, word_of, words_of
from gongkai.decisions import records
from gongkai.families import lines
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.language import in_language
from gongkai.queries.did_you_mean import KnownName
from gongkai.queries.known_names import value_of

CLOSED = {
    "status": model.ReportStatus, "level": model.Level, "body_type": model.BodyType,
    "checks.status": model.CheckStatus, "state": model.State, "observations.proof": model.Proof,
    "narrative_figures.proof": model.FigureProof, "class": model.Severity, "cause": model.Cause,
    "files.outcome": model.Outcome, "label_match": model.LabelMatch, "scope": model.Scope,
    "decisions.kind": records.DecisionKind, "decisions.verdict": records.Verdict,
    "fields.value_type": lines.ValueType,
}  # fmt: skip


@pytest.mark.parametrize("column", CLOSED)
def test_every_code_has_its_words(column: str) -> None:
    words = vocabulary()[column]
    assert tuple(words) == get_args(CLOSED[column])
    assert all(word.name_zh and word.name_en for word in words.values())


def test_no_word_means_two_codes_of_a_column() -> None:
    for column, words in vocabulary().items():
        for code, word in words.items():
            for text in (code, word.name_zh, word.name_en, *word.others):
                assert meaning(words, text) == code, f"{column}: {text}"


def meaning(words: Words, text: str) -> str | None:
    known = (KnownName(code, (w.name_zh, w.name_en), w.others) for code, w in words.items())
    return value_of(text, known)


def test_every_column_of_the_vocabulary_is_in_the_database() -> None:
    columns = {
        name
        for each in all_columns(read_measures(load_family()))
        for name in (each.name, f"{each.table}.{each.name}")
    }
    assert vocabulary().keys() <= columns


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("level", "市级", "prefecture"),
        ("level", "地级", "prefecture"),  # the name until version 19
        ("level", "乡级", "township"),
        ("level", "Functional zone", "functional_zone"),
        ("state", "无法辨认", "unreadable"),
        ("status", "fault of the print", "print_fault"),
        ("level", "星级", None),
    ],
)
def test_a_filter_takes_codes_and_words(column: str, text: str, code: str | None) -> None:
    assert meaning(vocabulary()[column], text) == code


def test_words_follow_the_table_and_the_language() -> None:
    checks, reports = words_of("checks", "status"), words_of("reports", "status")
    assert checks is not None and reports is not None
    assert (checks["pass"].name_zh, reports["proved"].name_zh) == ("成立", "已核实")
    assert words_of("reports", "title") is None
    assert words_of("problems", "code") == problem_words()
    with in_language("zh"):
        assert word_of("level", "township") == "乡镇级"
    assert word_of("level", "township") == "township" and word_of("level", "x") == "x"


def test_descriptions_of_columns_name_their_codes() -> None:
    columns = all_columns(read_measures(load_family()))
    [state] = [each for each in columns if (each.table, each.name) == ("observations", "state")]
    assert "unreadable 读不出" in state.description_zh and "mark" in state.description_en
    assert not any("{" in each.description_en + each.description_zh for each in columns)
