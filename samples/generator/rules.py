"""The many ways in which the rules of a table get onto the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .pdf import BLACK, Color, PdfPage

if TYPE_CHECKING:
    from .drawer import Drawer

Box = tuple[float, float, float, float]
GREY: Color = (0.62, 0.62, 0.62)
WHITE: Color = (1.0, 1.0, 1.0)


def draw_rules(drawer: Drawer, page: PdfPage, boxes: list[Box], closed: tuple[bool, bool]) -> None:
    """Draws the rules around ``boxes``; ``closed`` tells of the bottom and the top of the part."""
    style = drawer.style
    if style.rules in ("none",) or not boxes:
        return
    if style.rules == "double":
        for box in boxes:
            page.rect(*box, stroke=BLACK, width=style.rule_width)
        return
    flat, upright = _segments(boxes)
    left, right = min(b[0] for b in boxes), max(b[2] for b in boxes)
    top, bottom = min(b[1] for b in boxes), max(b[3] for b in boxes)
    if not closed[0]:
        flat = {s for s in flat if abs(s[1] - bottom) > 0.05}
    if not closed[1] and not style.close_at_break:
        flat = {s for s in flat if abs(s[1] - top) > 0.05}
    if style.open_sides:
        upright = {s for s in upright if left + 0.05 < s[0] < right - 0.05}
    if style.horizontals_only:
        upright = set()
    if style.rules == "white":
        for x0, y0, x1, y1 in sorted(flat | upright):
            page.line(x0, y0, x1, y1, style.rule_width, WHITE)
        return
    for x0, y0, x1, y1 in sorted(flat | upright):
        _rule(drawer, page, x0, y0, x1, y1)
    if style.rules == "hidden":
        _helpers(page, boxes, left, right, top, bottom)


def _segments(boxes: list[Box]) -> tuple[set[Box], set[Box]]:
    """Each edge once, rounded so that neighbours share it."""
    flat: set[Box] = set()
    upright: set[Box] = set()
    for box in boxes:
        x0, top, x1, bottom = (round(v, 2) for v in box)
        flat |= {(x0, top, x1, top), (x0, bottom, x1, bottom)}
        upright |= {(x0, top, x0, bottom), (x1, top, x1, bottom)}
    return flat, upright


def _rule(drawer: Drawer, page: PdfPage, x0: float, y0: float, x1: float, y1: float) -> None:
    style = drawer.style
    width = style.rule_width
    if style.rules == "fill":
        half = width / 2
        page.rect(x0 - half, y0 - half, x1 + half, y1 + half, fill=BLACK)
    elif style.rules == "image":
        half = width / 2
        if "Rule" not in drawer.file.xobjects:
            drawer.file.add_image("Rule", 2, 2, bytes(12))
        page.image("Rule", x0 - half, y0 - half, x1 + half, y1 + half)
    elif style.rules == "dashed":
        page.line(x0, y0, x1, y1, width, dash=(3, 2))
    elif style.rules == "dotted":
        page.line(x0, y0, x1, y1, width, dash=(0.8, 1.2))
    elif style.rules == "grey":
        page.line(x0, y0, x1, y1, 0.25, GREY)
    else:
        page.line(x0, y0, x1, y1, width)


def _helpers(
    page: PdfPage, boxes: list[Box], left: float, right: float, top: float, bottom: float
) -> None:
    """White lines that a person never sees: through the middle of columns and rows."""
    for x0, row_top, x1, row_bottom in boxes:
        if x1 - x0 > 60:
            middle = (x0 + x1) / 2
            page.line(middle, row_top + 0.5, middle, row_bottom - 0.5, 0.4, WHITE)
    height = top
    while height < bottom:
        page.line(left - 12, height + 7, left - 2, height + 7, 0.4, WHITE)
        page.line(right + 2, height + 7, right + 12, height + 7, 0.4, WHITE)
        height += 40
