"""The family that pipelines/README.md shows whole is loaded from that page, and reads a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from gongkai.drafting.check import check_family
from gongkai.extractors.readers import FilePages, FileReader
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.model import Page, ReadOptions
from gongkai.reading.report import ReportReader
from helpers.change import patched_readers, reports_of_pages
from helpers.draw import draw_table, make_page, prose
from helpers.registry import ROOT

PAGE = ROOT / "pipelines" / "README.md"
FILE = re.compile(
    r"^`([a-z]+\.(?:toml|csv))`\n\n```(?:toml|csv)\n(.*?)^```$", re.MULTILINE | re.DOTALL
)


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Family:
    folder = tmp_path_factory.mktemp("worked") / "tree-census"
    folder.mkdir()
    for name, text in FILE.findall(PAGE.read_text(encoding="utf-8")):
        (folder / name).write_text(text, encoding="utf-8")
    assert len(list(folder.iterdir())) == 7
    return load_family(folder)


def test_the_page_s_family_is_sound(worked: Family) -> None:
    worked.load_all()
    assert (worked.name, len(worked.fields_by_key)) == ("tree-census", 11)
    assert [key.row for key in read_measures(worked).panel] == ["ancient", "famous", "total"]


ROWS = [
    ["一、古树", "318", "7", "325"],
    ["二、名木", "24", "1", "25"],
    ["合计", "342", "8", "350"],
]


def printed(rows: Sequence[Sequence[str]]) -> list[Page]:
    """A report as the page shows it, with these rows of trees."""
    trees = [["类别", "年初株数", "当年新增株数", "年末株数"], *rows]
    funds = [["预算数（万元）", "决算数（万元）"], ["12.50", "11.80"]]
    text = [
        *prose(["临江市园林局2023年古树名木普查年报"], 60.0, size=16.0),
        *prose(["古树名木数量统计表"], 110.0),
        *prose(["古树名木保护经费统计表"], 340.0),
    ]
    return [make_page(text, draw_table(trees, top=130.0), draw_table(funds, top=360.0))]


def test_it_reads_the_tables_that_the_page_shows(worked: Family) -> None:
    pages = printed(ROWS)
    with patched_readers(pages):
        reader = ReportReader(worked, ReadOptions(ocr="never"))
        [report] = reports_of_pages(reader, pages, Path("trees.pdf"))
    assert (report.agency, report.year, report.form) == ("临江市园林局", 2023, "2010")
    cells = {(cell.key.row, cell.key.column): str(cell.value) for cell in report.observations}
    assert cells["total", "end"] == "350"
    assert (cells["amount", "planned"], cells["amount", "spent"]) == ("12.50", "11.80")
    assert len(cells) == 11
    failed = {check.check_id for check in report.checks if check.status == "fail"}
    assert {name.rpartition(".")[2] for name in failed} <= {"proof"}


@pytest.mark.parametrize(
    ("row", "left"),
    [
        (["三、古树群", "", "", ""], 0),
        (["三、古树群", "/", "", "/"], 0),
        (["三、群", "2", "", ""], 1),
    ],
)
def test_a_blank_row_without_a_name_leaves_a_family_usable(
    worked: Family, monkeypatch: pytest.MonkeyPatch, row: list[str], left: int
) -> None:
    pages = printed([*ROWS, row])

    def of_file(reader: FileReader, path: Path, _: object) -> nullcontext[FilePages]:
        return nullcontext(reader.of_pages(path, pages))

    monkeypatch.setattr(FileReader, "pages", of_file)
    with patched_readers(pages):
        state = check_family(worked.folder, [Path("trees.pdf")], lambda *_: None)
    [sample] = state.samples
    assert (sample.cells, sample.named, sample.left) == (11 + left, 11, left)
    assert state.is_usable == (not left)
