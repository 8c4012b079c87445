"""Cases of files: several reports in one file, other content around a report, encryption."""

from __future__ import annotations

import random

from .. import bodies, content
from ..model import Break, Cell, Document, Item, Para, Report, Table
from .registry import Job, add


def _further_report(job: Job, seed: int) -> Report:
    """Return another short report for the same file."""
    rng = random.Random(job.rng.random() + seed)
    plan = content.Plan(bodies.make(rng), 2022 + seed % 2, "2021", scale="few", brief=True)
    content.fill_numbers(plan, rng)
    return content.build_report(plan, rng)


def _two_reports(job: Job) -> None:
    job.document = Document([job.built_report(), _further_report(job, 1)])


def _three_reports(job: Job) -> None:
    job.document = Document([job.built_report(), _further_report(job, 1), _further_report(job, 2)])


def _grid(rows: list[list[str]], widths: list[float]) -> Table:
    """Return a table that is no part of the official forms; its first row is the header."""
    cells = [
        Cell(text, r, c, role="header" if r == 0 else ("label" if c == 0 else "value"))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return Table("other", widths, cells)


def _longer_document(job: Job) -> None:
    year, name = job.plan.year, job.plan.body.name
    before: list[Item] = [
        Para(f"{name}政务公开资料汇编", "title"),
        Para("目  录", "center"),
        Para(f"一、{year}年政务公开工作要点落实情况", "body"),
        Para("二、政府信息公开工作年度报告", "body"),
        Para("三、主动公开基本目录", "body"),
        Break(),
        Para(f"{year}年政务公开工作要点落实情况", "title"),
        Para(
            f"{year}年，按照政务公开工作要点安排，共梳理任务26项，已完成25项，其余1项正在推进。"
            "全年印发工作简报8期，组织座谈4次，推动要点各项任务落到实处。"
        ),
        _grid(
            [
                ["任务类别", "任务数", "完成数"],
                ["决策公开", "9", "9"],
                ["执行公开", "8", "7"],
                ["结果公开", "9", "9"],
            ],
            [2, 1, 1],
        ),
    ]
    after: list[Item] = [
        Para("主动公开基本目录", "title"),
        Para("本目录所列事项由各内设机构按职责分工更新，更新时限为信息形成之日起20个工作日。"),
        _grid(
            [
                ["序号", "公开事项", "公开时限"],
                ["1", "机构职能", "长期"],
                ["2", "政策文件", "20日"],
                ["3", "财政预决算", "20日"],
            ],
            [1, 3, 2],
        ),
    ]
    job.document = Document([before, job.built_report(), after])


def _attachment(job: Job) -> None:
    year = job.plan.year
    job.built_report().tail += [
        Para(f"附件：{year}年度政府信息公开情况统计表", "body"),
        _grid(
            [
                ["统计指标", "单位", "统计数"],
                ["一、主动公开情况", "——", "——"],
                ["（一）主动公开政府信息数", "条", "1326"],
                ["其中：主动公开规范性文件数", "条", "7"],
                ["二、依申请公开情况", "——", "——"],
                ["（一）收到申请数", "件", "18"],
                ["1.当面申请数", "件", "3"],
                ["2.网络申请数", "件", "15"],
                ["（二）申请办结数", "件", "18"],
                ["三、举报投诉数量", "件", "0"],
            ],
            [4, 1, 1.4],
        ),
    ]


def _signature(job: Job) -> None:
    job.built_report().tail += [
        Para(job.plan.body.name, "sign"),
        Para(f"{job.plan.year + 1}年1月{job.rng.randint(8, 30)}日", "sign"),
    ]


def _owner_password(job: Job) -> None:
    if job.engine == "drawn":
        job.style.owner_password = True
    else:
        job.after_print.append("encrypt")


GROUP = "files"
add(
    "two-reports",
    GROUP,
    "two reports in one file",
    slots="file faults-only",
    change_document=_two_reports,
)
add(
    "three-reports",
    GROUP,
    "three reports in one file",
    slots="file faults-only",
    change_document=_three_reports,
)
add(
    "inside-longer",
    GROUP,
    "the report inside a longer document with other tables",
    slots="file",
    change_document=_longer_document,
)
add(
    "attachment",
    GROUP,
    "an attached statistics table after section six",
    slots="tail",
    change_report=_attachment,
)
add("signature", GROUP, "signature and date at the end", slots="tail", change_report=_signature)
add(
    "owner-password",
    GROUP,
    "an owner password; the file opens with the empty password",
    slots="lock turn",
    change_report=_owner_password,
)
