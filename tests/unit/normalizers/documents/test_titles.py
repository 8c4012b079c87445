"""Titles in every form that real reports were seen to print, and authors named in the text.

Section 3.1 of reports.md lists those forms.
"""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.model import Box, Line
from gongkai.normalizers.agencies.resolver import AgencyResolver
from gongkai.normalizers.documents.titles import ReportAgency, ReportYear, TitleReader


@pytest.fixture(scope="module")
def titles(family: Family) -> TitleReader:
    return TitleReader(family, AgencyResolver(family).names)


def agency_of(titles: TitleReader, title: str, *paragraphs: str) -> ReportAgency:
    return titles.agency(titles.parts(title), paragraphs, [])


def year_of(titles: TitleReader, title: str, intro: str, text: str = "") -> ReportYear:
    return titles.report_year(titles.parts(title), intro, f"{intro}{text}")


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
    parts = titles.parts(title)
    assert (parts.name, parts.year) == (agency, year)


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
    assert year_of(titles, title, text) == ReportYear(2022)
    assert agency_of(titles, title, text) == ReportAgency("乌海市工业和信息化局")


def test_the_wrong_year_in_the_prose_does_not_beat_the_title(titles: TitleReader) -> None:
    text = "2022年，西柳镇人民政府办公室共制定规范性文件0件。" * 3
    title = "西柳镇人民政府2023年政府信息公开工作年度报告"
    assert year_of(titles, title, text) == ReportYear(2023)


def test_the_year_of_a_document_number_is_not_the_report_s(titles: TitleReader) -> None:
    title = "洪政办发〔2024〕3号 洪泽区人民政府2023年政府信息公开工作年度报告"
    assert titles.parts(title).year == 2023


@pytest.mark.parametrize(
    ("text", "agency"),
    [
        ("本报告由临江市水务局根据《中华人民共和国政府信息公开条例》编制。", "临江市水务局"),
        ("本报告由临江市水务局按照要求编制", "临江市水务局"),
        ("临江市水务局现公布2022年政府信息公开工作年度报告。", "临江市水务局"),
        ("由临江市水务局（以下简称市水务局）编制。", "临江市水务局"),
    ],
)
def test_a_title_without_a_body_has_its_author_from_the_text(
    titles: TitleReader, text: str, agency: str
) -> None:
    assert agency_of(titles, "2022年政府信息公开工作年度报告", text) == ReportAgency(agency)


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("青溪县桃源镇人民政府2023年信息公开工作年度报告", "青溪县桃源镇人民政府", 2023),
        ("2023年度济南市政府 信息公开年度报告", "济南市政府", 2023),
        ("济南市政府信息公开2023年度报告", "济南市", 2023),
        ("青溪县水利局政府信息公开工作2023年度报告", "青溪县水利局", 2023),
        ("青溪县水利局2023年度执行《政府信息公开条例》情况年度报告", "青溪县水利局", 2023),
        ("附件：青溪县水利局2023年政府信息公开工作总结", "青溪县水利局", 2023),
        ("关于报送青溪县水利局2023年度政府信息公开工作情况的报告", "青溪县水利局", 2023),
        ("青溪县水利局关于报送2023年度政府信息公开工作情况的报告", "青溪县水利局", 2023),
        ("青溪县水利局3135年政府信息公开工作年度报告", "青溪县水利局", None),
        ("2022年衡⽔市桃城区⼈⺠政府政府信息公开⼯作年度报告", "衡水市桃城区人民政府", 2022),
        ("٢٠٢٣年清河市人民政府政府信息公开工作年度报告", "清河市人民政府", 2023),
        ("青溪职业学院 2022-2023学年度信息公开工作年度报告", "青溪职业学院", 2023),
        ("青溪职业学院2022学年信息公开工作年度报告", "青溪职业学院", None),
        ("宜兴市供水有限公司 2023年度公共企事业单位信息公开年度报告", "宜兴市供水有限公司", 2023),
        ("全县2023年政府信息公开工作年度报告", "", 2023),
        ("渠道平台做好政府信息公开年报", "", None),
        ("（http://www.qingxi.example.cn/）政府信息公开年报", "", None),
    ],
)
def test_titles_of_other_shapes(
    titles: TitleReader, title: str, agency: str, year: int | None
) -> None:
    parts = titles.parts(title)
    assert (parts.name, parts.year) == (agency, year)


