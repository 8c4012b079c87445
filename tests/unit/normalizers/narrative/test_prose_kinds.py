"""Kinds of sentences in published reports that were once misread."""

from __future__ import annotations

import pytest

from gongkai.model import Box, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader
from helpers.figures import metrics, read, wholes


@pytest.mark.parametrize(
    "text",
    [
        "如有疑问请联系（地址：青溪县政府大楼5楼528；电话：0500-0000000）。",
        "办公地址：长安路18号综合楼三层306。",
        "精心策划“清水绕城——幸福‘河’与你在一起”主题宣传活动。",
        "对2045项应主动公开政府信息的责任主体逐一明确。",
    ],
)
def test_rooms_quotations_and_duties_are_no_figures(text: str, figure_reader: FigureReader) -> None:
    assert read(text, figure_reader) == []


def test_parts_can_have_several_units(figure_reader: FigureReader) -> None:
    text = "公开信息300条，其中：工作动态200条、通知公告90条、征集调查10期。"
    assert wholes(text, figure_reader) == [None, 0, 0, 0]


def test_a_clause_with_the_verb_of_the_whole_is_beside_it(figure_reader: FigureReader) -> None:
    text = "报送省级各类信息800余条，其中被采用80余条，报送市委办信息60余条。"
    assert wholes(text, figure_reader) == [None, 0, None]


def test_a_zero_after_a_complete_list_belongs_to_it(figure_reader: FigureReader) -> None:
    text = "收到申请51件，其中信函申请42件，占82.4%；在线申请9件，占17.6%；当面申请0件。"
    assert wholes(text, figure_reader) == [None, 0, None, 0, None, 0]


def test_two_kinds_of_disputes_can_be_parts_of_all_disputes(figure_reader: FigureReader) -> None:
    text = "引发行政争议5件，其中行政复议3件，行政诉讼2件。"
    assert wholes(text, figure_reader) == [None, 0, 0]


def test_applications_online_and_offline(figure_reader: FigureReader) -> None:
    text = "受理线上信息公开申请65件，受理线下信息公开申请9件。线上线下共收到申请74件。"
    assert metrics(text, figure_reader) == [
        "requests_online", "requests_offline", "requests_received",
    ]  # fmt: skip


def test_documents_that_lapsed_are_not_repealed(figure_reader: FigureReader) -> None:
    text = "清理规范性文件，继续有效20件，失效2件、废止4件。"
    assert metrics(text, figure_reader) == ["normative_in_force", None, "normative_repealed"]


def test_documents_that_were_not_made_are_zeros(figure_reader: FigureReader) -> None:
    figures = read("未制发规章、行政规范性文件。无下年度结转。", figure_reader)
    assert [(f.metric_id, f.value, f.stated_as_none) for f in figures] == [
        ("rules_issued", 0, True),
        ("normative_issued", 0, True),
        ("requests_carried_out", 0, True),
    ]


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("结转2024年度2件。", "requests_carried_out"),
        ("未办结的2件结转至2024年。", "requests_carried_out"),
        ("2022年度结转2件。", "requests_carried_in"),
        ("我局有1件涉及政府信息公开工作的行政复议。", "reconsideration_cases"),
        ("全年共收到和办理依申请公开9件。", "requests_received"),
        ("发布政策解读54项。", "policy_interpretations"),
        ("组织在线访谈2条。", "online_interviews"),
        ("局网站发稿583条。", "disclosed_website"),
        ("“清河水利”微信公众号订阅用户7万，全年推送图文280篇。", "disclosed_wechat"),
        ("12345热线接听来电2.1万通。", "hotline_items"),
        ("公开征求意见，收到公众意见160条。", "consultation_comments"),
        ("政府公报编印6期，免费派发3000册。", "gazette_copies"),
    ],
)
def test_words_in_an_order_name_a_metric(
    text: str, metric: str, figure_reader: FigureReader
) -> None:
    assert metrics(text, figure_reader)[-1] == metric


def test_parts_by_body_have_the_metric_of_their_whole(figure_reader: FigureReader) -> None:
    text = "全县收到政府信息公开申请146件，其中县政府本级38件，部门79件，镇街29件。"
    assert metrics(text, figure_reader) == ["requests_received"] * 4


