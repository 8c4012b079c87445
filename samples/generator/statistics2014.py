"""Reports of the years 2014 to 2018 with the statistics table of the form of 2014.

Each variant is printed by one engine. The numbers, the prose that repeats some of them, and the
expected results come from the seed.
"""

from __future__ import annotations

import random
import tempfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from . import bodies, corpus, forms2014
from .cases import Case, Job
from .content import Plan
from .forms2014 import COLUMN, LINES, TABLE, Line
from .model import Break, Cell, Document, Item, Key, Para, Printed, Report, Section, Table
from .truth import exact

_LOCAL = "local"  # a row that the form does not have
_DECIMALS = {"fees.collected", "capacity.budget"}
_TITLES = {
    "一": "概述",
    "二": "主动公开政府信息情况",
    "三": "依申请公开政府信息情况",
    "四": "行政复议和行政诉讼情况",
    "五": "存在的主要问题和改进措施",
}


@dataclass
class Statistics:
    """What a variant may change before the report is laid out."""

    rng: random.Random
    job: Job
    values: dict[str, int | Decimal]
    lines: list[Line] = field(default_factory=lambda: list(LINES))
    printed: dict[str, Printed] = field(default_factory=dict)  # by row id, where not the number
    no_unit: str = forms2014.NO_UNIT
    numbered: bool = False  # a column 序号 in front
    unit_last: bool = False  # the unit after the number
    section: str = ""  # the section that holds the table; "" for an annex
    caption: str = ""  # printed over the table
    page_break: bool = True  # before the annex
    status: str = "proved"

    def relabel(self, change: Callable[[Line], Line]) -> None:
        """Change the lines of the table."""
        self.lines = [change(line) for line in self.lines]

    def mark(self, row: str, raw: str, state: str, expect: str = "right") -> None:
        """Print something else than a number in a row."""
        self.printed[row] = Printed(raw, state, None, expect)


def draw_values(rng: random.Random, level: str) -> dict[str, int | Decimal]:
    """Draw a number for each row, such that every sum of the form holds."""
    top = {"town": 12, "county": 90, "city": 2400}[level]

    def count(high: int) -> int:
        return rng.choice((0, rng.randint(0, high), rng.randint(0, high)))

    counts = {line.row_id: count(top) for line in LINES if line.row_id}
    channels = [f"disclosure.via_{c}" for c in ("gazette", "website", "weibo", "wechat", "other")]
    for row in channels:
        counts[row] = count(40 * top)
    most = max(counts[row] for row in channels)
    total = rng.randint(most, max(sum(counts[row] for row in channels), 1))
    counts["disclosure.total"] = total
    counts["disclosure.normative_documents_disclosed"] = rng.randint(0, min(30, total))
    counts["disclosure.normative_documents_issued"] = (
        rng.randint(0, 20) + counts["disclosure.normative_documents_disclosed"]
    )
    for whole, part in forms2014.WITHIN.values():
        counts[part] = min(counts[part], counts[whole])
    for total_row in ("replies.refused", "replies.total", "reconsideration.total"):
        _add_up(counts, total_row)
    for total_row in ("litigation.total", "capacity.staff"):
        _add_up(counts, total_row)
    counts["requests.closed"] = counts["replies.total"]
    _divide(counts, "requests.closed", rng)
    counts["requests.received"] = counts["requests.closed"] + count(3)
    _divide(counts, "requests.received", rng)
    counts["training.trainees"] = 37 * counts["training.courses"]
    out: dict[str, int | Decimal] = dict(counts)
    for row in _DECIMALS:
        out[row] = rng.choice((Decimal(0), Decimal(rng.randint(1, 99_999)) / 100))
    return out


def _add_up(counts: dict[str, int], total: str) -> None:
    counts[total] = sum(counts[part] for part in forms2014.PARTS[total])


def _divide(counts: dict[str, int], total: str, rng: random.Random) -> None:
    """Divide a total at random among its parts."""
    parts = forms2014.PARTS[total]
    counts.update(dict.fromkeys(parts, 0))
    for part in rng.choices(parts, k=counts[total]):
        counts[part] += 1


