"""What `gongkai ingest` shows: progress while it runs, a summary at the end."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.table import Table
from rich.text import Text

from gongkai.cli.streams import say
from gongkai.database.locations import DatabaseLocation, decisions_copy
from gongkai.decisions.backup import unknown_decisions
from gongkai.ingestion.results import FileResult, Progress, Summary
from gongkai.render.messages import OUTCOME, STATUS, status_word
from gongkai.render.sanitize import escape_line

_MAX_LISTED = 50  # refused files that the summary names


@contextlib.contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yield a function that shows progress: a bar on a terminal, else one line per file."""
    if not sys.stderr.isatty():
        yield _line
        return
    columns = (
        TextColumn("Reading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[name]}", markup=False),
    )
    bar = Bar(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None, name="")

    def advance(done: int, total: int, result: FileResult | None) -> None:
        name = "" if result is None else escape_line(result.path.name)
        bar.update(task, completed=done, total=total, name=name)
        bar.start()  # not before there is something to read

    try:
        yield advance
    finally:
        bar.stop()


def _line(done: int, total: int, result: FileResult | None) -> None:
    if result is None:
        return
    what = [status_word(status) for status in result.statuses] or [OUTCOME[result.outcome]]
    known = " (known)" if result.known else ""
    reason = f": {result.reason}" if result.reason else ""
    say(f"[{done}/{total}] {result.path.name}{known} {'、'.join(what)}{reason}")


def print_summary(summary: Summary, db: DatabaseLocation) -> None:
    """Write the summary of a run to stdout."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(
        Text(
            f"{summary.offered} files in {summary.seconds:.1f} s: {summary.loaded} in {db}"
            f" ({summary.known} known before), {len(summary.refused)} refused"
        )
    )
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for status, explanation in STATUS.items():
        if count := summary.statuses.get(status):
            table.add_row(f"reports {status}", str(count), explanation)
    table.add_row("checks failed", str(summary.failed.get("must", 0)), "必须成立的勾稽关系未成立")
    if usually := summary.failed.get("usually"):
        table.add_row("checks unusual", str(usually), "通常成立的关系未成立，供参考")
    console.print(table)
    _print_files(console, "Refused:", summary.refused)
    _print_files(console, "Not read again, earlier reports kept:", summary.kept)


def say_unknown_decisions(db: DatabaseLocation) -> None:
    """Say how to add decisions that are only in the copy beside a database."""
    if count := unknown_decisions(db):
        assert isinstance(db, Path)
        copy = decisions_copy(db)
        say(
            f"{count} decisions in {copy} are not in {db}: `gongkai decisions import {copy} "
            f"--db {db}` adds them"
        )


def _print_files(console: Console, heading: str, results: Sequence[FileResult]) -> None:
    if results:
        console.print(Text(heading))
    for each in results[:_MAX_LISTED]:
        outcome = "failed" if each.outcome == "loaded" else each.outcome
        reason = f"{OUTCOME[outcome]}：{each.reason}"
        console.print(Text(escape_line(f"  {each.path}  {outcome}  {reason}")))
    if len(results) > _MAX_LISTED:
        console.print(Text(f"  and {len(results) - _MAX_LISTED} more: `gongkai check` lists all"))
