"""How the database's words read in Chinese, and how text of strangers is made harmless."""

from __future__ import annotations

import re

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
    "not_a_report": "不是年度报告",
    "failed": "程序未能读完",
}


def status_word(status: ReportStatus) -> str:
    """The status in a few characters."""
    return STATUS[status].partition("：")[0]


# Control characters but tab and newline, and the marks that reverse or hide text.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    """Text from files made harmless: control characters appear as escapes, ``\\x1b``."""
    return _UNPRINTABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
