"""`gongkai search`: paragraphs for reading, or as rows."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from gongkai.cli.formats import Format, write_rows
from gongkai.cli.streams import say
from gongkai.queries.search import Hit
from gongkai.render.sanitize import escape_controls

COLUMNS = (
    "score", "report_id", "agency", "year", "section", "sub_heading", "page", "file_name",
    "excerpt", "text",
)  # fmt: skip


def show_hits(hits: Sequence[Hit], wanted: Format | None) -> None:
    """Write hits: one paragraph each on a terminal, or as rows."""
    if wanted is not None or not sys.stdout.isatty():
        write_rows(COLUMNS, map(_row, hits), wanted)
    else:
        for hit in hits:
            where = f"第{hit.section}部分" if hit.section else "前言"
            heading = f" {hit.sub_heading}" if hit.sub_heading else ""
            year = f"{hit.year}年" if hit.year else "年份不明"
            title = f"{hit.agency} {year}  [{hit.report_id}]  {where}{heading}  p. {hit.page}"
            sys.stdout.write(f"{escape_controls(title)}\n  {escape_controls(hit.excerpt())}\n\n")
    say(f"{len(hits)} paragraphs" if hits else "no paragraph has these words")


def _row(hit: Hit) -> tuple[object, ...]:
    return (
        hit.score, hit.report_id, hit.agency, hit.year, hit.section, hit.sub_heading, hit.page,
        hit.file_name, hit.excerpt(), hit.text,
    )  # fmt: skip