def test_a_name_without_its_place_is_completed_from_the_text(titles: TitleReader) -> None:
    title = "应急管理局2023年政府信息公开工作年度报告"
    text = "2023年，梅河口市应急管理局认真贯彻落实条例。"
    assert agency_of(titles, title, text) == ReportAgency("梅河口市应急管理局")
    listed = "梅河口市应急管理局、辉南县应急管理局给予指导。"
    under = ("我局接受吉林省应急管理厅指导。", "我局在省应急管理厅指导下公开信息。")
    for other in (listed, *under, f"{text}洛阳市应急管理局发来贺信。"):
        found = agency_of(titles, title, other)
        assert found.name == ""
        assert "应急管理局" in found.doubt


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("县政府办公室", "肥东县人民政府办公室"),
        ("开发区管委会", "临清经济开发区管理委员会"),
    ],
)
def test_a_name_without_its_place_is_completed_in_another_spelling(
    titles: TitleReader, name: str, full: str
) -> None:
    title = f"{name}2023年政府信息公开工作年度报告"
    assert agency_of(titles, title, f"2023年，{full}在市委、市政府领导下推进公开。").name == full
    assert agency_of(titles, title, f"{full}、张店区司法局提供材料。").doubt


def test_a_name_that_the_text_introduces_is_completed_from_there(titles: TitleReader) -> None:
    parts = titles.parts("市资规局2024年政府信息公开工作年度报告")
    text = "根据《条例》规定，诸暨市自然资源和规划局（以下简称市资规局）编制本报告。"
    assert titles.agency(parts, [text], []).name == "诸暨市自然资源和规划局"


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "关山街道办事处",
            "2021年，武汉市洪山区人民政府关山街道办事处坚持问题导向，做好公开。",
            "武汉市洪山区人民政府关山街道办事处",
        ),
        ("关山街道办事处", "2021年，在关山街道办事处的网站上公开信息3条。", "关山街道办事处"),
        (
            "济南市历下区人民政府甸柳新村街道办事处",
            "甸柳新村街道办事处严格执行条例，现就2021年度工作情况报告如下。",
            "济南市历下区人民政府甸柳新村街道办事处",
        ),
    ],
)
def test_a_township_is_named_with_its_county_where_one_is_printed(
    titles: TitleReader, title: str, text: str, expected: str
) -> None:
    parts = titles.parts(f"{title}2021年政府信息公开工作年度报告")
    assert titles.agency(parts, [text], []).name == expected


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("矮寨镇", "2021年，吉首市矮寨镇人民政府做好公开。", "吉首市矮寨镇人民政府"),
        ("跃龙街道", "宁海县跃龙街道办事处做好公开。", "宁海县跃龙街道办事处"),
        ("上窑镇人民政府", "（地址：淮南市大通区上窑镇老街1号）", "淮南市大通区上窑镇人民政府"),
        ("上窑镇", "本镇地处淮南市大通区上窑镇老街1号。", "上窑镇"),
        ("辛集市", "辛集市人民政府办公室编制。", "辛集市"),  # as printed
    ],
)
def test_a_township_is_named_with_its_body_where_one_is_printed(
    titles: TitleReader, title: str, text: str, expected: str
) -> None:
    assert agency_of(titles, f"{title}2021年政府信息公开工作年度报告", text).name == expected


