"""Old keys of the grammar and old columns of narrative.csv."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.load import load_family


@pytest.fixture
def folder(family: Family, tmp_path: Path) -> Path:
    """A copy of the built-in family and its country, to be changed."""
    shutil.copytree(family.country.folder, tmp_path / "cn")
    return Path(shutil.copytree(family.folder, tmp_path / "family"))


def test_an_old_key_is_refused_with_the_new_one(folder: Path) -> None:
    path = folder.parent / "cn" / "prose.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("\nlight_verbs =", "\nthin ="), encoding="utf-8")
    line = text.split("\nlight_verbs =")[0].count("\n") + 2
    with pytest.raises(FamilyError, match=f"prose.toml:{line}: `thin`.*`light_verbs`"):
        load_family(folder).load_all()


def test_an_old_column_is_refused_with_the_new_one(folder: Path) -> None:
    path = folder / "narrative.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",excluded_words,", ",never,", 1), encoding="utf-8")
    with pytest.raises(FamilyError, match=r"narrative.csv:1: `never`.*`excluded_words`"):
        load_family(folder).load_all()
