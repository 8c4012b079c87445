"""Cuts single characters out of the rendered page as pictures that can be compared.

A picture is a vector of zero mean and unit length. The dot product of two pictures is their
likeness, at most 1. The same digit in the same font has 0.98 to 1.00, two different digits at
most 0.80.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from gongkai.extractors.pdf.page_pictures import LEAST_INK, PagePictures, Window
from gongkai.model import Box, Char

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]

DIGITS = frozenset("0123456789")
POINT, MINUS = ".", "-"

EM = 28  # pixels: characters are rendered at this font size
_HEIGHT, _WIDTH = 36, 30  # of the window around a character, in pixels
_ROWS, _COLUMNS = 16, 12  # of a picture; each value is an average of pixels
_ROW, _COLUMN = 0.90 * EM / _ROWS, 0.72 * EM / _COLUMNS  # pixels averaged into one value
_MARGIN = 0.08  # font sizes inside a cell's edges, where its rules run
_DIGIT_HEIGHT = 0.68  # font sizes
_LEAST_HEIGHT = 0.3  # font sizes: a digit with a lower ink box has a wrong box in its font
_AROUND = 0.22  # font sizes rendered around the ink box that the text layer gives
_PALE = 0.25  # of the darkest ink: paler pixels are a watermark
_DARK = 0.4  # of the darkest ink: paler pixels do not count for height and width

_SIGNS = str.maketrans("−–‐‑﹣－，．", "-----" + "-,.")


class PlacedChar(NamedTuple):
    """A character to compare with its picture. Boxes and lengths are in points."""

    text: str  # folded to ASCII: one of 0-9 , . - or another character
    char: Char
    page: int
    space: Box  # around its ink box, up to its neighbours and the edges of its cell
    size: float  # font size, computed from the height of the digits' ink boxes


@dataclass(frozen=True)
class Glyphs:
    """What the page shows at the places of some characters.

    Each array has one entry for each character; lengths are in font sizes.
    """

    pictures: Floats  # one row each
    has_ink: Flags
    height: Floats
    width: Floats
    foot: Floats  # how far the ink reaches below the baseline of the text layer

    def __len__(self) -> int:
        return len(self.has_ink)

    def select(self, chosen: npt.NDArray[np.intp] | Flags | slice) -> Self:
        """Return the chosen glyphs."""
        return type(self)(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def signs(self) -> list[str]:
        """Return "." for a point or comma, "-" for a minus sign, "" for all others.

        Only the size of the ink and its place on the line decide.
        """
        point = (self.height < 0.4) & (self.width < 0.22) & (self.foot > -0.12)
        minus = (self.height < 0.2) & (self.width > 0.18) & (self.foot < -0.12)
        signs: list[str] = np.where(point, POINT, np.where(minus, MINUS, "")).tolist()
        return signs

    def could_be_digits(self) -> Flags:
        """Return whether each glyph has the size of a digit."""
        tall = (self.height > 0.4) & (self.height < 0.95)
        return self.has_ink & tall & (self.width < 0.95)


def fold(text: str) -> str:
    """Return a digit of any script as 0 to 9, and a sign as its ASCII form.

    >>> [fold(text) for text in ("３", "٣", "－", "件")]
    ['3', '3', '-', '件']
    """
    if text in DIGITS:  # fast path: nearly all are
        return text
    folded = text.translate(_SIGNS)
    return str(unicodedata.decimal(text, folded)) if len(text) == 1 else folded


def placed(chars: Sequence[Char], page: int, cell: Box) -> Iterator[PlacedChar]:
    """Yield the characters of one line of a cell, left to right, each with its own space.

    ``cell`` is the box of the cell. The font size comes from the ink boxes, because all digits
    of a font have one height: the text layer may give a character the size of the one before.
    """
    if not chars:
        return
    line = sorted(chars, key=lambda char: char.x0)
    texts = [fold(char.text) for char in line]
    sizes = [
        (char.bottom - char.top) / _DIGIT_HEIGHT
        for char, text in zip(line, texts, strict=True)
        if text in DIGITS and char.bottom - char.top > _LEAST_HEIGHT * char.size
    ]
    tallest = max(sizes, default=0.0)
    edges = [(a.x1 + b.x0) / 2 for a, b in pairwise(line)]
    for k, (char, left, right) in enumerate(
        zip(line, [cell.x0, *edges], [*edges, cell.x1], strict=True)
    ):
        height = char.bottom - char.top
        is_digit = texts[k] in DIGITS and height > _LEAST_HEIGHT * char.size
        size = height / _DIGIT_HEIGHT if is_digit else tallest or char.size
        margin, around = _MARGIN * size, _AROUND * size
        space = Box(
            max(left, char.x0 - around, min(cell.x0 + margin, char.x0)),
            max(char.top - around, min(cell.top + margin, char.top)),
            min(right, char.x1 + around, max(cell.x1 - margin, char.x1)),
            min(char.bottom + around, max(cell.bottom - margin, char.bottom)),
        )
        yield PlacedChar(texts[k], char, page, space, size)


def look_at(chars: Sequence[PlacedChar], pictures: PagePictures) -> Glyphs:
    """Return what the pages show at the places of some characters, in the given order."""
    windows, spaces, feet = [], [], []
    for _, char, page, space, size in chars:
        scale = EM / size
        x, y = (char.x0 + char.x1) / 2, (char.top + char.bottom) / 2
        windows.append(Window(page, x, y, scale))
        left, top = _WIDTH / 2 - x * scale, _HEIGHT / 2 - y * scale  # of the page's origin
        spaces.append([edge * scale + by for edge, by in zip(space, (left, top) * 2, strict=True)])
        feet.append(char.baseline * scale + top)
    shown = pictures.windows(windows, _HEIGHT, _WIDTH)
    ink, most = _ink(shown, np.array(spaces, np.float32).reshape(-1, 4, 1))
    dark = ink >= np.maximum(LEAST_INK, _DARK * most)[:, None, None]
    first_row, end_row = _extent(dark.any(2))
    first_column, end_column = _extent(dark.any(1))
    return Glyphs(
        _pictures(ink),
        dark.any((1, 2)),
        (end_row - first_row) / np.float32(EM),
        (end_column - first_column) / np.float32(EM),
        (end_row - np.array(feet, np.float32)) / np.float32(EM),
    )


def _ink(shown: npt.NDArray[np.uint8], spaces: Floats) -> tuple[Floats, Floats]:
    """Return the contrast of each pixel to the paper, and its maximum in each window.

    It is 0 outside a character's own space (left, top, right, bottom in pixels of its window),
    and in watermarks.
    """
    paper = np.median(shown, axis=(1, 2)).astype(np.float32)
    ink = np.abs(shown - paper[:, None, None])
    x, y = np.arange(_WIDTH) + 0.5, np.arange(_HEIGHT) + 0.5
    left, top, right, bottom = spaces.transpose(1, 0, 2)
    ink *= ((x > left) & (x < right))[:, None, :]
    ink *= ((y > top) & (y < bottom))[:, :, None]
    most = ink.max((1, 2), initial=0)
    ink[ink < _PALE * most[:, None, None]] = 0
    return ink, most


def _extent(drawn: Flags) -> tuple[Floats, Floats]:
    """Return the index of the first True in each row of ``drawn``, and the one after the last."""
    first = drawn.argmax(1)
    last = drawn.shape[1] - drawn[:, ::-1].argmax(1)
    return first.astype(np.float32), np.where(drawn.any(1), last, first).astype(np.float32)


def _pictures(ink: Floats) -> Floats:
    """Average the ink in a grid of fixed size that is centred on the ink, at subpixels."""
    total = np.maximum(ink.sum((1, 2)), 1)
    across = _weights(ink.sum(1), total, _COLUMNS, _COLUMN)
    upright = _weights(ink.sum(2), total, _ROWS, _ROW)
    small = (upright @ ink @ across.transpose(0, 2, 1)).reshape(len(ink), _ROWS * _COLUMNS)
    small -= small.mean(1, keepdims=True)
    length = np.linalg.norm(small, axis=1, keepdims=True)
    pictures: Floats = small / np.maximum(length, np.float32(1))
    return pictures


def _weights(profile: Floats, total: Floats, bins: int, step: float) -> Floats:
    """Return the share of each pixel in each bin of ``step`` pixels, centred on the ink."""
    pixels = np.arange(profile.shape[1], dtype=np.float32)
    centre = profile @ pixels / total + 0.5
    edges = (centre - step * bins / 2)[:, None] + step * np.arange(bins + 1, dtype=np.float32)
    upper, lower = edges[:, 1:, None], edges[:, :-1, None]
    part: Floats = np.minimum(upper, pixels + 1) - np.maximum(lower, pixels)
    return np.maximum(part, 0)
