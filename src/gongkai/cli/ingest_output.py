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
from gongkai.ingestion.results import FileResult, Progress, Summary
from gongkai.language import tr
from gongkai.render.messages import STATUSES, outcome_word, status_meaning, status_word
from gongkai.render.sanitize import escape_line
from gongkai.render.stored_texts import stored_text

_MAX_LISTED = 50  # refused files that the summary names


@contextlib.contextmanager
def progress_bar() -> Iterator[Progress]:
    """Yield a function that shows progress: a bar on a terminal, else one line per file."""
    if not sys.stderr.isatty():
        yield _line
        return
    columns = (
        TextColumn(tr("Reading")),
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
    what = [status_word(status) for status in result.statuses] or [outcome_word(result.outcome)]
    known = tr(" (known)") if result.known else ""
    words = tr(", ").join(what)
    text = words
    if result.reason:
        text = tr("{words}: {reason}", words=words, reason=stored_text(result.reason))
    say(f"[{done}/{total}] {result.path.name}{known} {text}")


def print_summary(summary: Summary, db: DatabaseLocation) -> None:
    """Write the summary of a run to stdout."""
    console = Console(highlight=False, soft_wrap=not sys.stdout.isatty())
    console.print(
        Text(
            tr(
                "{offered} {offered:|file|files} in {seconds:.1f} s: {loaded} in {db} ({known} "
                "known before), {refused} refused",
                offered=summary.offered,
                seconds=summary.seconds,
                loaded=summary.loaded,
                db=db,
                known=summary.known,
                refused=len(summary.refused),
            )
        )
    )
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for status in STATUSES:
        if count := summary.statuses.get(status):
            name = tr("reports {status}", status=status_word(status))
            table.add_row(name, str(count), status_meaning(status))
    must, usually = summary.failed.get("must", 0), summary.failed.get("usually", 0)
    table.add_row(tr("checks failed"), str(must), tr("of those that must hold"))
    if usually:
        table.add_row(tr("checks unusual"), str(usually), tr("of those that usually hold"))
    console.print(table)
    _print_files(console, tr("Refused:"), summary.refused)
    if summary.gone:
        console.print(
            Text(
                tr(
                    "Gone since an earlier run: {count} {count:|file|files}",
                    count=len(summary.gone),
                )
            )
        )
        for path in summary.gone[:_MAX_LISTED]:
            console.print(Text(escape_line(f"  {path}")))
        console.print(Text(tr("`gongkai remove --missing` takes their reports out")))
    _print_files(console, tr("Not read again, earlier reports kept:"), summary.kept)


def say_unknown_decisions(db: DatabaseLocation) -> None:
    """Say how to add decisions that are only in the copy beside a database."""
    from gongkai.decisions.backup import unknown_decisions  # after the run, which loads most of it

    if count := unknown_decisions(db):
        assert isinstance(db, Path)
        copy = decisions_copy(db)
        say(
            tr(
                "{count} {count:|decision|decisions} in {copy} {count:|is|are} not in {db}: "
                "`gongkai decisions import {copy} --db {db}` adds {count:|it|them}",
                count=count,
                copy=copy,
                db=db,
            )
        )


def _print_files(console: Console, heading: str, results: Sequence[FileResult]) -> None:
    if results:
        console.print(Text(heading))
    for each in results[:_MAX_LISTED]:
        outcome = "failed" if each.outcome == "loaded" else each.outcome
        reason = tr(
            "{words}: {reason}", words=outcome_word(outcome), reason=stored_text(each.reason or "")
        )
        console.print(Text(escape_line(f"  {each.path}  {reason}")))
    if len(results) > _MAX_LISTED:
        more = tr("and {count} more: `gongkai check` lists all", count=len(results) - _MAX_LISTED)
        console.print(Text(f"  {more}"))
