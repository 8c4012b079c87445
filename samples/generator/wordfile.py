"""A Word file of the engine ``office``: page set-up, runs and paragraphs."""

from __future__ import annotations

from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from . import docxml as ox
from .fonts import FACES
from .model import Para
from .style import Style

A4 = (595.3, 841.9)


class WordFile:
    """A Word file in the making."""

    def __init__(self, style: Style, title: str) -> None:
        self.style = style
        self.docx: Any = docx.Document()
        self.docx.core_properties.title = title
        self.docx.core_properties.author = ""
        normal = self.docx.styles["Normal"]
        normal.font.size = Pt(style.body_size)
        ox.set_fonts(
            normal.element,
            FACES[style.latin_font or style.body_font].family,
            FACES[style.body_font].family,
        )
        self.set_page(self.docx.sections[0], False)
        self._furniture(self.docx.sections[0])

    def set_page(self, section: Any, landscape: bool) -> None:
        """Set size, orientation and margins of a section."""
        width, height = (A4[1], A4[0]) if landscape else A4
        section.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        section.page_width, section.page_height = Pt(width), Pt(height)
        left, top, right, bottom = self.style.margins
        section.left_margin, section.right_margin = Pt(left), Pt(right)
        section.top_margin, section.bottom_margin = Pt(top), Pt(bottom)
        self.width = width - left - right

    def _furniture(self, section: Any) -> None:
        """Add running header, footer, page number and watermark."""
        style = self.style
        if style.running_header:
            para = section.header.paragraphs[0]
            para.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self.run(para, style.running_header, style.table_font, 9)
            ox.bottom_border(para)
        foot = section.footer.paragraphs[0]
        if style.page_number:
            foot.alignment = (
                WD_ALIGN_PARAGRAPH.RIGHT
                if style.number_side == "outer"
                else WD_ALIGN_PARAGRAPH.CENTER
            )
            before, _, after = style.page_number.partition("{n}")
            middle, _, end = after.partition("{total}")
            self.run(foot, before, style.table_font, 12)
            ox.field(foot, "PAGE", 12)
            self.run(foot, middle, style.table_font, 12)
            if "{total}" in after:
                ox.field(foot, "NUMPAGES", 12)
                self.run(foot, end, style.table_font, 12)
        if style.running_footer:
            para = section.footer.add_paragraph()
            self.run(para, style.running_footer, style.table_font, 9)
        if style.watermark:
            ox.watermark(section.header.paragraphs[0], style.watermark, FACES["hei"].family)

    def run(self, para: Any, text: str, font: str, size: float, bold: bool = False) -> Any:
        """Add text in one font to a paragraph."""
        run = para.add_run(text)
        run.font.size = Pt(size)
        run.bold = bold or None
        ox.set_fonts(run._element, FACES[self.style.latin_font or font].family, FACES[font].family)
        return run

    def paragraph(self, para: Para, after_title: bool) -> None:
        """Add a paragraph; the first one after a title has space above it."""
        style = self.style
        out = self.docx.add_paragraph()
        shape = out.paragraph_format
        shape.space_before = Pt(style.leading if after_title and para.kind != "title" else 0)
        shape.space_after = Pt(0)
        shape.widow_control = False
        font, size, leading = style.body_font, style.body_size, style.leading
        out.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
        if para.kind in ("title", "article", "center"):
            out.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if para.kind == "title":
            font, size, leading = style.title_font, style.title_size, style.title_size * 1.5
        elif para.kind == "heading":
            font = style.heading_font
            shape.keep_with_next = True
        elif para.kind == "article":
            font, size = style.heading_font, style.table_size + 1.5
        elif para.kind == "note":
            font, size, leading = style.table_font, style.table_size, style.table_size * 1.6
        elif para.kind == "sign":
            out.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        shape.line_spacing = Pt(leading)
        if para.kind in ("body", "heading"):
            shape.first_line_indent = Pt(2 * size)
        if para.lead:
            self.run(out, para.text[: para.lead], style.heading_font, size)
        self.run(out, para.text[para.lead :], font, size)
