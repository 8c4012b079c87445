"""Reports read from pages that are drawn in memory."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pypdfium2 as pdfium
import pytest
from msgspec.structs import replace

from gongkai.errors import NotAReport, SourceError, UnreadableFile
from gongkai.families.family import Family
from gongkai.model import Box, Key, Page, ReadOptions, Report
from gongkai.reading.report import ReportReader, read_reports
from helpers.change import patched_readers, reports_of_pages
from helpers.draw import draw_table, frame, make_page, moved, prose
from helpers.forms import application_values, expected, whole_report
from helpers.pdfs import text, write_pdf

VALUES = application_values(1)


def read(pages: list[Page], family: Family) -> list[Report]:
    with patched_readers(pages):
        return reports_of_pages(
            ReportReader(family, ReadOptions(ocr="never")), pages, Path("made.pdf")
        )


def test_a_small_complete_report(family: Family) -> None:
    [report] = read(whole_report(VALUES), family)
    assert (report.page_first, report.page_last) == (1, 3)
    assert report.title.replace(" ", "") == "临江市水务局2022年政府信息公开工作年度报告"
    assert (report.agency, report.year, report.form) == ("临江市水务局", 2022, "2021")
    assert report.status == "proved"
    assert [s.number for s in report.sections] == list("一二三四五六")
    assert "全年没有差错" in report.sections[0].text
    assert report.sections[1].text == ""  # a table is not prose
    assert report.problems == ()
    assert report.fallback_attempts == ()  # a proved report needs no further reader
    seen = {o.key: o for o in report.observations if o.key.table == "applications"}
    assert {key: str(o.value) for key, o in seen.items()} == expected(VALUES)


def test_two_reports_in_one_file_keep_their_numbers_apart(family: Family) -> None:
    other = application_values(2)
    second = whole_report(other, title=("临江市教育局", "2022年政府信息公开工作年度报告"))
    pages = [*whole_report(VALUES), *(moved(p, p.number + 3) for p in second)]
    one, two = read(pages, family)
    assert (one.agency, one.year, one.page_last) == ("临江市水务局", 2022, 3)
    assert (two.agency, two.year, two.page_first) == ("临江市教育局", 2022, 4)
    for report, values in ((one, VALUES), (two, other)):
        assert report.status == "proved"
        own = {o.key: str(o.value) for o in report.observations if o.key.table == "applications"}
        assert own == expected(values)


def test_a_misprinted_number_is_kept_as_printed(family: Family) -> None:
    wrong = VALUES | {("granted", "total"): 999}
    [report] = read(whole_report(wrong), family)
    key = Key("applications", "granted", "total")
    seen = {o.key: o for o in report.observations}
    assert report.status == "print_fault"
    assert (seen[key].value, seen[key].flagged) == (Decimal(999), False)
    failed = {c.check_id: c for c in report.failures("must")}
    assert failed.keys() == {"applications.row_total.granted", "applications.results_sum.total"}
    assert all(c.cause == "print" and c.suspects == (key,) for c in failed.values())


def test_another_table_is_reported_and_not_loaded(family: Family) -> None:
    pages = whole_report(VALUES)
    extra = draw_table([["栏目", "点击量"], ["要闻", "4417"], ["公告", "92"]], top=600.0)
    pages[-1] = make_page(pages[-1].chars, extra, rules=pages[-1].rules, number=pages[-1].number)
    [report] = read(pages, family)
    assert report.status == "proved"
    assert [p.code for p in report.problems] == ["other_table"]
    assert report.problems[0].page == 3
    assert len(report.observations) == 200
    assert "4417" not in "".join(s.text for s in report.sections)


def test_text_in_a_frame_is_text(family: Family) -> None:
    pages = whole_report(VALUES)
    first = pages[0]
    around = frame(Box(50.0, 140.0, 560.0, 290.0))
    pages[0] = replace(first, rules=(*first.rules, *around))
    [framed] = read(pages, family)
    [plain] = read(whole_report(VALUES), family)
    assert framed.sections == plain.sections
    assert framed.observations == plain.observations


def test_the_same_pages_give_the_same_reports(family: Family) -> None:
    assert read(whole_report(VALUES), family) == read(whole_report(VALUES), family)


def test_a_letter_is_not_a_report(family: Family) -> None:
    page = make_page(prose(["关于召开会议的通知", "各科室：定于三月一日开会。"] * 3, 60.0))
    assert read([page], family) == []


@pytest.mark.model
def test_a_file_of_latin_text_is_unreadable_or_not_a_report(tmp_path: Path, family: Family) -> None:
    """Chinese in a font without a character map reads as Latin nonsense."""
    nonsense = "".join(text(20, 280 - 12 * k, "abcdefghijklmnop" * 2, 8) for k in range(6))
    with pytest.raises((UnreadableFile, NotAReport)):
        read_reports(write_pdf(tmp_path / "made.pdf", nonsense), family)


def test_an_empty_file_is_unreadable(tmp_path: Path, family: Family) -> None:
    path = tmp_path / "empty.pdf"
    path.write_bytes(b"")
    with pytest.raises(UnreadableFile):
        read_reports(path, family)


def test_the_error_names_attachments(tmp_path: Path, family: Family) -> None:
    """The pages of a portfolio only say that there are attachments."""
    path = write_pdf(tmp_path / "cover.pdf", text("Please open the attached files.", 60, 700))
    document = pdfium.PdfDocument(path)
    document.new_attachment("临江市2022年报告.pdf").set_data(b"%PDF-1.4")
    document.save(tmp_path / "portfolio.pdf")
    document.close()
    reader = ReportReader(family, ReadOptions(ocr="never"))
    with pytest.raises(SourceError) as without:
        reader.read(path)
    with pytest.raises(SourceError) as raised:
        reader.read(tmp_path / "portfolio.pdf")
    assert type(raised.value) is type(without.value)
    assert str(raised.value) == f"{without.value}；文件里带有附件：临江市2022年报告.pdf"
