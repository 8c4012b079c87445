"""Every text for people can be read in Chinese and in English."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from helpers.messages import (
    CATALOGUE,
    ROOT,
    SOURCE,
    all_texts,
    duplicate_keys,
    unmarked_texts,
    untranslated_errors,
)

DO = """

What to do: write the English text in place, as tr("the file {name}", name=it) from gongkai.language
(tr_noop("...") where a later tr(name) translates it; help texts need neither), then run

    PYTHONPATH=src:tests python -m helpers.messages

and fill in the Chinese of the entries with an empty text in src/gongkai/messages.zh.json.
"""
# The names of values that are counts and may be 1.
COUNTS = (
    "count", "added", "failing", "files", "holding", "limit", "lines", "offered", "reports", "rows",
)  # fmt: skip
AT_LEAST_TWO = {
    "The best {count} paragraphs.",
    "a table holds {limit} million characters at most: add LIMIT, or --format csv",
    "{count} reports match {wanted!r}, name one by its id: {names}",
}
SPEAKING_LAYERS = ("cli", "render")
# Layers whose errors people see; those of families are for their authors.
REFUSING_LAYERS = (
    *SPEAKING_LAYERS, "database", "loaders", "queries", "decisions", "ingestion", "export", "serve",
    "drafting", "analysis", "proof", "review",
)  # fmt: skip
# Modules whose texts people see.
SPEAKING = [path for layer in SPEAKING_LAYERS for path in sorted((SOURCE / layer).glob("*.py"))]


@pytest.fixture(scope="module")
def chinese() -> dict[str, str]:
    found: dict[str, str] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    return found


def test_every_text_has_a_chinese_one(chinese: dict[str, str]) -> None:
    missing = [f"{where}: {text!r}" for text, where in all_texts().items() if not chinese.get(text)]
    assert not missing, "\n".join(["No Chinese text for", *missing]) + DO


def test_no_chinese_text_is_left_over(chinese: dict[str, str]) -> None:
    unused = sorted(chinese.keys() - all_texts().keys())
    assert not unused, "\n".join(["Nothing uses", *unused]) + DO
    assert list(chinese) == sorted(chinese) and not duplicate_keys(), "not in order" + DO


def test_both_texts_have_the_same_places_for_values(chinese: dict[str, str]) -> None:
    different = [f"{en!r}: {zh!r}" for en, zh in chinese.items() if places(en) != places(zh)]
    assert not different, "\n".join(["Different {places} in", *different])


def test_chinese_texts_are_chinese(chinese: dict[str, str]) -> None:
    """A text without a Chinese character is a name, or was forgotten."""
    names = [
        text for text, zh in chinese.items() if not re.search("[\u3000-\u9fff\uff00-\uffef]", zh)
    ]
    assert set(names) == {"GB", "SQL"}, names


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_no_text_escapes_the_catalogue(path: Path) -> None:
    found = [f"{path.relative_to(ROOT).as_posix()}:{each}" for each in unmarked_texts(path)]
    assert not found, "\n".join(["Only in one language:", *found]) + DO


@pytest.mark.parametrize("layer", REFUSING_LAYERS)
def test_no_error_escapes_the_catalogue(layer: str) -> None:
    found = list(untranslated_errors(layer))
    assert not found, "\n".join(["Only in one language:", *found]) + DO


def test_words_after_a_count_depend_on_it(chinese: dict[str, str]) -> None:
    """{count} rows says 1 rows: {count} {count:|row|rows} does not."""
    fixed = [
        text
        for text in chinese
        for count in re.findall(r"\{(\w+)\}(?: (?!on\b)[a-z]+){0,2} [a-z]+s\b", text)
        if count in COUNTS and f"{{{count}:|" not in text and text not in AT_LEAST_TWO
    ]
    assert not fixed, "\n".join(["The plural is fixed in", *fixed])


def places(text: str) -> list[str]:
    """The values of a text; Chinese has no words that depend on a number."""
    return sorted(re.findall(r"\{\w+\b(?!:\|)[^}]*\}", text))
