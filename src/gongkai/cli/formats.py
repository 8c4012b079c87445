"""Rows as a table, CSV, JSON or Markdown."""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Any, TextIO

from gongkai.cli.progress import with_row_count
from gongkai.cli.streams import safe_for
from gongkai.render.sanitize import escape_controls, escape_formula

_Rows = Iterable[Sequence[Any]]

_DIGITS = 15  # that a REAL of SQLite holds exactly
_WIDEST = 10_000  # columns of a table that goes to a pipe: nothing is folded there


class RowFormat(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MD = "md"


def chosen_format(wanted: RowFormat | None) -> RowFormat:
    """The wanted format; without one a table on a terminal, else CSV."""
    return wanted or (RowFormat.TABLE if sys.stdout.isatty() else RowFormat.CSV)


def write_rows(columns: Sequence[str], rows: _Rows, wanted: RowFormat | None) -> None:
    """Write rows to stdout; without a wanted format as a table on a terminal, else as CSV."""
    out = sys.stdout
    form = chosen_format(wanted)
    # other formats show their progress on a terminal by the rows themselves
    if form is RowFormat.TABLE or not out.isatty():
        rows = with_row_count(rows)
    match form:
        case RowFormat.TABLE:
            _write_table(out, columns, rows)
        case RowFormat.CSV:
            _write_csv(out, columns, rows)
        case RowFormat.JSON:
            _write_json(out, columns, rows)
        case RowFormat.MD:
            _write_markdown(out, columns, rows)


def format_value(value: Any) -> str:
    """A value of the database as text: 96171.6 stays 96171.6, and sums have no binary noise."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Decimal):
        return format(value, "f")
    if not isinstance(value, float):
        return str(value)
    exact = Decimal(format(value, f".{_DIGITS}g"))
    plain = exact.is_finite() and -_DIGITS < exact.adjusted() <= _DIGITS
    return format(exact, "f") if plain else str(exact)


def _write_table(out: TextIO, columns: Sequence[str], rows: _Rows) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=out, width=None if out.isatty() else _WIDEST, highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    shown = [list(row) for row in rows]
    for number, name in enumerate(columns):
        values = [row[number] for row in shown if row[number] is not None]
        numeric = bool(values) and all(isinstance(value, int | float | Decimal) for value in values)
        table.add_column(
            Text(escape_controls(name)), justify="right" if numeric else "left", overflow="fold"
        )
    for row in shown:
        # Text objects: what was read from a PDF is never parsed as markup.
        table.add_row(
            *(
                Text("NULL", style="dim")
                if value is None
                else Text(escape_controls(format_value(value)))
                for value in row
            )
        )
    console.print(table)


def _write_csv(out: TextIO, columns: Sequence[str], rows: _Rows) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(safe_for(out, name) for name in columns)
    for row in rows:
        writer.writerow(safe_for(out, _for_spreadsheet(value)) for value in row)


def _for_spreadsheet(value: Any) -> str:
    """A value as text, safe for a spreadsheet."""
    return escape_formula(value) if isinstance(value, str) else format_value(value)


def _write_json(out: TextIO, columns: Sequence[str], rows: _Rows) -> None:
    """An array of objects, one per line, written as the rows arrive."""
    names = list(_distinct(columns))
    separator = "[\n"
    for row in rows:
        item = dict(zip(names, map(_json_value, row), strict=True))
        out.write(separator + safe_for(out, json.dumps(item, ensure_ascii=False)))
        separator = ",\n"
    out.write("[]\n" if separator == "[\n" else "\n]\n")


def _json_value(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return float(format(value, f".{_DIGITS}g")) if isinstance(value, float | Decimal) else value


def _distinct(columns: Sequence[str]) -> Iterator[str]:
    """Names of columns as keys: a second ``id`` becomes ``id_2``, so that none is lost."""
    seen: Counter[str] = Counter()
    for name in columns:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name}_{seen[name]}"


def _write_markdown(out: TextIO, columns: Sequence[str], rows: _Rows) -> None:
    def line(cells: Iterable[str]) -> None:
        out.write(f"| {' | '.join(cells)} |\n")

    def cell(text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace("|", "\\|")
        return escape_controls(escaped).replace("\n", "<br>")

    line(map(cell, columns))
    line("---" for _ in columns)
    for row in rows:
        line(cell(format_value(value)) for value in row)
