"""Loads texts in which people marked the figures, and names of agencies with their meaning.

A marked figure is ``{printed;words}``, optionally with ``;metric`` and ``;<words of its whole``.
``printed`` is a number with its unit (232条). Its value can follow after ``=``, with ``~`` for an
approximate number: ``{1.5万余次=15000~次;点赞量}``. ``{!未收到…申请;申请;metric}`` marks a stated
zero, ``{?3期;培训}`` a planned figure. An unmarked number is not a figure. A figure without a
metric has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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

    span: tuple[int, int]  # of its words, in the text of its section
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
        yield read_section(name, lines)


def read_section(name: str, lines: Sequence[str]) -> GoldSection:
    """A section of these marked paragraphs."""
    paragraphs, figures, heading, start = [], [], None, 0
    for line in lines:
        plain, own = _read_marks(line, start)
        sub = _SUB.match(plain)
        heading = sub[2] if sub else heading
        paragraphs.append(Paragraph("一", None, heading, plain, 1, Box(0, 0, 0, 0)))
        figures.append(own)
        start += len(plain)
    return GoldSection(name, tuple(paragraphs), tuple(figures))


def _read_marks(line: str, start: int) -> tuple[str, tuple[GoldFigure, ...]]:
    """A line without its marks, and its figures; the line begins at ``start`` in its section."""
    plain, figures = "", []
    for k, piece in enumerate(_MARKED.split(line)):
        printed = piece.split(";")[0].split("=")[0].lstrip("!?") if k % 2 else piece
        if k % 2:
            at = start + len(plain)
            figures.append(_figure(piece, (at, at + len(printed))))
        plain += printed
    return plain, tuple(figures)


def _figure(marked: str, span: tuple[int, int]) -> GoldFigure:
    printed, words, metric, whole = [*marked.split(";"), "", "", ""][:4]
    none, planned = printed.startswith("!"), printed.startswith("?")
    found = _VALUE.fullmatch("0" if none else printed.lstrip("?").split("=")[-1].replace(" ", ""))
    assert found is not None, marked
    return GoldFigure(
        span=span,
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
