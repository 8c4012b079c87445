"""Codes in the database and what people call them: 县级 is the level ``county``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.model import BodyType, Cause, CheckStatus, Level, ReportStatus, Severity, State

STATUS_ZH: dict[ReportStatus, str] = {
    "proved": "已核实",
    "print_fault": "原文有误",
    "doubtful": "存疑",
    "incomplete": "不完整",
}
LEVEL_ZH: dict[Level, str] = {
    "central": "中央",
    "province": "省级",
    "prefecture": "地级",
    "county": "县级",
    "township": "乡级",
    "functional_zone": "功能区",
}
BODY_TYPE_ZH: dict[BodyType, str] = {
    "government": "政府",
    "government_office": "政府办公室",
    "department": "部门",
    "vertical_bureau": "垂直管理机构",
    "sub_bureau": "分局",
    "zone_committee": "管理委员会",
    "institution": "事业单位",
}
# By name of the column, in the Chinese views.
WORDS: Mapping[str, Mapping[Any, str]] = {
    "status": STATUS_ZH,
    "level": LEVEL_ZH,
    "body_type": BODY_TYPE_ZH,
}
_CHECK_ZH: dict[CheckStatus, str] = {"pass": "通过", "fail": "未通过", "skipped": "未验"}
_STATE_ZH: dict[State, str] = {
    "number": "数字",
    "blank": "空白",
    "mark": "符号",
    "unreadable": "无法辨认",
    "text": "文字",
}
_CLASS_ZH: dict[Severity, str] = {"must": "必须成立", "usually": "通常成立"}
_CAUSE_ZH: dict[Cause, str] = {"print": "原文如此", "reading": "可能读错"}
# Every column whose values are a closed list, by table where tables differ.
_CLOSED: Mapping[str, Mapping[Any, str]] = {
    **WORDS,
    "checks.status": _CHECK_ZH,
    "state": _STATE_ZH,
    "class": _CLASS_ZH,
    "cause": _CAUSE_ZH,
}
_OTHER_WORDS: dict[str, str] = {  # that people use for the codes
    **dict.fromkeys(("国家级", "中央级"), "central"),
    **dict.fromkeys(("省", "自治区", "直辖市"), "province"),
    **dict.fromkeys(("市", "市级", "地级市", "地市级", "设区市"), "prefecture"),
    **dict.fromkeys(("县", "区", "区县", "区级", "区县级", "市县级"), "county"),
    **dict.fromkeys(("乡", "镇", "乡镇", "乡镇级", "街道"), "township"),
    **dict.fromkeys(("开发区", "新区"), "functional_zone"),
}


def closed_list(table: str, column: str) -> Mapping[Any, str] | None:
    """The codes that a column may hold, with their Chinese words; None if any value may occur."""
    return _CLOSED.get(f"{table}.{column}") or _CLOSED.get(column)


def code_of(codes: Mapping[Any, str], value: str) -> str | None:
    """The code that a code or a word in Chinese or English means; None if there is none."""
    plain = value.strip().lower().replace(" ", "_").replace("-", "_")
    if plain in codes:
        return plain
    by_word = {word: code for code, word in codes.items()}
    code = by_word.get(value.strip()) or _OTHER_WORDS.get(value.strip())
    return code if code in codes else None
