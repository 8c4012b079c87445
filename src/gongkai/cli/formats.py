"""Rows as a table, CSV, JSON or Markdown, to the terminal, a pipe or a file."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TextIO

from gongkai.cli.outputs import written
from gongkai.cli.progress import with_row_count
from gongkai.cli.streams import print_safely, safe_for
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.render.sanitize import escape_controls, escape_formula

if TYPE_CHECKING:
    from rich.console import Console

_Rows = Iterable[Sequence[Any]]

_DIGITS = 15  # that a REAL of SQLite holds exactly
_READABLE = 16  # terminal columns below which a text is not folded
_GAP = 3  # terminal columns between two columns
_MOST_HELD = 10_000_000  # characters of a table, whose widths are those of all rows
_WIDEST = 10_000  # columns of a table that goes to a pipe: nothing is folded there


class RowFormat(StrEnum):
    """How rows are written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    MD = "md"

    @property
    def is_for_people(self) -> bool:
        """Whether stored sentences are in the reader's language; data has them as stored."""
        return self in (RowFormat.TABLE, RowFormat.MD)


_ENDINGS = {
    ".csv": RowFormat.CSV,
    ".json": RowFormat.JSON,
    ".md": RowFormat.MD,
    ".txt": RowFormat.TABLE,
}


class Encoding(StrEnum):
    """How the characters of rows are encoded."""

    UTF_8 = "utf-8"
    UTF_8_SIG = "utf-8-sig"  # with the mark by which Excel knows UTF-8
    GBK = "gbk"


class Target(NamedTuple):
    """Where rows go, and how: by default to stdout."""

    form: RowFormat | None = None
    file: Path | None = None
    encoding: Encoding | None = None

    @property
    def chosen_form(self) -> RowFormat:
        """The wanted format, else that of the file's name, else a table on a terminal, else CSV.

        Raises UsageError for a file whose name ends otherwise.
        """
        if self.form is not None:
            return self.form
        if self.file is not None:
            if known := _ENDINGS.get(self.file.suffix.lower()):
                return known
            raise UsageError(
                tr(
                    "{file} does not say its format: end it in one of {endings}, or add --format",
                    file=self.file.name,
                    endings=", ".join(_ENDINGS),
                )
            )
        return RowFormat.TABLE if sys.stdout.isatty() else RowFormat.CSV


def write_rows(columns: Sequence[str], rows: _Rows, target: Target = Target()) -> None:  # noqa: B008
    """Write rows to a file or to stdout, for people with stored sentences in their language.

    Raises UsageError if the file cannot be written, or its encoding lacks a character.
    """
    form, encoding = target.chosen_form, target.encoding
    if form.is_for_people:
        from gongkai.render.stored_texts import in_reader_language

        rows = in_reader_language(columns, rows)
    try:
        if target.file is None:
            if encoding is not None and isinstance(sys.stdout, io.TextIOWrapper):
                sys.stdout.reconfigure(encoding=encoding.value, errors="strict")
            _write(sys.stdout, form, columns, rows)
            return
        is_csv = target.file.suffix.lower() == ".csv"
        name = encoding or (Encoding.UTF_8_SIG if is_csv else Encoding.UTF_8)
        with written(target.file) as new, new.open("w", encoding=name.value, newline="") as file:
            _write(file, form, columns, rows)
    except UnicodeEncodeError as error:
        raise UsageError(
            tr(
                "{encoding} has no “{character}”: use --encoding utf-8-sig",
                encoding=error.encoding,
                character=error.object[error.start],
            )
        ) from error
    print_safely(str(target.file))


def _write(out: TextIO, form: RowFormat, columns: Sequence[str], rows: _Rows) -> None:
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
    from rich.console import Console

    console = Console(file=out, width=None if out.isatty() else _WIDEST, highlight=False)
    names = [escape_controls(name) for name in columns]
    shown = list(_held(rows))
    numeric = [
        any(row[number] is not None for row in shown)
        and all(isinstance(row[number], int | float | Decimal | None) for row in shown)
        for number in range(len(names))
    ]
    texts = [
        [None if v is None else escape_controls(format_value(v)) for v in row] for row in shown
    ]
    least = _least_widths(names, texts, numeric)
    if sum(least) + _GAP * (len(least) - 1) > console.width:
        _print_records(console, names, texts)
    else:
        _print_grid(console, names, texts, numeric, least)


def _held(rows: _Rows) -> Iterator[Sequence[Any]]:
    """Yield rows that all stay in memory. Raises UsageError where their texts are too long."""
    held = 0
    for row in rows:
        held += sum(len(value) for value in row if isinstance(value, str | bytes))
        if held > _MOST_HELD:
            raise UsageError(
                tr(
                    "a table holds {limit} million characters at most: add LIMIT, or --format csv",
                    limit=_MOST_HELD // 10**6,
                )
            )
        yield row


def _least_widths(
    names: Sequence[str], rows: Sequence[Sequence[str | None]], numeric: Sequence[bool]
) -> list[int]:
    """The terminal columns that each column needs: its numbers whole, of a text some."""
    from rich.cells import cell_len

    widths = []
    for number, name in enumerate(names):
        widest = max((cell_len(row[number] or "NULL") for row in rows), default=0)
        is_whole = numeric[number]
        widths.append(
            max(min(cell_len(name), _READABLE), widest if is_whole else min(widest, _READABLE))
        )
    return widths


def _print_grid(
    console: Console,
    names: Sequence[str],
    rows: Sequence[Sequence[str | None]],
    numeric: Sequence[bool],
    least: Sequence[int],
) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for name, is_number, width in zip(names, numeric, least, strict=True):
        justify: Literal["right", "left"] = "right" if is_number else "left"
        table.add_column(Text(name), justify=justify, overflow="fold", min_width=width)
    for row in rows:
        # Text objects: what was read from a PDF is never parsed as markup.
        table.add_row(*(Text("NULL", style="dim") if v is None else Text(v) for v in row))
    console.print(table)


def _print_records(
    console: Console, names: Sequence[str], rows: Sequence[Sequence[str | None]]
) -> None:
    """Print one line a field, as a terminal is too narrow for the columns."""
    from rich.table import Table
    from rich.text import Text

    for number, row in enumerate(rows, 1):
        console.rule(Text(tr("row {number}", number=number)), align="left")
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, _GAP, 0, 0))
        table.add_column(style="bold", max_width=console.width // 2, overflow="fold")
        table.add_column(overflow="fold")
        for name, value in zip(names, row, strict=True):
            table.add_row(Text(name), Text("NULL", style="dim") if value is None else Text(value))
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
