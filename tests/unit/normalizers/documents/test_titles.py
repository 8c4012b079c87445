"""Agency and year from every title that real reports were seen to print (reports.md 3.1)."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Line
from gongkai.normalizers.documents.titles import TitleReader


@pytest.fixture(scope="module")
def titles(family: Family) -> TitleReader:
    return TitleReader(family)


VARIANTS = [
    ("洪泽区人民政府 2023 年政府信息公开工作年度报告", "洪泽区人民政府", 2023),
    ("淮安市洪泽区人民政府 2024年政府信息公开工作年度报告", "淮安市洪泽区人民政府", 2024),
    ("2019年上海市人民政府办公厅政府信息公开工作年度报告", "上海市人民政府办公厅", 2019),
    ("2022年金华市市场监管局政府信息公开工作年度报告", "金华市市场监管局", 2022),
    ("吴忠市公安局 2019 年度政府信息公开工作报告", "吴忠市公安局", 2019),
    ("2022年度螅镇政府信息公开工作年度报告", "螅镇", 2022),
    ("武汉市公安局2024年度政府信息公开工作报告", "武汉市公安局", 2024),
    ("舒兰市市场监督管理局2016年政务信息公开年度报告", "舒兰市市场监督管理局", 2016),
    ("三明市2018年政府信息公开工作年度报告", "三明市", 2018),
    (
        "漳审综〔2026〕2号 漳平市审计局关于2025年政府信息公开工作的年度报告",
        "漳平市审计局",
        2025,
    ),
    ("威海市文登人民政府办公室2022年政府信息公开工作年度报告", "威海市文登人民政府办公室", 2022),
    ("长春市生态环境局净月分局2023年政府信息公开工作年度报告", "长春市生态环境局净月分局", 2023),
    (
        "国家税务总局珠海市香洲区税务局2022年政府信息公开工作年度报告",
        "国家税务总局珠海市香洲区税务局",
        2022,
    ),
    ("某县教育局二〇二三年政府信息公开工作年度报告", "某县教育局", 2023),
    ("某县教育局二O一九年政府信息公开工作年度报告", "某县教育局", 2019),
    ("某县教育局二○二一年政府信息公开工作年度报告", "某县教育局", 2021),
    ("某县教育局二零二零年度政府信息公开工作报告", "某县教育局", 2020),
    ("某县教育局政府信息公开工作年度报告（2021年）", "某县教育局", 2021),
    ("某县教育局 政府信息公开工作年度报告 （2021年度）", "某县教育局", 2021),
    ("某县教育局２０２２年政府信息公开工作年度报告", "某县教育局", 2022),
    ("某市市场监督管理局（知识产权局）2022年政府信息公开工作年度报告",) * 1
    + ("某市市场监督管理局（知识产权局）", 2022),
    ("某县教育局2022年政府信息公开工作年报", "某县教育局", 2022),
    ("关于某县教育局2022年政府信息公开工作年度报告", "某县教育局", 2022),
]


@pytest.mark.parametrize(("title", "agency", "year"), VARIANTS, ids=[v[0] for v in VARIANTS])
def test_agency_and_year_of_a_printed_title(
    titles: TitleReader, title: str, agency: str, year: int
) -> None:
    assert titles.agency_name(title, "") == agency
    assert titles.report_year(title, "") == year


@pytest.mark.parametrize(
    "text",
    [
        "本报告中所列数据的统计期限自2022年1月1日至2022年12月31日止。2021年的工作见去年报告。",
        "统计期限为2022年1月1日至12月31日。",
        "自 2022 年 1 月 1 日起至 2022 年 12 月 31 日止",
        "2022年，本局共公开信息。2022年新增。与2021年相比有所增加。",
    ],
)
def test_without_a_year_in_the_title_the_period_tells(titles: TitleReader, text: str) -> None:
    title = "乌海市工业和信息化局 政府信息公开工作年度报告"
    assert titles.report_year(title, text) == 2022
    assert titles.agency_name(title, text) == "乌海市工业和信息化局"


def test_the_wrong_year_in_the_prose_does_not_beat_the_title(titles: TitleReader) -> None:
    text = "2022年，西柳镇人民政府办公室共制定规范性文件0件。" * 3
    assert titles.report_year("西柳镇人民政府2023年政府信息公开工作年度报告", text) == 2023


def test_the_year_of_a_document_number_is_not_the_report_s(titles: TitleReader) -> None:
    title = "洪政办发〔2024〕3号 洪泽区人民政府2023年政府信息公开工作年度报告"
    assert titles.report_year(title, "") == 2023


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("本报告由临江市水务局根据《中华人民共和国政府信息公开条例》编制。", "临江市水务局"),
        ("本报告由临江市水务局按照要求编制", "临江市水务局"),
        ("临江市水务局现公布2022年政府信息公开工作年度报告。", "临江市水务局"),
    ],
)
def test_a_title_without_a_body_has_its_author_from_the_text(
    titles: TitleReader, text: str, agency: str
) -> None:
    assert titles.agency_name("2022年政府信息公开工作年度报告", text) == agency


def test_nothing_named_is_nothing_guessed(titles: TitleReader) -> None:
    assert titles.agency_name("政府信息公开工作年度报告", "没有说是谁。") == ""
    assert titles.report_year("政府信息公开工作年度报告", "没有说是哪一年。") is None
    assert titles.report_year("政府信息公开工作年度报告", "始建于1949年。") is None


# ---------------------------------------------------------- where a title stands


def lines(*printed: tuple[str, float]) -> list[Line]:
    made, top = [], 60.0
    for text, size in printed:
        made.append(Line(text, 1, Box(100, top, 100 + size * len(text), top + size), size))
        top += 1.6 * size
    return made


BODY = [("　本局按要求做好政府信息公开工作，全年没有差错发生。", 14.0)] * 4


@pytest.mark.parametrize(
    "title",
    [
        ["临江市水务局2022年政府信息公开工作年度报告"],
        ["临江市水务局", "2022年政府信息公开工作年度报告"],
        ["临江市水务局", "2022年政府信息公开", "工作年度报告"],
        ["临江市水务局2022年政府信息公开工", "作年度报告"],
    ],
)
def test_a_title_over_one_to_three_lines(titles: TitleReader, title: list[str]) -> None:
    [found] = titles.find(lines(*((part, 22.0) for part in title), *BODY))
    assert (found.first, found.last) == (0, len(title))
    assert "".join(found.text.split()) == "".join(title)


def test_a_citation_in_running_text_is_no_title(titles: TitleReader) -> None:
    quoted = ("根据《2021年政府信息公开工作年度报告》", 14.0)
    sentence = ("现将2022年政府信息公开工作年度报告公布如下。", 14.0)
    assert titles.find(lines(quoted, sentence, *BODY)) == []
