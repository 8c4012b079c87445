"""The sentences that a database stores, in the language of the reader.

A database has them in Chinese, so that it is the same for everybody. For English readers each
is matched with the template from which it was filled in. ``stored_texts.csv`` has the templates,
``problems.toml`` those of problems. What a template filled in, such as a label or a printed text,
stays as it is printed.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

from gongkai.language import current_language, fill, filled_in
from gongkai.problems import catalogue

TEXT_COLUMNS = frozenset(("message", "doubt", "reason"))  # of tables and views
_NESTED = ("rest", "reason", "sum", "total")  # placeholders that hold a stored text
_LISTS = ("labels", "formulas")  # placeholders that hold a list
# Between the members of a list; not after the ordinal of a label, one to ten in Chinese.
_ORDINAL = r"\u4e00\u4e8c\u4e09\u56db\u4e94\u516d\u4e03\u516b\u4e5d\u5341"
_SEPARATOR = re.compile(rf"，\u6309|(?<![{_ORDINAL}])、")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def stored_text(text: str) -> str:
    """A stored sentence in the current language; one that no template fits, as it is."""
    if current_language() == "zh" or not _CHINESE.search(text):
        return text
    return _english(text)


@functools.lru_cache(maxsize=4096)
def _english(text: str) -> str:
    for chinese, english in templates().items():
        if longest_piece(chinese) not in text:
            continue
        values = filled_in(chinese, text)
        if values is not None:
            return fill(english, **{name: _value(name, value) for name, value in values.items()})
    return text


@functools.cache
def templates() -> Mapping[str, str]:
    """The English templates by the Chinese ones, those that begin or end another one first."""
    with files("gongkai.render").joinpath("stored_texts.csv").open(encoding="utf-8") as file:
        found = {line["zh"]: line["en"] for line in csv.DictReader(file)}
    problems = {kind.message_zh: kind.message_en for kind in catalogue().values()}
    return problems | found


@functools.cache
def longest_piece(template: str) -> str:
    """The longest part of a template between its placeholders."""
    return max(re.split(r"\{[^}]*\}", template), key=len)


def _value(name: str, value: str) -> str:
    if name in _NESTED:
        return _english(value)
    if name in _LISTS:
        return _SEPARATOR.sub(", ", value)
    return value


def in_reader_language(
    columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> Iterator[Sequence[Any]]:
    """Rows with the stored sentences in the columns TEXT_COLUMNS in the current language."""
    places = [k for k, name in enumerate(columns) if name in TEXT_COLUMNS]
    if not places or current_language() == "zh":
        yield from rows
        return
    for row in rows:
        values = list(row)
        for k in places:
            if isinstance(values[k], str):
                values[k] = stored_text(values[k])
        yield values
