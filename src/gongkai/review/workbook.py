"""The review queue as an Excel workbook: written with crops of the pages, read back filled."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gongkai.decisions.answers import Answer, AnswerParser, parse_year
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.queries import Connection
from gongkai.decisions.queue import QueueItem, QueueReader
from gongkai.decisions.records import DECISION_COLUMNS, Decision, utc_now
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UsageError
from gongkai.families.family import Family
from gongkai.language import tr
from gongkai.review.crops import CropRenderer
from gongkai.review.item_view import ItemView, build_item_view, find_crop

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_SHEET = "核定"
_COLUMNS = (  # header and width in characters
    ("印件", 108), ("类别", 11), ("机关", 20), ("年度", 7), ("对象", 26), ("机器读作", 12),
    ("勾稽所需（仅供参考）", 12), ("为何待定", 44), ("核定", 12), ("印的是", 16), ("理由", 24),
    ("记录", 4),
)  # fmt: skip
# Bytes of a workbook that is read back, unpacked and without its images: it may be hostile. One of
# 2,000 rows has 8 million. A list of all its texts takes up to ten times as much memory.
_LARGEST = 25_000_000
_IMAGE_HEADS = (b"\x89PNG", b"\xff\xd8")
_VERDICT, _TEXT, _WHY, _RECORD = 8, 9, 10, 11  # indices of the columns that are read back
_KIND_NAMES = {
    "cell": "单元格", "order": "行列次序", "check": "勾稽不成立", "agency": "机关不明",
    "year": "年度不明",
}  # fmt: skip
_VERDICTS = {
    "照读": "accepted", "改为": "typed", "空格": "blank", "读不出": "unreadable",
    "原文有误": "print_fault",
}  # fmt: skip
_VERDICTS_OF_KIND = {
    "cell": ("照读", "改为", "空格", "读不出"),
    "check": ("原文有误",),
    "agency": ("照读", "改为"),
    "year": ("照读", "改为"),
}
_MAX_IMAGE_SIZE = (760.0, 170.0)  # width and height in pixels, at Excel's 96 to the inch
_POINTS_PER_PIXEL = 0.75  # Excel measures the height of rows in points
_MAX_ROWS = 2_000  # with images, a longer sheet is hard to use


def write_review_workbook(
    store: DecisionStore,
    renderer: CropRenderer,
    path: Path,
    max_rows: int = _MAX_ROWS,
) -> int:
    """Write the queue as a workbook, one row per item, and return the number of rows.

    The person fills the columns 核定 (a list of choices), 印的是 (what is printed) and 理由
    (why). The last column is hidden and holds the record that the answer completes. Raises
    UsageError (a PDF is not below the folder of the renderer) and DatabaseError.
    """
    from gongkai.export.workbook import new_workbook

    with store.transaction() as connection:
        items = QueueReader(store.families.values()).read(connection)[:max_rows]
    options = {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    with new_workbook(path, options) as workbook:
        sheet = workbook.add_worksheet(_SHEET)
        bold = workbook.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        shown = workbook.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        to_fill = workbook.add_format({"valign": "top", "bg_color": "#FFF8E1", "num_format": "@"})
        for column, (name, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width, None, {"hidden": column == _RECORD})
            sheet.write_string(0, column, name, bold)
        sheet.freeze_panes(1, 0)
        for row, item in enumerate(items, 1):
            with store.transaction() as connection:
                view = build_item_view(connection, item)
                crop = find_crop(connection, item.report_id, *_crop_target(item))
                record = json.dumps(_unanswered_record(connection, item), ensure_ascii=False)
            if crop is not None:
                _insert_image(sheet, row, renderer.render(*crop))
            for column, text in enumerate(_texts(view), 1):
                sheet.write_string(row, column, text, shown)
            for column in (_VERDICT, _TEXT, _WHY):
                sheet.write_blank(row, column, None, to_fill)
            sheet.write_string(row, _RECORD, record, shown)
            choices = {"validate": "list", "source": list(_VERDICTS_OF_KIND[item.decision_kind])}
            sheet.data_validation(row, _VERDICT, row, _VERDICT, choices)
    return len(items)


def read_review_workbook(path: Path, who: str, families: Iterable[Family]) -> list[Decision]:
    """Return the filled rows as decisions of a person.

    Raises UsageError with the number of the row where an answer makes no sense.
    """
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts if not _is_image(archive, part))
        if size > _LARGEST:
            raise UsageError(
                tr(
                    "{path} unpacks to {size:.0f} MB: gongkai's own sheets are small",
                    path=path,
                    size=size / 1000000.0,
                )
            )
        with closing(openpyxl.load_workbook(path, read_only=True, data_only=True)) as workbook:
            if _SHEET not in workbook.sheetnames:
                raise UsageError(
                    tr(
                        "{path} has no sheet {sheet}: write one with `decisions sheet`",
                        path=path,
                        sheet=_SHEET,
                    )
                )
            found = workbook[_SHEET].iter_rows(min_row=2, max_col=len(_COLUMNS), values_only=True)
            rows = [(number, row) for number, row in enumerate(found, 2) if any(row)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise UsageError(
            tr("{path} cannot be read as a workbook: {reason}", path=path, reason=error)
        ) from error
    parser = AnswerParser(families)
    decisions = []
    for number, row in rows:
        try:
            decision = _parse_row(row, who, parser)
        except UsageError as error:
            raise UsageError(
                tr("{name}, row {number}: {reason}", name=path.name, number=number, reason=error)
            ) from error
        if decision is not None:
            decisions.append(decision)
    return decisions


def _is_image(zipfile: ZipFile, part: ZipInfo) -> bool:
    """Whether a part begins like an image, so that it can be no text for the parser."""
    if not part.filename.startswith("xl/media/"):
        return False
    with zipfile.open(part) as file:
        return file.read(4).startswith(_IMAGE_HEADS)


def _crop_target(item: QueueItem) -> tuple[str, str]:
    """Return kind and target of the crop of an item, as for find_crop."""
    if item.key is not None:
        return "cell", f"{item.key}.{item.occurrence}"
    return ("check", item.check_id) if item.check_id is not None else ("head", "-")


def _insert_image(sheet: Any, row: int, png: bytes) -> None:
    """Insert an image in the first column, and set the height of the row to that of the image."""
    width, height = struct.unpack(">II", png[16:24])  # where the header of a PNG has them
    scale = min(_MAX_IMAGE_SIZE[0] / width, _MAX_IMAGE_SIZE[1] / height)
    sheet.set_row(row, height * scale * _POINTS_PER_PIXEL + 4)
    options = {
        "image_data": io.BytesIO(png),
        "x_scale": scale,
        "y_scale": scale,
        "x_offset": 2,
        "y_offset": 2,
        "object_position": 1,  # moves and resizes with the cells
        "description": "印件",
    }
    sheet.insert_image(row, 0, "print.png", options)


def _texts(view: ItemView) -> Iterator[str]:
    """Yield the texts of a row, from the second column to the one before the verdict."""
    item = view.item
    cell = view.cells[0].observation if item.key is not None and view.cells else None
    yield _KIND_NAMES[item.kind]
    yield item.agency
    yield str(item.year or "")
    yield item.label
    yield "" if cell is None else cell.raw_text
    implied = None if cell is None else cell.implied_value
    yield "" if implied is None else f"{implied:f}"
    yield item.reason


def _unanswered_record(connection: Connection, item: QueueItem) -> dict[str, Any]:
    """Return the fields of a decision on an item that lacks only the person's answer."""
    target = find_target(
        connection,
        item.report_id,
        kind=item.decision_kind,
        key=item.key,
        occurrence=item.occurrence,
        check_id=item.check_id,
    )
    return asdict(make_decision(connection, target, Answer("", "accepted")))


