"""Files that are kept from one run to the next in the user's cache folder."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from gongkai import kept as module
from gongkai.kept import cache_folder, keep, kept

CONTENT = "内容\n第二行".encode()


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A cache folder for each test."""
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")


def test_a_kept_file_is_found_under_its_name_and_version() -> None:
    keep("words", "1", CONTENT)
    assert kept("words", "1") == CONTENT
    assert kept("words", "2") is None
    assert kept("other words", "1") is None


def test_an_empty_file_is_kept_too() -> None:
    keep("checked", "1", b"")
    assert kept("checked", "1") == b""
    assert kept("checked", "2") is None


def test_a_new_version_replaces_the_old_one() -> None:
    keep("words", "1", CONTENT)
    keep("words", "2", b"new")
    assert kept("words", "2") == b"new"
    assert [file.name for file in cache_folder().iterdir()] == ["words"]


@pytest.mark.parametrize("damage", ["cut", "changed", "longer", "empty", "no first line"])
def test_a_damaged_file_does_not_count(damage: str) -> None:
    keep("words", "1", CONTENT)
    file = cache_folder() / "words"
    whole = file.read_bytes()
    damaged = {
        "cut": whole[:-1],
        "changed": whole[:-1] + bytes([whole[-1] ^ 1]),
        "longer": whole + b"\n",
        "empty": b"",
        "no first line": whole.partition(b"\n")[2],
    }
    file.write_bytes(damaged[damage])
    assert kept("words", "1") is None
    keep("words", "1", CONTENT)
    assert kept("words", "1") == CONTENT


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_folder_that_others_may_write_to_does_not_count() -> None:
    keep("words", "1", CONTENT)
    cache_folder().chmod(0o777)
    assert kept("words", "1") is None
    keep("words", "1", CONTENT)  # makes the folder the user's own again
    assert cache_folder().stat().st_mode & 0o777 == 0o700
    assert kept("words", "1") == CONTENT


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such owners")
def test_the_folder_of_another_user_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    keep("words", "1", CONTENT)
    monkeypatch.setattr(module.os, "geteuid", lambda: os.getuid() + 1)
    assert kept("words", "1") is None


def test_nothing_is_kept_where_there_can_be_no_folder(tmp_path: Path) -> None:
    (tmp_path / "gongkai").write_bytes(b"")
    keep("words", "1", CONTENT)
    assert kept("words", "1") is None


@pytest.mark.parametrize("name", ["../words", "/words", "a/../../words"])
def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    keep(name, "1", CONTENT)
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [cache_folder() / "words"]


def test_the_place_of_the_folder_is_that_of_the_system() -> None:
    assert sys.platform == "linux"
    assert cache_folder() == Path(os.environ["XDG_CACHE_HOME"]) / "gongkai"
