"""Make annual statistics of administrative enforcement (行政执法统计年报), truth beside.

There is no national grid: each province has its own columns. The six sets of penalty columns are
those that real tables have; the bodies and the numbers are invented.
"""

from __future__ import annotations

import random
import tempfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path

from . import bodies, browser, drawn, office, postprocess, truth
from .model import Break, Cell, Document, Item, Key, Para, Printed, Report, Section, Table
from .style import Style

ENGINES = ("drawn", "browser", "office")
PENALTY, LICENSING = "enforcement_penalty", "enforcement_licensing"
COERCION, OTHER = "enforcement_coercion", "enforcement_other"
FORM = "2018"

_KINDS = {
    "warning": "警告",
    "criticism": "通报批评",
    "warning_criticism": "警告、通报批评",
    "fine": "罚款",
    "confiscate_gains": "没收违法所得",
    "confiscate_property": "没收非法财物",
    "confiscate": "没收违法所得、没收非法财物",
    "suspend_licence": "暂扣许可证件",
    "suspend_licence_old": "暂扣许可证、执照",
    "suspend_licence_lower_grade": "暂扣许可证、执照，降低资质等级",
    "lower_grade": "降低资质等级",
    "restrict_operations": "限制开展生产经营活动",
    "suspend_production": "责令停产停业",
    "order_closure": "责令关闭",
    "restrict_occupation": "限制从业",
    "closure_occupation": "责令关闭、限制从业",
    "production_closure_occupation": "责令停产停业、责令关闭、限制从业",
    "revoke_licence": "吊销许可证件",
    "revoke_licence_old": "吊销许可证、执照",
    "detention": "行政拘留",
    "other": "其他行政处罚",
}
# the kinds of each set, in printed order
SETS = {
    "old": "warning fine confiscate suspend_licence_old suspend_production revoke_licence_old "
    "detention other",
    "shanxi": "warning criticism fine confiscate suspend_licence lower_grade restrict_operations "
    "suspend_production closure_occupation revoke_licence detention other",
    "zhejiang": "warning_criticism fine confiscate suspend_licence_lower_grade revoke_licence_old "
    "restrict_operations production_closure_occupation detention other",
    "hubei": "warning criticism fine confiscate_gains confiscate_property suspend_licence "
    "lower_grade revoke_licence restrict_operations suspend_production order_closure "
    "restrict_occupation detention other",
    "chongqing": "warning criticism fine confiscate suspend_licence lower_grade revoke_licence "
    "restrict_operations suspend_production order_closure restrict_occupation detention other",
    "shandong": "warning criticism fine confiscate_gains confiscate_property suspend_licence "
    "lower_grade revoke_licence restrict_operations suspend_production order_closure "
    "restrict_occupation detention other",
}
_SHANDONG = {
    "no_penalty_cases": "不予处罚案件数量",
    "no_penalty_amount": "不罚金额（万元）",
    "mitigated_cases": "减轻处罚的案件数量",
    "mitigated_amount": "轻罚金额（万元）",
    "reconsidered": "被行政复议数量",
    "reconsideration_corrected": "被行政复议纠错数量",
    "sued": "被行政诉讼数量",
    "suits_lost": "行政诉讼败诉数量",
    "transferred": "移送司法机关数量",
}
_LICENSING = {
    "applied": "申请数量",
    "accepted": "受理数量",
    "granted": "许可数量",
    "refused": "不予许可数量",
    "revoked": "撤销许可数量",
}
_MEASURES = {
    "m_seal": "查封场所、设施或者财物",
    "m_seize": "扣押财物",
    "m_freeze": "冻结存款、汇款",
    "m_other": "其他行政强制措施",
}
_EXECUTION = {
    "x_surcharge": "加处罚款或者滞纳金",
    "x_transfer": "划拨存款、汇款",
    "x_auction": "拍卖或者依法处理查封、扣押的场所、设施或者财物",
    "x_restore": "排除妨碍、恢复原状",
    "x_substitute": "代履行",
    "x_other": "其他强制执行",
}
_OTHER = {
    "levy_times": "行政征收次数",
    "inspection_times": "行政检查次数",
    "ruling_times": "行政裁决次数",
    "payment_times": "行政给付次数",
    "confirmation_times": "行政确认次数",
    "award_times": "行政奖励次数",
    "other_acts": "其他行政执法行为",
}
_TITLES = (
    "{body}{year}年度行政执法统计年报",
    "{body}{year}年度行政执法数据表",
    "{body}{year}年行政执法年度数据统计公示",
    "{body}{year}年度行政执法统计情况",
    "{body}{year}年度行政执法工作统计年报",
)
_CAPTIONS = {
    PENALTY: "行政处罚实施情况统计表",
    LICENSING: "行政许可实施情况统计表",
    COERCION: "行政强制实施情况统计表",
    OTHER: "其他行政执法行为实施情况统计表",
}
_NOTES = {
    PENALTY: "说明：1.行政处罚实施数量指作出决定的数量，统计时间为{year}年1月1日至12月31日。"
    "2.并处的按1宗计入最重的种类。",
    LICENSING: "说明：1.“申请数量”指{year}年收到的许可申请的数量。2.变更和延续计入许可数量。",
    COERCION: "说明：行政强制措施按作出决定的次数统计。",
    OTHER: "说明：检查1次有完整记录的为1次，巡查不计。",
}
_INNER_BODIES = ("执法支队", "稽查一大队", "稽查二大队", "开发区分局", "城东分局")


