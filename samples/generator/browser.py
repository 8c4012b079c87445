"""Engine ``browser``: print the content of a report as HTML with headless Chromium."""

from __future__ import annotations

import html
import shutil
import subprocess
import tempfile
from pathlib import Path

from .drawer import Drawer
from .errors import MissingToolError
from .fonts import FACES
from .htmlcss import sheet
from .htmlpieces import pieces_html
from .model import Break, Cell, Document, Item, Para, Report, Table, flow
from .page_breaks import gap_above
from .style import Style

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-pdf-header-footer",
    "--hide-scrollbars",
)


def _lines(text: str) -> str:
    """Escape text and turn its line breaks into ``<br>``."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def _para(para: Para) -> str:
    text = _lines(para.text)
    if para.lead:
        text = f"<b>{_lines(para.text[: para.lead])}</b>{_lines(para.text[para.lead :])}"
    return f'<p class="{para.kind}">{text}</p>'


def _cell(cell: Cell, style: Style) -> str:
    classes = [cell.role] + [n for n in ("vertical", "rotated", "bold") if getattr(cell, n)]
    spans = ""
    if cell.rowspan > 1:
        spans += f' rowspan="{cell.rowspan}"'
    if cell.colspan > 1:
        spans += f' colspan="{cell.colspan}"'
    text = cell.text.replace("\n", "") if cell.vertical or cell.rotated else cell.text
    inner = pieces_html(cell.pieces, style) if cell.pieces else _lines(text)
    if cell.vertical or cell.rotated:
        inner = f"<div>{inner}</div>"
    if style.white_boxes:
        inner = f'<span class="box">{inner}</span>'
    if style.invisible and cell.role == "value":
        inner += '<span class="ghost">9</span>'
    return f'<td class="{" ".join(classes)}"{spans}>{inner}</td>'


def _row(table: Table, row: int, style: Style) -> str:
    cells = sorted((c for c in table.cells if c.row == row), key=lambda c: c.col)
    return "<tr>" + "".join(_cell(cell, style) for cell in cells) + "</tr>"


def _table(table: Table, style: Style) -> str:
    total = sum(table.widths)
    cols = "".join(f'<col style="width:{100 * w / total:.3f}%">' for w in table.widths)
    head = table.header_rows if style.repeat_header else 0
    rows = [_row(table, row, style) for row in range(table.rows)]
    body = f"<thead>{''.join(rows[:head])}</thead>" if head else ""
    body += f"<tbody>{''.join(rows[head:])}</tbody>"
    stamp = ""
    if any(table.table_id == name for name, _ in style.stamps):
        stamp = '<div class="stamp"></div>'
    return (
        f'<div class="wrap"><table class="{table.table_id}"><colgroup>{cols}</colgroup>'
        f"{body}</table>{stamp}</div>"
    )


def page(document: Document, style: Style, title: str) -> str:
    """Return a document as one HTML page."""
    out = [
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">',
        f"<title>{html.escape(title)}</title><style>{sheet(style)}</style></head><body>",
    ]
    if style.watermark:
        out.append(f'<div class="watermark">{html.escape(style.watermark)}</div>')
    landscape = False
    ruler = Drawer(style, "")
    for index, part in enumerate(document.parts):
        if index:
            out.append('<div class="pagebreak"></div>')
        items: list[Item] = flow(part) if isinstance(part, Report) else part
        for at, item in enumerate(items):
            gap = gap_above(ruler, items[at:], style.rule_width)
            if gap is not None:
                out.append(f'<div class="pagebreak"></div><div style="height:{gap:.1f}pt"></div>')
            if isinstance(item, Table):
                out.append(_table(item, style))
            elif isinstance(item, Para):
                out.append(_para(item))
            elif isinstance(item, Break) and item.gap:
                out.append(f'<div style="height:{item.gap}pt"></div>')
            elif isinstance(item, Break) and item.landscape is not None:
                out.append('<div class="land">' if item.landscape else "</div>")
                landscape = item.landscape
            else:
                out.append('<div class="pagebreak"></div>')
        if landscape:
            out.append("</div>")
            landscape = False
    return "\n".join([*out, "</body></html>"])


def render(
    document: Document, style: Style, path: Path, title: str = "", tagged: bool = True
) -> None:
    """Print a document to ``path``.

    A tagged file also contains its logical structure and is larger.  Raises ``MissingToolError`` if
    Chromium or a font is missing.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        raise MissingToolError("chromium is missing: apt-get install chromium")
    for name in (style.body_font, style.table_font, style.heading_font, style.title_font):
        face = FACES[name]
        if not Path(face.path).is_file():
            raise MissingToolError(f"font {face.family} is missing: apt-get install {face.package}")
    with tempfile.TemporaryDirectory(prefix="generator-") as folder:
        source = Path(folder) / "report.html"
        source.write_text(page(document, style, title), encoding="utf-8")
        command = [
            program,
            *FLAGS,
            *([] if tagged else ["--disable-pdf-tagging"]),
            f"--user-data-dir={folder}/profile",
            f"--print-to-pdf={path.resolve()}",
            source.as_uri(),
        ]
        process = subprocess.run(command, capture_output=True, check=False, timeout=180)
    if process.returncode or not path.is_file():
        raise MissingToolError(f"chromium failed on {path.name}: {process.stderr.decode()[-300:]}")