def test_a_signature_completes_the_name_in_the_title(titles: TitleReader) -> None:
    parts = titles.parts("区文体旅局2022年政府信息公开工作年度报告")
    text = "2022年，区文体旅局在福州市文化和旅游局的指导下推进公开。"
    signed = lines("略。", "福州市长乐区文化体育和旅游局", "2023年1月19日")
    assert titles.agency(parts, [text], signed).name == "福州市长乐区文化体育和旅游局"


def test_of_a_body_with_a_new_name_the_new_one_counts(titles: TitleReader) -> None:
    title = "区乡村振兴局2021年政府信息公开工作年度报告"
    text = "2021年6月，保山市隆阳区扶贫开发办公室重组为保山市隆阳区乡村振兴局。"
    assert agency_of(titles, title, text).name == "保山市隆阳区乡村振兴局"


def test_two_bodies_that_report_together_are_named_together(titles: TitleReader) -> None:
    name = "北京市科学技术委员会、中关村科技园区管理委员会"
    [found] = titles.find(
        title_lines(
            ("北京市科学技术委员会、", 22.0),
            ("中关村科技园区管理委员会", 22.0),
            ("2023年政府信息公开工作年度报告", 22.0),
            *BODY,
        )
    )
    assert (found.first, found.parts.name) == (0, name)
    assert titles.parts("市领导、青溪县水利局2023年政府信息公开工作年度报告").name == ""


def test_the_signature_of_a_notice_is_no_letter_head(titles: TitleReader) -> None:
    notice = ("现印发给你们。", "柳塘县人民政府办公室", "2024年1月26日")
    printed = lines(*notice, "2023年政府信息公开工作年度报告")
    [title] = titles.find(printed)
    assert titles.with_letterhead(title, printed).name == ""


def test_a_name_may_begin_with_the_character_of_a_year(titles: TitleReader) -> None:
    parts = titles.parts("年丰朝鲜族乡人民政府2020年政府信息公开工作年度报告")
    assert parts.name == "年丰朝鲜族乡人民政府"
    assert titles.parts("（2020）年度青溪县教育局政府信息公开工作报告").name == "青溪县教育局"


@pytest.mark.parametrize(
    "text",
    [
        "市委市政府高度重视信息公开。2023年，公开信息98条。",
        "2022年，师市农业农村局认真贯彻落实决策部署。",
    ],
)
def test_a_body_of_a_place_that_is_not_named_is_no_author(titles: TitleReader, text: str) -> None:
    parts = titles.parts("2023年政府信息公开工作年度报告")
    assert titles.agency(parts, [text], []).name == ""


def test_the_kind_of_a_body_alone_is_no_name(titles: TitleReader) -> None:
    parts = titles.parts("管委会2023年政府信息公开工作年度报告")
    assert titles.agency(parts, ["2023年，管委会公开惠企政策61条。"], []).name == ""


def test_a_title_in_brackets_is_read_like_one_without(titles: TitleReader) -> None:
    parts = titles.parts("《光山县教育体育局2023年政府信息公开工作年度报告》")
    assert (parts.name, parts.year) == ("光山县教育体育局", 2023)


def test_a_subject_within_the_name_of_an_office_belongs_to_the_name(titles: TitleReader) -> None:
    title = "广州市越秀区政务公开工作领导小组办公室 2021年度政府信息公开工作报告"
    assert titles.parts(title).name == "广州市越秀区政务公开工作领导小组办公室"


def test_an_institution_without_a_place_is_proved_if_the_text_repeats_it(
    titles: TitleReader,
) -> None:
    title = "青溪职业学院2022-2023学年信息公开工作年度报告"
    assert agency_of(titles, title, "略。").doubt
    assert not agency_of(titles, title, "青溪职业学院坚持公开。").doubt


