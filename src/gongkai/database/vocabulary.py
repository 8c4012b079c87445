"""The codes that columns hold, and what people call them: 县级 is the level ``county``.

``vocabulary.csv`` has one line for each code. Its ``columns`` are names of columns, with the table
where tables differ (``checks.status``); ``others`` are further spellings that filters accept. The
codes of problems are in ``problems.toml``.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from gongkai.language import current_language
from gongkai.problems import catalogue

_VALUE = re.compile(r"\{\w+\}")  # in the message of a problem


class Word(NamedTuple):
    """What people call a code; the meaning is empty where the name says it all."""

    name_zh: str
    name_en: str
    others: tuple[str, ...] = ()
    meaning_zh: str = ""
    meaning_en: str = ""

    @property
    def name(self) -> str:
        """The name in the current language."""
        return self.name_zh if current_language() == "zh" else self.name_en

    @property
    def meaning(self) -> str:
        """The meaning in the current language."""
        return self.meaning_zh if current_language() == "zh" else self.meaning_en


Words = Mapping[str, Word]  # by code, in the order of the vocabulary


def words_of(table: str, column: str) -> Words | None:
    """The codes of a column with their words; None if any value may occur."""
    if (table, column) == ("problems", "code"):
        return problem_words()
    known = vocabulary()
    return known.get(f"{table}.{column}") or known.get(column)


def word_of(column: str, code: str) -> str:
    """What a code of a column is called in the current language; an unknown one, as it is."""
    word = vocabulary()[column].get(code)
    return code if word is None else word.name


@cache
def vocabulary() -> Mapping[str, Words]:
    """The codes of every column that has a closed list, by column or ``table.column``."""
    found: dict[str, dict[str, Word]] = {}
    with files("gongkai.database").joinpath("vocabulary.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            others = tuple(filter(None, line["others"].split("|")))
            word = Word(
                line["name_zh"], line["name_en"], others, line["meaning_zh"], line["meaning_en"]
            )
            for column in line["columns"].split():
                found.setdefault(column, {})[line["code"]] = word
    return found


@cache
def problem_words() -> Words:
    """The codes of the problems of reports: their titles, and their messages without values."""
    return {
        code: Word(
            kind.title_zh,
            kind.title_en,
            (),
            *(_VALUE.sub("…", text) for text in (kind.message_zh, kind.message_en)),
        )
        for code, kind in catalogue().items()
        if kind.scope == "report"
    }


def folded(text: str) -> str:
    """A word as filters compare it: in small letters, with _ for a space or hyphen."""
    return text.strip().lower().replace(" ", "_").replace("-", "_")
