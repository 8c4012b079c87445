"""A report as text for a terminal."""

from __future__ import annotations

import sys

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gongkai.cli.folding import folded, widest_piece
from gongkai.language import tr
from gongkai.model import Observation, Report, Section
from gongkai.problems import advice
from gongkai.queries.report_loader import StoredReport
from gongkai.render.messages import cause_word, class_word, status_text, year_text
from gongkai.render.sanitize import escape_controls
from gongkai.render.stored_texts import stored_text
from gongkai.render.table_layout import Block, blocks, format_cell, legend, table_label

_FIRST_LINE = 60  # characters of a section shown without --full
_LABEL_LEAST, _LABEL_MOST = 24, 44  # terminal columns of a row's label
_HEADER_LINE = 10  # terminal columns of a column's label on one line
_GAP = 3  # terminal columns between two columns
_PIPE_WIDTH = 140
_STYLES = {"proved": "green", "print_fault": "yellow", "doubtful": "red", "incomplete": "red"}


def print_report(stored: StoredReport, *, full: bool) -> None:
    """Write a stored report to stdout."""
    width = None if sys.stdout.isatty() else _PIPE_WIDTH
    console = Console(width=width, highlight=False)
    report = stored.report
    for part in (
        *_head(stored),
        *_sections(report, full=full),
        *_tables(stored, console.width),
        *_faults(report),
    ):
        # Prose is left to the terminal to fold, and whole in a pipe.
        console.print(part, soft_wrap=isinstance(part, Text))


def _head(stored: StoredReport) -> list[RenderableType]:
    report = stored.report
    origin = tr(
        "{file}, pages {first}-{last}; form {form}; id {id}",
        file=stored.file_name,
        first=report.page_first,
        last=report.page_last,
        form=report.form or tr("unknown"),
        id=stored.id,
    )
    head: list[RenderableType] = [
        _text(f"{report.agency}  {year_text(report.year)}", "bold"),
        _text(report.title),
        _text(f"{tr('status')}  {status_text(report.status)}", _STYLES[report.status]),
        _text(f"{tr('source')}  {origin}"),
    ]
    if stored.decided:
        people = tr(", ").join(sorted({by.who for by in stored.decided.values()}))
        decided = tr(
            "{count} {count:|cell|cells} as {people} decided beside the page; the table shows "
            "the decisions",
            count=len(stored.decided),
            people=people,
        )
        head.append(_text(f"{tr('decided')}  {decided}"))
    return head


def _sections(report: Report, *, full: bool) -> list[RenderableType]:
    parts: list[RenderableType] = [_heading(tr("Text"))]
    for section in report.sections:
        parts.append(_text(_on_page(section), "bold"))
        if text := section.text.strip():
            parts.append(_text(_indented(text) if full else "  " + _first_line(section)))
    return parts


def _on_page(section: Section) -> str:
    return tr("{title} (page {page})", title=section.title, page=section.page_first)


def _first_line(section: Section) -> str:
    line = section.text.strip().partition("\n")[0]
    cut = len(line) > _FIRST_LINE or line != section.text.strip()
    return f"{line[:_FIRST_LINE]}{'…' if cut else ''}"


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.split("\n"))


def _tables(stored: StoredReport, width: int) -> list[RenderableType]:
    report = stored.report
    titles = {entry.table_id: table_label(entry) for entry in stored.dictionary}
    parts: list[RenderableType] = []
    for table_id, title in titles.items():
        form = report.table_forms.get(table_id)
        found = blocks(table_id, form, stored.dictionary, report.observations)
        if not found:
            parts.append(_heading(tr("{table}: not printed", table=title)))
            continue
        parts.append(
            _heading(tr("{table} (form of {form})", table=title, form=form or tr("unknown")))
        )
        for block in found:
            parts.extend((_grid(block, width), _text("")))
        if signs := legend(found):
            parts.append(_text(tr("; ").join(signs), "dim"))
    return parts


