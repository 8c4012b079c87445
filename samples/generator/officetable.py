"""Tables of the engine ``office``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Pt

from . import docxml as ox
from .model import Cell, Table
from .officepieces import add_pieces
from .style import Style

if TYPE_CHECKING:
    from .wordfile import WordFile


def add_table(word: WordFile, table: Table) -> None:
    """Add a table, and a low empty line after it."""
    style = word.style
    rows, cols = table.rows, len(table.widths)
    grid: Any = word.docx.add_table(rows=rows, cols=cols)
    grid.autofit = False
    total = sum(table.widths)
    widths = [Pt(word.width * w / total) for w in table.widths]
    for width, column in zip(widths, grid._tbl.tblGrid.findall(qn("w:gridCol")), strict=True):
        column.set(qn("w:w"), str(int(width.pt * 20)))
    _properties(word, grid)
    for index, row in enumerate(grid.rows):
        row.height = Pt(max(style.row_height, _vertical_text_height(style, table, index)))
        row.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
        properties = row._tr.get_or_add_trPr()
        if not style.split_rows:
            properties.append(ox.element("cantSplit"))
        if style.repeat_header and index < table.header_rows:
            properties.append(ox.element("tblHeader"))
    for cell in table.cells:
        first = grid.cell(cell.row, cell.col)
        last = grid.cell(cell.row + cell.rowspan - 1, cell.col + cell.colspan - 1)
        target = first.merge(last) if first is not last else first
        target.width = Pt(sum(widths[cell.col : cell.col + cell.colspan], start=0) / 12700)
        _fill(word, cell, target)
    after = word.docx.add_paragraph()
    after.paragraph_format.space_after = Pt(0)
    after.paragraph_format.line_spacing = Pt(style.leading * 0.4)


def _vertical_text_height(style: Style, table: Table, row: int) -> float:
    """Return the height that vertical or rotated text needs; Word does not make its row higher."""
    lengths = [
        len(cell.text)
        for cell in table.cells
        if cell.row == row and cell.rowspan == 1 and (cell.vertical or cell.rotated)
    ]
    return max(lengths, default=0) * style.table_size * 1.12 + 8 if lengths else 0.0


def _properties(word: WordFile, grid: Any) -> None:
    style = word.style
    properties = grid._tbl.tblPr
    kind = {"dashed": "dashed", "dotted": "dotted", "double": "double", "none": "nil"}.get(
        style.rules, "single"
    )
    color = {"grey": "9E9E9E", "white": "FFFFFF"}.get(style.rules, "000000")
    size = "2" if style.rules == "grey" else str(max(2, round(style.rule_width * 8)))
    borders = ox.element("tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        val = kind
        if style.open_sides and side in ("left", "right"):
            val = "nil"
        if style.horizontals_only and side in ("left", "right", "insideV"):
            val = "nil"
        borders.append(ox.element(side, val=val, sz=size, space="0", color=color))
    properties.append(borders)
    layout = properties.find(qn("w:tblLayout"))
    if layout is None:
        layout = ox.element("tblLayout", type="fixed")
        properties.append(layout)
    layout.set(qn("w:type"), "fixed")
    margins = ox.element("tblCellMar")
    for side, width in (
        ("top", 30),
        ("left", style.pad * 20),
        ("bottom", 30),
        ("right", style.pad * 20),
    ):
        margins.append(ox.element(side, w=str(int(width)), type="dxa"))
    properties.append(margins)


def _fill(word: WordFile, cell: Cell, target: Any) -> None:
    style = word.style
    alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    if cell.role == "value" and style.table_align == "top":
        alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP
    target.vertical_alignment = alignment
    shade = style.article_shade if cell.role == "article" else None
    if cell.role in ("header", "corner"):
        shade = style.header_shade
    if shade:
        fill = "".join(f"{round(v * 255):02X}" for v in shade)
        target._tc.get_or_add_tcPr().append(ox.element("shd", val="clear", color="auto", fill=fill))
    if cell.vertical or cell.rotated:
        direction = "tbRlV" if cell.vertical else "btLr"
        target._tc.get_or_add_tcPr().append(ox.element("textDirection", val=direction))
    size = style.value_size if cell.role == "value" and style.value_size else style.table_size
    lines = cell.text.split("\n")
    if cell.vertical or cell.rotated:
        lines = ["".join(lines)]
    for index, line in enumerate(lines):
        para = target.paragraphs[0] if index == 0 else target.add_paragraph()
        shape = para.paragraph_format
        shape.space_after = Pt(0)
        shape.line_spacing = Pt(size * 1.25)
        shape.widow_control = False
        left = cell.role in ("label", "corner")
        left = left or (cell.role == "value" and style.value_align == "left")
        para.alignment = WD_ALIGN_PARAGRAPH.LEFT if left else WD_ALIGN_PARAGRAPH.CENTER
        if cell.role == "value" and style.value_align == "right":
            para.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if cell.pieces:
            add_pieces(word, para, cell.pieces, size)
            continue
        word.run(para, line, style.table_font, size, bold=style.fake_bold)
        if cell.role == "value" and style.invisible:
            hidden = word.run(para, "9", style.table_font, 2)
            from docx.shared import RGBColor

            hidden.font.color.rgb = RGBColor(255, 255, 255)
