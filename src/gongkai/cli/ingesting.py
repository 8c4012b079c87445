"""`gongkai ingest`: progress while it runs, a table when it is done."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from gongkai.cli.streams import fail, say
from gongkai.database.locations import Location
from gongkai.ingestion import batch
from gongkai.render.messages import OUTCOME, STATUS, status_word
from gongkai.render.sanitize import escape_controls

ALL_READ, SOME_REFUSED, INTERRUPTED = 0, 1, 130
_LISTED = 50  # refused files named in the closing table


def run(paths: list[str], db: Location, **options: Any) -> int:
    """Ingest, tell what came of it, and give the exit status."""
    with _progress() as progress:
        try:
            summary = batch.ingest(paths, db, progress=progress, **options)
        except KeyboardInterrupt:
            fail(f"interrupted: the files done so far are whole in {db}; run it again to go on")
            return INTERRUPTED
    _show(summary, db)
    unread = any(r.outcome in ("unreadable", "failed") for r in summary.refused)
    return SOME_REFUSED if unread else ALL_READ


@contextlib.contextmanager
def _progress() -> Iterator[batch.Progress]:
    """A bar on a terminal, else a line a file."""
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
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    task = bar.add_task("", total=None, name="")

    def advance(done: int, total: int, result: batch.FileResult | None) -> None:
        name = "" if result is None else escape_controls(result.path.name)
        bar.update(task, completed=done, total=total, name=name)
        bar.start()  # not before there is something to read

    try:
        yield advance
    finally:
        bar.stop()


def _line(done: int, total: int, result: batch.FileResult | None) -> None:
    if result is None:
        return
    what = [status_word(status) for status in result.statuses] or [OUTCOME[result.outcome]]
    known = " (known)" if result.known else ""
    reason = f": {result.reason}" if result.reason else ""
    say(f"[{done}/{total}] {result.path.name}{known} {'、'.join(what)}{reason}")


def _show(summary: batch.Summary, db: Location) -> None:
    """The closing table, on stdout: it is what the command gives."""
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
    if summary.refused:
        console.print(Text("Refused:"))
    for refused in summary.refused[:_LISTED]:
        reason = f"{OUTCOME[refused.outcome]}：{refused.reason}"
        console.print(Text(escape_controls(f"  {refused.path}  {refused.outcome}  {reason}")))
    if len(summary.refused) > _LISTED:
        console.print(
            Text(f"  and {len(summary.refused) - _LISTED} more: `gongkai check` lists all")
        )
