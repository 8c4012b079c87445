"""The second reader of characters finds what the first finds, in the same places."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.pdf.playa_reader import chars_with_playa
from gongkai.model import Box, Page
from helpers.pdfs import PdfPage, text, write_pdf

WORDS = "".join(text(40 + 50 * c, 155 + 20 * r, f"{r}{c}") for r in range(3) for c in range(2))


def places(page: Page) -> list[tuple[str, float, float]]:
    return sorted((c.text, (c.x0 + c.x1) / 2, (c.top + c.bottom) / 2) for c in page.chars)


@pytest.mark.parametrize(
    "page",
    [
        PdfPage(WORDS),
        PdfPage(WORDS, crop=(20, 50, 180, 290)),
        PdfPage(WORDS, media=(-100, -50, 150, 250), crop=(20, 50, 140, 240)),
        PdfPage(f"q -1 0 0 -1 200 300 cm {WORDS}Q\n", rotate=180),
        PdfPage(f"q 0 1 -1 0 300 0 cm {WORDS}Q\n", media=(0, 0, 300, 200)),
        PdfPage(f"q 10 0 0 10 0 0 cm {WORDS}Q\n", media=(0, 0, 2000, 3000)),
    ],
    ids=["plain", "crop box", "both boxes", "turned page", "turned content", "another scale"],
)
def test_both_readers_find_the_same_characters_in_the_same_places(
    tmp_path: Path, page: PdfPage
) -> None:
    path = write_pdf(tmp_path / "made.pdf", page)
    first = read_pages(path)
    [second] = chars_with_playa(path, first)
    assert (second.reader, second.rules, second.grids) == ("playa", (), ())
    found, seen = places(second), places(first[0])
    assert [char for char, *_ in found] == [char for char, *_ in seen] == sorted("000110112021")
    for one, other in zip(found, seen, strict=True):
        assert one[1:] == pytest.approx(other[1:], abs=0.25 * first[0].chars[0].size)


def test_what_is_white_or_hidden_is_not_found(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "made.pdf", f"{text(40, 155, '7')}1 g {text(90, 155, '8')}")
    [page] = read_pages(path)
    page = replace(page, hidden=(), chars=())
    [found] = chars_with_playa(path, [page])
    assert [char.text for char in found.chars] == ["7"]
    [found] = chars_with_playa(path, [replace(page, hidden=(Box(0, 0, 80, 300),))])
    assert found.chars == ()


def test_text_that_a_matrix_leaves_no_height_is_not_found(tmp_path: Path) -> None:
    flat = "BT /F 10 Tf 1 0 0 0 30 50 Tm (7) Tj ET\n"
    path = write_pdf(tmp_path / "made.pdf", text(30, 100, "1") + flat)
    [found] = chars_with_playa(path, read_pages(path))
    assert [char.text for char in found.chars] == ["1"]


def test_only_the_pages_asked_for_are_read(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "made.pdf", text(30, 100, "1"), text(30, 100, "2"))
    [second] = chars_with_playa(path, read_pages(path)[1:])
    assert (second.number, [char.text for char in second.chars]) == (2, ["2"])


def test_a_damaged_file_is_left_to_others(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "made.pdf", text(30, 100, "1"))
    pages = read_pages(path)
    path.write_bytes(b"%PDF-1.4\nnothing")
    assert chars_with_playa(path, pages) == []
