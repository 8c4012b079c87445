"""Renamed keys: the error names the new one, and the README lists them."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.families.load import load_family
from gongkai.families.renamed import RENAMED, new_name

CASES = [(file, old, new) for file, names in RENAMED.items() for old, new in names.items()]


@pytest.mark.parametrize("file", ["identities.csv", "history.csv"])
def test_an_old_column_is_told_its_new_name(tmp_path: Path, file: str) -> None:
    folder = Path(shutil.copytree(pipelines_folder() / BUILT_IN, tmp_path / "own"))
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace("severity", "klass", 1), "utf-8")
    with pytest.raises(FamilyError) as caught:
        load_family(folder).load_all()
    assert f"{path}:1: `klass` is now called `severity`" in str(caught.value)


def _names(path: Path) -> set[str]:
    """All keys (with the names of their tables) or columns of a data file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".csv":
        return set(text.partition("\n")[0].split(","))
    found: set[str] = set()

    def collect(value: object, before: str) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                found.add(before + key)
                collect(inner, f"{before}{key}.")
        elif isinstance(value, list):
            for each in value:
                collect(each, before)

    collect(tomllib.loads(text), "")
    return found


@pytest.mark.parametrize(("file", "old", "new"), CASES)
def test_data_files_use_the_new_name(file: str, old: str, new: str) -> None:
    paths = list(pipelines_folder().glob(f"*/{file}"))
    assert paths
    assert any(new in _names(path) for path in paths)
    assert not any(old in _names(path) for path in paths)


@pytest.mark.parametrize(("file", "old", "new"), CASES)
def test_the_readme_lists_the_new_name(file: str, old: str, new: str) -> None:
    readme = (pipelines_folder() / "README.md").read_text(encoding="utf-8")
    assert f"| `{file}` | `{old}` | `{new}` |" in readme


def test_a_name_that_was_never_renamed_has_no_new_one() -> None:
    assert new_name("identities.csv", "severity") is None
    assert new_name("no-such-file.csv", "klass") is None
