"""Numbers made of pieces, in the engine ``browser``."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen

from .fonts import face_font
from .model import Piece
from .pieces import MARK, PALE, SHADE, address, picture, text_width
from .style import Style

_WHITE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4//8/AAX+Av4N70a4"
    "AAAAAElFTkSuQmCC"
)


def _grey(color: tuple[float, float, float]) -> str:
    return f"rgb({','.join(str(round(255 * v)) for v in color)})"


_STYLES = {
    "plain": "",
    "struck": "text-decoration:line-through",
    "raised": "font-size:60%;position:relative;top:-.6em",
    "raised-large": "position:relative;top:-.22em",
    "pale": f"color:{_grey(PALE)}",
    "clear": "position:absolute;left:0;color:rgba(0,0,0,.01)",
    "under": "position:absolute;left:0",
    "cover": "position:relative;background:#fff;padding:.08em;margin:-.08em",
    "cover-picture": f"position:relative;background:url({_WHITE}) 0/100% 100%;padding:.08em;"
    "margin:-.08em",
    "shadow": f"text-shadow:.06em .06em 0 {_grey(SHADE)}",
    "spill": "position:relative;left:1.75em",
    "corner": "position:relative;left:1.9em;top:.8em",
    "spaced": "letter-spacing:.3em;margin-right:-.3em",
    "minus": "display:inline-block;width:.5em;height:.07em;background:#000;vertical-align:.25em;"
    "margin-right:.05em",
}


def pieces_html(pieces: Sequence[Piece], style: Style) -> str:
    """Return the pieces of a number as HTML."""
    inner = "".join(_piece(piece, style) for piece in pieces)
    return (
        '<span style="position:relative;white-space:nowrap;display:inline-block;'
        f'print-color-adjust:exact;-webkit-print-color-adjust:exact">{inner}</span>'
    )


def _piece(piece: Piece, style: Style) -> str:
    font = style.latin_font or "sans"
    text = html.escape(piece.text)
    gap = f";margin-left:{piece.gap}em" if piece.gap else ""
    if piece.look.startswith(MARK):
        href = address(piece.look, piece.text)
        return f'<a href="{href}" style="color:inherit;text-decoration:none{gap}">{text}</a>'
    if piece.look == "outline":
        return _outline(piece.text, font)
    if piece.look == "picture":
        width = text_width(piece.text, font, 1.0)
        look = f"width:{width:.3f}em;height:1.2em;vertical-align:-.2em"
        return f'<img src="{_png(piece.text, font)}" style="{look}">'
    if piece.look == "minus":
        text = ""
    return f'<span style="{_STYLES[piece.look]}{gap}">{text}</span>'


def _outline(text: str, name: str) -> str:
    font = face_font(name)
    glyphs, cmap, units = font.getGlyphSet(), font.getBestCmap(), font["head"].unitsPerEm
    pen, x = SVGPathPen(glyphs), 0.0
    for char in text:
        glyph = glyphs[cmap[ord(char)]]
        glyph.draw(TransformPen(pen, (1, 0, 0, -1, x, units)))
        x += glyph.width
    return (
        f'<svg viewBox="0 0 {x} {1.2 * units}" style="width:{x / units:.3f}em;height:1.2em;'
        f'vertical-align:-.2em"><path d="{pen.getCommands()}"/></svg>'
    )


def _png(text: str, name: str) -> str:
    buffer = io.BytesIO()
    picture(text, name).save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