def test_parts_by_channel_are_named(figure_reader: FigureReader) -> None:
    text = "办结答复依申请公开61件，其中网站申请49件，信函申请12件。"
    assert metrics(text, figure_reader) == ["requests_closed", "requests_online", "requests_letter"]


def test_one_form_of_interpretation_is_not_all_of_it(figure_reader: FigureReader) -> None:
    text = "编发政策解读18篇，其中图文解读11篇、视频解读7篇。"
    assert metrics(text, figure_reader) == ["policy_interpretations", None, None]


@pytest.mark.parametrize(
    "text",
    [
        "通过网站发布信息90件，其中包括：县级科技计划资金分配结果5件。",
        "全局制定抽查计划23项。",
        "公布拟聘人员613人。",
        "健全机制，将政务公开纳入考核，召开工作会议2次。",
        "收到申请9件，转下一年度办理1件。",
        "完成全年目标任务的132%。",
    ],
)
def test_words_of_planning_in_names_plan_nothing(text: str, figure_reader: FigureReader) -> None:
    figures = read(text, figure_reader)
    assert figures
    assert not any(figure.planned for figure in figures)


@pytest.mark.parametrize(
    "text",
    [
        "2025年，拟开展2轮专项督查。",
        "计划2024年上半年前举办培训2期。",
        "下一步，将抓好以下工作：一是加强指导。二是举办培训3期。",
    ],
)
def test_plans(text: str, figure_reader: FigureReader) -> None:
    assert read(text, figure_reader)[-1].planned


def test_a_plan_ends_with_its_paragraph(figure_reader: FigureReader) -> None:
    figures = read("下一步组织业务学习2次。建立微信群34个。", figure_reader)
    assert [figure.planned for figure in figures] == [True, False]


def test_parts_of_a_part_that_exceed_the_whole(figure_reader: FigureReader) -> None:
    text = "引发行政争议11件，其中，行政复议7件，结果维持6件，尚未审结1件。"
    assert wholes(text, figure_reader) == [None, 0, 1, 1]


def test_what_is_not_included_is_no_part(figure_reader: FigureReader) -> None:
    text = "收到申请1326宗（未包含上年结转42宗），其中已办结1308宗。"
    assert wholes(text, figure_reader) == [None, None, 0]


def test_applications_carried_in_are_no_comparison(figure_reader: FigureReader) -> None:
    text = "依申请公开办理量为58件，其中本年新收54件，上年结转4件。"
    assert wholes(text, figure_reader) == [None, 0, 0]
    assert metrics(text, figure_reader) == [
        "requests_handled", "requests_received", "requests_carried_in",
    ]  # fmt: skip


def test_a_zero_among_disputes_does_not_end_their_outcomes(figure_reader: FigureReader) -> None:
    text = "行政复议案件10件，行政诉讼案件0件，结果维持2件，结果纠错2件，尚未审结6件。"
    assert wholes(text, figure_reader) == [None, None, 0, 0, 0]


def test_a_list_after_a_semicolon_divides_the_whole_again(figure_reader: FigureReader) -> None:
    text = "收到申请75件，其中自然人申请68件、法人申请7件；通过网络申请51件、邮寄申请24件。"
    assert wholes(text, figure_reader) == [None, 0, 0, 0, 0]


def test_a_colon_after_the_noun_opens_a_list(figure_reader: FigureReader) -> None:
    text = "发布42条信息：2条政策解读、0条公开指南。"
    assert wholes(text, figure_reader) == [None, 0, 0]


def test_units_of_pieces_alternate_in_a_list(figure_reader: FigureReader) -> None:
    text = "网站发布信息510条，其中发布政府文件21条，办公厅文件46件，会议信息42条。"
    assert wholes(text, figure_reader) == [None, 0, 0, 0]


def test_a_zero_can_be_stated_by_a_whole_clause(figure_reader: FigureReader) -> None:
    assert metrics("新收到申请2件，上年无结转。", figure_reader)[-1] == "requests_carried_in"


def test_a_noun_that_looks_like_an_act_is_a_part(figure_reader: FigureReader) -> None:
    text = "公开信息423条，其中工作总结1条，组织机构信息3条，公开指南2条。"
    assert wholes(text, figure_reader) == [None, 0, 0, 0]


