"""Data files: which line an error names, and what it says of unknown and renamed names."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families import renamed
from gongkai.families.files import DataLine, WordList, read_lines, read_toml
from gongkai.families.toml_lines import toml_line


class Inner(DataLine):
    """A table of a TOML file."""

    size: int


class Model(DataLine):
    """A TOML file with a table and a list of tables."""

    name: str
    inner: Inner
    each: tuple[Inner, ...] = ()


class Row(DataLine):
    """A CSV file."""

    id: str
    words: WordList


TOML = """\
# a comment: name = "no key"
name = "a"

[inner]
size = 1

[[each]]
size = 1
[[each]]
size = 2
"""


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def refused_toml(path: Path) -> str:
    with pytest.raises(FamilyError) as caught:
        read_toml(path, Model)
    return str(caught.value).removeprefix(str(path))


def refused_csv(path: Path) -> str:
    with pytest.raises(FamilyError) as caught:
        list(read_lines(path, Row))
    return str(caught.value).removeprefix(str(path))


@pytest.mark.parametrize(
    ("location", "line"),
    [
        (("name",), 2),
        (("inner", "size"), 5),
        (("inner", "missing"), 4),
        (("each", 1, "size"), 10),
        (("each", 1, "missing"), 9),
        (("nowhere",), 1),
    ],
)
def test_a_key_s_line_is_found(location: tuple[str | int, ...], line: int) -> None:
    assert toml_line(TOML, location) == line


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("size = 2", "size = 2\nweight = 3", ":11: unknown key `each.weight`"),
        ("[inner]\nsize = 1", "[inner]", ":4: missing key `inner.size`"),
        ("size = 2", 'size = "much"', ":10: each.size: Input should be a valid integer"),
    ],
)
def test_a_bad_key_is_named_with_its_line(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = written(tmp_path, "some.toml", TOML.replace(old, new))
    assert refused_toml(path).startswith(message)


def test_several_bad_keys_are_named_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = written(tmp_path, "some.toml", "title = 1\n" + TOML.replace("size = 2", "weight = 2"))
    assert (
        refused_toml(path)
        == ":1: unknown key `title`; missing key `each.size`; unknown key `each.weight`"
    )


def test_a_renamed_key_is_told_its_new_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        renamed, "RENAMED", {"some.toml": {"label": "name", "inner.length": "inner.size"}}
    )
    text = TOML.replace('name = "a"', 'label = "a"').replace("size = 1", "length = 1", 1)
    path = written(tmp_path, "some.toml", text)
    assert (
        refused_toml(path)
        == ":2: `label` is now called `name`; `inner.length` is now called `inner.size`"
    )


def test_an_unknown_and_a_missing_column_are_named_with_those_expected(tmp_path: Path) -> None:
    path = written(tmp_path, "some.csv", "id,word\na,b\n")
    assert (
        refused_csv(path)
        == ":1: unknown column `word`; missing column `words`; expected: id, words"
    )


def test_a_wrong_header_is_refused_without_lines_too(tmp_path: Path) -> None:
    assert refused_csv(written(tmp_path, "some.csv", "id\n")).startswith(
        ":1: missing column `words`"
    )


def test_a_renamed_column_is_told_its_new_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(renamed, "RENAMED", {"some.csv": {"spellings": "words"}})
    path = written(tmp_path, "some.csv", "id,spellings\na,b c\n")
    assert refused_csv(path) == ":1: `spellings` is now called `words`; expected: id, words"


def test_words_are_separated_by_spaces(tmp_path: Path) -> None:
    path = written(tmp_path, "some.csv", "id,words\na,b  c\n")
    assert [(number, line.words) for number, line in read_lines(path, Row)] == [(2, ("b", "c"))]
