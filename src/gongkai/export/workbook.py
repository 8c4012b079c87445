"""Write an Excel workbook with one sheet per table, the dictionary first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from gongkai.database.catalogue import ColumnInfo
from gongkai.database.locations import DatabaseLocation
from gongkai.export.cells import column_label, with_progress
from gongkai.export.package import WrittenTable
from gongkai.export.sheet_names import SheetNames, chinese_title
from gongkai.queries.table_query import TableSelection, select_table
from gongkai.render.sanitize import is_formula
from gongkai.render.stored_texts import in_reader_language

WORKBOOK_FILE = "gongkai.xlsx"
MAX_ROWS = 1_048_576  # of a sheet with its header: Excel's limit
MAX_CHARACTERS = 32_767  # of a cell: Excel's limit
_CUT = "……（表格容不下全文，见 CSV 或数据库）"
_WIDTHS = {"integer": 11, "number": 11, "amount": 14, "text": 18}
_WIDE = {
    "text": 80,
    "sentence": 60,
    "message": 60,
    "title": 44,
    "agency": 26,
    "path": 40,
    "机关": 26,
}


def write_xlsx(
    db: DatabaseLocation,
    folder: Path,
    tables: Sequence[str],
    language: str,
    progress: Callable[[str, int, int], None],
) -> list[WrittenTable]:
    """Write one workbook; a table too long for one sheet continues on the next.

    A workbook is for people: the names of its sheets are in ``language``; its stored sentences are
    in Chinese if that is, else in the language of the context.
    """
    path = folder / WORKBOOK_FILE
    ordered = sorted(tables, key=lambda table: table != "columns")  # the dictionary first
    written = []
    # Rows are written to disk at once, so that a large database fits in memory.
    options = {"constant_memory": True, "strings_to_urls": False, "strings_to_formulas": False}
    with new_workbook(path, options) as book:
        styles, sheet_names = _Styles(book), SheetNames()
        for table in ordered:
            with select_table(db, table, with_report=True, counted=True) as found:
                title = chinese_title(found.name_zh) if language == "zh" else table
                add_sheet = partial(_add_sheet, book, sheet_names, title)
                read = _read(found, language)
                rows = with_progress(read, table, found.count, progress)
                sheets = _write_table(add_sheet, styles, found.columns, rows, language)
                written.append(WrittenTable(table, found.columns, (path,), sheets))
    return written


@contextmanager
def new_workbook(path: Path, options: dict[str, bool]) -> Iterator[xlsxwriter.Workbook]:
    """Yield a workbook that is written when the block ends. Raises OSError if it cannot be."""
    try:
        with closing(xlsxwriter.Workbook(path, options)) as book:
            yield book
    except FileCreateError as error:
        raise OSError(str(error)) from error


class _Styles:
    """The cell formats of the workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.head: Format = book.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        # Excel's mark for text that looks like a formula but is not one.
        self.quoted: Format = book.add_format({"quote_prefix": True})
        self.by_kind: dict[str, Format | None] = {
            "integer": book.add_format({"num_format": "0"}),
            "number": None,
            "amount": book.add_format({"num_format": "0.######"}),
            "text": None,
            "rate": book.add_format({"num_format": "0.0%"}),
        }

    def of(self, column: ColumnInfo) -> Format | None:
        return self.by_kind["rate" if column.unit == "比例" else column.type]


def _read(found: TableSelection, language: str) -> Iterator[Sequence[Any]]:
    """The rows of a table, with stored sentences in Chinese or in the language of the context."""
    if language == "zh":
        return found.rows
    return in_reader_language([column.name for column in found.columns], found.rows)


def _add_sheet(book: xlsxwriter.Workbook, names: SheetNames, title: str) -> Worksheet:
    return book.add_worksheet(names.new(title))


def _write_table(
    add_sheet: Callable[[], Worksheet],
    styles: _Styles,
    columns: Sequence[ColumnInfo],
    rows: Iterator[Sequence[Any]],
    language: str,
) -> tuple[str, ...]:
    names: list[str] = []
    first = next(rows, None)
    while first is not None or not names:
        sheet = add_sheet()
        _write_head(sheet, styles, columns, language)
        if first is not None:
            # minus the header and the first row
            _write_rows(sheet, styles, columns, chain([first], islice(rows, MAX_ROWS - 2)))
        names.append(sheet.get_name())
        first = next(rows, None)
    return tuple(names)


def _write_head(
    sheet: Worksheet, styles: _Styles, columns: Sequence[ColumnInfo], language: str
) -> None:
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        width = _WIDE.get(column.name, _WIDTHS[column.type])
        sheet.set_column(place, place, width, styles.of(column))
        sheet.write_string(0, place, column_label(column, language), styles.head)
    sheet.autofilter(0, 0, MAX_ROWS - 1, len(columns) - 1)


def _write_rows(
    sheet: Worksheet,
    styles: _Styles,
    columns: Sequence[ColumnInfo],
    rows: Iterable[Sequence[Any]],
) -> None:
    texts = [column.type == "text" for column in columns]
    formats = [styles.of(column) for column in columns]
    write_string, write_number = sheet.write_string, sheet.write_number
    for line, row in enumerate(rows, 1):
        for place, value in enumerate(row):
            if value is None:
                continue
            if not texts[place]:
                write_number(line, place, value, formats[place])
                continue
            text = str(value)
            if len(text) > MAX_CHARACTERS:
                text = text[: MAX_CHARACTERS - len(_CUT)] + _CUT
            write_string(line, place, text, styles.quoted if is_formula(text) else None)
