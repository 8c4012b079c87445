"""The data files are found in a wheel, an editable install and a checkout."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from gongkai.errors import FamilyError
from gongkai.families import folders as module
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.families.load import load_family
from helpers.registry import ROOT


def test_the_pipelines_of_the_checkout_are_found() -> None:
    assert pipelines_folder() == ROOT / "pipelines"
    assert load_family().name == BUILT_IN


def _fake_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *folders: str) -> Path:
    """Return a package at tmp/lib/src/gongkai, with pipelines/ in each of ``folders``."""
    package = tmp_path / "lib" / "src" / "gongkai"
    package.mkdir(parents=True)
    for folder in folders:
        (tmp_path / folder / "pipelines").mkdir(parents=True)
    monkeypatch.setattr(module, "__file__", str(package / "families" / "folders.py"))
    return package


def test_the_copy_of_a_wheel_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _fake_module(tmp_path, monkeypatch, "lib", "lib/src/gongkai")
    assert pipelines_folder() == package / "pipelines"


def test_the_checkout_comes_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake_module(tmp_path, monkeypatch, "lib")
    assert pipelines_folder() == tmp_path / "lib" / "pipelines"


def test_missing_pipelines_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fake_module(tmp_path, monkeypatch)
    with pytest.raises(FamilyError, match="missing from this installation"):
        pipelines_folder()


def test_the_wheel_includes_the_pipelines() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = settings["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["force-include"] == {"pipelines": "gongkai/pipelines"}
    assert wheel["packages"] == ["src/gongkai"]
    excluded = settings["tool"]["hatch"]["build"]["targets"]["sdist"].get("exclude", [])
    assert "pipelines" not in excluded
