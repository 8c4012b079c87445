"""The orientation of a page, and the limit of lines read on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from gongkai.extractors.ocr import orientation, page
from gongkai.extractors.ocr.chars import UNREAD
from gongkai.extractors.ocr.cleaning import CleanBitmaps
from gongkai.extractors.ocr.line_model import Recognition
from gongkai.extractors.ocr.orientation import find_upright, is_clearly_upright, looks_upright
from gongkai.extractors.ocr.segmented_page import SegmentedPage, prepare_page
from gongkai.model import Char, Page
from helpers.families import built_in
from helpers.pdfs import text, write_pdf

WORDS = built_in().country.settings.text_layer.legible_words
PROSE = "本报告所列数据的统计期限为一年，全年收到政府信息公开申请三件，均已办理。"


class _BlindReader:
    """Reads nothing, and counts the images that it gets."""

    count = 0

    def read(self, images: list[Any]) -> list[Recognition]:
        self.count += len(images)
        return [Recognition((), (), 0.0)] * len(images)

    read_carefully = read_quickly = read

    def is_number(self, _: str) -> bool:
        return False

    def count_words(self, text: str) -> int:
        return sum(text.count(word) for word in WORDS)


READER: Any = _BlindReader()


def _find_upright(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, legible: dict[int, tuple[int, int]]
) -> tuple[int, list[int]]:
    """The quarter turns of the chosen orientation, and the orientations that were tried.

    ``legible`` gives the lines with common words and the certain letters by quarter turns.
    """
    path = write_pdf(tmp_path / "x.pdf", text(30, 200, "417"))
    with pdfium.PdfDocument(path) as document:
        pages = {k: prepare_page(CleanBitmaps(document), 1, 72, k) for k in range(4)}
        tried: list[int] = []

        def prepare(_: Any, __: int, ___: float, quarter_turns: int) -> SegmentedPage:
            tried.append(quarter_turns % 4)
            return pages[quarter_turns % 4]

        def legibility(page: SegmentedPage, _: Any) -> tuple[int, int]:
            return next(legible[k] for k, each in pages.items() if each is page)

        monkeypatch.setattr(orientation, "prepare_page", prepare)
        monkeypatch.setattr(orientation, "_legibility", legibility)
        bitmaps = CleanBitmaps(document)
        best = find_upright(bitmaps, 1, _BlindReader(), pages[0], 0)  # type: ignore[arg-type]
        return next(k for k, each in pages.items() if each is best), tried


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_is_rotated_to_where_words_can_be_read(
    turns: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    legible = {k: (3, 20) if k == turns else (0, 25) for k in range(4)}
    assert _find_upright(monkeypatch, tmp_path, legible)[0] == turns


def test_a_page_that_may_be_on_its_side_is_tried_in_every_orientation(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    legible = {0: (1, 15), 1: (4, 25), 2: (0, 0), 3: (0, 2)}  # 1: vertical labels
    assert _find_upright(monkeypatch, tmp_path, legible) == (1, [2, 1])


@pytest.mark.parametrize(("lines", "expected"), [(0, False), (1, False), (3, True)])
def test_a_page_looks_upright_if_some_of_its_lines_have_words(
    lines: int, expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orientation, "_legibility", lambda *_: (lines, 40))
    assert looks_upright(None, _BlindReader()) is expected  # type: ignore[arg-type]


@pytest.mark.parametrize("upright", [True, False])
def test_a_page_whose_letters_lie_on_their_side_is_turned(
    upright: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    chars = tuple(
        Char(letter, 10.0 * k, 10, 10.0 * k + 9, 20, 20, 10, upright=upright)
        for k, letter in enumerate(PROSE)
    )
    read = Page(1, 300, 300, chars, (), 1.0, "ocr")
    tried: list[int] = []
    monkeypatch.setattr(page, "_read_segmented", lambda *_: read)
    monkeypatch.setattr(page, "find_upright", lambda *given: tried.append(1) or given[3])
    with pdfium.PdfDocument(write_pdf(tmp_path / "x.pdf", text(30, 200, "417"))) as document:
        page.read_page(CleanBitmaps(document), 1, _BlindReader())  # type: ignore[arg-type]
    assert bool(tried) is not upright


def test_a_page_without_words_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    legible = {0: (0, 12), 1: (0, 3), 2: (0, 12), 3: (0, 3)}
    assert _find_upright(monkeypatch, tmp_path, legible)[0] == 0


def test_which_text_is_clearly_upright() -> None:
    assert is_clearly_upright(PROSE, READER)
    assert is_clearly_upright("自然人 总计 0 0 3 0 0", READER)
    assert not is_clearly_upright("0 0 3 0 0", READER)
    assert not is_clearly_upright("申请" + "囗凸凹" * 40, READER)  # a page on its side
    assert not is_clearly_upright(PROSE + UNREAD * 12, READER)


def test_only_the_first_lines_of_a_page_of_very_many_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "_MAX_LINES", 3)
    lines = "".join(text(30, 280 - 20 * k, "abcdefgh ijkl") for k in range(8))
    blind = _BlindReader()
    with pdfium.PdfDocument(write_pdf(tmp_path / "x.pdf", lines)) as document:
        page.read_page(CleanBitmaps(document), 1, blind)  # type: ignore[arg-type]
    assert blind.count == 3
