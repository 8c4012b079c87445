"""Which way up a page lies, and how much of it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest

from gongkai.extractors.ocr import page as reading
from gongkai.extractors.ocr import prepare as preparation
from gongkai.extractors.ocr.chars import UNREAD
from gongkai.extractors.ocr.prepare import Prepared, is_plain, prepare, right_way_up
from gongkai.extractors.ocr.recogniser import Recognised
from helpers.pdfs import text, write_pdf

PROSE = "本报告所列数据的统计期限为一年，全年收到政府信息公开申请三件，均已办理。"


class _Blind:
    """Sees nothing, and counts what it is shown."""

    shown = 0

    def read(self, pictures: list[Any]) -> list[Recognised]:
        self.shown += len(pictures)
        return [Recognised((), (), 0.0)] * len(pictures)

    def is_number(self, _: str) -> bool:
        return False


def _ways(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, legible: dict[int, tuple[int, int]]
) -> tuple[int, list[int]]:
    """By how many quarters the page is turned at last, and which ways were tried.

    ``legible``: words and sure letters that are read each way up.
    """
    path = write_pdf(tmp_path / "x.pdf", text(30, 200, "417"))
    with pdfium.PdfDocument(path) as document:
        ways = {k: prepare(document, 1, 72, k) for k in range(4)}
        tried: list[int] = []

        def one(_: Any, __: int, ___: float, quarters: int) -> Prepared:
            tried.append(quarters % 4)
            return ways[quarters % 4]

        def seen(prepared: Prepared, _: Any) -> tuple[int, int]:
            return next(legible[k] for k, way in ways.items() if way is prepared)

        monkeypatch.setattr(preparation, "prepare", one)
        monkeypatch.setattr(preparation, "_legible", seen)
        best = right_way_up(document, 1, _Blind(), ways[0], 0)  # type: ignore[arg-type]
        return next(k for k, way in ways.items() if way is best), tried


@pytest.mark.parametrize("way", [1, 2, 3])
def test_a_page_is_turned_to_where_its_words_are(
    way: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    legible = {k: (3, 20) if k == way else (0, 25) for k in range(4)}
    assert _ways(monkeypatch, tmp_path, legible)[0] == way


def test_a_page_that_reads_well_is_not_turned(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    legible = {0: (2, 9), 1: (0, 0), 2: (3, 30), 3: (0, 0)}
    assert _ways(monkeypatch, tmp_path, legible) == (0, [])


def test_a_page_without_words_stays_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    legible = {0: (0, 12), 1: (0, 3), 2: (0, 12), 3: (0, 3)}
    assert _ways(monkeypatch, tmp_path, legible)[0] == 0


def test_what_leaves_no_doubt() -> None:
    assert is_plain(PROSE)
    assert is_plain("自然人 总计 0 0 3 0 0")
    assert not is_plain("0 0 3 0 0")
    assert not is_plain("申请" + "囗凸凹" * 40)  # lying on its side, much is read as letters
    assert not is_plain(PROSE + UNREAD * 12)


def test_a_page_of_very_many_lines_is_read_in_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(reading, "_MOST_LINES", 3)
    lines = "".join(text(30, 280 - 20 * k, "abcdefgh ijkl") for k in range(8))
    blind = _Blind()
    with pdfium.PdfDocument(write_pdf(tmp_path / "x.pdf", lines)) as document:
        reading.read_page(document, 1, blind)  # type: ignore[arg-type]
    assert blind.shown == 3
