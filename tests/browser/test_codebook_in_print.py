"""The codebook prints to PDF from any browser: whole names, and headers on each page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2

from gongkai.export import export
from gongkai.families.family import Family
from gongkai.loaders.writer import Writer
from made import report

if TYPE_CHECKING:
    from playwright.sync_api import Page


def test_the_headers_of_long_tables_are_on_every_page(
    tab: Page, tmp_path: Path, family: Family
) -> None:
    db, pdf = tmp_path / "gongkai.db", tmp_path / "codebook.pdf"
    with Writer(db, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
    export(db, tmp_path / "out", tables=["panel"])
    tab.goto((tmp_path / "out" / "codebook.html").as_uri())
    tab.pdf(path=pdf, prefer_css_page_size=True)
    with pypdfium2.PdfDocument(pdf) as printed:
        pages = [each.get_textpage().get_text_range().split() for each in printed]
        assert [round(side) for side in printed[0].get_size()] == [595, 842], "A4"
    after = next(n for n, words in enumerate(pages) if "Variables" in words) + 1
    assert len(pages) > after + 2
    for number, words in enumerate(pages[after:], after + 1):
        assert words[:3] == [str(number), "/", str(len(pages))]
        assert words[3:7] == ["Name", "Label", "Type", "Meaning"]
    assert sum(words.count("received_new") for words in pages), "a name is not broken"