def _table(plan: Statistics) -> Table:
    """The printed table: a header row, then one row for each line."""
    header = list(forms2014.HEADER)
    if plan.unit_last:
        header = [header[0], header[2], header[1]]
    if plan.numbered:
        header.insert(0, "序号")
    cells = [Cell(text, 0, col, role="header") for col, text in enumerate(header)]
    columns = {text: col for col, text in enumerate(header)}
    for row, line in enumerate(plan.lines, start=1):
        if plan.numbered:
            cells.append(Cell(str(row), row, columns["序号"], role="value"))
        label = "　" * line.indent + line.label
        cells.append(Cell(label, row, columns["统计指标"], mark=line.row_id or line.label))
        unit = line.unit if line.row_id else plan.no_unit
        cells.append(Cell(unit, row, columns["单位"], role="value"))
        at = columns["统计数"]
        if not line.row_id:
            cells.append(Cell("", row, at, role="value"))
            continue
        value = plan.values.get(line.row_id, 0)
        printed = plan.printed.get(line.row_id) or Printed(exact(value), value=exact(value))
        key: Key | None = None if line.row_id == _LOCAL else (TABLE, line.row_id, COLUMN)
        cells.append(Cell(printed.text, row, at, role="value", key=key, printed=printed))
    widths = {"序号": 26.0, "统计指标": 300.0, "单位": 46.0, "统计数": 66.0}
    return Table(TABLE, [widths[text] for text in header], cells, header_rows=1)


def _prose(plan: Statistics, year: int, body: bodies.Body) -> dict[str, list[Item]]:
    """The text of the sections; it repeats numbers of the table."""
    v = plan.values
    return {
        "一": [
            Para(
                f"{year}年，{body.short}认真贯彻《中华人民共和国政府信息公开条例》，围绕{body.topics[0]}"
                f"等重点，不断加大公开力度。本报告的统计期限自{year}年1月1日至{year}年12月31日。"
            )
        ],
        "二": [Para(f"全年共主动公开政府信息{v['disclosure.total']}条。")],
        "三": [
            Para(
                f"全年共收到政府信息公开申请{v['requests.received']}件，"
                f"答复{v['replies.total']}件。"
            )
        ],
        "四": [Para(f"全年发生政府信息公开行政复议{v['reconsideration.total']}件。")],
        "五": [Para("公开的内容还不够全面，解读的形式还比较单一。下一步将加强培训，改进工作。")],
    }


def build(plan: Statistics, body: bodies.Body, year: int) -> Report:
    """Lay out a report with its statistics table."""
    table = _table(plan)
    caption = plan.caption or f"{body.name}{year}年度{forms2014.TITLE}"
    contents = _prose(plan, year, body)
    block: list[Item] = [Para(caption, "center", counted=False), table]
    tail: list[Item] = []
    if plan.section:
        contents[plan.section] += block
    else:
        tail = [*([Break()] if plan.page_break else []), Para("附件：", counted=False), *block]
        tail.append(Para("单位负责人：　　　审核人：　　　填报人：", "note", counted=False))
    sections = [
        Section(number, _TITLES[number], f"{number}、{_TITLES[number]}", items)
        for number, items in contents.items()
    ]
    return Report(
        title_lines=[f"{body.name}{year}年", "政府信息公开工作年度报告"],
        agency=body.name,
        year=year,
        form="2014",
        table_forms={TABLE: "2014"},
        preamble=[],
        sections=sections,
        tail=tail,
        status=plan.status,
    )


def _yuan(plan: Statistics) -> None:
    """The fees in 元, the staff in 名; requests are counted in 宗."""
    for row in _DECIMALS:
        plan.values[row] = (Decimal(plan.values[row]) * 10000).quantize(Decimal(1))

    def unit(line: Line) -> Line:
        if line.row_id in _DECIMALS:
            return line._replace(unit="元")
        return line._replace(unit="宗") if line.row_id.startswith("requests.") else line

    plan.relabel(unit)


def _marks(plan: Statistics) -> None:
    for row, raw in (
        ("disclosure.via_gazette", "/"),
        ("response.press_conferences_principal", "—"),
        ("litigation.upheld", "----"),
    ):
        plan.values[row] = 0
        plan.mark(row, raw, "mark")
    plan.values["litigation.total"] = sum(
        int(plan.values[f"litigation.{part}"]) for part in ("upheld", "corrected", "other")
    )
    for row in ("disclosure.via_other", "training.courses", "training.trainees"):
        plan.values[row] = 0
        plan.mark(row, "", "blank")
    plan.values["disclosure.total"] = max(
        int(plan.values[f"disclosure.via_{c}"]) for c in ("website", "weibo", "wechat")
    )
    plan.values["disclosure.normative_documents_disclosed"] = 0


def _fault(plan: Statistics) -> None:
    plan.values["requests.received"] = int(plan.values["requests.received"]) + 10
    plan.status = "print_fault"


def _fault_small(plan: Statistics) -> None:
    plan.values["reconsideration.upheld"] = int(plan.values["reconsideration.upheld"]) + 1
    plan.values["response.press_conferences_principal"] = (
        int(plan.values["response.press_conferences"]) + 2
    )
    plan.status = "print_fault"


def _members(plan: Statistics) -> None:
    """其中 in front of each part, remarks left out, another word for a channel."""

    def change(line: Line) -> Line:
        label = line.label
        if line.row_id.startswith("replies.refused_") and not label.startswith("其中"):
            label = f"其中：{label}"
        if line.row_id == "requests.received_online":
            label = "3.网上申请数"
        if not line.row_id:
            label = label.replace("政府信息的情况", "政府信息情况")
        return line._replace(label=label.split("（不")[0])

    plan.relabel(change)
    plan.no_unit = "————"


