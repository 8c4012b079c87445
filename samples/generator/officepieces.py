"""Numbers made of pieces, in the engine ``office``, which can print only some of the looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml.ns import qn
from docx.shared import RGBColor

from . import docxml as ox
from .model import Piece
from .pieces import MARK, PALE, address

if TYPE_CHECKING:
    from .wordfile import WordFile


def add_pieces(word: WordFile, para: Any, pieces: Sequence[Piece], size: float) -> None:
    """Add the pieces of a number to a paragraph."""
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        gap = after.gap if after else 0.0
        if gap and len(piece.text) > 1:
            _run(word, para, Piece(piece.text[:-1], piece.look), size)
            piece = Piece(piece.text[-1], piece.look)  # noqa: PLW2901
        run = _run(word, para, piece, size)
        if gap:
            _space(run, gap * size)
        if piece.look.startswith(MARK):
            _link(para, run, address(piece.look, piece.text))


def _run(word: WordFile, para: Any, piece: Piece, size: float) -> Any:
    run = word.run(para, piece.text, word.style.table_font, size)
    if piece.look == "struck":
        run.font.strike = True
    elif piece.look == "raised":
        run.font.superscript = True
    elif piece.look == "raised-large":
        run._element.get_or_add_rPr().append(ox.element("position", val=str(round(0.44 * size))))
    elif piece.look == "pale":
        run.font.color.rgb = RGBColor(*(round(255 * v) for v in PALE))
    elif piece.look == "shadow":
        run.font.shadow = True
    elif piece.look == "spaced":
        _space(run, 0.3 * size)
    elif piece.look != "plain" and not piece.look.startswith(MARK):
        raise ValueError(f"the engine office cannot print the look {piece.look}")
    return run


def _space(run: Any, points: float) -> None:
    """Add space after each character of a run."""
    run._element.get_or_add_rPr().append(ox.element("spacing", val=str(round(20 * points))))


def _link(para: Any, run: Any, target: str) -> None:
    relation = para.part.relate_to(target, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    link = ox.element("hyperlink")
    link.set(qn("r:id"), relation)
    para._p.append(link)
    link.append(run._element)
