"""Cases of report titles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ..model import Para
from .registry import Job, add

_CHINESE = str.maketrans("0123456789", "〇一二三四五六七八九")


def _title_lines(*patterns: str) -> Callable[[Job], None]:
    """Return a change that sets the lines of the title."""

    def hook(job: Job) -> None:
        name, place, year = job.plan.body.name, job.plan.body.place, job.plan.year
        job.plan.title_lines = [
            pattern.format(name=name, place=place, year=year, chinese=str(year).translate(_CHINESE))
            for pattern in patterns
        ]

    return hook


def _state_period(job: Job) -> None:
    """State the period in the text, since the title has no year."""
    year, name = job.plan.year, job.plan.body.name
    job.built_report().preamble = [
        Para(
            f"根据《中华人民共和国政府信息公开条例》规定，{name}编制了本报告。"
            f"本报告所列数据的统计期限为{year}年1月1日至{year}年12月31日。"
        )
    ]


def _place_only(job: Job) -> None:
    """Name a place instead of a body in the title; the text names the author."""
    body = job.plan.body
    _title_lines("{place}{year}年政府信息公开工作年度报告")(job)
    name = f"{body.place}人民政府办公室"
    job.plan.body = replace(body, name=name, short="办公室", field="政务")


def _name_author_in_text(job: Job) -> None:
    _state_period(job)
    job.built_report().agency, job.built_report().agency_also = (
        job.plan.body.place,
        job.plan.body.name,
    )


def _document_number(job: Job) -> None:
    number = f"{job.plan.body.place[:1]}政公〔{job.plan.year + 1}〕{job.rng.randint(1, 19)}号"
    job.built_report().before_title.append(Para(number, "center"))


GROUP = "titles"
SLOTS = "title"
add(
    "title-year-first",
    GROUP,
    "2022年某某局政府信息公开工作年度报告",
    slots=SLOTS,
    change_plan=_title_lines("{year}年{name}", "政府信息公开工作年度报告"),
)
add(
    "title-one-line",
    GROUP,
    "the whole title in one line",
    slots=SLOTS,
    change_plan=_title_lines("{name}{year}年政府信息公开工作年度报告"),
)
add(
    "title-three-lines",
    GROUP,
    "the title in three lines",
    slots=SLOTS,
    change_plan=_title_lines("{name}", "{year}年政府信息公开工作", "年度报告"),
)
add(
    "title-year-degree",
    GROUP,
    "2022年度 and 工作报告 without 年度",
    slots=SLOTS,
    change_plan=_title_lines("{name} {year} 年度政府信息公开", "工作报告"),
)
add(
    "title-degree-first",
    GROUP,
    "2022年度 before the name of the body",
    slots=SLOTS,
    change_plan=_title_lines("{year}年度{name}政府信息公开工作年度报告"),
)
add(
    "title-no-year",
    GROUP,
    "no year in the title, the text states the period",
    slots="title intro",
    change_plan=_title_lines("{name}", "政府信息公开工作年度报告"),
    change_report=_state_period,
)
add(
    "title-place-only",
    GROUP,
    "a place instead of the name of a body",
    slots="title intro",
    change_plan=_place_only,
    change_report=_name_author_in_text,
)
add(
    "title-number-first",
    GROUP,
    "a document number before the title, 的年度报告",
    slots=SLOTS,
    change_plan=_title_lines("{name}", "{year}年政府信息公开工作的年度报告"),
    change_report=_document_number,
)
add(
    "title-affairs",
    GROUP,
    "政务信息公开 for 政府信息公开",
    slots=SLOTS,
    change_plan=_title_lines("{name}", "{year}年政务信息公开年度报告"),
)
add(
    "title-chinese-year",
    GROUP,
    "the year in Chinese numerals",
    slots=SLOTS,
    change_plan=_title_lines("{name}", "{chinese}年政府信息公开工作年度报告"),
)
add(
    "title-about",
    GROUP,
    "关于…的年度报告",
    slots=SLOTS,
    change_plan=_title_lines("{name}关于{year}年度", "政府信息公开工作情况的年度报告"),
)
