"""The catalogue of problems: code, severity, message and advice, in Chinese and English.

``problems.toml`` holds it. Failed checks are not in it: the families define those.
"""

from __future__ import annotations

import functools
import tomllib
from importlib.resources import files
from typing import Literal

import msgspec

from gongkai.language import current_language
from gongkai.model import Box, Problem

Scope = Literal["report", "file"]
ProblemSeverity = Literal["info", "warning", "error"]


class ProblemKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the catalogue. Messages are templates for ``str.format``."""

    scope: Scope  # stored with a report, or as the reason why a file is not loaded
    severity: ProblemSeverity
    title_zh: str
    title_en: str
    message_zh: str
    message_en: str
    advice_zh: str
    advice_en: str


@functools.cache
def catalogue() -> dict[str, ProblemKind]:
    """Every kind of problem, by its code."""
    text = files("gongkai").joinpath("problems.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, ProblemKind])


def message(code: str, **values: object) -> str:
    """The Chinese message of a problem, with the values filled in. Raises KeyError."""
    return catalogue()[code].message_zh.format(**values)


def make_problem(
    code: str, page: int | None = None, box: Box | None = None, **values: object
) -> Problem:
    """A problem of a report. ``page`` counts from 1, ``box`` is in PDF points."""
    return Problem(code, message(code, **values), page, box)


def advice(code: str) -> str | None:
    """What to do about a problem; None for a code that is not in the catalogue.

    Databases of other versions may hold such codes.
    """
    kind = catalogue().get(code)
    if kind is None:
        return None
    return kind.advice_zh if current_language() == "zh" else kind.advice_en
