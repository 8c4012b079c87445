"""Compare the published report 洪泽区人民政府 2023 with what a person read on its pages.

The numbers below were copied from the rendered pages, not from any program's output.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from gongkai.extractors.layout.ruled_tables import find_grids
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.families.family import Family
from gongkai.model import Key, Report
from gongkai.normalizers.tables.table_reader import TableReader
from gongkai.reading.report import read_reports
from helpers.forms import BLOCKS, COLUMNS, RESULT_COLUMNS
from helpers.registry import real_report
from helpers.truth import Truth, TruthCell, TruthSection, differences

DISCLOSURE = """
rules issued_this_year 0 2
rules repealed_this_year 0 2
rules in_force 0 2
normative_documents issued_this_year 0 2
normative_documents repealed_this_year 5 2
normative_documents in_force 5 2
administrative_licensing decisions 550 2
administrative_penalties decisions 4119 3
administrative_coercion decisions 195 3
administrative_fees fees_collected 7730.28 3
"""
# row, seven numbers, page; only natural persons applied
APPLICATIONS = """
received_new 21 0 0 0 0 0 21 3
carried_over_in 0 0 0 0 0 0 0 3
granted 0 0 0 0 0 0 0 3
granted_in_part 4 0 0 0 0 0 4 3
denied_state_secret 1 0 0 0 0 0 1 3
denied_law_prohibits 0 0 0 0 0 0 0 3
denied_three_securities_one_stability 0 0 0 0 0 0 0 3
denied_third_party_rights 0 0 0 0 0 0 0 3
denied_internal_affairs 0 0 0 0 0 0 0 3
denied_process_information 1 0 0 0 0 0 1 3
denied_enforcement_files 1 0 0 0 0 0 1 3
denied_administrative_inquiry 0 0 0 0 0 0 0 3
unavailable_not_held 10 0 0 0 0 0 10 3
unavailable_needs_creation 3 0 0 0 0 0 3 3
unavailable_still_unclear 0 0 0 0 0 0 0 4
not_processed_petition 1 0 0 0 0 0 1 4
not_processed_duplicate 0 0 0 0 0 0 0 4
not_processed_publication 0 0 0 0 0 0 0 4
not_processed_excessive 0 0 0 0 0 0 0 4
not_processed_reconfirmation 0 0 0 0 0 0 0 4
other 0 0 0 0 0 0 0 4
total_processed 21 0 0 0 0 0 21 4
carried_over_out 0 0 0 0 0 0 0 4
"""
REVIEW = "10 1 0 0 0  0 0 0 0 0  5 0 0 0 0"  # the first and the third total are misprinted
SECTION_1_STARTS = "2023年，洪泽区人民政府坚持以习近平新时代中国特色社会主义思想为指导"
SECTION_1_ENDS = "继续加强对政府网站和政务新媒体的日常维护监管，建立政府网站日常监测机制。"
SECTION_5 = (
    "2023年，洪泽区政府信息公开工作取得一定的成效，但对照上级要求，仍存在一定差距。"
    "如依申请公开工作规范性还有待提高、政务公开内容的深度和广度还有待提升、政务公开队伍建设有待加强等。"
    "针对存在问题，下一步，将切实抓好以下工作：一是扎实推进依申请公开工作，全面梳理和优化工作流程、"
    "健全工作机制、强化部门协同配合，全面提升政府信息依申请公开规范化、专业化水平。"
    "二是围绕区委区政府中心工作，进一步梳理明确政务公开的重点领域，继续优化政务公开、政策解读、"
    "关切回应等工作。三是继续加强业务指导培训。实行政府信息公开工作人员跟班学习制度，"
    "不断提高各单位政府信息公开工作人员的思想认识和业务工作水平。"
)
SECTION_6 = (
    "2023年，区政府严格落实《政府信息公开信息处理费管理办法》，全年收取政府信息公开信息处理费0元。"
)


def _cells() -> dict[Key, TruthCell]:
    printed: list[tuple[Key, str, int]] = []
    for line in DISCLOSURE.split("\n"):
        if line:
            row, column, number, page = line.split()
            printed.append((Key("proactive_disclosure", row, column), number, int(page)))
    for line in APPLICATIONS.split("\n"):
        if line:
            row, *numbers, page = line.split()
            printed += [
                (Key("applications", row, column), number, int(page))
                for column, number in zip(COLUMNS, numbers, strict=True)
            ]
    places = [Key("review_litigation", b, c) for b in BLOCKS for c in RESULT_COLUMNS]
    printed += [(key, n, 4) for key, n in zip(places, REVIEW.split(), strict=True)]
    return {key: TruthCell("number", Decimal(n), n, page) for key, n, page in printed}


TRUTH = Truth(
    title="洪泽区人民政府2023年政府信息公开工作年度报告",
    agency="洪泽区人民政府",
    year=2023,
    form="2021",
    status="print_fault",
    table_forms=dict.fromkeys(
        ("proactive_disclosure", "applications", "review_litigation"), "2021"
    ),
    cells=_cells(),
    sections=[
        TruthSection("一", "一、总体情况"),
        TruthSection("二", "二、主动公开政府信息情况", ""),
        TruthSection("三", "三、收到和处理政府信息公开申请情况", ""),
        TruthSection("四", "四、政府信息公开行政复议、行政诉讼情况", ""),
        TruthSection("五", "五、存在的主要问题及改进情况", SECTION_5),
        TruthSection("六", "六、其他需要报告的事项", SECTION_6),
    ],
    failing={
        "review_litigation.row_total.reconsideration": "print",
        "review_litigation.row_total.litigation_after_reconsideration": "print",
    },
    pages=(1, 5),
)


@pytest.fixture(scope="module")
def hongze() -> Path:
    path, why_not = real_report()
    if path is None:
        pytest.skip(why_not)
    return path


@pytest.fixture(scope="module")
def report(hongze: Path, family: Family) -> Report:
    [report] = read_reports(hongze, family)
    return report


def test_the_expected_reading_has_every_printed_cell() -> None:
    tables = [key.table for key in TRUTH.cells]
    assert [tables.count(t) for t in dict.fromkeys(tables)] == [10, 161, 15]


def test_the_report_is_read_as_printed(report: Report) -> None:
    assert differences(report, TRUTH) == []


def test_the_text_is_complete_and_in_paragraphs(report: Report) -> None:
    first = report.sections[0]
    paragraphs = first.text.split("\n")
    assert "".join(paragraphs[0].split()).startswith(SECTION_1_STARTS)
    assert "".join(paragraphs[-1].split()).endswith(SECTION_1_ENDS)
    # an introduction, five parts with headings, and the text below the third heading
    assert len(paragraphs) == 7
    assert [p[:3] for p in paragraphs[1:]] == [
        "（一）",
        "（二）",
        "（三）",
        "加强区",
        "（四）",
        "（五）",
    ]
    assert "- 2 -" not in first.text
    assert "分级审核、先审后发" in "".join(first.text.split())  # joined across the page break
    assert (first.page_first, first.page_last) == (1, 2)
    assert (report.sections[4].page_first, report.sections[4].page_last) == (4, 5)


def test_text_in_white_boxes_is_not_a_table(hongze: Path, family: Family) -> None:
    pages = read_pages(hongze)
    grids = {page.number: find_grids(page) for page in pages}
    assert grids[1] == []
    assert grids[5] == []
    table_of = TableReader(family).table_of
    for number in (2, 3, 4):
        assert all(table_of(grid) for grid in grids[number])


def test_no_row_is_lost_at_a_page_break(report: Report) -> None:
    """The rows before and after each page break have their own labels and pages."""
    seen = {o.key: o for o in report.observations}
    before = seen[Key("applications", "unavailable_needs_creation", "total")]
    after = seen[Key("applications", "unavailable_still_unclear", "total")]
    penalties = seen[Key("proactive_disclosure", "administrative_penalties", "decisions")]
    assert (before.page, after.page, penalties.page) == (3, 4, 3)
    assert before.row_label.endswith("2.没有现成信息需要另行制作")
    assert after.row_label.endswith("3.补正后申请内容仍不明确")


def test_the_misprinted_label_is_kept_as_printed(report: Report) -> None:
    seen = {o.key: o for o in report.observations}
    misprinted = seen[Key("applications", "denied_law_prohibits", "total")]
    assert misprinted.row_label.endswith("2.其他法律行政止公开")
    assert misprinted.label_match == "alias"
    assert not misprinted.flagged
