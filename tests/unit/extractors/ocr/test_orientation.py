"""The orientation of a page, and the limit of lines read on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from gongkai.extractors.ocr import orientation, page
from gongkai.extractors.ocr.chars import UNREAD
from gongkai.extractors.ocr.orientation import find_upright, is_clearly_upright
from gongkai.extractors.ocr.recogniser import Recognition
from gongkai.extractors.ocr.segmented_page import SegmentedPage, prepare_page
from helpers.pdfs import text, write_pdf

PROSE = "本报告所列数据的统计期限为一年，全年收到政府信息公开申请三件，均已办理。"


class _BlindReader:
    """Reads nothing, and counts the images that it gets."""

    count = 0

    def read(self, images: list[Any]) -> list[Recognition]:
        self.count += len(images)
        return [Recognition((), (), 0.0)] * len(images)

    def is_number(self, _: str) -> bool:
        return False


def _find_upright(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, legible: dict[int, tuple[int, int]]
) -> tuple[int, list[int]]:
    """The quarter turns of the chosen orientation, and the orientations that were tried.

    ``legible`` gives the common words and certain letters by quarter turns.
    """
    path = write_pdf(tmp_path / "x.pdf", text(30, 200, "417"))
    with pdfium.PdfDocument(path) as document:
        pages = {k: prepare_page(document, 1, 72, k) for k in range(4)}
        tried: list[int] = []

        def prepare(_: Any, __: int, ___: float, quarter_turns: int) -> SegmentedPage:
            tried.append(quarter_turns % 4)
            return pages[quarter_turns % 4]

        def legibility(page: SegmentedPage, _: Any) -> tuple[int, int]:
            return next(legible[k] for k, each in pages.items() if each is page)

        monkeypatch.setattr(orientation, "prepare_page", prepare)
        monkeypatch.setattr(orientation, "_legibility", legibility)
        best = find_upright(document, 1, _BlindReader(), pages[0], 0)  # type: ignore[arg-type]
        return next(k for k, each in pages.items() if each is best), tried


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_is_rotated_to_where_words_can_be_read(
    turns: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    legible = {k: (3, 20) if k == turns else (0, 25) for k in range(4)}
    assert _find_upright(monkeypatch, tmp_path, legible)[0] == turns


def test_a_legible_page_is_not_rotated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    legible = {0: (2, 9), 1: (0, 0), 2: (3, 30), 3: (0, 0)}
    assert _find_upright(monkeypatch, tmp_path, legible) == (0, [])


def test_a_page_without_words_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    legible = {0: (0, 12), 1: (0, 3), 2: (0, 12), 3: (0, 3)}
    assert _find_upright(monkeypatch, tmp_path, legible)[0] == 0


def test_which_text_is_clearly_upright() -> None:
    assert is_clearly_upright(PROSE)
    assert is_clearly_upright("自然人 总计 0 0 3 0 0")
    assert not is_clearly_upright("0 0 3 0 0")
    assert not is_clearly_upright("申请" + "囗凸凹" * 40)  # a page on its side
    assert not is_clearly_upright(PROSE + UNREAD * 12)


def test_only_the_first_lines_of_a_page_of_very_many_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(page, "_MAX_LINES", 3)
    lines = "".join(text(30, 280 - 20 * k, "abcdefgh ijkl") for k in range(8))
    blind = _BlindReader()
    with pdfium.PdfDocument(write_pdf(tmp_path / "x.pdf", lines)) as document:
        page.read_page(document, 1, blind)  # type: ignore[arg-type]
    assert blind.count == 3
