"""Cases of page furniture and of text around tables."""

from __future__ import annotations

from ..model import Para
from .registry import Job, add


def _watermark(job: Job) -> None:
    job.style.watermark = job.rng.choice(
        ("内部资料 注意保存", "政府信息公开", job.plan.body.name[:8])
    )


def _stamp(job: Job) -> None:
    job.style.stamps = [("applications", 3), ("review_litigation", 0)]


def _running_header(job: Job) -> None:
    name, year = job.plan.body.name, job.plan.year
    job.style.running_header = f"{name}{year}年政府信息公开工作年度报告"
    job.style.running_footer = f"{name}办公室编制    公开方式：主动公开"
    job.style.page_number = job.rng.choice(("第 {n} 页 共 {total} 页", "{n} / {total}", "- {n} -"))


def _page_numbers_between(job: Job) -> None:
    left, top, right, _ = job.style.margins
    job.style.margins = (left, top, right, 66.0)
    job.style.page_number = job.rng.choice(("- {n} -", "— {n} —", "{n}"))
    table = job.table("applications")
    table.break_before = {job.rng.randint(7, table.rows - 4)}


_NOTES = {
    "二": "注：1.本表统计口径为本机关制发或作出的件数；2.行政事业性收费以财政部门核定数为准。",
    "三": "说明：本表数据截至当年12月31日，含上年结转申请。第3项“不予公开”共7类情形。",
    "四": "备注：作为共同被告的复议机关不重复统计，共0件。",
}


def _footnotes(job: Job) -> None:
    for number, text in _NOTES.items():
        job.built_report().section(number).items.append(Para(text, "note"))


def _lead_ins(job: Job) -> None:
    for number in "二三四":
        job.built_report().section(number).items.insert(0, Para("该部分以表格形式报告。表格如下："))


GROUP = "around and across tables"
add("watermark", GROUP, "a watermark across the tables", slots="over", change_report=_watermark)
add(
    "stamp",
    GROUP,
    "round seals over cells",
    slots="over",
    engines=("drawn", "browser"),
    change_report=_stamp,
)
add(
    "running-header",
    GROUP,
    "running header and footer",
    slots="margins",
    change_report=_running_header,
)
add(
    "page-numbers-between",
    GROUP,
    "page numbers between the rows of table three",
    slots="margins pages",
    change_report=_page_numbers_between,
)
add(
    "footnotes",
    GROUP,
    "notes with figures below the tables",
    slots="notes",
    change_report=_footnotes,
)
add("lead-ins", GROUP, "a sentence before each table", slots="lead-ins", change_report=_lead_ins)
