"""`gongkai ingest`: read reports into a database."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from gongkai.cli.options import (
    DEFAULT_DB,
    DatabaseOption,
    OcrChoice,
)
from gongkai.cli.streams import fail
from gongkai.language import tr

if TYPE_CHECKING:
    from gongkai.ingestion.results import FileResult, Progress

ALL_READ, SOME_REFUSED, INTERRUPTED = 0, 1, 130


def ingest(
    paths: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH", help="PDF files, folders of them, URLs, or @list.txt with paths."
        ),
    ],
    db: DatabaseOption = DEFAULT_DB,
    family: Annotated[
        str | None,
        typer.Option(
            "--family",
            "--pipeline",
            metavar="NAME",
            help="Read as this family of reports only: a built-in one, or its folder.",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(min=0, help="Reading processes; by default one per core, 0 for none."),
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(metavar="URL", help="A dask cluster that reads: tcp://host:8786.")
    ] = None,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds a file may take.")] = 120.0,
    max_memory: Annotated[
        float, typer.Option(min=0.25, metavar="GB", help="Memory a reading process may hold.")
    ] = 1.5,
    force: Annotated[bool, typer.Option("--force", help="Read known files again.")] = False,
    verify: Annotated[
        bool,
        typer.Option("--verify", help="Digest known files even if size and time are unchanged."),
    ] = False,
    ocr: Annotated[
        OcrChoice, typer.Option(help="Pages read by OCR: those without a usable text layer.")
    ] = OcrChoice.AUTO,
    ocr_text: Annotated[
        bool, typer.Option("--ocr-text/--no-ocr-text", help="Read the prose of such pages, too.")
    ] = True,
) -> None:
    """Read reports into a database: a SQLite file, or PostgreSQL by its URL.

    The database is created if it is missing. A file that was read before and has not changed
    is not read again. Exit status: 0 when every file is in the database, 1 when some file could
    not be read (the others are loaded), 2 for wrong use.

    \b
    Examples:
      gongkai ingest reports/ --db gongkai.db
      gongkai ingest s3://bucket/2023 --db postgresql://me@host/reports
    """
    from gongkai.ingestion import batch

    try:
        with _progress() as progress:
            summary = batch.ingest(
                paths,
                db,
                progress=progress,
                family=family,
                workers=workers,
                scheduler=scheduler,
                timeout=timeout,
                max_memory=max_memory,
                force=force,
                verify=verify,
                ocr=ocr.value,
                ocr_text=ocr_text,
            )
    except KeyboardInterrupt:
        fail(
            tr(
                "interrupted: the files done so far are complete in {db}; run it again to continue",
                db=db,
            )
        )
        raise typer.Exit(INTERRUPTED) from None
    from gongkai.cli.ingest_output import print_summary, say_unknown_decisions

    print_summary(summary, db)
    say_unknown_decisions(db)
    unread = summary.kept or any(r.outcome in ("unreadable", "failed") for r in summary.refused)
    raise typer.Exit(SOME_REFUSED if unread else ALL_READ)


@contextlib.contextmanager
def _progress() -> Iterator[Progress]:
    """Yield a function that shows progress. What it needs is loaded when it is first called, while
    a process gets ready to read."""
    show: Progress | None = None
    gc.disable()  # until all is loaded, which leaves few cycles
    with contextlib.ExitStack() as stack:
        stack.callback(gc.enable)

        def progress(done: int, total: int, result: FileResult | None) -> None:
            nonlocal show
            if show is None:
                from gongkai.cli.ingest_output import progress_bar

                show = stack.enter_context(progress_bar())
                gc.freeze()
                gc.enable()
            show(done, total, result)

        yield progress
