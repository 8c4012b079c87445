"""Chinese explanations of the codes in the database."""

from __future__ import annotations

from gongkai.model import Cause, Outcome, ReportStatus, Severity

STATUS: dict[ReportStatus, str] = {
    "proved": "已核实：应有的都读到了，数与名都经证明",
    "print_fault": "原文有误：读数可靠，但报告自己的数字对不上",
    "doubtful": "存疑：有的读数不确定",
    "incomplete": "不完整：缺少应有的表格",
}

CAUSE: dict[Cause, str] = {"print": "原文如此", "reading": "可能读错"}

CLASS: dict[Severity, str] = {"must": "必须成立", "usually": "通常成立"}

OUTCOME: dict[Outcome, str] = {
    "loaded": "已入库",
    "unreadable": "读不出",
    "not_a_report": "不是所找的报告",
    "failed": "程序未能读完",
}


def status_word(status: ReportStatus) -> str:
    """The status in a few Chinese characters."""
    return STATUS[status].partition("：")[0]