def test_an_act_after_parts_without_one_is_beside_the_whole(figure_reader: FigureReader) -> None:
    text = "县政府制发文件128件，其中主动公开91件，公开率71.1%，印发的规范性文件3件全部公开。"
    assert wholes(text, figure_reader) == [None, 0, None, None]


def test_some_of_the_things_before_are_parts(figure_reader: FigureReader) -> None:
    text = "15个政务公开专区中有6个接待群众较少。"
    assert wholes(text, figure_reader) == [None, 0]
    assert metrics(text, figure_reader)[0] == "reading_points"


def test_an_outcome_after_a_case_is_a_part(figure_reader: FigureReader) -> None:
    text = "不服信息公开答复的行政复议11件，被纠正2件；行政诉讼4件，无败诉案件。"
    assert wholes(text, figure_reader) == [None, 0, None, None]


def test_parts_of_the_applications_mentioned_above(figure_reader: FigureReader) -> None:
    text = "办理申请46件，新收45件。上述申请中，予以公开24件，部分公开3件。"
    assert wholes(text, figure_reader)[-2:] == [0, 0]


def test_a_sub_heading_of_plans(figure_reader: FigureReader) -> None:
    paragraph = Paragraph("五", None, "下步安排", "全年培训不少于2次。", 1, Box(0, 0, 1, 1))
    assert figure_reader.figures([paragraph])[0].planned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("全年未召开新闻发布会。", ["press_conferences"]),
        ("没有新制定规章和规范性文件。", ["rules_issued", "normative_issued"]),
        ("政府信息公开申请零受理。", ["requests_received"]),
        ("无败诉案件。", [None]),
        ("全年未出现失泄密问题。", [None]),
        ("没有承办政协提案。", ["proposals_handled"]),
        ("无专职人员。", ["staff_full_time"]),
    ],
)
def test_further_stated_zeros(
    text: str, expected: list[str | None], figure_reader: FigureReader
) -> None:
    figures = read(text, figure_reader)
    assert [figure.metric_id for figure in figures] == expected
    assert all(figure.stated_as_none for figure in figures)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("办结220件，结转9件。办结件中，予以公开71件，部分公开18件。", [None, None, 0, 0]),
        ("受理申请143件。申请量居前的领域依次是动迁61件、出让22件。", [None, 0, 0]),
        ("收到建议86条。建议中，涉及交通的20条，涉及教育的15条。", [None, 0, 0]),
        ("收到申请27件，答复26件。申请事项以改造为主，两类合计19件。", [None, None, 0]),
    ],
)
def test_the_thing_at_the_head_of_a_sentence_is_the_whole(
    text: str, expected: list[int | None], figure_reader: FigureReader
) -> None:
    assert wholes(text, figure_reader) == expected


@pytest.mark.parametrize(
    "text",
    [
        "应予办理229件。至年底办结220件，结转9件。",
        "召开工作会议2次。工作中，举办培训1次。",
        "公开检查结果1836条。依托微博、抖音发布提示，其中微博612条，抖音148条。",
    ],
)
def test_another_event_has_no_whole_in_the_sentence_before(
    text: str, figure_reader: FigureReader
) -> None:
    assert set(wholes(text, figure_reader)) == {None}


def test_outcomes_are_beside_each_other(figure_reader: FigureReader) -> None:
    text = "行政复议7宗：维持5宗，纠正1宗，其他结果1宗。"
    assert wholes(text, figure_reader) == [None, 0, 0, 0]


def test_calls_and_persons_have_parts_in_other_units(figure_reader: FigureReader) -> None:
    assert wholes("受理来电14万个，其中投诉2318件、建议1065件。", figure_reader) == [None, 0, 0]
    assert wholes("工作专班7人，其中1名同志兼职。", figure_reader) == [None, 0]


def test_an_item_of_a_list_of_publications_is_no_answer(figure_reader: FigureReader) -> None:
    text = "网站发布信息345条，其中：回应关切12条；其他333条。"
    assert metrics(text, figure_reader) == ["disclosed_website", None, None]
    assert metrics("全年回应热点12次。", figure_reader) == ["hot_topics_answered"]


def test_floors_and_counts_of_what_was_listed_are_no_figures(figure_reader: FigureReader) -> None:
    text = "在大厅（东路5号院2号楼一层）每月举办一场，三类合计占68%。"
    assert [figure.raw_text for figure in read(text, figure_reader)] == ["68%"]


