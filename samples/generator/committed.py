"""The three committed samples: ``python -m generator samples``."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from . import (
    browser,
    district_text,
    drawn,
    forms,
    office,
    postprocess,
    school_text,
    tables,
    truth,
    wuzhong,
)
from .model import Document, Item, Key, Para, Printed, Report, Section, Table
from .style import Style

_TABLES = ("proactive_disclosure", "applications", "review_litigation")
_LEAD = re.compile(r"（[一二三四五]）[^。]{2,12}。")


def _printed(source: ModuleType, form: str) -> dict[Key, Printed]:
    """Return the cells of an invented report; rows that its module does not list print 0."""
    out: dict[Key, Printed] = {}

    def row(table: str, row_id: str, columns: list[str], raws: str) -> None:
        for column, raw in zip(columns, raws.split(), strict=True):
            out[table, row_id, column] = Printed(raw, value=raw)

    for block in forms.blocks(form):
        for row_id, _ in block.rows:
            columns = [column for column, _ in block.columns]
            row("proactive_disclosure", row_id, columns, source.DISCLOSURE[row_id])
    columns = [column for column, _ in forms.APPLICANTS]
    for row_id in forms.application_rows(form):
        row("applications", row_id, columns, source.APPLICATIONS.get(row_id, "0 0 0 0 0 0 0"))
    columns = [column for column, _ in forms.OUTCOMES]
    for row_id, _ in forms.DISPUTES:
        row("review_litigation", row_id, columns, source.REVIEW[row_id])
    return out


def _paragraphs(texts: tuple[str, ...]) -> list[Item]:
    """Return paragraphs whose lead sentence, such as （一）主动公开情况。, is bold."""
    found = [(text, _LEAD.match(text)) for text in texts]
    return [Para(text, lead=match.end() if match else 0) for text, match in found]


def _report(source: ModuleType, agency: str, year: int) -> Report:
    """Return a 2021 report with the texts and numbers of a module."""
    printed = _printed(source, "2021")
    contents: dict[str, list[Item]] = {
        "一": _paragraphs(source.SECTION_ONE),
        "二": tables.disclosure("2021", printed),
        "三": [tables.applications("2021", printed)],
        "四": [tables.review(printed)],
        "五": _paragraphs(source.SECTION_FIVE),
        "六": _paragraphs(source.SECTION_SIX),
    }
    titles = forms.SECTION_TITLES
    return Report(
        title_lines=list(source.TITLE),
        agency=agency,
        year=year,
        form="2021",
        table_forms=dict.fromkeys(_TABLES, "2021"),
        preamble=_paragraphs(source.INTRO),
        sections=[Section(n, titles[n], f"{n}、{titles[n]}", i) for n, i in contents.items()],
    )


def _table(report: Report, table_id: str) -> Table:
    return next(table for table in report.tables() if table.table_id == table_id)


def wuzhong_sample(out: Path) -> None:
    """Make the report of a public security bureau for 2019, from a real report."""
    document = Document([wuzhong.report()])
    style = Style(close_at_break=False, center_cut=True, number_side="outer", row_height=19)
    path = out / "wuzhong-public-security-2019.pdf"
    positions = drawn.render(document, style, path, "政府信息公开工作年度报告")
    truth.write(path, "drawn", ["sample"], document, positions)


def school_sample(out: Path) -> None:
    """Make the report of a county education bureau.

    It has a vertical group label, shaded headers and the long labels of （六）.
    """
    report = _report(school_text, "鹤溪县教育局", 2022)
    applications = _table(report, "applications")
    applications.widths = [26.0, 42.0, 140.0, 30.0, 34.0, 34.0, 34.0, 34.0, 30.0, 34.0]
    for cell in applications.cells:
        cell.vertical = cell.mark == "results"
    shade = (0.85, 0.89, 0.95)
    style = Style(
        body_font="kai",
        heading_font="hei",
        title_font="uming",
        table_font="uming",
        header_shade=shade,
        article_shade=shade,
        margins=(80, 84, 74, 76),
        leading=27,
        row_height=17.5,
        rule_width=0.5,
        page_number="— {n} —",
    )
    path = out / "hexi-county-education-2022.pdf"
    document = Document([report])
    office.render(document, style, path, "2022年政府信息公开工作年度报告")
    postprocess.make_reproducible(path)
    truth.write(path, "office", ["sample"], document)


def district_sample(out: Path) -> None:
    """Make the report of a district government with a misprinted total in its first result row."""
    report = _report(district_text, "望江市澄江区人民政府", 2023)
    style = Style(
        body_font="song",
        heading_font="hei",
        title_font="hei",
        table_font="micro",
        latin_font="sans",
        table_size=9.5,
        margins=(84, 92, 84, 84),
        row_height=22,
        page_number="第 {n} 页 / 共 {total} 页",
        repeat_header=True,
        running_header="望江市澄江区人民政府2023年政府信息公开工作年度报告",
    )
    path = out / "chengjiang-district-2023.pdf"
    document = Document([report])
    browser.render(document, style, path, "澄江区政府信息公开工作年度报告")
    postprocess.make_reproducible(path)
    truth.write(path, "browser", ["sample"], document)


SAMPLES: dict[str, Callable[[Path], None]] = {
    "wuzhong-public-security-2019": wuzhong_sample,
    "hexi-county-education-2022": school_sample,
    "chengjiang-district-2023": district_sample,
}


def make(out: Path) -> list[str]:
    """Make all samples in the folder ``out`` and return their names."""
    for sample in SAMPLES.values():
        sample(out)
    return list(SAMPLES)
