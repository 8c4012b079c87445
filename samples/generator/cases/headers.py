"""Cases of table headers, and of page breaks inside tables."""

from __future__ import annotations

from ..model import Break
from .registry import Job, add


def _narrow(job: Job) -> None:
    job.style.table_size = max(job.style.table_size, 10.5)
    applications = job.table("applications")
    applications.widths = [30.0, 34.0, 122.0, 27.0, 27.0, 40.0, 27.0, 40.0, 27.0, 27.0]
    for cell in job.marked("made_this_year") + job.marked("disclosed_this_year"):
        cell.text = "本年新\n" + cell.text[3:]


def _one_character_lines(job: Job) -> None:
    names = {
        "natural_person",
        "commercial_enterprise",
        "research_institution",
        "total",
        "social_welfare_organization",
        "legal_service_organization",
        "other_organization",
    }
    for cell in job.headers():
        if cell.mark in names or "." in cell.mark:
            cell.text = "\n".join(cell.text)


def _vertical_font(job: Job) -> None:
    """Take UMing: of the free fonts, only its vertical metrics work in every engine."""
    job.style.table_font = "uming"


def _vertical(job: Job) -> None:
    _vertical_font(job)
    for cell in job.headers() + job.marked("results"):
        if "." in cell.mark or cell.mark == "results":
            cell.vertical = True
            cell.text = cell.text.replace("\n", "")


def _vertical_all(job: Job) -> None:
    _vertical(job)
    for cell in job.headers():
        if cell.mark.endswith(("_person", "_enterprise", "_institution", "_organization")):
            cell.vertical = True


def _rotated(job: Job) -> None:
    _vertical_font(job)
    for cell in job.headers() + job.marked("results"):
        if "." in cell.mark or cell.mark == "results":
            cell.rotated = True


def _spaces_in_labels(job: Job) -> None:
    for cell in job.built_report().cells():
        short = cell.role in ("header", "group") and len(cell.text) <= 4 and "\n" not in cell.text
        if short or cell.mark in ("total_processed", "granted"):
            cell.text = " ".join(cell.text)


def _group_start(job: Job, group: str) -> int:
    return job.marked(group)[0].row


def _cut_label(job: Job) -> None:
    job.style.center_cut = True
    table = job.table("applications")
    start = _group_start(job, "（四）无法提供")
    table.break_before = {start + 1}
    for cell in job.marked("（四）无法提供"):
        cell.text = "（四）\n无法提\n供" if job.rng.random() < 0.5 else "（四）无\n法提供"


def _split_rows(job: Job) -> None:
    job.style.split_rows = True
    job.style.center_cut = False
    job.plan.form = "2021"


def _move_row_to_page_end(job: Job) -> None:
    # The gap moves the table, so that a row of several lines reaches the end of the page.
    job.built_report().section("三").before.insert(0, Break(gap=job.rng.uniform(20, 60)))
    job.table("applications").widths = [30.0, 40.0, 84.0, 40.0, 40.0, 40.0, 40.0, 44.0, 40.0, 40.0]


def _break_applications(job: Job) -> None:
    table = job.table("applications")
    table.break_before = {job.rng.randint(8, table.rows - 4)}


def _repeat_header(job: Job) -> None:
    job.style.repeat_header = True
    _break_applications(job)


def _break_without_rule(job: Job) -> None:
    job.style.close_at_break = False
    _break_applications(job)


def _break_after_article(job: Job) -> None:
    article = job.rng.choice(("第二十条第（六）项", "第二十条第（五）项", "第二十条第（八）项"))
    cell = job.marked(article)[0]
    job.table("proactive_disclosure").break_before = {cell.row + 1}


def _break_after_block_header(job: Job) -> None:
    cell = job.marked("第二十条第（六）项")[0]
    job.table("proactive_disclosure").break_before = {cell.row + 2}


def _review_split(job: Job) -> None:
    job.table("review_litigation").break_before = {3}


def _review_head_split(job: Job) -> None:
    job.table("review_litigation").break_before = {2}


def _break_twice(job: Job) -> None:
    job.style.row_height = 33.0
    job.table("applications").break_before = {job.rng.randint(4, 6)}


GROUP = "headers and page breaks"
add(
    "header-narrow",
    GROUP,
    "header words broken over two lines in narrow columns",
    slots="headers widths",
    change_report=_narrow,
)
add(
    "header-one-char",
    GROUP,
    "header words with one character per line",
    slots="headers",
    change_report=_one_character_lines,
)
add(
    "header-vertical",
    GROUP,
    "table four and the group label in vertical writing (Identity-V)",
    slots="headers",
    change_report=_vertical,
)
add(
    "header-vertical-all",
    GROUP,
    "the applicant columns in vertical writing too",
    slots="headers",
    change_report=_vertical_all,
)
add(
    "header-rotated",
    GROUP,
    "headers rotated by ninety degrees",
    slots="headers",
    change_report=_rotated,
)
add(
    "label-spaces",
    GROUP,
    "spaces inside labels: 总 计, 其 他, （ 七 ） 总 计",
    slots="headers labels",
    change_report=_spaces_in_labels,
)
add(
    "label-cut",
    GROUP,
    "a merged label cut in two by the page break: （四）无 / 法提供",
    slots="pages groups",
    engines=("drawn", "office"),
    change_report=_cut_label,
)
add(
    "row-cut",
    GROUP,
    "a row cut in the middle by the page break",
    slots="pages widths",
    change_plan=_split_rows,
    change_report=_move_row_to_page_end,
)
add(
    "break-header-repeated",
    GROUP,
    "table three broken over pages, its header repeated",
    slots="pages",
    change_report=_repeat_header,
)
add(
    "break-no-header",
    GROUP,
    "table three broken over pages, no header after the break",
    slots="pages",
    change_report=_break_applications,
)
add(
    "break-open",
    GROUP,
    "a page break without a rule above or below it",
    slots="pages rules",
    engines=("drawn",),
    change_report=_break_without_rule,
)
add("break-twice", GROUP, "table three on three pages", slots="pages", change_report=_break_twice)
add(
    "block-line-lonely",
    GROUP,
    "an article line 第二十条第（六）项 alone at the end of a page",
    slots="pages section-two",
    change_report=_break_after_article,
)
add(
    "block-header-lonely",
    GROUP,
    "an article line and its header at the end of a page, the rows on the next page",
    slots="pages section-two",
    change_report=_break_after_block_header,
)
add(
    "review-split",
    GROUP,
    "table four: the header on one page, the numbers on the next",
    slots="pages",
    change_report=_review_split,
)
add(
    "review-header-split",
    GROUP,
    "table four: the page break inside its header",
    slots="pages",
    change_report=_review_head_split,
)
