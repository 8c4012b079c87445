"""Ways to display a part of a number, and digits as outlines and as pictures.

The look of a piece is one of these:

``plain``          as other text
``struck``         with a line through it
``raised``         small and above the line
``raised-large``   of full size and above the line
``pale``           almost of the colour of the paper
``clear``          almost transparent
``under``          at the place of the next piece
``cover``          on a white rectangle
``cover-picture``  on a white picture
``shadow``         with a grey shadow
``outline``        as outlines instead of text
``picture``        as a picture instead of text
``minus``          as a line instead of a minus sign
``spill``          over the rule at the right of its cell
``corner``         on the lower right corner of its cell
``spaced``         with wide and equal spaces
``mark:…``         as a link, which ``kinds.marks`` replaces
"""

from __future__ import annotations

from functools import cache

from fontTools.pens.basePen import BasePen
from fontTools.pens.transformPen import TransformPen
from PIL import Image, ImageDraw, ImageFont

from .fonts import FACES, face_font

PAPER, PALE, SHADE = (1.0, 1.0, 1.0), (0.976, 0.976, 0.976), (0.72, 0.72, 0.72)
MARK = "mark:"
SCHEME = "https://cell.invalid/"


def address(look: str, text: str) -> str:
    """Return the address of the link for a marked piece."""
    return f"{SCHEME}{look.removeprefix(MARK)}/{text}"


class _Operators(BasePen):  # type: ignore[misc]
    """Collects the path operators of PDF."""

    def __init__(self, glyphs: object) -> None:
        super().__init__(glyphs)
        self.out: list[str] = []

    def _add(self, operator: str, *points: tuple[float, float]) -> None:
        numbers = " ".join(f"{v:.2f}" for point in points for v in point)
        self.out.append(f"{numbers} {operator}")

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._add("m", pt)

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self._add("l", pt)

    def _curveToOne(self, *points: tuple[float, float]) -> None:  # noqa: N802
        self._add("c", *points)

    def _closePath(self) -> None:  # noqa: N802
        self.out.append("h")


def outlines(text: str, name: str, size: float, x: float, y: float) -> str:
    """Return the path of text in a font, from ``x`` on the baseline ``y``, as PDF operators."""
    font = face_font(name)
    glyphs, cmap, scale = font.getGlyphSet(), font.getBestCmap(), size / font["head"].unitsPerEm
    pen = _Operators(glyphs)
    for char in text:
        glyph = glyphs[cmap[ord(char)]]
        glyph.draw(TransformPen(pen, (scale, 0, 0, scale, x, y)))
        x += glyph.width * scale
    return " ".join([*pen.out, "f"])


def text_width(text: str, name: str, size: float) -> float:
    """Return the width of text in points."""
    font = face_font(name)
    metrics, cmap = font["hmtx"].metrics, font.getBestCmap()
    units = sum(metrics[cmap[ord(char)]][0] for char in text)
    return float(units) * size / float(font["head"].unitsPerEm)


@cache
def picture(text: str, name: str, height: int = 44) -> Image.Image:
    """Return text as a grey picture, ``height`` pixels an em, without margins at its sides."""
    face = FACES[name]
    font = ImageFont.truetype(face.path, height, index=face.index)
    width = round(text_width(text, name, height))
    out = Image.new("L", (width, round(height * 1.2)), 255)
    ImageDraw.Draw(out).text((0, height), text, fill=0, font=font, anchor="ls")
    return out
