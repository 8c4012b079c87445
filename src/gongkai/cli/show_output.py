"""A report as text for a terminal."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gongkai.model import Observation, Report, Section
from gongkai.problems import advice
from gongkai.queries.report_loader import StoredReport
from gongkai.render.messages import CAUSE, STATUS
from gongkai.render.sanitize import escape_controls
from gongkai.render.table_layout import DOUBT, Block, blocks, format_cell, legend

_FIRST_LINE = 60  # characters of a section shown without --full
_LABEL_LEAST, _LABEL_MOST = 24, 44  # terminal columns of a row's label
_HEADER_LINE = 5  # characters of a column's label on one line
_PIPE_WIDTH = 140
_STYLES = {"proved": "green", "print_fault": "yellow", "doubtful": "red", "incomplete": "red"}


def print_report(stored: StoredReport, *, full: bool) -> None:
    """Write a stored report to stdout."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    console = Console(width=width, highlight=False)
    report = stored.report
    for part in (*_head(stored), *_sections(report, full=full), *_tables(stored), *_faults(report)):
        # Prose is left to the terminal to fold, and whole in a pipe.
        console.print(part, soft_wrap=isinstance(part, Text))


def _head(stored: StoredReport) -> list[RenderableType]:
    report = stored.report
    year = f"{report.year}年" if report.year else "年份不明"
    pages = f"第 {report.page_first}-{report.page_last} 页"
    head: list[RenderableType] = [
        _text(f"{report.agency}  {year}", "bold"),
        _text(report.title),
        _text(f"状态  {STATUS[report.status]}（{report.status}）", _STYLES[report.status]),
        _text(f"出处  {stored.file_name}，{pages}；表式 {report.form or '不明'}；编号 {stored.id}"),
    ]
    if stored.decided:
        people = "、".join(sorted({by.who for by in stored.decided.values()}))
        head.append(
            _text(f"核定  {len(stored.decided)} 格由{people}对照原件核定，表中所示为核定后的数")
        )
    return head


def _sections(report: Report, *, full: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [_heading("正文")]
    for section in report.sections:
        parts.append(_text(f"{section.title}（第 {section.page_first} 页）", "bold"))
        if text := section.text.strip():
            parts.append(_text(_indented(text) if full else "  " + _first_line(section)))
    return parts


def _first_line(section: Section) -> str:
    line = section.text.strip().partition("\n")[0]
    cut = len(line) > _FIRST_LINE or line != section.text.strip()
    return f"{line[:_FIRST_LINE]}{'……' if cut else ''}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


def _tables(stored: StoredReport) -> list[RenderableType]:
    report = stored.report
    titles = {entry.table_id: entry.table_label_zh for entry in stored.dictionary}
    parts: list[RenderableType] = []
    for table_id, title in titles.items():
        form = report.table_forms.get(table_id)
        found = blocks(table_id, form, stored.dictionary, report.observations)
        if not found:
            parts.append(_heading(f"{title}：未印此表"))
            continue
        parts.append(_heading(f"{title}（{form or '未知'}年表式）"))
        for block in found:
            parts.extend((_grid(block), _text("")))
        if signs := legend(found):
            parts.append(_text("；".join(signs), "dim"))
    return parts


def _grid(block: Block) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="")
    table.add_column(
        _text(block.article), min_width=_LABEL_LEAST, max_width=_LABEL_MOST, overflow="fold"
    )
    left: tuple[str, ...] = ()
    for label in block.columns:
        *outer, inner = label.split("／")
        shared = ["〃" if tuple(outer) == left else _folded(part) for part in outer]
        left = tuple(outer)
        header = _text("\n".join([*shared, _folded(inner)]))
        table.add_column(header, justify="right", vertical="bottom", overflow="fold")
    above: tuple[str, ...] = ()
    for label, cells in block.rows:
        *outer, inner = label.split("／")
        for depth, part in enumerate(outer):
            if above[: depth + 1] != tuple(outer[: depth + 1]):
                table.add_row(_label(part, depth))
        above = tuple(outer)
        table.add_row(_label(inner, len(outer)), *map(_cell, cells))
    return table


def _folded(label: str) -> str:
    """A column's label in lines of about equal length, none longer than a few characters."""
    lines = -(-len(label) // _HEADER_LINE)
    length = -(-len(label) // lines) if lines else 1
    return "\n".join(label[start : start + length] for start in range(0, len(label), length))


def _label(text: str, depth: int) -> Padding:
    return Padding(_text(text), (0, 0, 0, 2 * depth))


def _cell(observation: Observation | None) -> Text:
    text = format_cell(observation)
    return _text(text, "bold red" if DOUBT in text else "")


def _faults(report: Report) -> list[RenderableType]:
    parts: list[RenderableType] = []
    failures = list(report.failures())
    if failures:
        parts.append(_heading("未通过的核对"))
    for failure in failures:
        cause = CAUSE[failure.cause] if failure.cause else "原因不明"
        usual = "，通常成立而非必须" if failure.severity == "usually" else ""
        parts.append(_text(f"× {failure.message}（{cause}{usual}；{failure.check_id}）"))
    doubtful = [o for o in report.observations if o.flagged]
    if doubtful:
        parts.append(_heading("读数存疑的单元格"))
    for observation in doubtful:
        where = f"第 {observation.page} 页 {observation.key}"
        parts.append(_text(f"? {where}：{observation.doubt or '未说明原因'}"))
    if report.problems:
        parts.append(_heading("说明"))
    for problem in report.problems:
        page = f"第 {problem.page} 页：" if problem.page else ""
        parts.append(_text(f"- {page}{problem.message}（{problem.code}）"))
        if what_to_do := advice(problem.code):
            parts.append(_text(f"  建议：{what_to_do}", "dim"))
    return parts


def _heading(title: str) -> Text:
    return _text(f"\n{title}", "bold cyan")


def _text(text: str, style: str = "") -> Text:
    """Text as it is: nothing in it is markup or a control sequence."""
    return Text(escape_controls(text), style=style)
