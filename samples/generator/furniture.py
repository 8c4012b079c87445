"""Page furniture: page numbers, running headers, frames, watermarks and seals."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from .pdf import TextStyle

if TYPE_CHECKING:
    from .drawer import Drawer


def finish_page(drawer: Drawer, number: int) -> None:
    """Add the furniture of page ``number``, counted from 1."""
    style = drawer.style
    page = drawer.page = drawer.file.pages[number - 1]
    left, right = style.margins[0], page.width - style.margins[2]

    def write_line(text: str, baseline: float, size: float, x: float | None = None) -> None:
        """Write a centred line, or one that ends at ``x``."""
        used = drawer.measure(text, style.table_font, size)
        start = (page.width - used) / 2 if x is None else x - used
        drawer.write(text, start, baseline, style.table_font, size)

    if style.page_number:
        text = style.page_number.format(
            n=number + style.page_number_first - 1, total=drawer.page_count
        )
        outer = None
        if style.number_side == "outer":
            number_width = drawer.measure(text, style.table_font, 12)
            outer = right - 12 if number % 2 else left + 12 + number_width
        write_line(text, page.height - 50, 12, outer)
    if style.running_header:
        write_line(style.running_header, 48, 9)
        page.line((left, 53, right, 53), 0.5)
    if style.running_footer:
        write_line(style.running_footer, page.height - 36, 9)
    if style.page_frame:
        color = (0.0, 0.0, 0.0) if style.page_frame == "black" else (1.0, 1.0, 1.0)
        page.rect((30, 30, page.width - 30, page.height - 30), stroke=color, width=0.8)
    if style.watermark:
        _watermark(drawer)


def _watermark(drawer: Drawer) -> None:
    page, text, size = drawer.page, drawer.style.watermark, 48.0
    angle = math.radians(40)
    cos, sin = math.cos(angle), math.sin(angle)
    slanted = TextStyle(color=(0.6, 0.6, 0.65), matrix=(cos, sin, -sin, cos))
    used = drawer.measure(text, "hei", size)
    for share in (0.33, 0.7):
        x = page.width / 2 - cos * used / 2
        y = page.height * share + sin * used / 2
        page.raw("q /Faint gs")
        for font, run in drawer.runs(text, "hei"):
            page.text(font, size, x, y, run, slanted)
            step = sum(font.width(c) * size for c in run)
            x, y = x + cos * step, y - sin * step
        page.raw("Q")


def seal_image(size: int = 160) -> tuple[bytes, bytes]:
    """Return a round red seal with a star: RGB pixels, and the opacity of each."""
    mask = Image.new("L", (size, size), 0)
    pen = ImageDraw.Draw(mask)
    pen.ellipse((4, 4, size - 5, size - 5), outline=170, width=6)
    middle, outer, inner = size / 2, size * 0.19, size * 0.075
    points = []
    for index in range(10):
        radius = inner if index % 2 else outer
        angle = math.pi * index / 5 - math.pi / 2
        points.append((middle + radius * math.cos(angle), middle + radius * math.sin(angle)))
    pen.polygon(points, fill=170)
    return bytes((200, 20, 20)) * (size * size), mask.tobytes()
