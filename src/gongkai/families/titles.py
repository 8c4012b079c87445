"""The titles of the built-in families, by which people know them: ids are for data and options."""

from __future__ import annotations

from functools import cache

from gongkai.families.files import read_toml
from gongkai.families.folders import built_in_settings
from gongkai.families.settings import Settings


def family_title(name: str) -> str:
    """The title of a family in the current language; the name of one that is not built in."""
    settings = _settings(name)
    return name if settings is None else settings.title_in_language


@cache  # pages ask for the title of each row
def _settings(name: str) -> Settings | None:
    path = built_in_settings().get(name)
    return None if path is None else read_toml(path, Settings)
