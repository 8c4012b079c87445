"""The official tables as lists of rows, filled with numbers that add up."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import groupby

from gongkai.model import Key, Page
from helpers.draw import LEFT, UP, Drawn, Style, cut, draw_table, make_page, prose

Table = list[list[str]]
Values = dict[Key, str]

HEADINGS = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]
COLUMNS = (
    "natural_person",
    "commercial_enterprise",
    "research_institution",
    "social_welfare_organization",
    "legal_service_organization",
    "other_organization",
    "total",
)
# row id, outer label, inner label; an empty outer label has no column
_RESULTS = "三、本年度办理结果"
_DENIED, _UNAVAILABLE = "（三）不予公开", "（四）无法提供"
_NOT_PROCESSED, _OTHER = "（五）不予处理", "（六）其他处理"
ROWS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("received_new", ("一、本年新收政府信息公开申请数量",)),
    ("carried_over_in", ("二、上年结转政府信息公开申请数量",)),
    ("granted", (_RESULTS, "（一）予以公开")),
    ("granted_in_part", (_RESULTS, "（二）部分公开（区分处理的，只计这一情形，不计其他情形）")),
    ("denied_state_secret", (_RESULTS, _DENIED, "1.属于国家秘密")),
    ("denied_law_prohibits", (_RESULTS, _DENIED, "2.其他法律行政法规禁止公开")),
    ("denied_three_securities_one_stability", (_RESULTS, _DENIED, "3.危及“三安全一稳定”")),
    ("denied_third_party_rights", (_RESULTS, _DENIED, "4.保护第三方合法权益")),
    ("denied_internal_affairs", (_RESULTS, _DENIED, "5.属于三类内部事务信息")),
    ("denied_process_information", (_RESULTS, _DENIED, "6.属于四类过程性信息")),
    ("denied_enforcement_files", (_RESULTS, _DENIED, "7.属于行政执法案卷")),
    ("denied_administrative_inquiry", (_RESULTS, _DENIED, "8.属于行政查询事项")),
    ("unavailable_not_held", (_RESULTS, _UNAVAILABLE, "1.本机关不掌握相关政府信息")),
    ("unavailable_needs_creation", (_RESULTS, _UNAVAILABLE, "2.没有现成信息需要另行制作")),
    ("unavailable_still_unclear", (_RESULTS, _UNAVAILABLE, "3.补正后申请内容仍不明确")),
    ("not_processed_petition", (_RESULTS, _NOT_PROCESSED, "1.信访举报投诉类申请")),
    ("not_processed_duplicate", (_RESULTS, _NOT_PROCESSED, "2.重复申请")),
    ("not_processed_publication", (_RESULTS, _NOT_PROCESSED, "3.要求提供公开出版物")),
    ("not_processed_excessive", (_RESULTS, _NOT_PROCESSED, "4.无正当理由大量反复申请")),
    (
        "not_processed_reconfirmation",
        (_RESULTS, _NOT_PROCESSED, "5.要求行政机关确认或重新出具已获取信息"),
    ),
    ("other", (_RESULTS, _OTHER)),
    (
        "other_no_supplement",
        (_RESULTS, _OTHER, "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请"),
    ),
    (
        "other_unpaid_fee",
        (
            _RESULTS,
            _OTHER,
            "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
        ),
    ),
    ("other_misc", (_RESULTS, _OTHER, "3.其他")),
    ("total_processed", (_RESULTS, "（七）总计")),
    ("carried_over_out", ("四、结转下年度继续办理",)),
)
CORNER = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
WIDTHS = (22.0, 52.0, 128.0, 36.0, 34.0, 34.0, 34.0, 34.0, 34.0, 36.0)
HEADER_ROWS = 3
RESULT_COLUMNS = ("upheld", "corrected", "other", "pending", "total")
BLOCKS = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")


def row_ids(form: str = "2021") -> list[str]:
    """The rows of section 三 in the order of the form."""
    split = {"other_no_supplement", "other_unpaid_fee", "other_misc"}
    left_out = {"other"} if form == "2021" else split
    return [row for row, _ in ROWS if row not in left_out]


def application_values(seed: int, form: str = "2021", most: int = 40) -> dict[tuple[str, str], int]:
    """Numbers of section 三 that satisfy every sum, and differ from each other where possible."""
    chance = random.Random(seed)
    values: dict[tuple[str, str], int] = {}
    rows = row_ids(form)
    parts = [r for r in rows if r not in ("received_new", "carried_over_in", *rows[-2:])]
    for column in COLUMNS[:-1]:
        for row in (*parts, "carried_over_out"):
            values[row, column] = chance.randrange(most)
        values["total_processed", column] = sum(values[row, column] for row in parts)
        balance = values["total_processed", column] + values["carried_over_out", column]
        values["carried_over_in", column] = chance.randrange(balance + 1)
        values["received_new", column] = balance - values["carried_over_in", column]
    for row in rows:
        values[row, "total"] = sum(values[row, column] for column in COLUMNS[:-1])
    return values


def applications(values: Mapping[tuple[str, str], object], form: str = "2021") -> Table:
    """Section 三 as printed: three columns of labels, seven of numbers."""
    table: Table = [
        [CORNER, LEFT, LEFT, "申请人情况", *[LEFT] * 6],
        [UP, UP, UP, "自然人", "法人或其他组织", *[LEFT] * 4, "总计"],
        [UP, UP, UP, UP, "商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他", UP],
    ]
    labels = dict(ROWS)
    before: tuple[str, ...] = ()
    for row in row_ids(form):
        path = labels[row]
        cells = []
        for depth, label in enumerate(path):
            same = len(before) > depth + 1 and before[: depth + 1] == path[: depth + 1]
            cells.append(UP if same and depth + 1 < len(path) else label)
        cells += [LEFT] * (3 - len(cells))
        table.append([*cells, *(str(values[row, column]) for column in COLUMNS)])
        before = path
    return table


def review(values: Sequence[object]) -> Table:
    """Section 四 as printed: three header rows and one row of fifteen numbers."""
    results = ["结果维持", "结果纠正", "其他结果", "尚未审结", "总计"]
    return [
        ["行政复议", *[LEFT] * 4, "行政诉讼", *[LEFT] * 9],
        [*results, "未经复议直接起诉", *[LEFT] * 4, "复议后起诉", *[LEFT] * 4],
        [*[UP] * 5, *results, *results],
        [str(value) for value in values],
    ]


def disclosure_2021(values: Sequence[object]) -> Table:
    """Section 二 in the form of 2021: ten numbers."""
    v = [str(value) for value in values]
    return [
        ["第二十条第（一）项", LEFT, LEFT, LEFT],
        ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
        ["规章", *v[:3]],
        ["行政规范性文件", *v[3:6]],
        ["第二十条第（五）项", LEFT, LEFT, LEFT],
        ["信息内容", "本年处理决定数量", LEFT, LEFT],
        ["行政许可", v[6], LEFT, LEFT],
        ["第二十条第（六）项", LEFT, LEFT, LEFT],
        ["信息内容", "本年处理决定数量", LEFT, LEFT],
        ["行政处罚", v[7], LEFT, LEFT],
        ["行政强制", v[8], LEFT, LEFT],
        ["第二十条第（八）项", LEFT, LEFT, LEFT],
        ["信息内容", "本年收费金额（单位：万元）", LEFT, LEFT],
        ["行政事业性收费", v[9], LEFT, LEFT],
    ]


DISCLOSURE_2021 = tuple(
    Key("proactive_disclosure", row, column)
    for row, columns in (
        ("rules", ("issued_this_year", "repealed_this_year", "in_force")),
        ("normative_documents", ("issued_this_year", "repealed_this_year", "in_force")),
        ("administrative_licensing", ("decisions",)),
        ("administrative_penalties", ("decisions",)),
        ("administrative_coercion", ("decisions",)),
        ("administrative_fees", ("fees_collected",)),
    )
    for column in columns
)
REVIEW = tuple(
    Key("review_litigation", block, column) for block in BLOCKS for column in RESULT_COLUMNS
)
REVIEW_VALUES = (3, 1, 2, 4, 10, 5, 0, 1, 2, 8, 7, 6, 0, 1, 14)
DISCLOSURE_VALUES = (0, 0, 0, 3, 1, 12, 5514, 417, 26, "96.16")


def expected(values: Mapping[tuple[str, str], object]) -> Values:
    """Section 三's values by canonical key."""
    return {Key("applications", row, column): str(v) for (row, column), v in values.items()}