def _parse_row(row: Sequence[Any], who: str, parser: AnswerParser) -> Decision | None:
    """Return the decision of a row; None where the row is not filled."""
    cells = [*row, *(None,) * (len(_COLUMNS) - len(row))]
    word, text, why = (_cell_text(cells[n]) for n in (_VERDICT, _TEXT, _WHY))
    if not word and not text:
        return None
    try:
        record = json.loads(_cell_text(cells[_RECORD]))
        unanswered = Decision(**{n: record[n] for n in DECISION_COLUMNS if n in record})
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(tr("its hidden column was changed: {reason}", reason=error)) from error
    word = word or "改为"
    choices = _VERDICTS_OF_KIND.get(unanswered.kind, ())
    if word not in choices:
        raise UsageError(
            tr("the decision is one of {names}, not {word}", names="、".join(choices), word=word)
        )
    signed = replace(
        unanswered, who=who, at=utc_now(), why=why or None, sequence=None, database_id=None
    )
    return _with_answer(signed, _VERDICTS[word], text, parser)


def _with_answer(decision: Decision, verdict: str, text: str, parser: AnswerParser) -> Decision:
    match verdict:
        case "blank" | "unreadable" as state:
            return replace(decision, verdict=state, state=state, value=None, text=None)
        case "print_fault":
            return replace(decision, verdict="print_fault")
        case "typed" if not text:
            raise UsageError(tr("nothing is said about what is printed: write it"))
        case "typed" if decision.target.key is not None:
            typed = parser.parse_cell(text, decision.family, decision.target.key)
            return replace(
                decision,
                verdict=typed.verdict,
                state=typed.state,
                value=typed.value,
                text=typed.text or None,
            )
        case "typed":
            value = parse_year(text) if decision.kind == "year" else None
            return replace(decision, verdict="set", text=text, value=value)
    return decision


def _cell_text(value: Any) -> str:
    """Return the text of a cell. Excel may have turned digits into a number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())
