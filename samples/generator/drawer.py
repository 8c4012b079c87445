"""The pen of engine ``drawn``: fonts, pages, lines and paragraphs on a page."""

from __future__ import annotations

from dataclasses import dataclass, field

from .fonts import Embedded
from .model import Para
from .pdf import BLACK, Color, PdfFile, PdfPage
from .style import Style
from .wrap import wrap

A4 = (595.28, 841.89)
FALLBACKS = ("uming", "serif_cjk", "hei")


@dataclass
class Placed:
    """Where things came to stand: pages are counted from 1."""

    cells: dict[int, tuple[int, tuple[float, float, float, float]]] = field(default_factory=dict)
    pages: list[tuple[int, int]] = field(default_factory=list)  # first and last of each report
    count: int = 0


class Drawer:
    """The pen: fonts, current page and current height on it."""

    def __init__(self, style: Style, title: str) -> None:
        self.style = style
        self.file = PdfFile(title)
        self.fonts: dict[tuple[str, bool], Embedded] = {}
        self.placed = Placed()
        self.landscape = False
        self.new_page()

    # -- pages ---------------------------------------------------------------------------------
    def new_page(self) -> None:
        width, height = (A4[1], A4[0]) if self.landscape else A4
        self.page: PdfPage = self.file.new_page(width, height)
        turned = self.landscape and self.style.rotate_landscape
        self.page.rotate = 90 if turned else self.style.rotate
        left, top, right, bottom = self.style.margins
        self.left, self.right = left, width - right
        self.y, self.bottom = top, height - bottom
        self.fresh = True

    @property
    def number(self) -> int:
        return len(self.file.pages)

    @property
    def room(self) -> float:
        return self.bottom - self.y

    # -- text ----------------------------------------------------------------------------------
    def font(self, name: str, vertical: bool = False) -> Embedded:
        key = (name, vertical)
        if key not in self.fonts:
            self.fonts[key] = Embedded(
                name, vertical, embed=self.style.embed, to_unicode=self.style.to_unicode
            )
        return self.fonts[key]

    def runs(self, text: str, name: str) -> list[tuple[Embedded, str]]:
        """The text in pieces of one font; Latin and missing characters have fonts of their own."""
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
        return sum(font.width(c) * size for font, run in self.runs(text, name) for c in run)

    def write(
        self,
        text: str,
        x: float,
        baseline: float,
        name: str,
        size: float,
        *,
        spacing: float = 0.0,
        color: Color = BLACK,
        mode: int = 0,
        bold: bool = False,
    ) -> float:
        """Writes one line and returns the x after it; bold is a second print beside the first."""
        for font, run in self.runs(text, name):
            for shift in (0.0, size * 0.03) if bold else (0.0,):
                self.page.text(
                    font, size, x + shift, baseline, run, spacing=spacing, color=color, mode=mode
                )
            x += sum(font.width(c) * size + spacing for c in run)
        return x

    # -- paragraphs ----------------------------------------------------------------------------
    def paragraph(self, para: Para) -> None:
        style = self.style
        name, size, leading, indent = self._look(para)
        width = self.right - self.left
        lines = wrap(para.text, width, lambda t: self.measure(t, name, size), indent)
        if para.kind == "heading" and self.room < 2 * leading:
            self.new_page()
        top = self.y
        done = 0
        for index, line in enumerate(lines):
            if self.room < leading:
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
                self.page.rect(x - 1, self.y, x + used + 1, self.y + leading, fill=(1, 1, 1))
            bold = max(0, min(len(line), para.lead - done))
            if bold:
                x = self.write(line[:bold], x, baseline, style.heading_font, size, spacing=spacing)
            self.write(line[bold:], x, baseline, name, size, spacing=spacing)
            done += len(line)
            self.y += leading
            self.fresh = False
        if style.para_frames and para.kind == "body":
            self.page.rect(self.left - 3, top, self.right + 3, self.y, stroke=(1, 1, 1), width=0.5)

    def _look(self, para: Para) -> tuple[str, float, float, float]:
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
