"""Printed lines rejoined into the paragraphs the author wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from gongkai.model import Line

_INDENT = 1.2  # font sizes a first line stands in from the left margin, at least
_SHORT = 1.8  # font sizes a line ends before the right margin, at least, to be a last line
_SUBHEAD = re.compile(r"^[（(][一二三四五六七八九十]{1,3}[）)]")


def paragraphs(lines: Sequence[Line]) -> list[str]:
    """The paragraphs of consecutive lines, page breaks bridged."""
    if not lines:
        return []
    left, right = _margins(lines)
    result: list[str] = []
    before: Line | None = None
    for line in lines:
        if before is None or _starts(line, before, left, right):
            result.append(line.text)
        else:
            result[-1] = _glued(result[-1], line.text)
        before = line
    return result


def _margins(lines: Sequence[Line]) -> tuple[float, float]:
    """Left and right edge of the text body: what most long lines keep to."""
    widest = max(line.box.x1 - line.box.x0 for line in lines)
    long = [line for line in lines if line.box.x1 - line.box.x0 > 0.8 * widest]
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
