"""Draw text and paragraphs on the pages of the engine ``drawn``."""

from __future__ import annotations

from dataclasses import dataclass, field

from .fonts import Embedded
from .model import Para
from .pdf import PLAIN, Box, PdfFile, PdfPage, TextStyle
from .style import Style
from .wrap import wrap

A4 = (595.28, 841.89)
FALLBACKS = ("uming", "serif_cjk", "hei")


@dataclass
class Positions:
    """Where the engine has drawn cells and reports; pages are counted from 1."""

    cells: dict[int, tuple[int, Box]] = field(default_factory=dict)  # by id(cell)
    pages: list[tuple[int, int]] = field(default_factory=list)  # first and last of each report


class Drawer:
    """A PDF file in the making: its fonts, the current page and the current height on it."""

    def __init__(self, style: Style, title: str) -> None:
        self.style = style
        self.file = PdfFile(title)
        self.fonts: dict[tuple[str, bool], Embedded] = {}
        self.positions = Positions()
        self.landscape = False
        self.new_page()

    # -- pages ---------------------------------------------------------------------------------
    def new_page(self) -> None:
        """Start a page in the current orientation."""
        width, height = (A4[1], A4[0]) if self.landscape else A4
        self.page: PdfPage = self.file.new_page(width, height)
        turned = self.landscape and self.style.rotate_landscape
        self.page.rotate = 90 if turned else self.style.rotate
        left, top, right, bottom = self.style.margins
        self.left, self.right = left, width - right
        self.y, self.bottom = top, height - bottom
        self.page_is_empty = True

    @property
    def page_count(self) -> int:
        return len(self.file.pages)

    @property
    def remaining_height(self) -> float:
        """The points between the current height and the bottom margin."""
        return self.bottom - self.y

    # -- text ----------------------------------------------------------------------------------
    def font(self, name: str, vertical: bool = False) -> Embedded:
        """Return the file's font of a name, embedded at its first use."""
        key = (name, vertical)
        if key not in self.fonts:
            self.fonts[key] = Embedded(
                name, vertical, embed=self.style.embed, to_unicode=self.style.to_unicode
            )
        return self.fonts[key]

    def runs(self, text: str, name: str) -> list[tuple[Embedded, str]]:
        """Split text into runs of one font.

        Latin characters take the Latin font of the style; a character that the font lacks takes the
        first fallback font that has it.
        """
        out: list[tuple[Embedded, str]] = []
        for char in text:
            names: tuple[str, ...] = (name, *FALLBACKS)
            if char.isascii() and self.style.latin_font:
                names = (self.style.latin_font, *names)
            font = next(f for f in map(self.font, names) if f.has(char))
            if out and out[-1][0] is font:
                out[-1] = (font, out[-1][1] + char)
            else:
                out.append((font, char))
        return out

    def measure(self, text: str, name: str, size: float) -> float:
        """Return the width of a line in points."""
        return sum(font.width(c) * size for font, run in self.runs(text, name) for c in run)

    def write(
        self,
        text: str,
        x: float,
        baseline: float,
        name: str,
        size: float,
        style: TextStyle = PLAIN,
    ) -> float:
        """Write one line in the font ``name`` and return the x at its end."""
        for font, run in self.runs(text, name):
            for shift in (0.0, size * 0.03) if style.bold else (0.0,):
                self.page.text(font, size, x + shift, baseline, run, style)
            x += sum(font.width(c) * size + style.spacing for c in run)
        return x

    # -- paragraphs ----------------------------------------------------------------------------
    def paragraph(self, para: Para) -> None:
        """Draw a paragraph at the current height, with page breaks where it needs them."""
        style = self.style
        name, size, leading, indent = self._typography(para)
        width = self.right - self.left
        lines = wrap(para.text, width, lambda t: self.measure(t, name, size), indent)
        if para.kind == "heading" and self.remaining_height < 2 * leading:
            self.new_page()
        top = self.y
        done = 0
        for index, line in enumerate(lines):
            if self.remaining_height < leading:
                self.new_page()
                top = self.y
            used = self.measure(line, name, size)
            x = self.left + (indent if index == 0 else 0.0)
            spacing = 0.0
            if para.kind in ("title", "article", "center"):
                x = self.left + (width - used) / 2
            elif para.kind == "sign":
                x = self.right - used - 2 * size
            elif index < len(lines) - 1 and len(line) > 1:
                spacing = (self.right - x - used) / (len(line) - 1)
                spacing = max(min(spacing, size * 0.25), -size * 0.12)
            baseline = self.y + (leading - size) / 2 + size * 0.86
            if style.white_boxes:
                box = (x - 1, self.y, x + used + 1, self.y + leading)
                self.page.rect(box, fill=(1, 1, 1))
            bold = max(0, min(len(line), para.lead - done))
            spaced = TextStyle(spacing=spacing)
            if bold:
                x = self.write(line[:bold], x, baseline, style.heading_font, size, spaced)
            self.write(line[bold:], x, baseline, name, size, spaced)
            done += len(line)
            self.y += leading
            self.page_is_empty = False
        if style.para_frames and para.kind == "body":
            frame = (self.left - 3, top, self.right + 3, self.y)
            self.page.rect(frame, stroke=(1, 1, 1), width=0.5)

    def _typography(self, para: Para) -> tuple[str, float, float, float]:
        """Return font name, size, leading and first-line indent of a paragraph."""
        style = self.style
        size, leading = style.body_size, style.leading
        if para.kind == "title":
            return style.title_font, style.title_size, style.title_size * 1.5, 0.0
        if para.kind == "heading":
            return style.heading_font, size, leading, 2 * size
        if para.kind == "article":
            return style.heading_font, style.table_size + 1.5, leading, 0.0
        if para.kind == "note":
            return style.table_font, style.table_size, style.table_size * 1.6, 0.0
        return style.body_font, size, leading, 0.0 if para.kind in ("sign", "center") else 2 * size