@pytest.mark.parametrize(
    "text",
    [
        "根据《中华人民共和国政府信息公开条例》和国务院办公厅政府信息与政务公开办公室有关通知要求。",
        "按照市政府办公室要求，我局做好发布、解读工作，通过政务新媒体等渠道平台公开信息。",
        "我局接受青溪县司法局指导，与青溪县审计局建立机制。",
    ],
)
def test_a_piece_of_a_sentence_is_no_author(titles: TitleReader, text: str) -> None:
    assert agency_of(titles, "2022年政府信息公开工作年度报告", text).name == ""


def test_two_authors_are_none(titles: TitleReader) -> None:
    text = (
        "现公布青溪县水利局2022年政府信息公开年报。",
        "现公布青溪县司法局2022年政府信息公开年报。",
    )
    assert agency_of(titles, "2022年政府信息公开工作年度报告", *text).name == ""


def test_the_source_of_a_page_and_a_signature_name_the_body(titles: TitleReader) -> None:
    parts = titles.parts("2022年政府信息公开工作年度报告")
    source = lines("发布时间：2023-01-20 来源：青溪县水利局 浏览次数：7")
    beside = lines("发布机构：青溪县水利局成文日期：2023-01-20")
    signed = lines("无其他需要报告的事项。", "青溪县水利局", "2023年1月20日")
    for printed in (source, beside, signed):
        assert titles.agency(parts, [], printed) == ReportAgency("青溪县水利局")


def test_the_letter_head_above_a_title_names_the_body(titles: TitleReader) -> None:
    printed = lines("青溪县水利局文件", "青水〔2024〕3号", "2023年政府信息公开工作年度报告")
    [title] = titles.find(printed)
    assert titles.with_letterhead(title, printed).name == "青溪县水利局"


def test_a_period_that_contradicts_the_title_leaves_the_year_in_doubt(titles: TitleReader) -> None:
    title = "青溪县水利局2022年政府信息公开工作年度报告"
    period = "统计期限自2023年1月1日起至2023年12月31日止。"
    found = year_of(titles, title, period, "2023年公开信息7条。")
    assert found.year == 2022
    assert found.doubt
    # a slip in the period alone is none: the text names the year of the title
    assert not year_of(titles, title, period, "2022年公开信息7条。2022年新增3条。" * 2).doubt


def test_the_period_of_a_school_year_ends_in_its_year(titles: TitleReader) -> None:
    period = "统计期限自2022年9月1日起至2023年8月31日止。"
    title = "青溪职业学院信息公开工作年度报告"
    assert year_of(titles, title, period) == ReportYear(2023)
    assert year_of(titles, f"{title}（2022-2023学年）", period) == ReportYear(2023)


def test_nothing_named_is_nothing_guessed(titles: TitleReader) -> None:
    title = "政府信息公开工作年度报告"
    agency = agency_of(titles, title, "没有说是谁。")
    assert agency.name == ""
    assert agency.doubt
    for text in ("没有说是哪一年。", "始建于1949年。"):
        year = year_of(titles, title, text)
        assert year.year is None
        assert year.doubt


def lines(*texts: str) -> list[Line]:
    return title_lines(*((text, 14.0) for text in texts))


def title_lines(*printed: tuple[str, float]) -> list[Line]:
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
        ["青溪县蓟", "州区下营镇", "人民政府", "2022年政府信息", "公开工作", "年度报告"],
    ],
)
def test_a_title_over_one_to_six_lines(titles: TitleReader, title: list[str]) -> None:
    [found] = titles.find(title_lines(*((part, 22.0) for part in title), *BODY))
    assert (found.first, found.last) == (0, len(title))
    assert "".join(found.text.split()) == "".join(title)


def test_a_citation_in_running_text_is_no_title(titles: TitleReader) -> None:
    quoted = ("根据《2021年政府信息公开工作年度报告》", 14.0)
    sentence = ("现将2022年政府信息公开工作年度报告公布如下。", 14.0)
    assert titles.find(title_lines(quoted, sentence, *BODY)) == []
