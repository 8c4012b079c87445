"""Engine ``office``: print the content of a report as a Word file with LibreOffice."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from . import docxml as ox
from .drawer import Drawer
from .errors import MissingToolError
from .model import Break, Document, Item, Para, Report, Table, flow
from .officetable import add_table
from .page_breaks import gap_above
from .style import Style
from .wordfile import WordFile


def add_item(word: WordFile, item: Item, after_title: bool) -> None:
    """Add a paragraph, a table or a break at the end of the file."""
    if isinstance(item, Para):
        word.paragraph(item, after_title)
    elif isinstance(item, Table):
        add_table(word, item)
    elif item.gap:
        ox.spacer(word.docx, item.gap)
    elif item.landscape is not None:
        word.set_page(word.docx.add_section(), item.landscape)
    else:
        ox.page_break(word.docx)


def write(document: Document, style: Style, path: Path, title: str) -> None:
    """Write a document as a Word file."""
    word = WordFile(style, title)
    ruler = Drawer(style, "")
    for index, part in enumerate(document.parts):
        if index:
            ox.page_break(word.docx)
        after_title = False
        items = flow(part) if isinstance(part, Report) else part
        for at, item in enumerate(items):
            gap = gap_above(ruler, items[at:], style.rule_width)
            if gap is not None:
                ox.page_break(word.docx)
                ox.spacer(word.docx, gap)
            add_item(word, item, after_title)
            after_title = isinstance(item, Para) and item.kind == "title"
            if isinstance(item, Break):
                after_title = False
    word.docx.save(str(path))


def convert(sources: list[Path], out: Path) -> None:
    """Convert Word files to PDF with one start of LibreOffice.

    Raises ``MissingToolError`` if LibreOffice is missing or does not write a file.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        raise MissingToolError("LibreOffice is missing: apt-get install libreoffice-writer-nogui")
    with tempfile.TemporaryDirectory(prefix="generator-") as profile:
        command = [
            program,
            "--headless",
            "--norestore",
            f"-env:UserInstallation=file://{profile}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(out),
            *map(str, sources),
        ]
        process = subprocess.run(command, capture_output=True, check=False, timeout=900)
    missing = [s.name for s in sources if not (out / s.with_suffix(".pdf").name).is_file()]
    if missing:
        output = process.stderr.decode(errors="replace")[-300:]
        raise MissingToolError(f"LibreOffice failed on {', '.join(missing)}: {output}")


def render(document: Document, style: Style, path: Path, title: str = "") -> None:
    """Print one document to ``path``."""
    with tempfile.TemporaryDirectory(prefix="generator-") as folder:
        source = Path(folder) / path.with_suffix(".docx").name
        write(document, style, source, title)
        convert([source], path.parent)
