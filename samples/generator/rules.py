"""Draw the rules of a table in the ways in which published reports draw them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pdf import BLACK, Box, Color, PdfPage

if TYPE_CHECKING:
    from .drawer import Drawer

GREY: Color = (0.62, 0.62, 0.62)
WHITE: Color = (1.0, 1.0, 1.0)


def draw_rules(drawer: Drawer, page: PdfPage, boxes: list[Box], closed: tuple[bool, bool]) -> None:
    """Draw the rules around cell boxes.

    ``closed`` says whether the part of the table on this page has a rule at its bottom and at its
    top.
    """
    style = drawer.style
    if style.rules == "none" or not boxes:
        return
    if style.rules == "double":
        for box in boxes:
            page.rect(box, stroke=BLACK, width=style.rule_width)
        return
    horizontal, vertical = _edges(boxes)
    left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)
    top, bottom = min(b[1] for b in boxes), max(b[3] for b in boxes)
    if not closed[0]:
        horizontal = {e for e in horizontal if abs(e[1] - bottom) > 0.05}
    if not closed[1] and not style.close_at_break:
        horizontal = {e for e in horizontal if abs(e[1] - top) > 0.05}
    if style.open_sides:
        vertical = {e for e in vertical if left + 0.05 < e[0] < right - 0.05}
    if style.horizontals_only:
        vertical = set()
    if style.rules == "white":
        for edge in sorted(horizontal | vertical):
            page.line(edge, style.rule_width, WHITE)
        return
    for edge in sorted(horizontal | vertical):
        _draw_rule(drawer, page, edge)
    if style.rules == "hidden":
        _white_helper_lines(page, boxes, (left, top, right, bottom))


def _edges(boxes: list[Box]) -> tuple[set[Box], set[Box]]:
    """Return the horizontal and the vertical edges, each once; neighbours share rounded edges."""
    horizontal: set[Box] = set()
    vertical: set[Box] = set()
    for box in boxes:
        x0, top, x1, bottom = (round(v, 2) for v in box)
        horizontal |= {(x0, top, x1, top), (x0, bottom, x1, bottom)}
        vertical |= {(x0, top, x0, bottom), (x1, top, x1, bottom)}
    return horizontal, vertical


def _draw_rule(drawer: Drawer, page: PdfPage, edge: Box) -> None:
    """Draw one edge in the style of the report."""
    style = drawer.style
    width = style.rule_width
    if style.rules == "fill":
        page.rect(_thickened(edge, width), fill=BLACK)
    elif style.rules == "image":
        if "Rule" not in drawer.file.xobjects:
            drawer.file.add_image("Rule", 2, 2, bytes(12))
        page.image("Rule", _thickened(edge, width))
    elif style.rules == "dashed":
        page.line(edge, width, dash=(3, 2))
    elif style.rules == "dotted":
        page.line(edge, width, dash=(0.8, 1.2))
    elif style.rules == "grey":
        page.line(edge, 0.25, GREY)
    else:
        page.line(edge, width)


def _thickened(edge: Box, width: float) -> Box:
    """Return the rectangle that a rule of ``width`` points along an edge covers."""
    x0, y0, x1, y1 = edge
    half = width / 2
    return x0 - half, y0 - half, x1 + half, y1 + half


def _white_helper_lines(page: PdfPage, boxes: list[Box], table: Box) -> None:
    """Draw white lines, invisible on paper, through wide cells and beside the table."""
    left, top, right, bottom = table
    for x0, row_top, x1, row_bottom in boxes:
        if x1 - x0 > 60:
            middle = (x0 + x1) / 2
            page.line((middle, row_top + 0.5, middle, row_bottom - 0.5), 0.4, WHITE)
    height = top
    while height < bottom:
        page.line((left - 12, height + 7, left - 2, height + 7), 0.4, WHITE)
        page.line((right + 2, height + 7, right + 12, height + 7), 0.4, WHITE)
        height += 40
