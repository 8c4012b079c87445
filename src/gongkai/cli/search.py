"""`gongkai search`: paragraphs for reading, or as rows."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from gongkai.cli.formats import Target, write_rows
from gongkai.cli.options import (
    DEFAULT_DB,
    DatabaseOption,
    EncodingOption,
    FormatOption,
    OutputOption,
)
from gongkai.cli.streams import say
from gongkai.language import tr
from gongkai.render.sanitize import escape_controls, escape_line

if TYPE_CHECKING:
    from gongkai.queries.search import Hit

_COLUMNS = (
    "score", "report_id", "agency", "year", "section", "sub_heading", "page", "file_name",
    "excerpt", "text",
)  # fmt: skip


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All of them.")],
    db: DatabaseOption = DEFAULT_DB,
    limit: Annotated[int, typer.Option(min=1, help="Paragraphs shown.")] = 20,
    year: Annotated[int | None, typer.Option(help="Only reports on this year.")] = None,
    form: FormatOption = None,
    output: OutputOption = None,
    encoding: EncodingOption = None,
) -> None:
    """Find paragraphs by words, best first.

    Each word is found as it is written, also names and words of two characters. A paragraph
    must have all words that are separated by spaces. Hits are marked 【…】.

    \b
    Examples:
      gongkai search 政务新媒体
      gongkai search 培训 人次 --year 2023 --format csv
    """
    from gongkai.queries.search import search as search_paragraphs

    print_hits(
        search_paragraphs(db, " ".join(words), limit=limit, year=year),
        Target(form, output, encoding),
    )


def print_hits(hits: Sequence[Hit], target: Target) -> None:
    """Write hits: one paragraph each on a terminal, or as rows."""
    if target != Target() or not sys.stdout.isatty():
        write_rows(_COLUMNS, map(_row, hits), target)
    else:
        from gongkai.render.messages import year_text

        for hit in hits:
            where = tr("part {number}", number=hit.section) if hit.section else tr("preface")
            heading = f" {hit.sub_heading}" if hit.sub_heading else ""
            page = tr("page {number}", number=hit.page)
            title = (
                f"{hit.agency} {year_text(hit.year)}  [{hit.report_id}]  {where}{heading}  {page}"
            )
            sys.stdout.write(f"{escape_line(title)}\n  {escape_controls(hit.excerpt())}\n\n")
    say(
        tr("{count} {count:|paragraph|paragraphs}", count=len(hits))
        if hits
        else tr("no paragraph has these words")
    )


def _row(hit: Hit) -> tuple[object, ...]:
    return (
        hit.score, hit.report_id, hit.agency, hit.year, hit.section, hit.sub_heading, hit.page,
        hit.file_name, hit.excerpt(), hit.text,
    )  # fmt: skip
