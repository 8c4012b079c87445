"""The queue as a workbook for those who prefer one: out with crops of the print, and back in."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from gongkai.decisions.answers import Answer, AnswerParser, parse_year
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.queue import QueueItem, QueueReader
from gongkai.decisions.records import DECISION_COLUMNS, Decision, utc_now
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.review.pictures import Pictures
from gongkai.review.scene import Scene, crop_of, scene_of

_SHEET = "核定"
_HEAD = (
    ("印件", 108), ("类别", 11), ("机关", 20), ("年度", 7), ("对象", 26), ("机器读作", 12),
    ("勾稽所需（仅供参考）", 12), ("为何待定", 44), ("核定", 12), ("印的是", 16), ("理由", 24),
    ("记录", 4),
)  # fmt: skip
_VERDICT, _TEXT, _WHY, _RECORD = 8, 9, 10, 11  # columns that come back, from 0
_KIND = {
    "cell": "单元格", "order": "行列次序", "check": "勾稽不成立", "agency": "机关不明",
    "year": "年度不明",
}  # fmt: skip
_VERDICTS = {
    "照读": "accepted", "改为": "typed", "空格": "blank", "读不出": "unreadable",
    "原文有误": "print_fault",
}  # fmt: skip
_OF_KIND = {
    "cell": ("照读", "改为", "空格", "读不出"),
    "check": ("原文有误",),
    "agency": ("照读", "改为"),
    "year": ("照读", "改为"),
}
_PICTURE = (760.0, 170.0)  # pixels a picture may take: Excel shows 96 an inch
_POINTS = 0.75  # of a pixel, by which rows are measured
_MOST = 2_000  # rows: with pictures, more is no sheet for people


def write_sheet(
    book: DecisionStore, family: Family, pictures: Pictures, path: Path, most: int = _MOST
) -> int:
    """Write what waits, the most valuable first, a row an item; gives how many.

    Columns to fill: 核定 (a list to choose from), 印的是 (what is printed) and 理由 (why). The
    last column, hidden, holds what the row is about. Raises UsageError (a PDF is not below the
    folder) and DatabaseError.
    """
    import xlsxwriter

    with book.transaction() as connection:
        items = QueueReader(family).read(connection)[:most]
    options = {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    with closing(xlsxwriter.Workbook(path, options)) as workbook:
        sheet = workbook.add_worksheet(_SHEET)
        head = workbook.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        plain = workbook.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        filled = workbook.add_format({"valign": "top", "bg_color": "#FFF8E1", "num_format": "@"})
        for column, (name, width) in enumerate(_HEAD):
            sheet.set_column(column, column, width, None, {"hidden": column == _RECORD})
            sheet.write_string(0, column, name, head)
        sheet.freeze_panes(1, 0)
        for line, item in enumerate(items, 1):
            with book.transaction() as connection:
                scene = scene_of(connection, item)
                found = crop_of(connection, item.report_id, *_picture(item))
                record = json.dumps(_blank(connection, item), ensure_ascii=False)
            if found is not None:
                _put(sheet, line, pictures.png(*found))
            for column, text in enumerate(_told(scene), 1):
                sheet.write_string(line, column, text, plain)
            for column in (_VERDICT, _TEXT, _WHY):
                sheet.write_blank(line, column, None, filled)
            sheet.write_string(line, _RECORD, record, plain)
            choice = {"validate": "list", "source": list(_OF_KIND[_kind(item)])}
            sheet.data_validation(line, _VERDICT, line, _VERDICT, choice)
    return len(items)


def read_sheet(path: Path, who: str, family: Family) -> list[Decision]:
    """The rows that a person has filled, as decisions. Raises UsageError naming the row."""
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as workbook:
            if _SHEET not in workbook.sheetnames:
                raise UsageError(f"{path} has no sheet {_SHEET}: write one with `decisions sheet`")
            rows = list(workbook[_SHEET].iter_rows(min_row=2, values_only=True))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise UsageError(f"{path} cannot be read as a workbook: {error}") from error
    return [
        made
        for number, row in enumerate(rows, 2)
        if (made := _decided(row, who, family, f"{path.name}, row {number}")) is not None
    ]


def _kind(item: QueueItem) -> Any:
    return "check" if item.kind == "order" else item.kind


def _picture(item: QueueItem) -> tuple[str, str]:
    if item.key is not None:
        return "cell", f"{item.key}.{item.occurrence}"
    return ("check", item.check_id) if item.check_id is not None else ("head", "-")


def _put(sheet: Any, line: int, png: bytes) -> None:
    """A picture into the first column, the row as high as it."""
    width, height = struct.unpack(">II", png[16:24])  # where every PNG has them
    scale = min(_PICTURE[0] / width, _PICTURE[1] / height)
    sheet.set_row(line, height * scale * _POINTS + 4)
    placed = {
        "image_data": io.BytesIO(png),
        "x_scale": scale,
        "y_scale": scale,
        "x_offset": 2,
        "y_offset": 2,
        "object_position": 1,
        "description": "印件",
    }
    sheet.insert_image(line, 0, "print.png", placed)


def _told(scene: Scene) -> Iterator[str]:
    item, seen = scene.item, scene.cells[0].seen if scene.cells else None
    alone = seen if item.key is not None else None
    yield _KIND[item.kind]
    yield item.agency
    yield str(item.year or "")
    yield item.label
    yield "" if alone is None else alone.raw_text
    implied = None if alone is None else alone.implied_value
    yield "" if implied is None else f"{implied:f}"
    yield item.reason


def _blank(connection: Any, item: QueueItem) -> dict[str, Any]:
    """A decision on the item of which only the person's part is missing."""
    target = find_target(
        connection,
        item.report_id,
        kind=_kind(item),
        key=item.key,
        occurrence=item.occurrence,
        check_id=item.check_id,
    )
    return asdict(make_decision(connection, target, Answer("", "accepted")))


def _decided(row: Sequence[Any], who: str, family: Family, where: str) -> Decision | None:
    cells = [*row, *(None,) * (len(_HEAD) - len(row))]
    word, text, why = (_text(cells[n]) for n in (_VERDICT, _TEXT, _WHY))
    if not word and not text:
        return None
    try:
        record = json.loads(_text(cells[_RECORD]))
        blank = Decision(**{name: record[name] for name in DECISION_COLUMNS})
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{where}: its hidden column 记录 was changed: {error}") from error
    word = word or "改为"
    if word not in _OF_KIND.get(blank.kind, ()):
        raise UsageError(f"{where}: 核定 is one of {'、'.join(_OF_KIND[blank.kind])}, not {word}")
    made = replace(blank, who=who, at=utc_now(), why=why or None)
    try:
        return _with(made, _VERDICTS[word], text, family)
    except UsageError as error:
        raise UsageError(f"{where}: {error}") from error


def _with(made: Decision, verdict: str, text: str, family: Family) -> Decision:
    match verdict:
        case "blank" | "unreadable" as empty:
            return replace(made, verdict=empty, state=empty, value=None)
        case "print_fault":
            return replace(made, verdict="print_fault")
        case "typed" if not text:
            raise UsageError("印的是 is empty: write what is printed")
        case "typed" if made.kind == "cell":
            typed, state, value, shown = AnswerParser(family).parse_cell(text)
            return replace(made, verdict=typed, state=state, value=value, text=shown or None)
        case "typed":
            value = parse_year(text) if made.kind == "year" else None
            return replace(made, verdict="set", text=text, value=value)
    return made


def _text(value: Any) -> str:
    """What a cell holds as text; Excel may have made a number of it."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())
