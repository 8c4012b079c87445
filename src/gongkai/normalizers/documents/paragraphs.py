"""Joins printed lines to the paragraphs that the author wrote, with their sub-headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from gongkai.model import Box, Line, Paragraph

_INDENT = 1.2  # least indent of a first line, in font sizes
_SHORT = 1.8  # least space to the right of a last line, in font sizes
_LONG = 0.8  # a line at least this share as wide as the widest one shows the margins
_SUBHEAD = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")

# The ordinals of sub-headings. 一、 occurs inside a section only if its author misnumbered.
_ORDINALS = (
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"[一二三四五六七八九十]{1,3}、"),
    re.compile(r"\d{1,2}[.、．](?!\d)"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)
# Text after an ordinal is a heading if it is short, has no digits, and ends with one of 。：:
_SUB_HEADING = re.compile(r"([^。；：:\d]{2,30})(?:[。：:]|$)")


class _Joined(NamedTuple):
    """A paragraph: its text, its lines, and the offsets at which further pages begin."""

    text: str
    lines: Sequence[Line]
    page_starts: tuple[int, ...]


def join_paragraphs(lines: Sequence[Line]) -> list[str]:
    """The text of the paragraphs of consecutive lines, joined over page breaks."""
    return [paragraph.text for paragraph in _joined(lines)]


def structured_paragraphs(
    lines: Sequence[Line], section: str | None, rest: tuple[str, Line] | None = None
) -> list[Paragraph]:
    """The paragraphs of one section, each with the sub-headings above it.

    ``rest`` is text printed on the line of the section's heading, with that line.
    """
    pieces = _joined(lines)
    if rest is not None:
        pieces.insert(0, _Joined(rest[0], [rest[1]], ()))
    found = []
    outline = _Outline()
    for piece in pieces:
        number, heading = outline.add(piece.text)
        page = piece.lines[0].page
        boxes = [line.box for line in piece.lines if line.page == page]
        found.append(
            Paragraph(
                section=section,
                sub_number=number,
                sub_heading=heading,
                text=piece.text,
                page=page,
                box=Box(
                    min(box.x0 for box in boxes),
                    min(box.top for box in boxes),
                    max(box.x1 for box in boxes),
                    max(box.bottom for box in boxes),
                ),
                page_starts=piece.page_starts,
            )
        )
    return found


class _Outline:
    """The sub-headings above the current paragraph: （一）主动公开, in it 1.发布情况."""

    def __init__(self) -> None:
        self._styles: list[int] = []  # index in _ORDINALS of each open sub-heading, outermost first
        self._open: list[tuple[str, str]] = []  # ordinal and heading

    def add(self, text: str) -> tuple[str | None, str | None]:
        """Ordinal and sub-headings (outermost first) of a paragraph, which may begin a new one."""
        flat = "".join(text.split())
        for style, pattern in enumerate(_ORDINALS):
            ordinal = pattern.match(flat)
            if ordinal:
                heading = _SUB_HEADING.match(flat, ordinal.end())
                self._begin(style, ordinal[0], heading[1] if heading else "")
                break
        if not self._open:
            return None, None
        headings = [heading for _, heading in self._open if heading]
        return self._open[-1][0], "／".join(headings) or None

    def _begin(self, style: int, ordinal: str, heading: str) -> None:
        depth = self._styles.index(style) if style in self._styles else len(self._styles)
        self._styles = [*self._styles[:depth], style]
        self._open = [*self._open[:depth], (ordinal, heading)]


def _joined(lines: Sequence[Line]) -> list[_Joined]:
    return [_join(group) for group in _groups(lines)]


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines of each paragraph."""
    if not lines:
        return []
    left, right = _margins(lines)
    groups = [[lines[0]]]
    for before, line in pairwise(lines):
        if _begins_paragraph(line, before, left, right):
            groups.append([line])
        else:
            groups[-1].append(line)
    return groups


def _join(lines: Sequence[Line]) -> _Joined:
    text = lines[0].text
    page_starts: list[int] = []
    for before, line in pairwise(lines):
        text = _append(text, line.text)
        page_starts += [len(text) - len(line.text)] * (line.page - before.page)
    return _Joined(text, lines, tuple(page_starts))


def _margins(lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right edge of the text, from its long lines."""
    widest = max(line.box.x1 - line.box.x0 for line in lines)
    long = [line for line in lines if line.box.x1 - line.box.x0 > _LONG * widest]
    long = long or list(lines)  # a damaged font may give characters no width
    left = min(line.box.x0 for line in long)
    # Not the maximum: punctuation of justified text may stick out of one line.
    right = median(line.box.x1 for line in long)
    return left, right


def _begins_paragraph(line: Line, before: Line, left: float, right: float) -> bool:
    size = min(line.size, before.size)
    indented = line.box.x0 - left >= _INDENT * size
    ended_short = right - before.box.x1 >= _SHORT * size
    if indented and (
        ended_short or before.text[-1] in "。！？；：:;”）)" or line.box.x0 > before.box.x0 - 1
    ):
        return True
    if ended_short and before.text[-1] in "。！？：:":
        return True
    return bool(_SUBHEAD.match(line.text)) and before.text[-1] in "。！？；：:;"


def _append(text: str, more: str) -> str:
    """Text and its next line: with a space only between two Latin words."""
    latin = text[-1].isascii() and text[-1].isalpha() and more[0].isascii() and more[0].isalpha()
    return f"{text}{' ' if latin else ''}{more}"