@dataclass(frozen=True)
class Column:
    """A column of a table: its id, its label, and the label of a group over it."""

    id: str
    label: str
    group: str = ""

    @property
    def is_amount(self) -> bool:
        return self.id.endswith("amount")


@dataclass
class Job:
    """One file in the making."""

    engine: str
    rng: random.Random
    style: Style
    body: bodies.Body
    year: int
    set: str
    inner: Sequence[str] = ()  # the bodies with a row each
    own_row: bool = False  # the only row begins with a number and the name of the body
    bands: bool = False  # the penalty columns in two bands, one below the other
    cut: bool = False  # a page break below the header
    landscape: bool = False
    grouped: bool = True  # a label over the kinds
    empty: str = ""  # "": zeros, some: blanks among them, all: no duty, all cells blank
    note: str = "below"  # below: a paragraph, inside: the last row of the table, or ""
    tables: Sequence[str] = (PENALTY, LICENSING)
    prose_first: bool = False
    fault: str = ""  # kinds: the total is wrong, bodies: the last row is wrong, accepted: more
    big: bool = False
    yuan: bool = False
    unit: str = "宗"
    faults: list[str] = field(default_factory=list)


Change = Callable[[Job], None]


def _set(name: str) -> Change:
    return lambda job: setattr(job, "set", name)


def _put(**values: object) -> Change:
    def change(job: Job) -> None:
        for name, value in values.items():
            setattr(job, name, value)

    return change


def _with_bodies(job: Job) -> None:
    job.inner = job.rng.sample(_INNER_BODIES, job.rng.randint(2, 4))


CASES: Mapping[str, Change] = {
    **{f"set-{name}": _set(name) for name in SETS},
    "group-absent": _put(grouped=False),
    "blank-some": _put(empty="some"),
    "blank-all": _put(empty="all"),
    "two-bands": _put(bands=True, set="hubei"),
    "bodies": _with_bodies,
    "one-body": _put(own_row=True),
    "break-below-header": _put(cut=True),
    "landscape": _put(landscape=True),
    "note-inside": _put(note="inside"),
    "all-tables": _put(tables=(PENALTY, LICENSING, COERCION, OTHER)),
    "licensing-first": _put(tables=(LICENSING, PENALTY)),
    "prose-first": _put(prose_first=True),
    "amount-in-yuan": _put(yuan=True),
    "unit-cases": _put(unit="件"),
    "large-numbers": _put(big=True),
    "fault-kinds": _put(fault="kinds"),
    "fault-accepted": _put(fault="accepted"),
}
# The cases of each committed file, one for each producer in turn.
FILES = (
    ("set-old", "blank-some"),
    ("set-shanxi", "amount-in-yuan", "prose-first"),
    ("set-zhejiang", "large-numbers", "all-tables"),
    ("set-hubei", "two-bands"),
    ("set-chongqing", "bodies", "landscape", "unit-cases"),
    ("set-shandong", "one-body", "landscape", "unit-cases"),
    ("set-old", "fault-kinds", "group-absent", "licensing-first"),
    ("set-hubei", "bodies", "landscape", "note-inside"),
    ("set-zhejiang", "break-below-header", "one-body"),
    ("set-shandong", "bodies", "landscape"),
    ("set-shanxi", "fault-accepted", "note-inside"),
    ("set-chongqing", "one-body", "landscape", "blank-some"),
    ("set-old", "blank-all", "all-tables"),
)


