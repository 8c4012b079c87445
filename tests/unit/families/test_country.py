"""A family refers to the folder of its country, which holds what all its families share."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families.family import Family
from gongkai.families.folders import (
    BUILT_IN,
    built_in_countries,
    built_in_families,
    pipelines_folder,
)
from gongkai.families.load import load_family
from gongkai.families.renamed import MOVED_FILES


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the built-in family, outside pipelines/."""
    return Path(shutil.copytree(pipelines_folder() / BUILT_IN, tmp_path / "families" / "own"))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def refused(folder: Path) -> str:
    with pytest.raises(FamilyError) as caught:
        load_family(folder).load_all()
    return str(caught.value)


def test_a_folder_anywhere_uses_the_built_in_country(folder: Path, family: Family) -> None:
    own = load_family(folder)
    assert own.country.folder == pipelines_folder() / "cn"
    assert own.marks == family.marks
    assert own.digest == family.digest


@pytest.mark.parametrize(
    ("place", "uses"),
    [("families/own/land", "land"), ("families/land", "land"), ("lands/land", "../../lands/land")],
    ids=["inside", "beside", "by its path"],
)
def test_a_country_of_one_s_own(folder: Path, place: str, uses: str) -> None:
    land = folder.parents[1] / place
    shutil.copytree(pipelines_folder() / "cn", land)
    (land / "marks.csv").write_text("mark,meaning\n?,unknown\n", encoding="utf-8")
    replace(folder / "pipeline.toml", 'uses = "cn"', f'uses = "{uses}"')
    assert load_family(folder).marks == {"?"}


def test_a_folder_beside_the_family_comes_before_the_built_in_one(folder: Path) -> None:
    land = Path(shutil.copytree(pipelines_folder() / "cn", folder.parent / "cn"))
    assert load_family(folder).country.folder == land


def test_an_unknown_country_is_named_with_its_line(folder: Path) -> None:
    path = folder / "pipeline.toml"
    replace(path, 'uses = "cn"', 'uses = "atlantis"')
    line = path.read_text(encoding="utf-8").partition("uses =")[0].count("\n") + 1
    message = refused(folder)
    assert message.startswith(f"{path}:{line}: uses: no country 'atlantis'")
    assert message.endswith("(cn)")


def test_a_family_without_a_country_is_refused(folder: Path) -> None:
    replace(folder / "pipeline.toml", 'uses = "cn"', "")
    assert "missing key `uses`" in refused(folder)


def test_a_country_is_no_family() -> None:
    assert built_in_countries() == ["cn"]
    with pytest.raises(FamilyError, match=re.escape(", ".join(built_in_families()))):
        load_family("cn")


@pytest.mark.parametrize("name", ["country.toml", "divisions.csv", "prose.toml", "marks.csv"])
def test_the_digest_covers_the_country(folder: Path, family: Family, name: str) -> None:
    land = shutil.copytree(pipelines_folder() / "cn", folder.parent / "cn")
    with (land / name).open("a", encoding="utf-8") as file:
        file.write("\n")
    assert load_family(folder).digest != family.digest


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("country.toml", "branch =", "brunch =", r"country\.toml:\d+: .*`agencies\.brunch`"),
        ("country.toml", "(?:第", "(?第", r"country\.toml:\d+: .*第"),
        ("divisions.csv", "110000,", "11,", r"divisions\.csv:\d+: not a division"),
        ("divisions.csv", "code,name", "number,name", r"divisions\.csv:1: other columns"),
        (
            "prose.toml",
            "\nignored_patterns = [",
            "\nignored_patterns = ['(', ",
            r"prose\.toml:\d+: .*\(",
        ),
        (
            "prose.toml",
            "\nignored_patterns = [",
            "\nignored = [",
            r"prose\.toml:\d+: .*unknown key `ignored`",
        ),
    ],
)
def test_a_bad_country_is_named(folder: Path, name: str, old: str, new: str, message: str) -> None:
    land = shutil.copytree(pipelines_folder() / "cn", folder.parent / "cn")
    replace(land / name, old, new)
    assert re.search(message, refused(folder))


def test_one_spelling_of_two_sectors_is_refused(folder: Path) -> None:
    land = shutil.copytree(pipelines_folder() / "cn", folder.parent / "cn")
    with (land / "sectors.csv").open("a", encoding="utf-8") as file:
        file.write("department,教育,教化,教体\n")
    assert re.search(r"sectors\.csv:\d+: '教体' already means '教育体育'", refused(folder))


@pytest.mark.parametrize("name", MOVED_FILES)
def test_a_file_that_moved_is_not_passed_over(folder: Path, name: str) -> None:
    (folder / name).write_text("", encoding="utf-8")
    assert refused(folder) == f"{folder / name}: now belongs in {MOVED_FILES[name]}"


@pytest.mark.parametrize(
    ("key", "lines", "place"),
    [
        ("agencies", "[agencies]\nbranch = '分局'\n", "the country's country.toml"),
        ("form_from", "form_from = { '2019' = 2019 }\n", "forms.csv"),
    ],
)
def test_a_key_that_moved_is_told_its_place(folder: Path, key: str, lines: str, place: str) -> None:
    path = folder / "pipeline.toml"
    replace(path, "[readers]", f"{lines}[readers]")
    line = path.read_text(encoding="utf-8").partition(lines)[0].count("\n") + 1
    assert refused(folder).startswith(f"{path}:{line}: `{key}` now belongs in {place}")
