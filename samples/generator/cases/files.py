"""Files that hold more than one report, or open in their own way."""

from __future__ import annotations

import random

from .. import bodies, content
from ..model import Break, Cell, Document, Item, Para, Report, Table
from .registry import Job, add


def _second(job: Job, seed: int) -> Report:
    rng = random.Random(job.rng.random() + seed)
    plan = content.Plan(bodies.make(rng), 2022 + seed % 2, "2021", scale="few", brief=True)
    content.fill(plan, rng)
    return content.build(plan, rng)


def _two(job: Job) -> None:
    job.document = Document([job.built(), _second(job, 1)])


def _three(job: Job) -> None:
    job.document = Document([job.built(), _second(job, 1), _second(job, 2)])


def _grid(rows: list[list[str]], widths: list[float]) -> Table:
    cells = [
        Cell(text, r, c, role="header" if r == 0 else ("label" if c == 0 else "value"))
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
    ]
    return Table("other", widths, cells)


def _inside(job: Job) -> None:
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
    job.document = Document([before, job.built(), after])


def _attachment(job: Job) -> None:
    year = job.plan.year
    job.built().tail += [
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


def _signed(job: Job) -> None:
    job.built().tail += [
        Para(job.plan.body.name, "sign"),
        Para(f"{job.plan.year + 1}年1月{job.rng.randint(8, 30)}日", "sign"),
    ]


def _locked(job: Job) -> None:
    if job.engine == "drawn":
        job.style.owner_password = True
    else:
        job.after_print.append("lock")


G = "files"
add("two-reports", G, "two reports in one file", slots="file faults-only", whole=_two)
add("three-reports", G, "three reports in one file", slots="file faults-only", whole=_three)
add(
    "inside-longer",
    G,
    "the report inside a longer document with other tables",
    slots="file",
    whole=_inside,
)
add("attachment", G, "a statistics table after section six", slots="tail", built=_attachment)
add("signature", G, "signature and date at the end", slots="tail", built=_signed)
add(
    "owner-password",
    G,
    "an owner password; the file opens with the empty password",
    slots="lock turn",
    built=_locked,
)
