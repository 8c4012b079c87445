"""The codes of statuses, levels and types of bodies, in Chinese and English words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gongkai.model import BodyType, Level, ReportStatus

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
