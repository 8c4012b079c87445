"""The built-in family, loaded once for all tests of a process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.families.load import load_family


@cache
def built_in() -> Family:
    """Return the family that commands use by default."""
    return load_family()


def load_once(name_or_folder: str | Path = BUILT_IN) -> Family:
    """Replaces ``load_family``; folders that tests make are loaded anew."""
    return built_in() if name_or_folder == BUILT_IN else load_family(name_or_folder)
