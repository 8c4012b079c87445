"""A scan never passes for an empty page, and nonsense never for text."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest
from msgspec.structs import replace

from gongkai.errors import NotAReport, UnreadableFile
from gongkai.extractors import text_layer
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.extractors.text_layer import (
    distrust_reason,
    reread_missing_fonts,
    untrusted_pages,
    with_ocr,
)
from gongkai.families.family import Family
from gongkai.model import OcrMode, Page, ReadOptions
from gongkai.reading.report import ReportReader
from helpers.change import reports_of_pages
from helpers.draw import make_page, prose
from helpers.pdfs import text, write_pdf
from helpers.registry import ROOT

REPORT = ["本报告由临江市水务局根据《条例》编制，统计期限自2022年1月1日起。"] * 4
NONSENSE = ["$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"] * 3
TEXT, SCAN = make_page(prose(REPORT, 60)), make_page(image_share=0.98, number=2)
WRONG_SUMS = ROOT / "samples" / "chengjiang-district-2023.pdf"  # printed with two wrong sums


def reason(page: Page, family: Family) -> str | None:
    return distrust_reason(page, family.country.settings.text_layer)


def all_read(pages: Sequence[Page], ocr: FileOcr, family: Family) -> list[Page]:
    return with_ocr(pages, ocr, family.country.settings.text_layer, family.subject)


def read_as_text(pages: list[Page], family: Family) -> list[Page]:
    ocr = FileOcr(Path("报告.pdf"), ReadOptions(ocr="never"), "0123456789")
    return all_read(pages, ocr, family)


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
    thresholds = family.country.settings.text_layer
    assert list(untrusted_pages([title, table, other], thresholds)) == [2, 1]
    assert untrusted_pages([title, other], thresholds) == {}


# ------------------------------------------------------------ pages that OCR reads


class _FixedOcr(FileOcr):
    """OCR that returns the same lines for every page."""

    lines: Sequence[str] = REPORT
    inked: AbstractSet[int] = frozenset()
    read: list[int]

    @property
    def available(self) -> bool:
        return self.options.ocr != "never"

    def iterate_pages(self, pages: Sequence[Page]) -> Generator[Page]:
        for page in pages:
            self.read.append(page.number)
            yield replace(page, chars=tuple(prose(self.lines, 60)), reader="ocr")

    def inked_pages(self, pages: Sequence[Page]) -> set[int]:
        return self.inked & {page.number for page in pages}


def _ocr(
    ocr: OcrMode = "auto", lines: Sequence[str] = REPORT, inked: AbstractSet[int] = frozenset()
) -> _FixedOcr:
    ocr_of_file = _FixedOcr(Path("x.pdf"), ReadOptions(ocr), "0123456789")
    for name, value in (("lines", lines), ("inked", inked), ("read", [])):
        object.__setattr__(ocr_of_file, name, value)
    return ocr_of_file


def _readers(pages: Sequence[Page], ocr: FileOcr, family: Family) -> list[str]:
    return [page.reader for page in all_read(pages, ocr, family)]


def test_pages_are_judged_one_by_one(family: Family) -> None:
    assert _readers([TEXT, SCAN], _ocr(), family) == [TEXT.reader, "ocr"]


def test_always_means_every_page(family: Family) -> None:
    assert _readers([TEXT, SCAN], _ocr("always"), family) == ["ocr", "ocr"]


def test_never_names_the_page_that_cannot_be_read(family: Family) -> None:
    with pytest.raises(UnreadableFile, match=r"第2页.*不识别图片"):
        all_read([TEXT, SCAN], _ocr("never"), family)
    assert _readers([TEXT], _ocr("never"), family) == [TEXT.reader]


def test_a_file_of_very_many_scanned_pages_is_refused(family: Family) -> None:
    many = [replace(SCAN, number=k) for k in range(1, text_layer._MAX_OCR_PAGES + 2)]
    with pytest.raises(UnreadableFile, match="超过"):
        all_read(many, _ocr(), family)


def test_a_file_without_any_text_is_unreadable(family: Family) -> None:
    with pytest.raises(UnreadableFile, match="没有文字"):
        all_read([make_page(), make_page(number=2)], _ocr(), family)


def test_chinese_text_without_common_words_is_not_trusted(family: Family) -> None:
    """A character map that shifts every letter: no page has a common word."""
    nonsense = ["的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发"] * 3
    shifted = [make_page(prose(nonsense, 60)), make_page(prose(nonsense, 60), number=2)]
    assert _readers(shifted, _ocr(), family) == ["ocr", "ocr"]
    assert _readers(shifted, _ocr(lines=nonsense), family) == [TEXT.reader] * 2
    assert _readers(shifted, _ocr("never"), family) == [TEXT.reader] * 2
    assert _readers([*shifted, TEXT], _ocr(), family) == [TEXT.reader] * 3


def test_scans_of_something_else_are_read_for_two_pages(family: Family) -> None:
    scans = [replace(SCAN, number=k) for k in range(1, 6)]
    ocr = _ocr(lines=["临江市水务局采购合同。供方负责运输。"] * 4)
    with pytest.raises(NotAReport, match="前两页"):
        all_read(scans, ocr, family)
    assert ocr.read == [1, 2]
    all_read(scans, ours := _ocr(lines=[*REPORT, "政府信息公开"]), family)
    assert ours.read == [1, 2, 3, 4, 5]


def test_a_trusted_page_with_the_subject_lets_ocr_read_all_scans(family: Family) -> None:
    title = make_page(prose([*REPORT, "三、收到和处理政府信息公开申请情况"], 60))
    scans = [replace(SCAN, number=k) for k in range(2, 6)]
    ocr = _ocr(lines=["0 1 0 2 0 0 1"] * 8)
    all_read([title, *scans], ocr, family)
    assert ocr.read == [2, 3, 4, 5]


def test_a_page_with_a_garbled_font_is_read_by_ocr_although_words_survive(family: Family) -> None:
    garbled = make_page(
        prose([*REPORT, "本ç告由人民政府ÿðĀ编制\x80度w他信息|开" * 2], 60), number=2
    )
    names = make_page(prose([*REPORT, "本市与Orléans结为友好城市"], 60), number=3)
    last = make_page(prose(["本\x80度没有w他需要ç告的Ï项。"], 60), number=4)
    readers = _readers([TEXT, garbled, names, last], _ocr(), family)
    assert readers == [TEXT.reader, "ocr", TEXT.reader, "ocr"]
    assert _readers([TEXT, names, last], _ocr(), family) == [TEXT.reader] * 3
    assert _readers([TEXT, garbled], _ocr("never"), family) == [TEXT.reader] * 2


def test_pages_drawn_as_outlines_are_read_by_ocr(family: Family) -> None:
    pages = [make_page(), make_page(number=2), make_page(number=3)]
    assert _readers(pages, _ocr(inked={1, 3}), family) == ["ocr", pages[1].reader, "ocr"]
    assert _readers([TEXT, replace(pages[0], number=2)], _ocr(inked={2}), family)[1] == "ocr"


def test_a_drawing_without_text_replaces_no_text(family: Family) -> None:
    few = make_page(prose(["- 3 -"], 60))
    assert _readers([few], _ocr(lines=[""], inked={1}), family) == [few.reader]


def test_pages_with_more_unread_ink_than_a_few_lines(tmp_path: Path) -> None:
    black = "".join(f"60 {y} 400 12 re f " for y in range(100, 700, 50))
    line = "60 700 400 1 re f"
    table = "".join(f"20 {y} 160 2 re f " for y in range(20, 280, 10))
    cover = "".join(text(20, y, "1234567890", 30) for y in range(100, 200, 30))
    path = write_pdf(tmp_path / "drawn.pdf", "", line, black, table, cover)
    pages = read_pages(path)
    assert FileOcr(path, ReadOptions(), "").inked_pages(pages) == {3}
    unread = [replace(page, chars=(), rules=()) for page in pages]
    assert FileOcr(path, ReadOptions(), "").inked_pages(unread) == {3, 4, 5}


def test_english_text_is_trusted_and_not_read_by_ocr(family: Family) -> None:
    lines = [
        "The committee reviewed the annual accounts and the report of the auditors.",
        "Members are entitled to information concerning the activities of the company.",
        "No further questions were raised, and the meeting ended at noon for lunch.",
    ]
    page = make_page(prose(lines, 60))
    assert reason(page, family) is None
    ocr = _ocr()
    assert _readers([page], ocr, family) == [page.reader]
    assert ocr.read == []


# ------------------------------------------------------------ missing fonts


def without_font(page: Page) -> Page:
    """The page as pdfium reads it without the font: flat Chinese letters, some lost."""
    flat = [replace(c, top=c.bottom - 0.01) if not c.text.isascii() else c for c in page.chars]
    return replace(page, chars=tuple(c for c in flat if c.text != "维"))


def test_letters_of_a_missing_font_are_read_by_pdfplumber() -> None:
    first, *others = read_pages(WRONG_SUMS)
    reread = reread_missing_fonts([without_font(first), *others], WRONG_SUMS)
    assert sorted(reread[0].text) == sorted(first.text)
    assert [page.reader for page in reread] == ["pdfplumber", *("pdfium" for _ in others)]
    assert reread[1:] == others


def test_one_reader_is_not_two(family: Family) -> None:
    pages = reread_missing_fonts(
        [without_font(page) for page in read_pages(WRONG_SUMS)], WRONG_SUMS
    )
    [report] = reports_of_pages(ReportReader(family, ReadOptions(ocr="never")), pages, WRONG_SUMS)
    failed = [check for check in report.failures("must") if check.rule != "proof"]
    assert sorted(check.check_id for check in failed) == [
        "applications.results_sum.total",
        "applications.row_total.granted",
    ]
    assert {check.cause for check in failed} == {"reading"}  # no second reader has read these cells
