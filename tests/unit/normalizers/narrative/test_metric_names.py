"""Which metric a figure has, and of which figure it is a part, by the words of its sentence."""

from __future__ import annotations

import pytest

from gongkai.normalizers.narrative.figures import FigureReader
from helpers.figures import metrics, read, wholes

NEW_MEDIA = "disclosed_new_media_total"


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        # published through accounts
        ("各部门通过政务新媒体账号公开信息5317条。", NEW_MEDIA),
        ("利用“两微一端”等政务新媒体账号推送稿件2100篇。", NEW_MEDIA),
        ("全市政务新媒体账号累计发布信息1.2万条。", NEW_MEDIA),
        # accounts
        ("对在运的27个政务新媒体账号按月巡检。", "new_media_accounts"),
        ("对全县46个政务新媒体账号进行全面排查。", "new_media_accounts"),
        # documents
        ("主动公开公文56件。", "other_documents_disclosed"),
        ("公布市政府文件42件。", "other_documents_disclosed"),
        ("公开县政府及县政府办公室文件66件。", "other_documents_disclosed"),
        ("主动公开信息58条，发布行政规范性文件5篇。", "normative_documents_disclosed"),
        # people who take part, followers, calls
        ("举办培训1期，各区卫生健康委160余人参加。", "trainees"),
        ("公众号推送信息208条，年末用户数为3512人。", "followers"),
        ("热线全年共服务社会公众19375人次。", "hotline_items"),
        ("12360热线新媒体发布微信412条。", "disclosed_wechat"),
        ("回应公众关注的事件64次。", "hot_topics_answered"),
        # all that was published, and on a site
        ("2018年我县公开发布和更新信息共10582条。", "disclosed_total"),
        ("主要通过县政府网站、公开栏及广播公开，全年共公开各类政府信息80余条。", "disclosed_total"),
        ("一是县政府网站方面，年内发布各类信息3156条。", "disclosed_website"),
        ("公开政府信息共计1132条，其中，政府网站人社信息748条。", "disclosed_website"),
        # published answers
        ("公开建议提案答复件37件，其中代表建议25件。", None),
        ("主动公开政策文件12件。", None),
        ("移交公开文件24件。", None),
        ("及时清理行政规范性文件，新发布5件。", "normative_documents_disclosed"),
        ("开展规范性文件清理，宣布失效2件。", "normative_repealed"),
        ("公开人事类信息6条、规范性文件类信息27条。", "normative_documents_disclosed"),
        ("公开政策、规范性文件类信息27条。", None),
        # fees
        ("依申请提供政府信息收取费用0元。", "info_fee_yuan"),
        ("全年收取信息公开费用0元。", "info_fee_yuan"),
        ("收取停车费用300元。", None),
        # websites by their name
        ("县教育网公开265条。", "disclosed_website"),
        ("在“江口市人社网”发布信息145条。", "disclosed_website"),
        ("通过阳光农廉网公开信息310条。", "disclosed_website"),
        ("在人民网、新华网刊发稿件42篇。", None),
        ("通过县农业网、微信公众号发布信息400条。", "disclosed_total"),
        # the noun after the topic says what is counted
        ("就招生等热点问题举行新闻发布会1次。", "press_conferences"),
        ("围绕政策解读举办新闻发布会4场。", "press_conferences"),
        ("针对热点舆情开展在线访谈2期。", "online_interviews"),
        # telephones
        ("接听群众咨询电话近600个。", "hotline_items"),
        ("接受电话咨询230人次。", "hotline_items"),
        ("通过咨询电话解答群众问题420个。", "hotline_items"),
        ("接受现场咨询410人次。", None),
        ("发挥12345热线作用，受理群众诉求13640余件。", "hotline_items"),
        ("开通局长信箱，全年答复问题56件。", "mailbox_replies"),
        ("参加行风热线直播，现场答复问题38个。", None),
        # other channels
        ("微信公众号推送文章200篇，电子显示屏滚动发布信息36条。", None),
        ("镇微信公众号发布信息402条，社区公开栏更新内容528期。", None),
    ],
)
def test_the_last_figure_has_its_metric(
    text: str, metric: str | None, figure_reader: FigureReader
) -> None:
    assert metrics(text, figure_reader)[-1] == metric


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("局微信公众号新增办事栏目，全年推送246期。", "局微信公众号推送"),
        ("“平安某县”微博坚持每日更新，全年发布1280条。", "“平安某县”微博发布"),
        ("微信公众号粉丝较多，全年发布1280条。", "发布"),
    ],
)
def test_the_subject_of_the_clause_before_names_the_channel(
    text: str, phrase: str, figure_reader: FigureReader
) -> None:
    assert read(text, figure_reader)[-1].phrase == phrase


@pytest.mark.parametrize(
    ("text", "metric_ids"),
    [
        ("没有发生不予公开的情况。", ["requests_denied"]),
        ("本年度无不予公开的申请。", ["requests_denied"]),
        ("无不予公开、部分公开情况。", ["requests_denied", "requests_partial"]),
        ("未作出不予公开决定。", ["requests_denied"]),
    ],
)
def test_outcomes_that_did_not_occur_are_zeros(
    text: str, metric_ids: list[str], figure_reader: FigureReader
) -> None:
    figures = read(text, figure_reader)
    assert [figure.metric_id for figure in figures] == metric_ids
    assert all(figure.stated_as_none for figure in figures)


