"""Spaces between Latin letters and digits, as the widths of the font show them.

In Helvetica a 1 leaves half of its width blank, so that ink alone tears 2116 apart.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.extractors.layout.lines import prose_lines
from gongkai.extractors.pdf.pdfium import read_pages
from helpers.pdfs import PdfPage, text, write_pdf


def lines(tmp_path: Path, page: PdfPage | str) -> list[str]:
    [made] = read_pages(write_pdf(tmp_path / "made.pdf", page))
    return [line.text for line in prose_lines(1, made.chars)]


@pytest.mark.parametrize("printed", ["2116", "1,117,111", "11.71%", "1111 71 11", "open data 11"])
@pytest.mark.parametrize(
    "spacing", ["", "2 Tc", "5 Tc", "-0.4 Tc", "60 Tz"], ids=lambda each: each or "plain"
)
def test_numbers_are_whole_and_apart_as_printed(tmp_path: Path, printed: str, spacing: str) -> None:
    assert lines(tmp_path, text(5, 200, printed, 10, spacing)) == [printed]


@pytest.mark.parametrize("spacing", [0, 3])
def test_gaps_without_a_space_in_the_file_are_measured(tmp_path: Path, spacing: int) -> None:
    """Many producers place words and write no spaces."""
    width = 5.56 + spacing  # of a digit
    parts = [text(10, 200, "2111", 10, f"{spacing} Tc")]
    parts.append(text(10 + 4 * width + 3, 200, "117", 10, f"{spacing} Tc"))
    assert lines(tmp_path, "".join(parts)) == ["2111 117"]
    digits = [text(10 + k * width, 200, digit) for k, digit in enumerate("211117")]
    assert lines(tmp_path, "".join(digits)) == ["211117"]


@pytest.mark.parametrize(("rotate", "turn"), [(90, "0 1 -1 0 160 30"), (180, "-1 0 0 -1 170 40")])
def test_gaps_on_a_turned_page_are_measured_as_displayed(
    tmp_path: Path, rotate: int, turn: str
) -> None:
    content = f"q {turn} cm {text(0, 0, '1111 71', 10, '3 Tc')} Q"
    assert lines(tmp_path, PdfPage(content, rotate=rotate)) == ["1111 71"]