def draw_applications(
    table: Table, *, style: Style = "strokes", top: float = 60.0, x0: float = 70.0
) -> Drawn:
    return draw_table(table, widths=WIDTHS, x0=x0, top=top, size=7.0, style=style)


def applications_pages(
    table: Table, at: int | None = None, *, style: Style = "strokes", first: int = 1
) -> list[Page]:
    """Section 三 on one page, or cut before row ``at`` over two."""
    if at is None:
        return [make_page(draw_applications(table, style=style), number=first)]
    above, below = cut(table, at)
    return [
        make_page(draw_applications(above, style=style), number=first),
        make_page(draw_applications(below, style=style), number=first + 1),
    ]


def cut_through(table: Table, row: int, letters: int, numbers_above: bool) -> tuple[Table, Table]:
    """Section 三 cut by a page break through the middle of a row.

    The first ``letters`` of the row's own label are above the break, the rest below; the
    numbers are all on one side of it.
    """
    above = [list(r) for r in table[: row + 1]]
    below = [list(r) for r in table[row:]]
    depth = max(c for c in range(3) if table[row][c] not in (LEFT, UP))
    label = table[row][depth]
    for c in range(3):
        if c != depth and below[0][c] != LEFT:
            below[0][c] = ""
    above[-1][depth], below[0][depth] = label[:letters], label[letters:]
    empty = below[0] if numbers_above else above[-1]
    empty[3:] = [""] * len(COLUMNS)
    return above, below


