"""Recognised glyphs as characters with boxes, in points of the upright page."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from gongkai.extractors.ocr.cell_images import CellImage
from gongkai.extractors.ocr.ink_runs import InkRun
from gongkai.extractors.ocr.line_model import Glyph
from gongkai.model import Char

UNREAD = "\ufffd"  # ink that cannot be read: its cell is unreadable, never blank
_FULL_WIDTH = dict(zip("(),:;!?", "（），：；！？", strict=True))
_PAGE_NUMBER = set("0123456789一—-–－ ")
_POSITION_TOLERANCE = 2  # pixels by which a glyph may begin before its run
# multiples of the height of a letter
_DESCENT = 0.12  # how far Chinese letters reach below the baseline
_FONT_SIZE = 1.08


def glyph_chars(glyphs: Sequence[Glyph], image: CellImage, scale: float) -> Iterator[Char]:
    """The characters of one recognised image; ``scale`` is in points a pixel."""
    width = image.strip.shape[1]
    by_part: list[list[tuple[float, Glyph]]] = [[] for _ in image.parts]
    for glyph in glyphs:
        if glyph.text.isspace():
            continue
        x = glyph.position * width
        k = max(0, sum(part.at <= x + _POSITION_TOLERANCE for part in image.parts) - 1)
        by_part[k].append((x - image.parts[k].at, glyph))
    for part, own in zip(image.parts, by_part, strict=True):
        yield from _run_chars(own, part.run, image, scale)


def _run_chars(
    glyphs: Sequence[tuple[float, Glyph]], run: InkRun, image: CellImage, scale: float
) -> Iterator[Char]:
    """The characters of one run of ink; each glyph comes with its middle in the run."""
    left_of_image, top_of_image = image.origin
    height = max(run.height, image.letter_height)
    top, bottom = (top_of_image + run.top) * scale, (top_of_image + run.bottom) * scale
    baseline = bottom - _DESCENT * min(height, run.height) * scale
    width = run.x1 - run.x0
    middles = [min(max(x, 0.5), width - 0.5) for x, _ in glyphs]
    for k, (_, glyph) in enumerate(glyphs):
        half = (0.5 if is_wide(glyph.text) else 0.25) * height
        left = 0.0 if k == 0 else (middles[k - 1] + middles[k]) / 2
        right = float(width) if k == len(glyphs) - 1 else (middles[k] + middles[k + 1]) / 2
        x0 = left if k == 0 else max(left, middles[k] - half)
        x1 = right if k == len(glyphs) - 1 else min(right, middles[k] + half)
        yield Char(
            text=glyph.text,
            x0=(left_of_image + run.x0 + x0) * scale,
            top=top,
            x1=(left_of_image + run.x0 + max(x1, x0 + 0.5)) * scale,
            bottom=bottom,
            baseline=baseline,
            size=_FONT_SIZE * height * scale,
            confidence=min(glyph.score, image.max_confidence),
        )


def fix_punctuation(glyphs: Sequence[Glyph]) -> tuple[Glyph, ...]:
    """The glyphs with full-width punctuation beside Chinese letters, as Chinese is printed.

    In a page number such as — 3 — the model reads the dashes as 一; they become dashes again.
    """
    texts = [glyph.text for glyph in glyphs]
    if any(map(str.isdigit, texts)) and not set("".join(texts)) - _PAGE_NUMBER:
        return tuple(Glyph("—" if g.text == "一" else g.text, g.position, g.score) for g in glyphs)
    fixed = []
    for k, glyph in enumerate(glyphs):
        wide = _FULL_WIDTH.get(glyph.text)
        beside = (texts[k - 1] if k else "", texts[k + 1] if k + 1 < len(texts) else "")
        is_chinese = any("\u3400" <= each <= "\u9fff" for each in beside if each)
        fixed.append(Glyph(wide, glyph.position, glyph.score) if wide and is_chinese else glyph)
    return tuple(fixed)


def is_wide(text: str) -> bool:
    """Is a character full width?"""
    return unicodedata.east_asian_width(text[0]) in "WF"


def glyph_text(glyphs: Sequence[Glyph]) -> str:
    """The text of glyphs."""
    return "".join(glyph.text for glyph in glyphs)
