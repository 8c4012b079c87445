"""Numbers made of pieces, in the engine ``drawn``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pikepdf import Dictionary, Name

from .model import Piece
from .pdf import BLACK, Box, TextStyle
from .pieces import MARK, PALE, PAPER, SHADE, address, outlines, picture

if TYPE_CHECKING:
    from .drawer import Drawer

_NO_ADVANCE = ("under", "clear")


class _Pen:
    """Draws the pieces of one cell from left to right."""

    def __init__(self, drawer: Drawer, box: Box, size: float) -> None:
        self.drawer, self.page, self.size = drawer, drawer.page, size
        self.x0, self.top, self.x1, self.bottom = box
        self.baseline = (self.top + self.bottom) / 2 + size * 0.36
        self.x = 0.0

    def width(self, piece: Piece, size: float | None = None) -> float:
        return self.drawer.measure(piece.text, self.drawer.style.table_font, size or self.size)

    def write(self, piece: Piece, style: TextStyle = TextStyle(), **moved: float) -> None:  # noqa: B008
        """Write a piece; ``dx`` and ``dy`` move it, ``size`` changes its size."""
        self.drawer.write(
            piece.text,
            self.x + moved.get("dx", 0.0),
            self.baseline + moved.get("dy", 0.0),
            self.drawer.style.table_font,
            moved.get("size", self.size),
            style,
        )

    def box(self, piece: Piece, margin: float = 0.0) -> Box:
        """Return the box of a piece with a margin, in ems."""
        m = margin * self.size
        top = self.baseline - 0.86 * self.size
        return (self.x - m, top - m, self.x + self.width(piece) + m, top + self.size + m)

    def image(self, name: str, piece: Piece, box: Box) -> None:
        picture_of = picture(piece.text, self.drawer.style.latin_font or "sans")
        if name not in self.drawer.file.xobjects:
            rgb = picture_of.convert("RGB")
            self.drawer.file.add_image(name, *rgb.size, rgb.tobytes())
        self.page.image(name, box)


def _struck(pen: _Pen, piece: Piece) -> None:
    pen.write(piece)
    y = pen.baseline - 0.3 * pen.size
    pen.page.line((pen.x - 0.5, y, pen.x + pen.width(piece) + 0.5, y), 0.06 * pen.size)


def _raised(pen: _Pen, piece: Piece) -> None:
    pen.write(piece, dy=-0.36 * pen.size, size=0.6 * pen.size)


def _raised_large(pen: _Pen, piece: Piece) -> None:
    pen.write(piece, dy=-0.22 * pen.size)


def _clear(pen: _Pen, piece: Piece) -> None:
    pen.drawer.file.states["Clear"] = Dictionary(Type=Name.ExtGState, ca=0.01)
    pen.page.raw("q /Clear gs")
    pen.write(piece)
    pen.page.raw("Q")


def _cover(pen: _Pen, piece: Piece) -> None:
    pen.page.rect(pen.box(piece, 0.08), fill=PAPER)
    pen.write(piece)


def _cover_picture(pen: _Pen, piece: Piece) -> None:
    if "Paper" not in pen.drawer.file.xobjects:
        pen.drawer.file.add_image("Paper", 2, 2, bytes([255] * 12))
    pen.page.image("Paper", pen.box(piece, 0.08))
    pen.write(piece)


def _shadow(pen: _Pen, piece: Piece) -> None:
    pen.write(piece, TextStyle(color=SHADE), dx=0.06 * pen.size, dy=0.06 * pen.size)
    pen.write(piece)


def _outline(pen: _Pen, piece: Piece) -> None:
    name = pen.drawer.style.latin_font or "sans"
    y = pen.page.height - pen.baseline
    pen.page.raw(f"0 0 0 rg {outlines(piece.text, name, pen.size, pen.x, y)}")


def _picture(pen: _Pen, piece: Piece) -> None:
    x1 = pen.x + pen.width(piece)
    box = (pen.x, pen.baseline - pen.size, x1, pen.baseline + 0.2 * pen.size)
    pen.image(f"Number{piece.text}", piece, box)


def _minus(pen: _Pen, piece: Piece) -> None:
    y = pen.baseline - 0.27 * pen.size
    x0, x1 = pen.x + 0.05 * pen.size, pen.x + pen.width(piece)
    pen.page.line((x0, y, x1, y), 0.07 * pen.size, BLACK)


def _spill(pen: _Pen, piece: Piece) -> None:
    pen.write(piece, dx=pen.x1 - pen.x - pen.width(piece) / 2)


def _corner(pen: _Pen, piece: Piece) -> None:
    x, y = pen.x1 - pen.x - pen.width(piece) / 2, pen.bottom + 0.36 * pen.size - pen.baseline
    pen.write(piece, dx=x, dy=y)


def _spaced(pen: _Pen, piece: Piece) -> None:
    space = 0.3 * pen.size
    pen.write(piece, TextStyle(spacing=space), dx=-space * (len(piece.text) - 1) / 2)


_DRAW: dict[str, Callable[[_Pen, Piece], None]] = {
    "plain": _Pen.write,
    "under": _Pen.write,
    "pale": lambda pen, piece: pen.write(piece, TextStyle(color=PALE)),
    "struck": _struck,
    "raised": _raised,
    "raised-large": _raised_large,
    "clear": _clear,
    "cover": _cover,
    "cover-picture": _cover_picture,
    "shadow": _shadow,
    "outline": _outline,
    "picture": _picture,
    "minus": _minus,
    "spill": _spill,
    "corner": _corner,
    "spaced": _spaced,
}


def draw_pieces(drawer: Drawer, pieces: Sequence[Piece], box: Box, size: float) -> None:
    """Draw the pieces of a number in the middle of its cell."""
    pen = _Pen(drawer, box, size)
    advances = [_advance(pen, piece) for piece in pieces]
    used = sum(advances) + size * sum(piece.gap for piece in pieces)
    pen.x = (pen.x0 + pen.x1 - used) / 2
    for piece, advance in zip(pieces, advances, strict=True):
        pen.x += piece.gap * size
        if piece.look.startswith(MARK):
            pen.write(piece)
            pen.page.link(address(piece.look, piece.text), pen.box(piece))
        else:
            _DRAW[piece.look](pen, piece)
        pen.x += advance


def _advance(pen: _Pen, piece: Piece) -> float:
    if piece.look in _NO_ADVANCE:
        return 0.0
    return pen.width(piece, 0.6 * pen.size if piece.look == "raised" else None)