def whole_report(
    values: Mapping[tuple[str, str], object],
    *,
    title: Sequence[str] = ("临江市水务局", "2022年政府信息公开工作年度报告"),
    style: Style = "strokes",
    at: int | None = None,
) -> list[Page]:
    """A small whole report of 2021 form on three pages (four where section 三 is cut)."""
    first = make_page(
        prose(title, 60.0, x=150.0, size=20.0),
        prose(
            [
                "　　本报告由临江市水务局根据《条例》编制，统计期限自2022年",
                "1月1日起至2022年12月31日止。",
                "　　一、总体情况",
                "　　本局按要求做好政府信息公开工作，全年没有差错。",
                "　　二、主动公开政府信息情况",
            ],
            150.0,
        ),
        draw_table(disclosure_2021(DISCLOSURE_VALUES), top=300.0, size=10.0, style=style),
    )
    heading = prose(["　　三、收到和处理政府信息公开申请情况"], 30.0)
    middle = applications_pages(applications(values), at, style=style, first=2)
    middle[0] = make_page(heading, middle[0].chars, rules=middle[0].rules, number=middle[0].number)
    last = make_page(
        prose(["　　四、政府信息公开行政复议、行政诉讼情况"], 40.0),
        draw_table(review(REVIEW_VALUES), top=80.0, size=8.0, style=style),
        prose(
            [
                "　　五、存在的主要问题及改进情况",
                "　　公开内容还不够丰富，下一步继续改进。",
                "　　六、其他需要报告的事项",
                "　　全年收取信息处理费0元。",
            ],
            250.0,
        ),
        number=2 + len(middle),
    )
    return [first, *middle, last]


def grouped_rows(form: str = "2021") -> list[tuple[str, list[str]]]:
    """Rows of section 三 by their outer label."""
    labels = dict(ROWS)
    return [
        (outer, list(rows))
        for outer, rows in groupby(row_ids(form), key=lambda row: "／".join(labels[row][:-1]))
    ]
