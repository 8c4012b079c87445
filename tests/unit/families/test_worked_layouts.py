"""The tables that pipelines/README.md shows for each layout are read with the lines beside them."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.families.measures import read_measures
from gongkai.model import Page, ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.change import patched_readers, reports_of_pages
from helpers.draw import draw_table, make_page, prose
from helpers.registry import ROOT

PAGE = (ROOT / "pipelines" / "README.md").read_text(encoding="utf-8")
LAYOUTS = PAGE.partition("### A line for each layout\n")[2].partition("\n### ")[0]
BLOCK = re.compile(r"^```(csv)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILES = {
    "table_id,title_zh": "tables.csv",
    "table_id,row_id": "fields.csv",
    "table_id,kind": "names.csv",
    "identity,severity": "identities.csv",
}
PRINTS = [text for kind, text in BLOCK.findall(LAYOUTS) if not kind]


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Family:
    """The lines of all layouts as one family."""
    folder = tmp_path_factory.mktemp("layouts") / "library-statistics"
    folder.mkdir()
    found = re.search(r"^`pipeline.toml`\n\n```toml\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    assert found is not None
    settings = found[1].replace("tree-census", folder.name).replace("古树名木普查", "图书馆服务")
    (folder / "pipeline.toml").write_text(settings, encoding="utf-8")
    lines: dict[str, list[str]] = defaultdict(list)
    lines["forms.csv"] = ["form,first_year,legal_basis", "2010,2010,none"]
    lines["labels.csv"] = ["kind,table_id,id,form,spelling,origin,note"]
    for kind, text in BLOCK.findall(LAYOUTS):
        header, *rows = text.splitlines()
        if kind:
            file = FILES[",".join(header.split(",")[:2])]
            lines[file] = [header, *lines[file][1:], *rows]
    for name, own in lines.items():
        (folder / name).write_text("\n".join([*own, ""]), encoding="utf-8")
    return load_family(folder)


def printed() -> list[Page]:
    """A report with each table that the page shows, two on a page."""
    pages = []
    title = prose(["临江市图书馆2023年图书馆服务年报"], 40.0, size=16.0)
    for number, text in enumerate(PRINTS, 1):
        lines = text.splitlines()
        above = [line for line in lines if not line.startswith("|")]
        rows = [[c.strip() for c in line[1:-1].split("|")] for line in lines if line[0] == "|"]
        table = draw_table(rows, top=90.0 + 20.0 * len(above))
        head = title if number == 1 else []
        pages.append(make_page([*head, *prose(above, 80.0)], table, number=number))
    return pages


@pytest.fixture(scope="module")
def report(shown: Family) -> Report:
    pages = printed()
    with patched_readers(pages):
        reader = ReportReader(shown, ReadOptions(ocr="never"))
        [found] = reports_of_pages(reader, pages, Path("library.pdf"))
    return found


def test_each_printed_number_has_a_name(shown: Family, report: Report) -> None:
    read_measures(shown)
    numbers = re.findall(r"\| +(-?[\d.]+)(?= )", "".join(PRINTS))
    assert len(numbers) > 30
    assert sorted(cell.raw_text for cell in report.observations) == sorted(numbers)
    assert {cell.label_match for cell in report.observations} == {"exact"}
    assert not any(cell.flagged for cell in report.observations)


def test_the_report_is_proved(report: Report) -> None:
    assert [check.check_id for check in report.checks if check.status == "fail"] == []
    assert (report.agency, report.status) == ("临江市图书馆", "proved")


def test_rows_have_the_ids_and_paths_that_the_page_names(report: Report) -> None:
    labels = {cell.key.row: cell.row_label for cell in report.observations}
    assert labels["added"] == "一、馆藏资源／（二）本年新增"
    assert "城北分馆" in labels
