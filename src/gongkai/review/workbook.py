"""The review queue as an Excel workbook: written with crops of the pages, read back filled."""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import convert

from gongkai.decisions.answer_words import answer_about, answers_to, is_anything_read, word
from gongkai.decisions.answers import Answer, AnswerParser, parse_year
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.queries import Connection
from gongkai.decisions.queue import QueueItem, QueueReader
from gongkai.decisions.records import DECISION_COLUMNS, Decision, utc_now
from gongkai.decisions.store import DecisionStore
from gongkai.errors import UnreadableFile, UsageError
from gongkai.families.family import Family
from gongkai.families.titles import family_title
from gongkai.language import current_language, tr
from gongkai.queries.origins import Origin
from gongkai.render.stored_texts import stored_text
from gongkai.review.crops import Crop, CropRenderer
from gongkai.review.item_view import ItemView, build_item_view, find_crop
from gongkai.review.translations import LANGUAGES, load_translations

if TYPE_CHECKING:
    from zipfile import ZipFile, ZipInfo

_COLUMNS = (  # name of the header in words.toml, and width in characters
    ("print", 108), ("kind", 11), ("agency", 20), ("year", 7), ("what", 26), ("read_as", 12),
    ("implied_short", 12), ("why_waits", 44), ("answer", 12), ("type_here", 16), ("why", 24),
    ("record", 4),
)  # fmt: skip
# Bytes of a workbook that is read back, unpacked and without its images: it may be hostile. One of
# 2,000 rows has 8 million. A list of all its texts takes up to ten times as much memory.
_LARGEST = 25_000_000
_IMAGE_HEADS = (b"\x89PNG", b"\xff\xd8")
_VERDICT, _TEXT, _WHY, _RECORD = 8, 9, 10, 11  # indices of the columns that are read back
_MAX_IMAGE_SIZE = (760.0, 170.0)  # width and height in pixels, at Excel's 96 to the inch
_POINTS_PER_PIXEL = 0.75  # Excel measures the height of rows in points
_MAX_ROWS = 2_000  # with images, a longer sheet is hard to use


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row whose answer makes no sense."""

    number: int  # as the spreadsheet counts, from 1
    reason: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file whose items are not in a sheet, because its pages cannot be shown."""

    file_name: str
    reason: str
    items: int


@dataclass(frozen=True, slots=True)
class WrittenSheet:
    """What a written sheet holds."""

    rows: int
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class SheetAnswers:
    """The filled rows of a sheet: those that are decisions, and the others."""

    decisions: list[Decision]
    wrong: list[WrongRow]


def write_review_workbook(
    store: DecisionStore,
    renderer: CropRenderer,
    path: Path,
    max_rows: int = _MAX_ROWS,
) -> WrittenSheet:
    """Write the queue as a workbook, one row per item, and return what it holds.

    The person chooses an answer from a list, and writes what is printed, and why. The last column
    is hidden and holds the record that the answer completes. Items of a file that is not below the
    folder of the renderer, or cannot be read, are left out. Raises UsageError where all items are,
    and DatabaseError.
    """
    from gongkai.export.workbook import new_workbook

    words = load_translations(current_language())
    with store.transaction() as connection:
        items = QueueReader(store.families.values()).read(connection)
    pictures = _Pictures(renderer)
    options = {"strings_to_urls": False, "strings_to_formulas": False, "strings_to_numbers": False}
    with new_workbook(path, options) as workbook:
        sheet = workbook.add_worksheet(words["title"])
        bold = workbook.add_format({"bold": True, "bg_color": "#E8EEF4", "bottom": 1})
        shown = workbook.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        to_fill = workbook.add_format({"valign": "top", "bg_color": "#FFF8E1", "num_format": "@"})
        for column, (name, width) in enumerate(_COLUMNS):
            sheet.set_column(column, column, width, None, {"hidden": column == _RECORD})
            sheet.write_string(0, column, words[name], bold)
        sheet.freeze_panes(1, 0)
        row = 0
        for item in items:
            if row == max_rows:
                break
            with store.transaction() as connection:
                crop = find_crop(connection, item.report_id, *_crop_target(item))
            png = None if crop is None else pictures.render(item.file_name, *crop)
            if crop is not None and png is None:
                continue
            row += 1
            with store.transaction() as connection:
                view = build_item_view(connection, item)
                record = json.dumps(_unanswered_record(connection, item), ensure_ascii=False)
            if png is not None:
                _insert_image(sheet, row, png, words["print"])
            for column, text in enumerate(_texts(view), 1):
                sheet.write_string(row, column, text, shown)
            for column in (_VERDICT, _TEXT, _WHY):
                sheet.write_blank(row, column, None, to_fill)
            sheet.write_string(row, _RECORD, record, shown)
            is_read = item.key is None or any(cell.is_read for cell in view.cells)
            answers = answers_to(item.decision_kind, is_read=is_read)
            choices = {"validate": "list", "source": [word("answer", each) for each in answers]}
            sheet.data_validation(row, _VERDICT, row, _VERDICT, choices)
        if items and row == 0:
            raise UsageError(pictures.left_out[0].reason)
    return WrittenSheet(row, pictures.left_out)


