"""The titles of the built-in families, by which people know them: ids are for data and options."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gongkai.families.files import read_toml
from gongkai.families.folders import built_in_settings
from gongkai.families.settings import Settings


def family_title(name: str) -> str:
    """The title of a family in the current language; the name of one that is not built in."""
    path = built_in_settings().get(name)
    return name if path is None else _settings(path).title_in_language


@cache
def _settings(path: Path) -> Settings:
    return read_toml(path, Settings)
