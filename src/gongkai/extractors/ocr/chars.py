"""Recognised lines into characters with places, in points of the upright page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from gongkai.extractors.ocr.ink_runs import Piece
from gongkai.extractors.ocr.recogniser import Glyph
from gongkai.model import Char

_SQUARE = dict(zip("(),:;!?", "（），：；！？", strict=True))
_PAGE_NUMBER = set("0123456789一—-– ")
UNREAD = "\ufffd"  # ink that says nothing: a number cell with it is refused, never blank
_BASELINE = 0.12  # of a letter's height: how far Chinese letters reach under the writing line


def chars_of(
    glyphs: Sequence[Glyph],
    pieces: Sequence[Piece],
    width: int,
    origin: tuple[float, float],
    scale: float,
    letter: float,
    most: float = 1.0,
) -> Iterator[Char]:
    """The characters of one strip.

    ``width`` is the strip's in pixels, ``origin`` the pixel where the runs count from,
    ``scale`` points a pixel, ``letter`` the usual height of letters in pixels and ``most``
    the highest confidence that this ink deserves.
    """
    held: list[list[tuple[float, Glyph]]] = [[] for _ in pieces]
    for glyph in glyphs:
        if glyph.text.isspace():
            continue
        x = glyph.place * width
        k = max(0, sum(piece.at <= x + 2 for piece in pieces) - 1)
        held[k].append((x - pieces[k].at, glyph))
    for piece, own in zip(pieces, held, strict=True):
        yield from _placed(own, piece, origin, scale, letter, most)


def _placed(
    own: Sequence[tuple[float, Glyph]],
    piece: Piece,
    origin: tuple[float, float],
    scale: float,
    letter: float,
    most: float,
) -> Iterator[Char]:
    run = piece.run
    high = max(run.height, letter)
    size = 1.08 * high * scale
    top, bottom = (origin[1] + run.top) * scale, (origin[1] + run.bottom) * scale
    baseline = bottom - _BASELINE * min(high, run.height) * scale
    last = run.x1 - run.x0
    middles = [min(max(x, 0.5), last - 0.5) for x, _ in own]
    for k, (_, glyph) in enumerate(own):
        half = (0.5 if is_wide(glyph.text) else 0.25) * high
        left = 0.0 if k == 0 else (middles[k - 1] + middles[k]) / 2
        right = float(last) if k == len(own) - 1 else (middles[k] + middles[k + 1]) / 2
        x0 = left if k == 0 else max(left, middles[k] - half)
        x1 = right if k == len(own) - 1 else min(right, middles[k] + half)
        yield Char(
            glyph.text,
            (origin[0] + run.x0 + x0) * scale,
            top,
            (origin[0] + run.x0 + max(x1, x0 + 0.5)) * scale,
            bottom,
            baseline,
            size,
            True,
            min(glyph.score, most),
        )


def squared(glyphs: Sequence[Glyph]) -> tuple[Glyph, ...]:
    """Punctuation between Chinese letters is full-width, whatever the model calls it."""
    texts = [glyph.text for glyph in glyphs]
    if any(map(str.isdigit, texts)) and not set("".join(texts)) - _PAGE_NUMBER:
        # — 3 —: the dashes of a page number, not the number one
        return tuple(Glyph("—" if g.text == "一" else g.text, g.place, g.score) for g in glyphs)
    fixed = []
    for k, glyph in enumerate(glyphs):
        wide = _SQUARE.get(glyph.text)
        beside = (texts[k - 1] if k else "", texts[k + 1] if k + 1 < len(texts) else "")
        chinese = any("\u3400" <= each <= "\u9fff" for each in beside if each)
        fixed.append(Glyph(wide, glyph.place, glyph.score) if wide and chinese else glyph)
    return tuple(fixed)


def is_wide(text: str) -> bool:
    """Does a character take a full square in Chinese print?"""
    return unicodedata.east_asian_width(text[0]) in "WF"
