"""One file that is offered to several families: opened once, each report in its family."""

from __future__ import annotations

import shutil
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import ClassVar

import pypdfium2 as pdfium
import pytest
from msgspec.structs import replace

from gongkai.errors import NotAReport, SourceError
from gongkai.extractors import readers
from gongkai.extractors.ocr.service import FileOcr
from gongkai.extractors.readers import PdfiumReader
from gongkai.families.folders import BUILT_IN, pipelines_folder
from gongkai.families.load import load_family
from gongkai.model import Page, ReadOptions, Report
from gongkai.problems import message
from gongkai.reading.offer import read_offered
from gongkai.reading.report import ReportReader
from helpers.draw import make_page, prose
from helpers.families import install_with_trees, with_other_titles
from helpers.pdfs import text, write_pdf
from helpers.registry import ROOT

FIRST, SECOND = "政府信息公开工作年度报告", "政务信息公开年度报告"
SUBJECTS = {FIRST: "政府信息公开", SECOND: "政务信息公开"}
OF_FIRST = ROOT / "samples" / "hexi-county-education-2022.pdf"
OF_SECOND = next((ROOT / "samples" / "corpus").glob("*title-affairs-browser.pdf"))
NO_OCR = ReadOptions(ocr="never")

Result = list[Report] | SourceError


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> list[ReportReader]:
    """Readers of two families with the same tables and other words of titles."""
    folder = tmp_path_factory.mktemp("families")
    return [
        ReportReader(load_family(with_other_titles(folder / str(k), title, subject)), NO_OCR)
        for k, (title, subject) in enumerate(SUBJECTS.items())
    ]


def titles(result: Result) -> list[str]:
    assert not isinstance(result, SourceError), result
    return [report.title for report in result]


def reason(result: Result) -> str:
    assert isinstance(result, NotAReport)
    return str(result)


def joined(path: Path, *sources: Path) -> Path:
    """Write the pages of several files as one file."""
    document = pdfium.PdfDocument.new()
    for source in sources:
        document.import_pages(pdfium.PdfDocument(source))
    document.save(path)
    return path


