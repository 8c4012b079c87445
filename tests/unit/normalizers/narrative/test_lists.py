"""Lists of parts: exact sums, criteria, and wholes in earlier sentences."""

from __future__ import annotations

import pytest

from gongkai.model import Box, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader


def wholes(figure_reader: FigureReader, *texts: str) -> list[int | None]:
    paragraphs = [Paragraph("一", None, None, text, 1, Box(0, 0, 1, 1)) for text in texts]
    return [figure.part_of for figure in figure_reader.figures(paragraphs)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("受理申请50件，公民30件，企业20件。", [None, 0, 0]),
        ("行政诉讼4件，一审3件、二审1件。", [None, 0, 0]),
        ("收到申请3件，2件通过网上提交，1件通过邮寄提交。", [None, 0, 0]),
        ("申请9件，线上7件，线下2件，自然人6件，法人3件。", [None, 0, 0, 0, 0]),
        ("收到申请12件，办结11件，结转下年度1件。", [None, None, None]),
        ("收到申请12件，办结11件，剩余1件结转下年度。", [None, 0, 0]),
        ("收到申请3件：同意公开2件，申请人撤回1件。", [None, 0, 0]),
        ("答复申请5件，同意公开3件，不予公开2件。", [None, 0, 0]),
        ("收到申请5件，同意公开3件，不予公开2件。", [None, 0, 0]),
        ("公开信息13条，官网6条，订阅号4篇，公示栏3条。", [None, 0, 0, 0]),
        ("提起复议8件，6件维持，2件申请人撤回。", [None, 0, 0]),
        ("受理信息公开申请21件，来自网上18件、来信3件。", [None, 0, 0]),
        ("被申请复议5宗，区政府维持4宗、责令重新答复1宗。", [None, 0, 0]),
        ("制定规章6件，修改4件，废止2件。", [None, None, None]),
        ("工作人员3人，专职0人，兼职3人。", [None, 0, 0]),
        ("收到申请6件，上年结转0件，已办结5件，1件正在办理。", [None, None, None, None]),
        ("新收申请3件，行政复议2件，行政诉讼1件。", [None, None, None]),
        ("开展检查5次，举办培训3次，召开会议2次。", [None, None, None]),
        ("征地218件、规划127件、不动产91件。", [None, None, None]),
        ("收到申请4件，办结4件，结转0件。", [None, None, None]),
    ],
)
def test_figures_after_one_that_they_add_up_to(
    text: str, expected: list[int | None], figure_reader: FigureReader
) -> None:
    assert wholes(figure_reader, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("公开信息90条。从类别看，执法40条，医政30条，其余为动态。", [None, 0, 0]),
        ("公开信息90条次。其中，执法40条；医政30条。", [None, 0, 0]),
        ("发布信息90条。其中，解读4篇，公告30条。", [None, 0, 0]),
        ("收到申请27件。申请人中，公民25件，律所2件。", [None, 0, 0]),
        ("受理热线89宗。排名前三的类型为：噪音21宗、市容18宗、物业12宗。", [None, 0, 0, 0]),
        ("收到申请11件，均已答复；涉及编制5件，学区4件，收费2件。", [None, 0, 0, 0]),
        ("收到申请5件，其中校内1件、校外4件；同意公开3件，不予公开2件。", [None, 0, 0, 0, 0]),
        ("被提起行政诉讼2件，法院已审结1件，尚未审结1件。", [None, 0, 0]),
        ("公开信息90条，网站公开60条、微信公开30条。网站信息中，执法12条。", [None, 0, 0, 1]),
        ("收到申请9件，上年结转1件。办理结果：予以公开6件，无法提供3件，其他1件。", [None] * 5),
        ("应办理申请29件。至年底办结20件，9件结转下年。", [None, None, None]),
        ("公开检查结果90条。通过微博发布提示，其中动态12条。", [None, None]),
        ("收到申请5件。同意公开3件，不予公开2件。", [None, None, None]),
        ("公开信息90条。网站50条。公众号30条。公示栏10条。", [None, 0, 0, 0]),
        ("收到申请41件。全部按期办理，其中延期3件。", [None, 0]),
        ("收到申请67件。所有申请均已办结，其中职业举报人提出39件。", [None, 0]),
        ("收到申请90件。办复率100%，其中公开60件；不予公开30件。", [None, None, 0, 0]),
        ("收到申请10件，办理结果为公开6件、无法提供4件。", [None, 0, 0]),
        ("收到申请90件。结果为公开60件，不予公开30件，结转下年5件。", [None] * 4),
        ("公开信息90条（网站60条，微信30条），其中河长制12条。", [None, 0, 0, 0]),
        ("收到申请9件，其中旧改5件、停车3件；均已办结，公开6件、其他3件。", [None, 0, 0, 0, 0]),
        ("解读31件中文字解读22件。", [None, 0]),
    ],
)
def test_a_list_of_parts_of_an_earlier_figure(
    text: str, expected: list[int | None], figure_reader: FigureReader
) -> None:
    assert wholes(figure_reader, text) == expected


def test_a_criterion_divides_a_figure_of_the_paragraph_before(figure_reader: FigureReader) -> None:
    texts = "全年办结申请30件。", "按结果分，予以公开20件，不予公开10件。"
    assert wholes(figure_reader, *texts) == [None, 0, 0]
    texts = texts[0], "（一）办理结果", texts[1]  # a heading between them is passed over
    assert wholes(figure_reader, *texts) == [None, 0, 0]
    texts = "全年办结申请30件。", "发布公告20件，制发文件10件。"
    assert wholes(figure_reader, *texts) == [None, None, None]
