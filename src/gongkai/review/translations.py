"""The texts of the pages in Chinese and in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Translations = Mapping[str, str]
LANGUAGES = {"zh": "中文", "en": "English"}


@cache
def load_translations(language: str) -> Translations:
    """Return the texts of a language by name; the Chinese ones for an unknown language."""
    text = files("gongkai.review").joinpath("words.toml").read_text(encoding="utf-8")
    by_language: dict[str, dict[str, str]] = tomllib.loads(text)
    return by_language.get(language) or by_language["zh"]