def test_what_another_clause_adds_is_no_part(figure_reader: FigureReader) -> None:
    text = "答复89件（含上年度结转6件，另有4件转下年度继续办理）。"
    assert wholes(text, figure_reader) == [None, 0, None]
    text = "收到申请20件，其中网络申请12件，信函申请5件，另有3件为当面申请。"
    assert wholes(text, figure_reader) == [None, 0, 0, 0]


def test_more_things_of_another_kind_are_no_part(figure_reader: FigureReader) -> None:
    assert wholes("编制8个标准目录，涉及公开事项96项。", figure_reader) == [None, None]
    assert wholes("公开信息174条，包含政府公报24期、预警37条、动态113条。", figure_reader) == [
        None,
        0,
        0,
        0,
    ]


def test_parts_can_slightly_exceed_an_approximate_whole(figure_reader: FigureReader) -> None:
    text = "全年主动公开信息410余条。其中政府网站公开265条，含救助36条、就业27条；其他150余条。"
    assert wholes(text, figure_reader) == [None, 0, 1, 1, 0]
    text = "全年主动公开信息410条。其中政府网站公开265条；宣传栏公示150条。"
    assert wholes(text, figure_reader) == [None, None, None]


@pytest.mark.parametrize(
    ("text", "metric"),
    [
        # totals of many kinds
        (
            "通过网站、公众号等平台，及时公开财政、人事、规划等政府信息共计489条。",
            "disclosed_total",
        ),
        ("依托门户网站及新媒体主动公开区政府各类信息6452条。", "disclosed_total"),
        ("通过县电视台等新闻媒体发布信息534条。", None),
        ("通过微博、微信、抖音等发布信息1.42万条。", NEW_MEDIA),
        ("在县人民政府外网主动公开政府信息13条。", "disclosed_website"),
        ("公开信息64条，其中依申请公开文件12条。", None),
        # interpretations
        ("发布规范性文件等政策解读信息28条。", "policy_interpretations"),
        ("开展政策解读18场次。", "policy_interpretations"),
        ("发布意见征集公告、意见采纳情况28条。", None),
        # applications
        ("依申请信息公开办理69件。", "requests_handled"),
        ("办理道路占用申请77件。", None),
        ("收到并答复政府信息公开申请6件。", "requests_received"),
        ("收到申请8件，有3件申请结转到2023年度办理。", "requests_carried_out"),
        ("受理申请86件，余8件转2023年度办理。", "requests_carried_out"),
        ("答复申请20件，部分予以公开1件。", "requests_partial"),
        ("申请人通过互联网提交申请12件。", "requests_online"),
        ("收到申请3件，尚未办结1件。", None),
        ("复议后诉讼2件。", "litigation_cases"),
        # meetings and conferences
        ("公开局长办公会议12次。", "meetings_disclosed"),
        ("向社会开放会议2次。", None),
        ("召开新闻发布会3次、接受电视采访2次。", None),
        # proposals: those handled, not the published answers
        ("承办建议提案33件。", "proposals_handled"),
        ("公开建议提案办理结果45件。", None),
        ("召开教代会1次，审议提案34件。", None),
        ("办结申请66件，其中予以公开30件、无法提供34件、其他2件。", "requests_other"),
        ("应急广播播放政策860次。", None),
        ("公众号订阅数达12889人次。", "followers"),
        ("通过公开信箱等渠道，回复社会关切214条。", "hot_topics_answered"),
    ],
)
def test_the_last_figure_of_a_report_has_its_metric(
    text: str, metric: str | None, figure_reader: FigureReader
) -> None:
    assert metrics(text, figure_reader)[-1] == metric


def test_fields_and_departments_are_beside_each_other(figure_reader: FigureReader) -> None:
    text = "围绕25个试点领域，涉及14个县政府部门。"
    assert wholes(text, figure_reader) == [None, None]


def test_works_in_several_units_are_parts(figure_reader: FigureReader) -> None:
    text = "发布解读稿件65篇，其中图解23篇、视频解读8个、专家解读5篇。"
    assert wholes(text, figure_reader) == [None, 0, 0, 0]


def test_a_number_after_a_place_of_publication_is_a_figure(figure_reader: FigureReader) -> None:
    assert [f.value for f in read("依托网站等平台发布信息3403，解读6项。", figure_reader)] == [
        3403,
        6,
    ]


def test_a_hotline_before_a_verb_is_no_figure(figure_reader: FigureReader) -> None:
    assert [f.value for f in read("12333回应公众关切40000余次。", figure_reader)] == [40000]


def test_a_conjunction_within_a_word_separates_no_zeros(figure_reader: FigureReader) -> None:
    text = "未收到信息公开的申请和未涉及“不予公开”的政府信息。"
    assert metrics(text, figure_reader) == ["requests_received", "requests_denied"]


def test_a_list_goes_on_after_a_bracket(figure_reader: FigureReader) -> None:
    text = "公开信息86条，其中政策文件52条（含规范性文件9件）、解读材料28篇、其他6条。"
    assert wholes(text, figure_reader) == [None, 0, 1, 0, 0]


def test_outcomes_of_reconsideration_are_no_parts_of_litigation(
    figure_reader: FigureReader,
) -> None:
    text = "收到行政复议2件、行政诉讼1件，复议维持1件，诉讼尚未审结。"
    assert wholes(text, figure_reader) == [None, None, None]
