"""Forms of the report's title."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..model import Para
from .registry import Job, add

_CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")


def _title(*patterns: str) -> Callable[[Job], None]:
    def hook(job: Job) -> None:
        name, place, year = job.plan.body.name, job.plan.body.place, job.plan.year
        job.plan.title_lines = [
            p.format(name=name, place=place, year=year, chinese=str(year).translate(_CHINESE))
            for p in patterns
        ]

    return hook


def _state_period(job: Job) -> None:
    """Where the title has no year, the text states the period."""
    year, name = job.plan.year, job.plan.body.name
    job.built().preamble = [
        Para(
            f"根据《中华人民共和国政府信息公开条例》规定，{name}编制了本报告。"
            f"本报告所列数据的统计期限为{year}年1月1日至{year}年12月31日。"
        )
    ]


def _place_only(job: Job) -> None:
    """A place instead of a body in the title: the text names its author."""
    body = job.plan.body
    _title("{place}{year}年政府信息公开工作年度报告")(job)
    name = f"{body.place}人民政府办公室"
    job.plan.body = replace(body, name=name, short="办公室", field="政务")


def _author(job: Job) -> None:
    _state_period(job)
    job.built().agency, job.built().agency_also = job.plan.body.place, job.plan.body.name


def _number_first(job: Job) -> None:
    number = f"{job.plan.body.place[:1]}政公〔{job.plan.year + 1}〕{job.rng.randint(1, 19)}号"
    job.built().before_title.append(Para(number, "center"))


G = "titles"
S = "title"
add(
    "title-year-first",
    G,
    "2022年某某局政府信息公开工作年度报告",
    slots=S,
    setup=_title("{year}年{name}", "政府信息公开工作年度报告"),
)
add(
    "title-one-line",
    G,
    "the whole title in one line",
    slots=S,
    setup=_title("{name}{year}年政府信息公开工作年度报告"),
)
add(
    "title-three-lines",
    G,
    "the title in three lines",
    slots=S,
    setup=_title("{name}", "{year}年政府信息公开工作", "年度报告"),
)
add(
    "title-year-degree",
    G,
    "2022年度 and 工作报告 without 年度",
    slots=S,
    setup=_title("{name} {year} 年度政府信息公开", "工作报告"),
)
add(
    "title-degree-first",
    G,
    "2022年度 before the body",
    slots=S,
    setup=_title("{year}年度{name}政府信息公开工作年度报告"),
)
add(
    "title-no-year",
    G,
    "no year in the title, the text states the period",
    slots="title intro",
    setup=_title("{name}", "政府信息公开工作年度报告"),
    built=_state_period,
)
add(
    "title-place-only",
    G,
    "a place instead of a body",
    slots="title intro",
    setup=_place_only,
    built=_author,
)
add(
    "title-number-first",
    G,
    "a document number before the title, 的年度报告",
    slots=S,
    setup=_title("{name}", "{year}年政府信息公开工作的年度报告"),
    built=_number_first,
)
add(
    "title-affairs",
    G,
    "政务信息公开 for 政府信息公开",
    slots=S,
    setup=_title("{name}", "{year}年政务信息公开年度报告"),
)
add(
    "title-chinese-year",
    G,
    "the year in Chinese numerals",
    slots=S,
    setup=_title("{name}", "{chinese}年政府信息公开工作年度报告"),
)
add(
    "title-about",
    G,
    "关于…的年度报告",
    slots=S,
    setup=_title("{name}关于{year}年度", "政府信息公开工作情况的年度报告"),
)