def _grid(block: Block, width: int) -> Table:
    """A block as a table; where the terminal is too narrow for its columns, one line a cell."""
    widest = max((cell_len(format_cell(c)) for _, cells in block.rows for c in cells), default=0)
    room = (width - _LABEL_LEAST) // max(len(block.columns), 1) - _GAP
    if room < max(widest, widest_piece(" ".join(block.columns).replace("／", " "))):
        return _lines(block)
    header = min(room, _HEADER_LINE)
    table = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="")
    table.add_column(
        _text(block.article), min_width=_LABEL_LEAST, max_width=_LABEL_MOST, overflow="fold"
    )
    left: tuple[str, ...] = ()
    for label in block.columns:
        *outer, inner = label.split("／")
        shared = ["〃" if tuple(outer) == left else _folded(part, header) for part in outer]
        left = tuple(outer)
        text = _text("\n".join([*shared, _folded(inner, header)]))
        table.add_column(text, justify="right", vertical="bottom", overflow="fold")
    above: tuple[str, ...] = ()
    for label, cells in block.rows:
        *outer, inner = label.split("／")
        for depth, part in enumerate(outer):
            if above[: depth + 1] != tuple(outer[: depth + 1]):
                table.add_row(_label(part, depth))
        above = tuple(outer)
        table.add_row(_label(inner, len(outer)), *map(_cell, cells))
    return table


def _lines(block: Block) -> Table:
    """A block with one line a cell: its row once, then its columns."""
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(justify="right", overflow="fold")
    if block.article:
        table.add_row(_text(block.article))
    for label, cells in block.rows:
        table.add_row(_text(label, "bold"))
        for column, cell in zip(block.columns, cells, strict=True):
            table.add_row(_label(column, 1), _cell(cell))
    return table


def _folded(label: str, most: int) -> str:
    """A column's label in lines of about equal length, none wider than ``most``."""
    columns = cell_len(label)
    lines = max(-(-columns // most), 1)
    return "\n".join(folded(label, max(-(-columns // lines), widest_piece(label))))


def _label(text: str, depth: int) -> Padding:
    return Padding(_text(text), (0, 0, 0, 2 * depth))


def _cell(observation: Observation | None) -> Text:
    text = format_cell(observation)
    return _text(text, "bold red" if observation and observation.flagged else "")


def _faults(report: Report) -> list[RenderableType]:
    parts: list[RenderableType] = []
    failures = list(report.failures())
    if failures:
        parts.append(_heading(tr("Failed checks")))
    for failure in failures:
        text = tr(
            "{message} ({severity}, {cause}; {check})",
            message=stored_text(failure.message),
            severity=class_word(failure.severity),
            cause=cause_word(failure.cause),
            check=failure.check_id,
        )
        parts.append(_text(f"× {text}"))
    doubtful = [o for o in report.observations if o.flagged]
    if doubtful:
        parts.append(_heading(tr("Doubtful cells")))
    for observation in doubtful:
        text = tr(
            "page {page}, {cell}: {reason}",
            page=observation.page,
            cell=observation.key,
            reason=stored_text(observation.doubt or "") or tr("no reason given"),
        )
        parts.append(_text(f"? {text}"))
    if report.problems:
        parts.append(_heading(tr("Notes")))
    for problem in report.problems:
        page = tr("page {number}: ", number=problem.page) if problem.page else ""
        parts.append(_text(f"- {page}{stored_text(problem.message)} ({problem.code})"))
        if what_to_do := advice(problem.code):
            parts.append(_text(f"  {tr('what to do: {advice}', advice=what_to_do)}", "dim"))
    return parts


def _heading(title: str) -> Text:
    return _text(f"\n{title}", "bold cyan")


def _text(text: str, style: str = "") -> Text:
    """Text as it is: nothing in it is markup or a control sequence."""
    return Text(escape_controls(text), style=style)