def _penalty_columns(job: Job) -> list[Column]:
    unit = job.unit
    group = f"行政处罚实施数量（{unit}）" if job.grouped else ""
    kinds = [Column(name, _KINDS[name], group) for name in SETS[job.set].split()]
    amount = Column("amount", "罚没金额（元）" if job.yuan else "罚没金额（万元）")
    if job.set == "shandong":
        front = [Column("filed", "立案数量"), Column("closed", "结案数量")]
        return [*front, *kinds, amount, *(Column(*each) for each in _SHANDONG.items())]
    columns = [*kinds, Column("total", f"合计（{unit}）"), amount]
    if job.set == "chongqing":
        review = "法制审核数量"
        columns += [
            Column("summary_procedure", "简易程序数量"),
            Column("ordinary_procedure", "一般程序数量"),
            Column("legal_review", "审核数量", review),
            Column("legal_review_corrected", "纠错数量", review),
            Column("criminal_transfers", "涉嫌犯罪移送案件数量"),
            Column("accepted_by_judiciary", "司法机关受理案件数量"),
        ]
    return columns


def _columns(job: Job, table: str) -> list[Column]:
    unit = job.unit
    if table == PENALTY:
        return _penalty_columns(job)
    if table == LICENSING:
        group = f"行政许可实施数量（{unit}）" if job.grouped else ""
        return [Column(*each, group) for each in _LICENSING.items()]
    if table == COERCION:
        return [
            *(Column(*each, f"行政强制措施实施数量（{unit}）") for each in _MEASURES.items()),
            *(Column(*each, f"行政强制执行实施数量（{unit}）") for each in _EXECUTION.items()),
            Column("court", "申请法院强制执行"),
        ]
    return [Column(*each) for each in _OTHER.items()]


Numbers = dict[str, Decimal | None]


def _numbers(job: Job, table: str, columns: Sequence[Column]) -> Numbers:
    """Draw the numbers of one body, which agree with each other."""
    rng, most = job.rng, 90_000 if job.big else 300
    places = 2 if job.yuan else rng.choice((0, 1, 2, 4))
    found: Numbers = {}
    for column in columns:
        is_zero = rng.random() < 0.4
        if column.is_amount:
            found[column.id] = Decimal(rng.randint(1, 300_000)).scaleb(-places)
        elif job.empty == "some" and is_zero:
            found[column.id] = None
        else:
            found[column.id] = Decimal(0 if is_zero else rng.randint(1, most))
    if job.empty == "all":
        return dict.fromkeys(found)
    if table == LICENSING:
        granted, refused, revoked = (rng.randint(0, each) for each in (most, 9, 3))
        accepted = granted + refused
        applied = accepted + rng.randint(0, 5)
        values = (applied, accepted, granted, refused, revoked)
        return dict(zip(_LICENSING, map(Decimal, values), strict=True))
    if table == PENALTY:
        _agree(rng, job, found)
    return found


def _agree(rng: random.Random, job: Job, found: Numbers) -> None:
    """Make the totals of the penalties agree with their parts."""
    found["fine"] = found["fine"] or Decimal(rng.randint(1, 80))
    kinds = sum((found[name] or Decimal(0) for name in SETS[job.set].split()), Decimal(0))
    if "total" in found:
        found["total"] = kinds
    if "closed" in found:
        closed = max(kinds - rng.randint(0, 3), Decimal(0))
        found["closed"], found["filed"] = closed, closed + rng.randint(0, 5)
    if "ordinary_procedure" in found:
        summary = Decimal(rng.randint(0, int(kinds)))
        found["summary_procedure"], found["ordinary_procedure"] = summary, kinds - summary
        found["legal_review"] = Decimal(rng.randint(0, 30))
        found["legal_review_corrected"] = Decimal(rng.randint(0, 2))


def _sum(rows: Sequence[Numbers]) -> Numbers:
    return {name: sum((row[name] or Decimal(0) for row in rows), Decimal(0)) for name in rows[0]}


