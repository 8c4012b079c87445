"""Descriptions of families that the user's cache folder keeps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.dialects import sqlite

from gongkai.database import descriptions
from gongkai.database.descriptions import Description, describe, described
from gongkai.families.family import Family
from gongkai.kept import cache_folder

DIALECT = sqlite.dialect()


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A cache folder for each test, and a process that has described nothing yet."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    descriptions._described.cache_clear()
    yield
    descriptions._described.cache_clear()


def next_process(family: Family) -> Description:
    """What a process describes that has described nothing before."""
    descriptions._described.cache_clear()
    return described(family, DIALECT)


def views_file() -> Path:
    """The only file in the cache folder."""
    [file] = cache_folder().iterdir()
    return file


def test_what_the_cache_gives_is_what_the_code_makes(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = described(family, DIALECT)
    monkeypatch.setattr(descriptions, "describe", None)  # nothing is made again
    assert next_process(family) == made == describe(family, sqlite.dialect)


def test_a_change_of_code_data_or_library_replaces_the_file(
    family: Family, monkeypatch: pytest.MonkeyPatch
) -> None:
    described(family, DIALECT)
    files = {views_file().read_bytes()}
    monkeypatch.setattr(descriptions, "code_digest", lambda: "other code")
    next_process(family)
    files.add(views_file().read_bytes())
    monkeypatch.setattr("sqlalchemy.__version__", "99")
    next_process(family)
    files.add(views_file().read_bytes())
    assert len(files) == 3
    assert views_file().name == f"{family.name}-sqlite.views"


@pytest.mark.parametrize("content", [b"", b"\xff", b"\x81\xa1a\x01", "视图".encode()])
def test_a_damaged_file_is_written_again(family: Family, content: bytes) -> None:
    made = described(family, DIALECT)
    whole = views_file().read_bytes()
    views_file().write_bytes(content)
    assert next_process(family) == made
    assert views_file().read_bytes() == whole


def test_a_family_is_described_where_nothing_can_be_kept(family: Family, tmp_path: Path) -> None:
    (tmp_path / "gongkai").write_bytes(b"")  # no folder
    assert described(family, DIALECT).statements