def _unknown_row(plan: Statistics) -> None:
    """A row that the form does not have, with a number."""
    plan.lines.insert(4, Line(_LOCAL, "主动公开行政执法信息数", "条", 2))
    plan.values[_LOCAL] = 17


def _renamed_row(plan: Statistics) -> None:
    """A label in other words, as one source of the form has it."""
    plan.relabel(
        lambda line: (
            line._replace(label="5.非本部门掌握数")
            if line.row_id == "replies.not_this_agency"
            else line
        )
    )
    row = "replies.not_this_agency"
    number = exact(plan.values[row])
    plan.printed[row] = Printed(number, value=number, expect="flag")
    plan.status = "doubtful"


def _set(**values: object) -> Callable[[Statistics], None]:
    def change(plan: Statistics) -> None:
        for name, value in values.items():
            setattr(plan, name, value)

    return change


def _style(**values: object) -> Callable[[Statistics], None]:
    def change(plan: Statistics) -> None:
        for name, value in values.items():
            setattr(plan.job.style, name, value)

    return change


@dataclass(frozen=True)
class Variant:
    """One file: what it shows, and the engines that print it; the first one for the core."""

    name: str
    description: str
    engines: tuple[str, ...]
    changes: tuple[Callable[[Statistics], None], ...] = ()


ALL = ("drawn", "browser", "office")
VARIANTS = (
    Variant("annex", "the table as an annex on a page of its own", ("office", "drawn", "browser")),
    Variant(
        "annex-header-repeated",
        "the header again on each page",
        ("browser", "office", "drawn"),
        (_style(repeat_header=True),),
    ),
    Variant(
        "annex-same-page",
        "the annex follows the text on the same page",
        ("drawn", "office", "browser"),
        (_set(page_break=False), _style(split_rows=True)),
    ),
    Variant(
        "in-section", "the table inside section three", ("drawn", "browser"), (_set(section="三"),)
    ),
    Variant("units", "fees in 元, requests in 宗", ("browser", "office"), (_yuan,)),
    Variant("marks", "blank cells and marks", ("drawn", "office"), (_marks,)),
    Variant("members", "labels in other spellings", ("office", "drawn"), (_members,)),
    Variant("numbered", "a column 序号 in front", ("drawn", "browser"), (_set(numbered=True),)),
    Variant(
        "unit-last", "the unit after the number", ("browser", "drawn"), (_set(unit_last=True),)
    ),
    Variant("fault", "a total is wrong", ("browser", "drawn"), (_fault,)),
    Variant("fault-small", "a part and a 其中 are wrong", ("drawn", "office"), (_fault_small,)),
    Variant("unknown-row", "a row that the form does not have", ("drawn",), (_unknown_row,)),
    Variant("renamed-row", "a label in other words", ("browser",), (_renamed_row,)),
    Variant(
        "rules-none",
        "a table without rules",
        ("drawn", "browser"),
        (_style(rules="none"),),
    ),
    Variant(
        "open-sides",
        "a table without rules at its sides, rules in grey",
        ("drawn", "browser"),
        (_style(open_sides=True, rules="grey"),),
    ),
)


def make_all(out: Path, seed: int, core: bool, only: str = "") -> list[Path]:
    """Make the files and return them; the core has each variant once, in small files."""
    made: list[Path] = []
    with tempfile.TemporaryDirectory(prefix="generator-") as folder:
        docx = Path(folder)
        for variant in VARIANTS:
            for engine in variant.engines[: 1 if core else None]:
                name = f"statistics-{variant.name}-{engine}"
                if only in name:
                    made.append(_make(variant, engine, name, seed, core, out, docx))
        corpus.convert_all(docx, out)
    return made


def _make(
    variant: Variant, engine: str, name: str, seed: int, core: bool, out: Path, docx: Path
) -> Path:
    rng = random.Random(zlib.crc32(f"2014:{seed}:{variant.name}-{engine}".encode()))
    body = bodies.make(rng)
    year = rng.randint(2014, 2018)
    job = Job(engine, rng, Plan(body, year, "2014"), corpus.random_style(rng, core))
    job.style.table_size = min(job.style.table_size, 10.0)
    job.style.value_size = 0.0
    plan = Statistics(rng, job, draw_values(rng, body.level))
    for change in variant.changes:
        change(plan)
    job.report = build(plan, body, year)
    job.document = Document([job.report])
    case = Case(
        f"statistics-{variant.name}",
        "statistics",
        variant.description,
        variant.engines,
        frozenset(),
        "",
        {},
    )
    task = corpus.Task(name, engine, (case,), seed, core)
    return corpus.print_file(task, job, out, docx)
