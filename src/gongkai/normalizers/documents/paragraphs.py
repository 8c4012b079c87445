"""Printed lines rejoined into the paragraphs the author wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from gongkai.model import Box, Line, Paragraph

_INDENT = 1.2  # font sizes a first line stands in from the left margin, at least
_SHORT = 1.8  # font sizes a line ends before the right margin, at least, to be a last line
_SUBHEAD = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")

# The ordinals of sub-topics. 一、 stands inside a section only where its author misnumbered.
_ORDINALS = (
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"[一二三四五六七八九十]{1,3}、"),
    re.compile(r"\d{1,2}[.、．](?!\d)"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)
# What follows an ordinal is a heading where it is short, without figures, and closed.
_LEAD = re.compile(r"([^。；：:\d]{2,30})(?:[。：:]|$)")


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """The paragraphs of consecutive lines, page breaks bridged."""
    return [text for text, _, _ in _joined(lines)]


def structured(
    lines: Sequence[Line], section: str | None, rest: tuple[str, Line] | None = None
) -> list[Paragraph]:
    """The paragraphs of one section with the sub-topics they stand in.

    ``rest`` is text printed on the line of the section's heading, with that line.
    """
    pieces = _joined(lines)
    if rest is not None:
        pieces.insert(0, (rest[0], [rest[1]], ()))
    found = []
    topics = _Topics()
    for text, own, turns in pieces:
        number, heading = topics.of(text)
        first = [line.box for line in own if line.page == own[0].page]
        found.append(
            Paragraph(
                section=section,
                sub_number=number,
                sub_heading=heading,
                text=text,
                page=own[0].page,
                box=Box(
                    min(b.x0 for b in first),
                    min(b.top for b in first),
                    max(b.x1 for b in first),
                    max(b.bottom for b in first),
                ),
                turns=turns,
            )
        )
    return found


class _Topics:
    """The sub-topics of one section: （一）主动公开, in it 1.发布情况."""

    def __init__(self) -> None:
        self._styles: list[int] = []  # of the headings that are open, outermost first
        self._open: list[tuple[str, str]] = []

    def of(self, text: str) -> tuple[str | None, str | None]:
        """Number and heading of the sub-topic that a paragraph stands in, or begins."""
        flat = "".join(text.split())
        for style, pattern in enumerate(_ORDINALS):
            found = pattern.match(flat)
            if found:
                heading = _LEAD.match(flat, found.end())
                self._begin(style, found[0], heading[1] if heading else "")
                break
        if not self._open:
            return None, None
        headings = [heading for _, heading in self._open if heading]
        return self._open[-1][0], "／".join(headings) or None

    def _begin(self, style: int, number: str, heading: str) -> None:
        depth = self._styles.index(style) if style in self._styles else len(self._styles)
        self._styles = [*self._styles[:depth], style]
        self._open = [*self._open[:depth], (number, heading)]


def _joined(lines: Sequence[Line]) -> list[tuple[str, list[Line], tuple[int, ...]]]:
    """Each paragraph: its text, its lines, and where in the text further pages begin."""
    if not lines:
        return []
    left, right = _margins(lines)
    result: list[tuple[str, list[Line], tuple[int, ...]]] = []
    before: Line | None = None
    for line in lines:
        if before is None or _starts(line, before, left, right):
            result.append((line.text, [line], ()))
        else:
            text, own, turns = result[-1]
            whole = _glued(text, line.text)
            at = len(whole) - len(line.text)
            turns = (*turns, *([at] * (line.page - before.page)))
            own.append(line)
            result[-1] = (whole, own, turns)
        before = line
    return result


def _margins(lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right edge of the text body: what most long lines keep to."""
    widest = max(line.box.x1 - line.box.x0 for line in lines)
    long = [line for line in lines if line.box.x1 - line.box.x0 > 0.8 * widest]
    long = long or list(lines)  # a damaged font may give letters no width
    left = min(line.box.x0 for line in long)
    # one line of justified text may hang out by a punctuation mark
    right = median(line.box.x1 for line in long)
    return left, right


def _starts(line: Line, before: Line, left: float, right: float) -> bool:
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


def _glued(text: str, more: str) -> str:
    """Two lines of one sentence: a space only between two Latin words."""
    latin = text[-1].isascii() and text[-1].isalpha() and more[0].isascii() and more[0].isalpha()
    return f"{text}{' ' if latin else ''}{more}"
