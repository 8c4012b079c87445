"""Loads texts in which people marked the figures, and names of agencies with their meaning.

A marked figure is ``{printed;words}``, optionally with ``;metric`` and ``;<words of its whole``.
``printed`` is a number with its unit (232条). Its value can follow after ``=``, with ``~`` for an
approximate number: ``{1.5万余次=15000~次;点赞量}``. ``{!未收到…申请;申请;metric}`` marks a stated
zero, ``{?3期;培训}`` a planned figure. An unmarked number is not a figure. A figure without a
metric has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from gongkai.model import Box, Paragraph
from helpers.registry import ROOT

PROSE = ROOT / "tests" / "gold" / "prose"
_MARKED = re.compile(r"\{([^{}]*)\}")
_VALUE = re.compile(r"(\d+(?:\.\d+)?)(~?)(.*)")
_SUB = re.compile(r"^（([一二三四五六七八九十])）([^。]{2,24})。")


@dataclass(frozen=True)
class GoldFigure:
    """A figure as a person reads it."""

    value: Decimal
    unit: str | None
    approximate: bool
    none: bool
    planned: bool
    words: str  # some of the words that say what it counts
    metric_id: str | None
    whole: str | None  # words of the figure it is a part of


@dataclass(frozen=True)
class GoldSection:
    """A section of one report with its figures in printed order."""

    name: str
    paragraphs: tuple[Paragraph, ...]
    figures: tuple[tuple[GoldFigure, ...], ...]  # by paragraph


def sections(path: Path) -> Iterator[GoldSection]:
    """The sections of one file; each begins with a line ``# number what it is``."""
    for block in re.split(r"^# ", path.read_text(encoding="utf-8"), flags=re.M)[1:]:
        name, *lines = [line for line in block.split("\n") if line.strip()]
        paragraphs, figures, heading = [], [], None
        for line in lines:
            plain = _MARKED.sub(lambda m: m[1].split(";")[0].split("=")[0].lstrip("!?"), line)
            sub = _SUB.match(plain)
            heading = sub[2] if sub else heading
            paragraphs.append(Paragraph("一", None, heading, plain, 1, Box(0, 0, 0, 0)))
            figures.append(tuple(map(_figure, _MARKED.findall(line))))
        yield GoldSection(name, tuple(paragraphs), tuple(figures))


def _figure(marked: str) -> GoldFigure:
    printed, words, metric, whole = [*marked.split(";"), "", "", ""][:4]
    none, planned = printed.startswith("!"), printed.startswith("?")
    found = _VALUE.fullmatch("0" if none else printed.lstrip("?").split("=")[-1].replace(" ", ""))
    assert found is not None, marked
    return GoldFigure(
        value=Decimal(found[1]),
        unit=found[3] or None,
        approximate=bool(found[2]),
        none=none,
        planned=planned,
        words=words,
        metric_id=metric.strip("-") or None,
        whole=whole.removeprefix("<") or None,
    )


@dataclass(frozen=True)
class GoldName:
    """A printed name of an agency with its meaning, or without one where it is ambiguous."""

    printed: str
    year: int | None
    text: str
    code: str | None  # of the division, or of a functional zone's host; None: must not be resolved
    name: str
    sector: str | None


def names(path: Path) -> Iterator[GoldName]:
    """The names of one file, one a line: printed|year|text|code|canonical name|sector."""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            printed, year, text, code, name, sector = line.split("|")
            yield GoldName(
                printed, int(year) if year else None, text, code or None, name, sector or None
            )
