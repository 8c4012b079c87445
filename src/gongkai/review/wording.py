"""The words of the pages, in Chinese and in English."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Words = Mapping[str, str]
LANGUAGES = {"zh": "中文", "en": "English"}


@cache
def wording(language: str) -> Words:
    """The words of a language; Chinese where it is not one of ours."""
    text = files("gongkai.review").joinpath("words.toml").read_text(encoding="utf-8")
    known: dict[str, dict[str, str]] = tomllib.loads(text)
    return known.get(language) or known["zh"]