def test_zeros_in_a_list_each_have_their_own_statement(figure_reader: FigureReader) -> None:
    found = read("全年政务公开工作零投诉、零诉讼。", figure_reader)
    assert [figure.phrase for figure in found] == ["零投诉", "零诉讼"]
    assert all(figure.stated_as_none for figure in found)


def test_applications_carried_in_are_not_added_to_the_results(figure_reader: FigureReader) -> None:
    text = "收到申请18件（含上年结转1件），已全部办结，其中公开9件，不公开2件，无法提供7件。"
    assert wholes(text, figure_reader) == [None, 0, 0, 0, 0]
    assert metrics(text, figure_reader)[2:] == [
        "requests_granted", "requests_denied", "requests_unavailable",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        ("热线受理诉求365件，群众满意率97.3%。", "satisfaction"),
        ("办理提案12件，代表委员满意率100%。", None),
        ("收到公民和企业申请76宗。", "requests_received"),
        ("信息员2名均系兼职。", "staff_part_time"),
        ("收费0元。", "info_fee_yuan"),
        ("依托区政府网站及“鹏湾”系列账号公开信息98条。", "disclosed_total"),
        ("融媒矩阵有账号6个，刊发作品760件。", "disclosed_new_media_total"),
        ("主动公开：政府信息94条。", "disclosed_total"),
        ("承办建议8件、提案9件，全文公开答复14件。", None),
        ("学校召开教代会，教代会提案46件。", None),
        ("新媒体经整合现有48个。", "new_media_accounts"),
        ("审理政府信息公开类复议案件6件。", None),
        ("公众号关注2万人，净增关注用户3200人。", None),
        ("开通“京教”政务微博，发布信息1326条。", "disclosed_weibo"),
        ("收到申请76件，连同结转的6件一并办理。", "requests_carried_in"),
        ("市政府网站上线信息509条。", "disclosed_website"),
        ("出台文件1件，配发图文解读11篇。", "policy_interpretations"),
        ("收到申请4件，处理完3件。", "requests_closed"),
        ("收到申请4件，留到下一年1件。", "requests_carried_out"),
        ("答复申请4件，其中没有相关信息的2件。", "requests_unavailable"),
        ("答复申请4件，其中重复申请不再处理的1件。", "requests_not_processed"),
        ("党委会专题听取政务公开汇报2次。", "work_meetings"),
    ],
)
def test_the_metric_of_the_last_figure(
    text: str, metric: str | None, figure_reader: FigureReader
) -> None:
    assert metrics(text, figure_reader)[-1] == metric


def test_a_part_repeats_the_metric_of_its_whole_only_where_that_divides_it(
    figure_reader: FigureReader,
) -> None:
    assert metrics("收到申请9件，其中市本级申请4件。", figure_reader)[1] == "requests_received"
    assert metrics("设置查阅点9个，其中市级查阅点4个。", figure_reader) == ["reading_points", None]
    assert metrics("粉丝26万人，其中微信11万人。", figure_reader) == ["followers", None]


def test_set_phrases_and_halves_of_tenths(figure_reader: FigureReader) -> None:
    figures = read("紧扣两条主线，信息增长三成半。", figure_reader)
    assert [(str(f.value), f.unit) for f in figures] == [("3.5", "成")]


def test_plans_of_another_year(figure_reader: FigureReader) -> None:
    assert read("2025年拟参加培训3次。", figure_reader)[0].planned
    assert read("下年度计划改造小区40个。", figure_reader)[0].planned


def test_a_topic_before_a_short_clause_belongs_to_its_phrase(figure_reader: FigureReader) -> None:
    assert read("采购信息：公告133个。", figure_reader)[0].phrase == "采购信息公告"
    assert read("依申请公开方面，收到2件。", figure_reader)[0].phrase == "依申请公开方面收到"


def test_a_number_of_the_things_listed_before_it_is_no_figure(figure_reader: FigureReader) -> None:
    figures = read("集中于农机42件、种子26件、宅基地18件三类。", figure_reader)
    assert [figure.raw_text for figure in figures] == ["42件", "26件", "18件"]
    assert read("两项合计333宗。", figure_reader)[0].phrase == "两项合计"
    assert read("无人被追究责任。", figure_reader)[0].metric_id == "accountability_cases"