def _rows(job: Job, table: str, columns: Sequence[Column]) -> list[tuple[str, str, Numbers]]:
    """The rows of a table: id, printed label and numbers; with the print fault of the job."""
    if job.inner:
        own = [_numbers(job, table, columns) for _ in job.inner]
        last = _sum(own)
        rows = [(name, name, each) for name, each in zip(job.inner, own, strict=True)]
        return [*rows, ("total", "合计", last)]
    numbers = _numbers(job, table, columns)
    if job.fault == "kinds" and table == PENALTY:
        numbers["total"] = (numbers["total"] or Decimal(0)) + 9
        job.faults.append(f"{PENALTY}.kinds_sum.total")
    if job.fault == "accepted" and table == LICENSING:
        numbers["accepted"] = (numbers["applied"] or Decimal(0)) + 6
        job.faults.append(f"{LICENSING}.applied_accepted.total")
    return [("total", job.body.name if job.own_row else "", numbers)]


def _printed(value: Decimal | None) -> Printed:
    if value is None:
        return Printed("", "blank")
    text = truth.exact(value)
    return Printed(text, value=text)


class _Maker:
    """Builds the cells of one table."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.cells: list[Cell] = []

    def header(self, columns: Sequence[Column], row: int, col: int) -> int:
        """Add a header and return the number of its rows."""
        deep = 2 if any(column.group for column in columns) else 1
        before = None
        for k, column in enumerate(columns):
            if not column.group:
                self.put(column.label, row, col + k, rowspan=deep)
                continue
            if before is not None and before.text == column.group:
                before.colspan += 1
            else:
                before = self.put(column.group, row, col + k)
            self.put(column.label, row + 1, col + k)
        return deep

    def put(
        self,
        text: str,
        row: int,
        col: int,
        rowspan: int = 1,
        colspan: int = 1,
        role: str = "header",
    ) -> Cell:
        cell = Cell(text, row, col, rowspan, colspan, role=role)
        self.cells.append(cell)
        return cell

    def values(
        self, columns: Sequence[Column], row: int, col: int, row_id: str, numbers: Numbers
    ) -> None:
        for k, column in enumerate(columns):
            printed = _printed(numbers[column.id])
            key: Key = (self.table, row_id, column.id)
            self.cells.append(
                Cell(printed.text, row, col + k, role="value", key=key, printed=printed)
            )


def _table(job: Job, table: str) -> Table:
    columns = _columns(job, table)
    rows = _rows(job, table, columns)
    maker = _Maker(table)
    if job.bands and table == PENALTY:
        middle = (len(columns) + 1) // 2
        at = 0
        for band in (columns[:middle], columns[middle:]):
            at += maker.header(band, at, 0)
            maker.values(band, at, 0, "total", rows[0][2])
            at += 1
        return Table(table, [1.0] * middle, maker.cells, header_rows=2)
    front = 2 if job.own_row or job.inner else 0
    deep = maker.header(columns, 0, front)
    if front:
        maker.put("序号", 0, 0, rowspan=deep)
        maker.put("单位名称", 0, 1, rowspan=deep)
        maker.put("备注", 0, front + len(columns), rowspan=deep)
    for k, (row_id, label, numbers) in enumerate(rows):
        at = deep + k
        if front:
            is_sum = row_id == "total" and bool(job.inner)
            maker.put("" if is_sum else str(k + 1), at, 0, role="label")
            maker.put(label, at, 1, role="label")
            remark = job.rng.choice(("", "", "含2个派出机构"))
            maker.put(remark, at, front + len(columns), role="label")
        maker.values(columns, at, front, row_id, numbers)
    widths = [0.7, 2.2] * (front // 2) + [1.0] * len(columns) + [1.0] * (front // 2)
    if job.note == "inside":
        text = _NOTES[table].format(year=job.year)
        maker.put(text, deep + len(rows), 0, colspan=len(widths), role="label")
    made = Table(table, widths, maker.cells, header_rows=deep)
    if job.cut and table == PENALTY:
        made.break_before = {deep}
    return made


_NUMERALS = "一二三四"


def _data_part(job: Job) -> Iterator[Item]:
    for k, table in enumerate(job.tables):
        wide = job.landscape and table == PENALTY
        if wide:
            yield Break(landscape=True)
        yield Para(f"表{_NUMERALS[k]}", "body")
        yield Para(f"{job.body.name}{job.year}年度{_CAPTIONS[table]}", "center")
        yield _table(job, table)
        if job.note == "below":
            yield Para(_NOTES[table].format(year=job.year), "note")
        if wide:
            yield Break(landscape=False)


def _report(job: Job) -> Report:
    data = list(_data_part(job))
    prose: list[Item] = [
        Para(
            f"{job.year}年，{job.body.name}全面推行行政执法公示、执法全过程记录和重大执法决定法制"
            "审核制度，规范公正文明执法。"
        ),
        Para("本年度行政执法主体和执法人员均具备资格，未发生因执法引起的群体性事件。"),
    ]
    parts = [("行政执法数据表", data), ("行政执法总体情况", prose)]
    if job.prose_first:
        parts.reverse()
    sections = [
        Section(_NUMERALS[k], title, f"第{_NUMERALS[k]}部分 {title}", items)
        for k, (title, items) in enumerate(parts)
    ]
    title = job.rng.choice(_TITLES).format(body=job.body.name, year=job.year)
    forms = dict.fromkeys(job.tables, FORM)
    return Report([title], job.body.name, job.year, FORM, forms, [], sections)


def _style(rng: random.Random, job_wide: bool) -> Style:
    font = rng.choice(("song", "kai"))
    size = 7.0 if job_wide else rng.choice((8.0, 8.5, 9.0))
    return Style(
        body_font=font,
        table_font=font,
        title_font=font,
        heading_font=font,
        body_size=14.0,
        leading=24.0,
        title_size=18.0,
        table_size=size,
        pad=2.0 if job_wide else 3.0,
        margins=(40.0, 60.0, 40.0, 60.0) if job_wide else (62.0, 70.0, 62.0, 70.0),
        rule_width=rng.choice((0.4, 0.5, 0.75)),
        page_number=rng.choice(("- {n} -", "{n}", "")),
    )


def _job(engine: str, cases: Sequence[str], seed: int) -> Job:
    rng = random.Random(seed)
    wide = "landscape" in cases
    year = rng.randint(2019, 2024)
    kind = rng.choice(("office", "office", "office", "county"))
    body = bodies.make(rng, kind)
    job = Job(engine, rng, _style(rng, wide), body, year, "old")
    for name in cases:
        CASES[name](job)
    if body.name.endswith("人民政府"):
        job.body = replace(body, name=body.place)
    return job


def _truth(job: Job, report: Report) -> dict[str, object]:
    """The expected results; the family has no sections, and only ``must`` checks are listed."""
    found = truth.report_truth(report, None, {}, fails=sorted(job.faults))
    return {**found, "sections": []}


def make_file(engine: str, cases: Sequence[str], seed: int, out: Path, docx: Path) -> str:
    """Make one file and its truth; files of the engine ``office`` only as docx."""
    name = f"{'+'.join(cases)}-{engine}"
    job = _job(engine, cases, zlib.crc32(f"{seed}:{name}".encode()))
    report = _report(job)
    document, path = Document([report]), out / f"{name}.pdf"
    if engine == "drawn":
        drawn.render(document, job.style, path)
    elif engine == "browser":
        browser.render(document, job.style, path, tagged=False)
        postprocess.make_reproducible(path)
    else:
        office.write(document, job.style, docx / f"{name}.docx", "")
    head = {"file": path.name, "engine": engine, "cases": list(cases)}
    truth.write_reports(out / f"{name}.expected.json", head, [_truth(job, report)])
    return name


def make_demo(path: Path, body: bodies.Body, year: int, seed: int) -> str:
    """Make the statistics of one body and year, in the columns of 湖北; return their name."""
    job = _job("drawn", ("set-hubei", "two-bands"), seed)
    job.body, job.year = replace(body, name=body.place), year
    drawn.render(Document([_report(job)]), job.style, path)
    return path.stem


def make_all(out: Path, seed: int, every_engine: bool = False, only: str = "") -> list[str]:
    """Make the files of FILES, each by one producer or by all, and return their names."""
    made = []
    with tempfile.TemporaryDirectory(prefix="generator-") as folder:
        docx = Path(folder)
        for k, cases in enumerate(FILES):
            for engine in ENGINES if every_engine else (ENGINES[k % len(ENGINES)],):
                if only in f"{'+'.join(cases)}-{engine}":
                    made.append(make_file(engine, cases, seed, out, docx))
        if sources := sorted(docx.glob("*.docx")):
            office.convert(sources, out)
            for source in sources:
                postprocess.make_reproducible(out / f"{source.stem}.pdf")
    return made
