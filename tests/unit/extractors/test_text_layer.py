"""A scan never passes for an empty page, and nonsense never for text."""

from __future__ import annotations

from pathlib import Path

import pytest

from gongkai.errors import UnreadableFile
from gongkai.extractors.ocr.service import file_ocr, with_ocr
from gongkai.extractors.text_layer import distrust_reason, untrusted_pages
from gongkai.families.family import Family
from gongkai.model import Page, ReadOptions
from helpers.draw import make_page, prose

REPORT = ["本报告由临江市水务局根据《条例》编制，统计期限自2022年1月1日起。"] * 4
NONSENSE = ["$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"] * 3


def reason(page: Page, family: Family) -> str | None:
    return distrust_reason(page, family.settings.thresholds)


def read_as_text(pages: list[Page], family: Family) -> list[Page]:
    ocr = file_ocr(Path("报告.pdf"), family.marks, ReadOptions(ocr="never"))
    return with_ocr(pages, ocr, family.settings.thresholds)


def test_an_ordinary_page_is_trusted(family: Family) -> None:
    assert reason(make_page(prose(REPORT, 60)), family) is None


def test_a_page_with_text_and_an_image_is_trusted(family: Family) -> None:
    assert reason(make_page(prose(REPORT, 60), image_share=0.9), family) is None


def test_an_empty_page_is_trusted(family: Family) -> None:
    assert reason(make_page(), family) is None


def test_a_scan_is_not_trusted(family: Family) -> None:
    assert "图片" in (reason(make_page(image_share=0.98), family) or "")
    numbered = make_page(prose(["- 3 -"], 800), image_share=0.98)
    assert "图片" in (reason(numbered, family) or "")


def test_a_text_layer_of_nonsense_is_not_trusted(family: Family) -> None:
    assert "不是中文" in (reason(make_page(prose(NONSENSE, 60)), family) or "")


def test_a_page_of_numbers_with_few_words_is_trusted(family: Family) -> None:
    """The last page of a table: digits, and the words of the form."""
    lines = ["0 1 0 2 0 0 1"] * 8 + ["（七）总计 政府信息公开申请"]
    assert reason(make_page(prose(lines, 60)), family) is None


def test_the_error_names_the_first_untrusted_page(family: Family) -> None:
    pages = [make_page(prose(REPORT, 60)), make_page(image_share=1.0, number=2)]
    with pytest.raises(UnreadableFile, match="第2页"):
        read_as_text(pages, family)


def test_a_file_of_empty_pages_is_unreadable(family: Family) -> None:
    with pytest.raises(UnreadableFile, match="没有文字"):
        read_as_text([make_page(), make_page(number=2)], family)


@pytest.mark.parametrize("unmapped", ["\ufffd", "\ue003"])
def test_digits_of_an_unmapped_font_are_not_trusted(unmapped: str, family: Family) -> None:
    """A font has no character map, or maps to characters for private use."""
    table = [f"予以公开 {unmapped} {unmapped} {unmapped} 总计{unmapped}"] * 4
    assert "缺字符对应" in (reason(make_page(prose(table, 60)), family) or "")
    assert "缺字符对应" in (reason(make_page(prose([unmapped * 8], 60)), family) or "")


def test_a_few_bullets_of_an_office_font_are_trusted(family: Family) -> None:
    assert (
        reason(make_page(prose([*REPORT, "\uf0b7主动公开", "\uf0b7依申请公开"], 60)), family)
        is None
    )


def test_a_font_without_a_map_is_not_trusted_on_any_page(family: Family) -> None:
    title = make_page(prose([*REPORT, "\ufffd年"], 60))
    table = make_page(prose(["予以公开\ufffd \ufffd \ufffd"] * 3, 60), number=2)
    other = make_page(prose(REPORT, 60), number=3)
    thresholds = family.settings.thresholds
    assert list(untrusted_pages([title, table, other], thresholds)) == [2, 1]
    assert untrusted_pages([title, other], thresholds) == {}