def test_a_file_is_read_once_for_all_families(
    offered: Sequence[ReportReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, found_grids = [], []
    read_pages, find_grids = PdfiumReader.read, readers.find_grids

    def count_files(self: PdfiumReader, path: Path, *others: object) -> list[Page]:
        read.append(path)
        return read_pages(self, path, *others)

    monkeypatch.setattr(PdfiumReader, "read", count_files)
    monkeypatch.setattr(
        readers, "find_grids", lambda page: found_grids.append(page.number) or find_grids(page)
    )
    first, second = read_offered(OF_FIRST, offered)
    assert read == [OF_FIRST]
    assert found_grids == sorted(set(found_grids))
    assert titles(first) == [report.title for report in offered[0].read(OF_FIRST)]
    assert FIRST in reason(second), "it is a report of the other family"


@pytest.mark.parametrize(("path", "own"), [(OF_FIRST, 0), (OF_SECOND, 1)])
def test_the_title_decides_between_families_with_the_same_tables(
    path: Path, own: int, offered: Sequence[ReportReader]
) -> None:
    results = read_offered(path, offered)
    assert results[own] == offered[own].read(path)
    assert reason(results[1 - own])
    assert offered[1 - own].read(path), "alone, the family takes the report by its tables"


def test_a_file_with_reports_of_two_families_gives_both(
    tmp_path: Path, offered: Sequence[ReportReader]
) -> None:
    path = joined(tmp_path / "both.pdf", OF_FIRST, OF_SECOND)
    first, second = read_offered(path, offered)
    [one], [two] = offered[0].read(OF_FIRST), offered[1].read(OF_SECOND)
    assert (titles(first), titles(second)) == ([one.title], [two.title])
    pages = len(pdfium.PdfDocument(OF_FIRST))
    assert not isinstance(first, SourceError) and not isinstance(second, SourceError)
    assert (first[0].sections, first[0].page_last) == (one.sections, one.page_last)
    assert [cell.page - pages for cell in second[0].observations] == [
        cell.page for cell in two.observations
    ]


def test_a_report_that_two_families_claim_equally_is_kept_by_both_and_said(
    tmp_path: Path, offered: Sequence[ReportReader]
) -> None:
    rival = load_family(with_other_titles(tmp_path / "rival", SECOND, SUBJECTS[FIRST]))
    results = read_offered(OF_FIRST, [offered[0], ReportReader(rival, NO_OCR)])
    for result, other in zip(results, (SECOND, FIRST), strict=True):
        assert not isinstance(result, SourceError)
        [problem] = [each for each in result[0].problems if each.code == "claimed_twice"]
        assert other in problem.message


@pytest.mark.parametrize("path", [OF_FIRST, OF_SECOND])
def test_a_family_gets_the_same_alone_as_together_with_others(
    path: Path, offered: Sequence[ReportReader]
) -> None:
    together = read_offered(path, offered)
    for k, reader in enumerate(offered):
        [alone] = read_offered(path, [reader], [offered[1 - k]])
        if isinstance(alone, NotAReport):
            assert reason(together[k]) == str(alone)
        else:
            assert together[k] == alone


def test_rivals_are_not_asked_about_a_file_without_reports(
    tmp_path: Path, offered: Sequence[ReportReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = write_pdf(tmp_path / "letter.pdf", text("Dear members of the committee", 60, 700))
    asked: list[ReportReader] = []
    monkeypatch.setattr(ReportReader, "reports", lambda self, *_: asked.append(self) or [])
    [result] = read_offered(letter, offered[:1], offered[1:])
    assert asked == [offered[0]]
    assert "没有所找报告" in reason(result)


def test_a_family_is_refused_alike_with_and_without_a_report_of_another(
    tmp_path: Path, offered: Sequence[ReportReader]
) -> None:
    """What a family says of a file does not depend on what others find in it."""
    census = load_family(install_with_trees(tmp_path / "pipelines") / "tree-census")
    reader = ReportReader(census, NO_OCR)
    [alone] = read_offered(OF_FIRST, [reader])
    [_, beside] = read_offered(OF_FIRST, [offered[0], reader])
    assert reason(alone) == reason(beside)


def test_a_file_of_no_family_is_refused_in_the_same_words_by_all(
    tmp_path: Path, offered: Sequence[ReportReader]
) -> None:
    letter = write_pdf(tmp_path / "letter.pdf", text("Dear members of the committee", 60, 700))
    results = read_offered(letter, offered)
    assert {reason(result) for result in results} == {message("not_a_report")}


def test_a_family_that_a_file_does_not_mention_looks_for_no_report(
    offered: Sequence[ReportReader], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = make_page(prose(["关于召开会议的通知", "各科室：定于三月一日开会。"] * 3, 60.0))
    file = offered[0].files.of_pages(Path("letter.pdf"), [page])
    monkeypatch.setattr(readers, "find_grids", lambda _: pytest.fail("looked for tables"))
    assert offered[0].reports(file) == []


@pytest.mark.parametrize(
    "line",
    ["政府　信息 公开", "⽬录 政府信息公開", "本年新收政府信息公开申请数量", "行政规范性文件"],
)
def test_words_of_a_family_are_found_in_other_glyphs_and_in_tables(
    line: str, offered: Sequence[ReportReader]
) -> None:
    assert offered[0].may_be_in(["", line])
    assert not offered[0].may_be_in(["关于召开会议的通知", "供方负责运输"])


class _ScanOcr(FileOcr):
    """OCR that reads the same line on every page."""

    read: ClassVar[list[int]] = []

    @property
    def available(self) -> bool:
        return True

    def iterate_pages(self, pages: Sequence[Page]) -> Generator[Page]:
        for page in pages:
            self.read.append(page.number)
            yield replace(page, chars=tuple(prose(["采购合同。供方负责运输。"], 60)), reader="ocr")


def test_scans_of_no_family_are_read_for_two_pages_in_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = [
        with_other_titles(tmp_path / str(k), *each) for k, each in enumerate(SUBJECTS.items())
    ]
    scans = [make_page(image_share=0.98, number=number) for number in range(1, 6)]
    path = write_pdf(tmp_path / "scan.pdf", "")
    monkeypatch.setattr(readers, "read_pages", lambda _: scans)
    monkeypatch.setattr(readers, "FileOcr", _ScanOcr)
    results = read_offered(path, [ReportReader(load_family(folder)) for folder in folders])
    assert _ScanOcr.read == [1, 2]
    assert all("前两页" in reason(result) for result in results)


def test_families_with_other_readers_read_pages_of_their_own(
    tmp_path: Path, offered: Sequence[ReportReader]
) -> None:
    folder = tmp_path / "plain"
    shutil.copytree(pipelines_folder() / BUILT_IN, folder)
    settings = folder / "pipeline.toml"
    order = 'order = ["pdfium", "camelot", "playa", "pdfplumber", "ocr"]'
    written = settings.read_text(encoding="utf-8")
    settings.write_text(written.replace(order, 'order = ["pdfplumber"]'), encoding="utf-8")
    plain = ReportReader(load_family(folder), NO_OCR)
    _, other = read_offered(OF_FIRST, [offered[0], plain])
    assert not isinstance(other, SourceError)
    assert {cell.reader for cell in other[0].observations} == {"pdfplumber"}
