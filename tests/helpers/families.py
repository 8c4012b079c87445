"""The built-in family, loaded once for all tests of a process."""

from __future__ import annotations

import re
import shutil
from functools import cache
from pathlib import Path

from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.families.load import load_family


@cache
def built_in() -> Family:
    """Return the family that commands use by default."""
    return load_family()


def load_once(name_or_folder: str | Path = BUILT_IN) -> Family:
    """Replaces ``load_family``; folders that tests make are loaded anew."""
    return built_in() if name_or_folder == BUILT_IN else load_family(name_or_folder)


def with_other_titles(folder: Path, title: str, subject: str) -> Path:
    """Copy the built-in family to a folder; its reports have this title and this subject word."""
    shutil.copytree(pipelines_folder() / BUILT_IN, folder)
    settings = folder / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    words = re.compile(r"^subject_words = \[[^\]]*\]", re.MULTILINE)
    text = words.sub(f'subject_words = ["{subject}"]', text)
    text = text.replace(f'name = "{BUILT_IN}"', f'name = "{folder.name}"')
    text = re.sub('^title = ".*"', f'title = "{title}"', text, count=1, flags=re.MULTILINE)
    settings.write_text(text, encoding="utf-8")
    return folder
