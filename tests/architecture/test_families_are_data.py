"""The code contains no title, caption or label of the data files of a family."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from architecture.test_layers import MODULES, dotted, tree
from gongkai.families.family import Family
from gongkai.families.folders import built_in_families
from gongkai.families.load import load_family

SHORTEST = 4  # characters of a word that only one family has


def words_of(family: Family) -> set[str]:
    """The words of titles, sections, captions and labels of a family."""
    settings = family.settings
    paths = {label for field in family.fields for label in (field.row_label, field.column_label)}
    words = {family.title, *settings.title_words.subject_words}
    words |= {section.title for section in settings.sections}
    words |= {table.title for table in family.tables}
    words |= {label for path in paths for label in path.split("／")}
    return {word for word in words if len(word) >= SHORTEST and not word.isascii()}


@cache
def strings(path: Path) -> Sequence[tuple[int, str]]:
    """Line and text of each string of a module that is no docstring."""
    return [*_strings(path)]


def _strings(path: Path) -> Iterator[tuple[int, str]]:
    module = tree(path)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(module) if isinstance(node, documented)]
    docstrings = {id(node.body[0].value) for node in nodes if isinstance(node.body[0], ast.Expr)}
    for node in ast.walk(module):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        if isinstance(node.value, str):
            yield node.lineno, node.value


@pytest.mark.parametrize("name", built_in_families())
def test_no_word_of_a_family_stands_in_code(name: str) -> None:
    words = re.compile("|".join(map(re.escape, sorted(words_of(load_family(name))))))
    found = [
        f"{dotted(path)}:{line}: {word[0]}"
        for path in MODULES
        for line, text in strings(path)
        if (word := words.search(text))
    ]
    assert found == []
