"""Invented public bodies: real kinds of offices in places that do not exist."""

from __future__ import annotations

import random
from dataclasses import dataclass

_PLACES = (
    "临澄市",
    "青汀市",
    "安陵州市",
    "云汉市",
    "望江市",
    "北屏市",
    "长岑市",
    "海曲市",
    "锦川市",
    "平泽市",
)
_COUNTIES = ("东岑县", "鹤溪县", "丰沙县", "石湾县", "永湖县", "宁岗县", "松陂县", "沂源湾县")
_DISTRICTS = ("湖滨新城区", "南岭区", "城西区", "澄江区", "古渡区", "青枫区")
_TOWNS = ("柳荫镇", "石桥铺镇", "白马渡镇", "龙泉坳镇", "三河口镇")
_OFFICES = {
    "教育局": ("教育", ("义务教育招生", "教师招聘", "学生资助")),
    "公安局": ("公安", ("户籍办理", "出入境管理", "道路交通管理")),
    "市场监督管理局": ("市场监管", ("食品安全抽检", "营商环境", "质量提升")),
    "自然资源和规划局": ("自然资源", ("土地征收", "规划许可", "不动产登记")),
    "人力资源和社会保障局": ("人社", ("就业创业", "社会保险", "人事考试")),
    "卫生健康局": ("卫生健康", ("医疗服务", "疾病预防", "医师资格")),
    "审计局": ("审计", ("审计结果公告", "预算执行", "问题整改")),
    "住房和城乡建设局": ("住建", ("保障性住房", "物业管理", "工程招投标")),
    "交通运输局": ("交通运输", ("公路养护", "客运服务", "运输执法")),
    "应急管理局": ("应急管理", ("安全生产", "防灾减灾", "行政执法")),
}


@dataclass(frozen=True)
class Body:
    """A public body that publishes a report."""

    name: str
    short: str  # the name that its own text uses
    place: str
    field: str  # the area of its work
    topics: tuple[str, str, str]
    level: str  # town, county or city


def make(rng: random.Random, kind: str | None = None) -> Body:
    """Draw a body of a kind (office, county, district, city or town), or of any kind."""
    kind = kind or rng.choice(("office", "office", "office", "county", "district", "city", "town"))
    topics = ("财政预决算", "重大建设项目", "公共资源配置")
    if kind == "office":
        office = rng.choice(sorted(_OFFICES))
        field, office_topics = _OFFICES[office]
        place = rng.choice((*_PLACES, *_COUNTIES, *_DISTRICTS))
        return Body(place + office, f"{place[-1]}{office}", place, field, office_topics, "county")
    if kind == "city":
        place = rng.choice(_PLACES)
        return Body(f"{place}人民政府", "市政府", place, "政务", topics, "city")
    if kind == "district":
        place = rng.choice(_PLACES) + rng.choice(_DISTRICTS)
        return Body(f"{place}人民政府", "区政府", place, "政务", topics, "county")
    if kind == "county":
        place = rng.choice(_COUNTIES)
        return Body(f"{place}人民政府办公室", "县政府办公室", place, "政务", topics, "county")
    place = rng.choice(_COUNTIES) + rng.choice(_TOWNS)
    topics = ("惠民补贴发放", "村务公开", "环境整治")
    return Body(f"{place}人民政府", "镇政府", place, "基层政务", topics, "town")