class _Pictures:
    """Renders crops, and notes the files whose pages cannot be shown."""

    def __init__(self, renderer: CropRenderer) -> None:
        self._renderer = renderer
        self._left_out: dict[str, LeftOut] = {}  # by the digest of the file

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The files whose pages cannot be shown."""
        return tuple(self._left_out.values())

    def render(self, file_name: str, origin: Origin, crop: Crop) -> bytes | None:
        """Return a crop as PNG; None where the pages of its file cannot be shown."""
        known = self._left_out.get(origin.sha256)
        if known is None:
            try:
                return self._renderer.render(origin, crop)
            except (UsageError, UnreadableFile) as error:
                known = LeftOut(file_name, str(error), 0)
        self._left_out[origin.sha256] = replace(known, items=known.items + 1)
        return None


def read_review_workbook(path: Path, who: str, families: Iterable[Family]) -> SheetAnswers:
    """Return the filled rows as decisions of a person, and the rows whose answer makes no sense.

    Raises UsageError where the file is no such workbook.
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
            names = [load_translations(each)["title"] for each in LANGUAGES]
            name = next((each for each in names if each in workbook.sheetnames), None)
            if name is None:
                raise UsageError(
                    tr(
                        "{path} has no sheet {sheet}: write one with `decisions sheet`",
                        path=path,
                        sheet=tr(" or ").join(names),
                    )
                )
            found = workbook[name].iter_rows(min_row=2, max_col=len(_COLUMNS), values_only=True)
            rows = [(number, row) for number, row in enumerate(found, 2) if any(row)]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise UsageError(
            tr("{path} cannot be read as a workbook: {reason}", path=path, reason=error)
        ) from error
    parser = AnswerParser(families)
    answers = SheetAnswers([], [])
    for number, row in rows:
        try:
            decision = _parse_row(row, who, parser)
        except UsageError as error:
            answers.wrong.append(WrongRow(number, str(error)))
        else:
            if decision is not None:
                answers.decisions.append(decision)
    return answers


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


def _insert_image(sheet: Any, row: int, png: bytes, description: str) -> None:
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
        "description": description,
    }
    sheet.insert_image(row, 0, "print.png", options)


def _texts(view: ItemView) -> Iterator[str]:
    """Yield the texts of a row, from the second column to the one before the verdict."""
    item = view.item
    cell = view.cells[0].observation if item.key is not None and view.cells else None
    yield word("kind", item.kind)
    yield item.agency
    yield str(item.year or "")
    yield item.label
    yield "" if cell is None else cell.raw_text
    implied = None if cell is None else cell.implied_value
    yield "" if implied is None else f"{implied:f}"
    yield stored_text(item.reason)


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
    said, text, why = (_cell_text(cells[n]) for n in (_VERDICT, _TEXT, _WHY))
    if not said and not text:
        return None
    unanswered = _read_record(_cell_text(cells[_RECORD]))
    if unanswered.family not in parser.families:
        raise UsageError(
            tr("its report is of another family: {family}", family=family_title(unanswered.family))
        )
    read = is_anything_read(unanswered.read_state, unanswered.read_text)
    choices = answers_to(unanswered.kind, is_read=read)
    answer = answer_about(unanswered.kind, said or "typed")
    if answer not in choices:
        names = tr(", ").join(word("answer", each) for each in choices)
        raise UsageError(tr("the decision is one of {names}, not {word}", names=names, word=said))
    if answer not in ("typed", "set") and text not in ("", unanswered.read_text):
        raise UsageError(tr("“{word}” and “{text}” contradict each other", word=said, text=text))
    signed = replace(
        unanswered, who=who, at=utc_now(), why=why or None, sequence=None, database_id=None
    )
    return _with_answer(signed, answer, text, parser)


def _read_record(text: str) -> Decision:
    """Return the decision in the hidden column of a row, which lacks the answer."""
    try:
        record = json.loads(text)
        known = {name: record[name] for name in DECISION_COLUMNS if name in record}
        return convert(known, Decision)
    except (ValueError, TypeError) as error:
        raise UsageError(tr("its hidden column was changed: {reason}", reason=error)) from error


def _with_answer(decision: Decision, answer: str, text: str, parser: AnswerParser) -> Decision:
    match answer:
        case "blank" | "unreadable" as state:
            return replace(decision, verdict=state, state=state, value=None, text=None)
        case "print_fault":
            return replace(decision, verdict="print_fault")
        case "typed" | "set" if not text:
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
        case "set":
            value = parse_year(text) if decision.kind == "year" else None
            return replace(decision, verdict="set", text=text, value=value)
    return decision


def _cell_text(value: Any) -> str:
    """Return the text of a cell. Excel may have turned digits into a number."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None else " ".join(str(value).split())
