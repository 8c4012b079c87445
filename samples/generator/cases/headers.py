"""Headers in narrow columns, vertical writing, and what page breaks do to labels and rows."""

from __future__ import annotations

from ..model import Break
from .registry import Job, add


def _narrow(job: Job) -> None:
    job.style.table_size = max(job.style.table_size, 10.5)
    applications = job.table("applications")
    applications.widths = [30.0, 34.0, 122.0, 27.0, 27.0, 40.0, 27.0, 40.0, 27.0, 27.0]
    for cell in job.marked("made_this_year") + job.marked("disclosed_this_year"):
        cell.text = "本年新\n" + cell.text[3:]


def _one_char(job: Job) -> None:
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


def _upright_font(job: Job) -> None:
    """Of the free fonts UMing alone has sound measures for vertical writing everywhere."""
    job.style.table_font = "uming"


def _vertical(job: Job) -> None:
    _upright_font(job)
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
    _upright_font(job)
    for cell in job.headers() + job.marked("results"):
        if "." in cell.mark or cell.mark == "results":
            cell.rotated = True


def _spaces(job: Job) -> None:
    for cell in job.built().cells():
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


def _cut_row(job: Job) -> None:
    job.style.split_rows = True
    job.style.center_cut = False
    job.plan.form = "2021"


def _cut_row_built(job: Job) -> None:
    # A gap moves the table so that a row of several lines meets the foot of the page.
    job.built().section("三").before.insert(0, Break(gap=job.rng.uniform(20, 60)))
    job.table("applications").widths = [30.0, 40.0, 84.0, 40.0, 40.0, 40.0, 40.0, 44.0, 40.0, 40.0]


def _break_three(job: Job) -> None:
    table = job.table("applications")
    table.break_before = {job.rng.randint(8, table.rows - 4)}


def _repeat(job: Job) -> None:
    job.style.repeat_header = True
    _break_three(job)


def _open_break(job: Job) -> None:
    job.style.close_at_break = False
    _break_three(job)


def _lonely(job: Job) -> None:
    article = job.rng.choice(("第二十条第（六）项", "第二十条第（五）项", "第二十条第（八）项"))
    cell = job.marked(article)[0]
    job.table("proactive_disclosure").break_before = {cell.row + 1}


def _lonely_header(job: Job) -> None:
    cell = job.marked("第二十条第（六）项")[0]
    job.table("proactive_disclosure").break_before = {cell.row + 2}


def _review_split(job: Job) -> None:
    job.table("review_litigation").break_before = {3}


def _review_head_split(job: Job) -> None:
    job.table("review_litigation").break_before = {2}


def _twice(job: Job) -> None:
    job.style.row_height = 33.0
    job.table("applications").break_before = {job.rng.randint(4, 6)}


G = "headers and page breaks"
add(
    "header-narrow",
    G,
    "header words broken over two lines in narrow columns",
    slots="headers widths",
    built=_narrow,
)
add("header-one-char", G, "header words one character a line", slots="headers", built=_one_char)
add(
    "header-vertical",
    G,
    "table four and the group label in vertical writing (Identity-V)",
    slots="headers",
    built=_vertical,
)
add(
    "header-vertical-all",
    G,
    "all applicant columns in vertical writing too",
    slots="headers",
    built=_vertical_all,
)
add("header-rotated", G, "headers turned by ninety degrees", slots="headers", built=_rotated)
add(
    "label-spaces",
    G,
    "blanks inside labels: 总 计, 其 他, （ 七 ） 总 计",
    slots="headers labels",
    built=_spaces,
)
add(
    "label-cut",
    G,
    "a merged label cut in two by the page break: （四）无 / 法提供",
    slots="pages groups",
    engines=("drawn", "office"),
    built=_cut_label,
)
add(
    "row-cut",
    G,
    "a row cut in mid-cell by the page break",
    slots="pages widths",
    setup=_cut_row,
    built=_cut_row_built,
)
add(
    "break-header-repeated",
    G,
    "table three broken over pages, its header repeated",
    slots="pages",
    built=_repeat,
)
add(
    "break-no-header",
    G,
    "table three broken over pages, no header after the break",
    slots="pages",
    built=_break_three,
)
add(
    "break-open",
    G,
    "a page break without a rule above or below it",
    slots="pages rules",
    engines=("drawn",),
    built=_open_break,
)
add("break-twice", G, "table three over three pages", slots="pages", built=_twice)
add(
    "block-line-lonely",
    G,
    "a block line 第二十条第（六）项 alone at the foot of a page",
    slots="pages section-two",
    built=_lonely,
)
add(
    "block-header-lonely",
    G,
    "block line and header at the foot, the rows on the next page",
    slots="pages section-two",
    built=_lonely_header,
)
add(
    "review-split",
    G,
    "table four: the header on one page, the numbers on the next",
    slots="pages",
    built=_review_split,
)
add(
    "review-header-split",
    G,
    "table four: the page break inside its header",
    slots="pages",
    built=_review_head_split,
)
