"""The second reader sees the same page in the same places, and is independent of the first."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.pdf.pdfplumber_reader import (
    PlacedChars,
    chars_inside,
    displayed,
    read_with_pdfplumber,
)
from gongkai.model import Box, Char, Page
from helpers.pdfs import PdfPage, text, write_pdf

TABLE = "".join(
    f"q 0.5 w {30 + 50 * c} {150 + 20 * r} 50 20 re S Q\n"
    f"{text(40 + 50 * c, 155 + 20 * r, f'{r}{c}')}"
    for r in range(3)
    for c in range(2)
)


@pytest.mark.parametrize(
    "page",
    [
        PdfPage(TABLE),
        PdfPage(TABLE, crop=(20, 50, 180, 290)),
        PdfPage(TABLE, media=(-100, -50, 150, 250)),
        PdfPage(TABLE, media=(-100, -50, 150, 250), crop=(20, 50, 140, 240)),
        PdfPage(f"q -1 0 0 -1 200 300 cm {TABLE}Q\n", rotate=180),
    ],
    ids=["plain", "crop box", "media box", "both", "turned"],
)
def test_both_readers_see_the_same_cells_in_the_same_places(tmp_path: Path, page: PdfPage) -> None:
    path = write_pdf(tmp_path / "made.pdf", page)
    [first] = find_grids(read_pages(path)[0])
    [look] = read_with_pdfplumber(path, [1])
    [second] = find_grids(look)
    assert second.reader == "pdfplumber"
    assert len(first.cells) == len(second.cells) == 6
    for one, other in zip(first.cells, second.cells, strict=True):
        assert one.text == other.text
        assert all(abs(a - b) < 2 for a, b in zip(one.box, other.box, strict=True))


@pytest.mark.parametrize(
    ("turn", "media"),
    [
        ("0 1 -1 0 300 0", (0, 0, 300, 200)),
        ("-1 0 0 -1 200 300", (0, 0, 200, 300)),
        ("0 -1 1 0 0 200", (0, 0, 300, 200)),
    ],
)
def test_both_readers_see_turned_content_upright_in_the_same_places(
    tmp_path: Path, turn: str, media: tuple[int, int, int, int]
) -> None:
    page = PdfPage(f"q {turn} cm {TABLE}Q\n", media=media)
    path = write_pdf(tmp_path / "made.pdf", page)
    [first], [second] = read_pages(path), read_with_pdfplumber(path, [1])
    assert (second.width, second.height) == pytest.approx((200, 300))
    assert second.to_displayed == first.to_displayed
    assert sorted(c.text for c in first.chars) == sorted(c.text for c in second.chars)
    for one in first.chars:
        near = [c for c in second.chars if abs(c.x0 - one.x0) < 2 and c.text == one.text]
        assert any(abs(c.baseline - one.baseline) < 1 for c in near)
        assert all(c.size == pytest.approx(one.size, abs=2) for c in near)


def test_only_the_pages_asked_for_are_read(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "made.pdf", TABLE, text(30, 100, "7"), TABLE)
    looks = read_with_pdfplumber(path, [2, 3])
    assert [look.number for look in looks] == [2, 3]
    assert [c.text for c in looks[0].chars] == ["7"]
    assert [len(find_grids(look)) for look in looks] == [0, 1]


def test_text_that_a_matrix_leaves_no_height_is_not_read(tmp_path: Path) -> None:
    flat = "BT /F 10 Tf 1 0 0 0 30 50 Tm (7) Tj ET\n"
    [page] = read_with_pdfplumber(write_pdf(tmp_path / "made.pdf", TABLE + flat), [1])
    assert page.chars
    assert "7" not in {char.text for char in page.chars}


@pytest.mark.parametrize("lines", [60, 600])
def test_no_table_is_looked_for_among_more_rules_than_any_table_has(
    tmp_path: Path, lines: int
) -> None:
    across = "".join(f"20 {20 + 4 * k} {4 * lines} 0.5 re f\n" for k in range(lines))
    upright = "".join(f"{20 + 4 * k} 20 0.5 {4 * lines} re f\n" for k in range(lines))
    page = PdfPage(across + upright + TABLE, media=(0, 0, 4 * lines + 40, 4 * lines + 40))
    path = write_pdf(tmp_path / "made.pdf", page)
    [found] = read_with_pdfplumber(path, [1])
    assert (found.grids, len(found.chars)) == ((), 12)


def test_hidden_text_is_compared_with_what_is_displayed_at_once() -> None:
    chars = tuple(
        Char("1", x, 10.0, x + 5, 20.0, 18.0, 10.0) for x in np.linspace(0, 1e5, 5_000).tolist()
    )
    hidden = tuple(Box(c.x0 - 1, 9.0, c.x1 + 1, 21.0) for c in chars)
    shown = Page(1, 1e5, 300.0, chars[:2], (), 0.0, "pdfium", hidden=hidden)
    started = time.process_time()
    assert displayed(chars, shown) == list(chars[:2])
    assert time.process_time() - started < 2


def test_characters_in_boxes_are_found_by_their_height(tmp_path: Path) -> None:
    [page] = read_pages(write_pdf(tmp_path / "a.pdf", PdfPage(TABLE)))
    middles = {(c.x0, (c.top + c.bottom) / 2) for c in page.chars}
    on_edges = [Box(x - 1, y, x + 60, y) for x, y in middles]
    boxes = [*on_edges, Box(0, 0, 200, 300), Box(30, 150, 80, 170), Box(0, 0, 9, 9)]
    placed = PlacedChars(page.chars[::-1])
    for box in boxes:
        assert placed.inside(box) == tuple(chars_inside(box, page.chars[::-1]))
    assert any(placed.inside(box) for box in on_edges)
