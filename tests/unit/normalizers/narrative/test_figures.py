"""Figures in running text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from gongkai.model import Box, NarrativeFigure, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader


def figures_in(text: str, figure_reader: FigureReader) -> list[NarrativeFigure]:
    return figure_reader.figures([Paragraph("一", None, None, text, 1, Box(0, 0, 1, 1))])


def test_a_whole_and_its_parts(figure_reader: FigureReader) -> None:
    text = "全年共公开信息232条，其中新闻动态 126条，部门文件 21条，政策解读85条。"
    whole, *parts = figures_in(text, figure_reader)
    assert (whole.phrase, whole.value, whole.unit, whole.part_of) == ("公开信息", 232, "条", None)
    assert [(p.phrase, p.value, p.part_of) for p in parts] == [
        ("新闻动态", 126, 0), ("部门文件", 21, 0), ("政策解读", 85, 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "value", "unit", "approximate"),
    [
        ("总阅读量10万余次。", 100000, "次", True),
        ("点赞1.5万余次。", 15000, "次", True),
        ("编发简报二十七期。", 27, "期", False),
        ("群众满意率达百分之九十。", 90, "%", False),
        ("更新内容2132篇（条）。", 2132, "篇（条）", False),
        ("接待群众约３00人次。", 300, "人次", True),
        ("投入资金96.5万元。", Decimal("96.5"), "万元", False),
        ("共收到依申请公开事项0。", 0, None, False),
        ("参加人员80人左右。", 80, "人", True),
    ],
)
def test_one_figure(
    text: str, value: Decimal, unit: str | None, approximate: bool, figure_reader: FigureReader
) -> None:
    [figure] = figures_in(text, figure_reader)
    assert (figure.value, figure.unit, figure.approximate) == (value, unit, approximate)


@pytest.mark.parametrize(
    "text",
    [
        "2019年1月1日至12月31日，本报告依据第五十条和国令第711号编制。",
        "国办公开办函〔2021〕30号印发，联系电话：0953-2039012，邮编：751100。",
        "地址：文昌路12号3楼301室。",
        "一是加强领导；二是健全机制。（一）主动公开。1.平台建设。",
        "拨打12345热线，落实三审三校、五公开要求，坚持每季度通报一次。",
        "自20241月1 日起至202412月31日止。",
        "深入贯彻党的二十大和二十届三中全会精神，统一部署，进一步落实。",
        "“一网通办”“最多跑一次”深入人心，《2023年政务公开工作要点》得到落实。",
        "在20个工作日内答复，提供7×24小时自助服务，PM2.5和5G信息及时公开。",
    ],
)
def test_numbers_that_are_no_figures(text: str, figure_reader: FigureReader) -> None:
    assert figures_in(text, figure_reader) == []


def test_stated_zeros(figure_reader: FigureReader) -> None:
    figures = figures_in("未收到政府信息公开申请，未发生行政复议、行政诉讼。", figure_reader)
    assert [(f.metric_id, f.value, f.stated_as_none) for f in figures] == [
        ("requests_received", 0, True),
        ("reconsideration_cases", 0, True),
        ("litigation_cases", 0, True),
    ]


def test_numbers_are_distributed_over_several_names(figure_reader: FigureReader) -> None:
    figures = figures_in("微信、微博、抖音分别发布910条、149条、46条。", figure_reader)
    assert [(f.metric_id, f.value) for f in figures] == [
        ("disclosed_wechat", 910), ("disclosed_weibo", 149), ("disclosed_short_video", 46),
    ]  # fmt: skip


def test_plans_are_marked(figure_reader: FigureReader) -> None:
    [figure] = figures_in("下一步，计划举办培训6期。", figure_reader)
    assert figure.planned
    assert figure.metric_id == "trainings"


def test_a_figure_without_metric_keeps_its_phrase(figure_reader: FigureReader) -> None:
    [figure] = figures_in("完成人工造林2.3万亩。", figure_reader)
    assert figure.metric_id is None
    assert figure.phrase == "人工造林" or figure.phrase == "完成人工造林"


def test_the_page_of_a_figure_after_a_page_break(figure_reader: FigureReader) -> None:
    text = "公开信息10条，举办培训2期。"
    paragraph = Paragraph("一", None, None, text, 3, Box(0, 0, 1, 1), page_starts=(8,))
    assert [f.page for f in figure_reader.figures([paragraph])] == [3, 4]


def test_a_stated_zero_can_follow_the_things(figure_reader: FigureReader) -> None:
    figures = figures_in("因信息公开申请行政复议、提起行政诉讼的情况：无。", figure_reader)
    assert [f.metric_id for f in figures] == ["reconsideration_cases", "litigation_cases"]
    assert all(f.stated_as_none for f in figures)


def test_a_numeral_that_counts_a_list_beside_it_is_no_figure(figure_reader: FigureReader) -> None:
    assert figures_in("对救助、补贴、用地三类公示进行检查。", figure_reader) == []
    assert [f.value for f in figures_in("公示结果三批，共1146户。", figure_reader)] == [3, 1146]


def test_a_sentence_divides_a_figure_of_the_sentence_before(figure_reader: FigureReader) -> None:
    figures = figures_in(
        "收到申请94件。从渠道看，当面申请36件，邮寄22件，网络36件。", figure_reader
    )
    assert [f.part_of for f in figures] == [None, 0, 0, 0]


def test_a_list_that_adds_up_is_one_list_despite_different_units(
    figure_reader: FigureReader,
) -> None:
    figures = figures_in(
        "主动公开信息340条，其中动态类信息334条，规范性文件4件，解读2件。", figure_reader
    )
    assert [f.part_of for f in figures] == [None, 0, 0, 0]


@pytest.mark.parametrize(
    "text",
    [
        "统一部署、逐一部署，对标一流，一次性告知，一体化推进。",
        "全年未发生一起泄密事件之外，也无一例超期。",
        "详见附件2。",
        "着力抓好三件事：建专栏、强队伍、抓培训。",
        "公众号保持每日更新，推送3次/周。",
        "一次办结率持续提高。",
        "小区改造一期、二期方案在社区公示。",
        "（不同方式公开同一信息计1条）",
    ],
)
def test_words_that_contain_numerals_are_no_figures(text: str, figure_reader: FigureReader) -> None:
    assert [f for f in figures_in(text, figure_reader) if not f.stated_as_none] == []


@pytest.mark.parametrize(
    "text",
    [
        "主动公开数量比去年增加148条。",  # a change
        "门户网站日均访问33万次。",  # a rate
        "召开动员会、推进会、培训会6次。",  # things of several kinds
        "行政复议、行政诉讼案件5件。",
        "及时回应诉求12件。",  # no 应诉
        "尚未答复的申请3件。",
        "主动公开复文19件。",
        "官网改版一新，发布信息90条。",  # of the website, perhaps
        "通过政务服务平台公开信息26条。",
        "抽查发现2个部门的公众号更新慢。",
        "妥善办理信访2件，均与申请公开无关。",
        "新增智能问答、无障碍浏览等功能2项。",
        "受理采矿许可证申请26件。",  # other people's applications
        "其中按时办结的申请17件。",
        "清理文件，宣布失效17件。",
        "举办访谈，观看人数达8万人次。",
        "发布疫情通报36期。",
    ],
)
def test_an_uncertain_figure_has_no_metric(text: str, figure_reader: FigureReader) -> None:
    assert [f.metric_id for f in figures_in(text, figure_reader) if f.metric_id] == []


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        ("通过各类渠道主动公开政府信息120条。", ["disclosed_total"]),
        ("区网站发布信息31条，其中通知公告12条。", ["disclosed_website", None]),
        ("微信视频号发布作品9条。", ["disclosed_short_video"]),
        ("在已办结的66件申请中，予以公开60件；不予公开6件。",
         ["requests_closed", "requests_granted", "requests_denied"]),
        ("除4件转结下年办理外均已答复申请。", ["requests_carried_out"]),
    ],
)  # fmt: skip
def test_a_certain_figure_has_its_metric(
    text: str, metrics: list[str | None], figure_reader: FigureReader
) -> None:
    assert [f.metric_id for f in figures_in(text, figure_reader)] == metrics


def test_one_printed_zero_states_a_zero_for_each_thing(figure_reader: FigureReader) -> None:
    figures = figures_in("政府信息公开行政复议、行政诉讼均为0件。", figure_reader)
    assert [(f.metric_id, f.stated_as_none) for f in figures] == [
        ("reconsideration_cases", True), ("litigation_cases", True),
    ]  # fmt: skip


def test_a_whole_can_be_divided_twice(figure_reader: FigureReader) -> None:
    text = "公开信息50条（其中网站20条、微信30条），包括动态35条、公告15条。"
    assert [f.part_of for f in figures_in(text, figure_reader)] == [None, 0, 0, 0, 0]


def test_a_list_of_parts_ends_at_a_figure_of_another_channel(figure_reader: FigureReader) -> None:
    text = "县网站发布信息90条，其中动态60条，公告20条，微信公众号发布信息8条，收到留言5条。"
    assert [f.part_of for f in figures_in(text, figure_reader)] == [None, 0, 0, None, None]


def test_two_parts_can_fill_the_next_sentence(figure_reader: FigureReader) -> None:
    figures = figures_in("受理申请94件。公民提出81件，法人提出13件。", figure_reader)
    assert [f.part_of for f in figures] == [None, 0, 0]
    figures = figures_in("受理申请94件。较上年增加81件，去年为13件。", figure_reader)
    assert [f.part_of for f in figures] == [None, None, None]


def test_half_width_punctuation_ends_clauses(figure_reader: FigureReader) -> None:
    figures = figures_in("收到申请1,204件,无行政复议,无行政诉讼。", figure_reader)
    assert [(f.value, f.phrase) for f in figures] == [
        (1204, "收到申请"), (0, "无行政复议"), (0, "无行政诉讼"),
    ]  # fmt: skip


def test_a_plan_is_a_verb_not_a_noun(figure_reader: FigureReader) -> None:
    assert not figures_in("公开规划计划类信息38条。", figure_reader)[0].planned
    assert figures_in("计划公开信息38条。", figure_reader)[0].planned


def test_a_zero_is_stated_by_a_word_of_its_own(figure_reader: FigureReader) -> None:
    assert (
        figures_in("推进无纸化申请，无偿受理复议咨询，无正当理由重复申请不予受理。", figure_reader)
        == []
    )
    assert len(figures_in("全年无行政复议，无行政诉讼。", figure_reader)) == 2


def test_a_number_after_natural_persons_is_no_code(figure_reader: FigureReader) -> None:
    figures = figures_in("新收政府信息公开申请31，其中自然人27，法人4。", figure_reader)
    assert [(f.value, f.part_of) for f in figures] == [(31, None), (27, 0), (4, 0)]


def test_an_adverb_after_people_is_no_average(figure_reader: FigureReader) -> None:
    figures = figures_in(
        "受理申请9件，申请人均为自然人，其中予以公开5件，不予公开4件。", figure_reader
    )
    assert [f.part_of for f in figures] == [None, 0, 0]


def test_faults_repaired_are_a_part_of_faults_found(figure_reader: FigureReader) -> None:
    assert [f.part_of for f in figures_in("检查发现错链7处，已整改6处。", figure_reader)] == [
        None,
        0,
    ]


def test_a_sentence_divides_the_sentence_before_twice(figure_reader: FigureReader) -> None:
    text = "受理申请56件。其中，按渠道分，网上41件，信函15件；按申请人分，自然人53件，企业3件。"
    assert [f.part_of for f in figures_in(text, figure_reader)] == [None, 0, 0, 0, 0]
    assert [
        f.part_of for f in figures_in("收到申请5件。其中网上5件，信函0件。", figure_reader)
    ] == [
        None,
        0,
        0,
    ]


def test_numbers_with_their_own_names_are_not_distributed(figure_reader: FigureReader) -> None:
    figures = figures_in("县（市、区）收到申请较多的分别为：甲县12件、乙区9件。", figure_reader)
    assert [f.phrase for f in figures] == ["甲县", "乙区"]


def test_documents_made_are_not_documents_published(figure_reader: FigureReader) -> None:
    figures = figures_in("制作规章1件、规范性文件5件；废止规章2件。公开规章3件。", figure_reader)
    assert [f.metric_id for f in figures] == [
        "rules_issued", "normative_issued", None, "rules_disclosed",
    ]  # fmt: skip
