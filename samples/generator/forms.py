"""The official forms of 2019 and 2021: tables, rows, columns and section titles.

They are written down here a second time, so that an error in the data of the program under test
shows.
"""

from __future__ import annotations

from dataclasses import dataclass

APPLICANTS = (
    ("natural_person", "自然人"),
    ("commercial_enterprise", "商业企业"),
    ("research_institution", "科研机构"),
    ("social_welfare_organization", "社会公益组织"),
    ("legal_service_organization", "法律服务机构"),
    ("other_organization", "其他"),
    ("total", "总计"),
)
PARTS = tuple(column for column, _ in APPLICANTS if column != "total")

OUTCOMES = (
    ("upheld", "结果维持"),
    ("corrected", "结果纠正"),
    ("other", "其他结果"),
    ("pending", "尚未审结"),
    ("total", "总计"),
)
DISPUTES = (
    ("reconsideration", "行政复议"),
    ("litigation_direct", "未经复议直接起诉"),
    ("litigation_after_reconsideration", "复议后起诉"),
)

CORNER_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"

SECTION_TITLES = {
    "一": "总体情况",
    "二": "主动公开政府信息情况",
    "三": "收到和处理政府信息公开申请情况",
    "四": "政府信息公开行政复议、行政诉讼情况",
    "五": "存在的主要问题及改进情况",
    "六": "其他需要报告的事项",
}

RECEIVED, CARRIED_IN = "received_new", "carried_over_in"
PROCESSED, CARRIED_OUT = "total_processed", "carried_over_out"

_RESULTS_COMMON = (
    ("granted", "（一）予以公开", ""),
    ("granted_in_part", "（二）部分公开（区分处理的，只计这一情形，不计其他情形）", ""),
    ("denied_state_secret", "（三）不予公开", "1.属于国家秘密"),
    ("denied_law_prohibits", "（三）不予公开", "2.其他法律行政法规禁止公开"),
    ("denied_three_securities_one_stability", "（三）不予公开", "3.危及“三安全一稳定”"),
    ("denied_third_party_rights", "（三）不予公开", "4.保护第三方合法权益"),
    ("denied_internal_affairs", "（三）不予公开", "5.属于三类内部事务信息"),
    ("denied_process_information", "（三）不予公开", "6.属于四类过程性信息"),
    ("denied_enforcement_files", "（三）不予公开", "7.属于行政执法案卷"),
    ("denied_administrative_inquiry", "（三）不予公开", "8.属于行政查询事项"),
    ("unavailable_not_held", "（四）无法提供", "1.本机关不掌握相关政府信息"),
    ("unavailable_needs_creation", "（四）无法提供", "2.没有现成信息需要另行制作"),
    ("unavailable_still_unclear", "（四）无法提供", "3.补正后申请内容仍不明确"),
    ("not_processed_petition", "（五）不予处理", "1.信访举报投诉类申请"),
    ("not_processed_duplicate", "（五）不予处理", "2.重复申请"),
    ("not_processed_publication", "（五）不予处理", "3.要求提供公开出版物"),
    ("not_processed_excessive", "（五）不予处理", "4.无正当理由大量反复申请"),
    (
        "not_processed_reconfirmation",
        "（五）不予处理",
        "5.要求行政机关确认或重新出具已获取信息",
    ),
)
_OTHER_ONE = (("other", "（六）其他处理", ""),)
_OTHER_THREE = (
    (
        "other_no_supplement",
        "（六）其他处理",
        "1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请",
    ),
    (
        "other_unpaid_fee",
        "（六）其他处理",
        "2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请",
    ),
    ("other_misc", "（六）其他处理", "3.其他"),
)


@dataclass(frozen=True)
class ResultRow:
    """A row of group 三: its id, the label of its group, and its own label, if it has one."""

    row_id: str
    group: str
    leaf: str


def result_rows(form: str, single_other: bool = False) -> tuple[ResultRow, ...]:
    """Return the rows of group 三 without （七）总计; ``single_other`` prints （六） as one row."""
    other = _OTHER_ONE if form == "2019" or single_other else _OTHER_THREE
    return tuple(ResultRow(*row) for row in _RESULTS_COMMON + other)


def application_rows(form: str, single_other: bool = False) -> tuple[str, ...]:
    """Return the row ids of section 三 in printed order."""
    results = tuple(row.row_id for row in result_rows(form, single_other))
    return (RECEIVED, CARRIED_IN, *results, PROCESSED, CARRIED_OUT)


@dataclass(frozen=True)
class Block:
    """A block of section 二: its article line, its columns and its rows, each with id and label."""

    article: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]


_ITEMS = (
    ("items_last_year", "上一年项目数量"),
    ("items_change", "本年增/减"),
    ("decisions", "处理决定数量"),
)
_DECISIONS = (("decisions", "本年处理决定数量"),)

BLOCKS_2019 = (
    Block(
        "第二十条第（一）项",
        (
            ("made_this_year", "本年新制作数量"),
            ("disclosed_this_year", "本年新公开数量"),
            ("disclosed_total", "对外公开总数量"),
        ),
        (("rules", "规章"), ("normative_documents", "规范性文件")),
    ),
    Block(
        "第二十条第（五）项",
        _ITEMS,
        (
            ("administrative_licensing", "行政许可"),
            ("other_external_services", "其他对外管理服务事项"),
        ),
    ),
    Block(
        "第二十条第（六）项",
        _ITEMS,
        (("administrative_penalties", "行政处罚"), ("administrative_coercion", "行政强制")),
    ),
    Block("第二十条第（八）项", _ITEMS[:2], (("administrative_fees", "行政事业性收费"),)),
    Block(
        "第二十条第（九）项",
        (("procurement_items", "采购项目数量"), ("procurement_amount", "采购总金额")),
        (("centralized_procurement", "政府集中采购"),),
    ),
)
BLOCKS_2021 = (
    Block(
        "第二十条第（一）项",
        (
            ("issued_this_year", "本年制发件数"),
            ("repealed_this_year", "本年废止件数"),
            ("in_force", "现行有效件数"),
        ),
        (("rules", "规章"), ("normative_documents", "行政规范性文件")),
    ),
    Block("第二十条第（五）项", _DECISIONS, (("administrative_licensing", "行政许可"),)),
    Block(
        "第二十条第（六）项",
        _DECISIONS,
        (("administrative_penalties", "行政处罚"), ("administrative_coercion", "行政强制")),
    ),
    Block(
        "第二十条第（八）项",
        (("fees_collected", "本年收费金额（单位：万元）"),),
        (("administrative_fees", "行政事业性收费"),),
    ),
)


def blocks(form: str) -> tuple[Block, ...]:
    """Return the blocks of section 二; the form ``mixed`` has block （一） of 2019, then 2021."""
    if form == "2019":
        return BLOCKS_2019
    if form == "mixed":
        return (BLOCKS_2019[0], *BLOCKS_2021[1:])
    return BLOCKS_2021
