"""Describes a cell in Chinese, in the same words on the proof page and in the terminal."""

from __future__ import annotations

from decimal import Decimal

from gongkai.database.codes import OTHER_READER
from gongkai.model import CheckStatus, LabelMatch, Observation, ReaderName, State
from gongkai.proof.evidence import CellEvidence, CellStatus, is_doubtful
from gongkai.render.table_layout import BLANK

STATUS_NAME: dict[CellStatus, str] = {
    "fail": "核对未通过",
    "doubt": "读数存疑",
    "decided": "人工核定",
    "proved": "勾稽证明",
    "seen": "图像相符",
    "read": "只有一种读法",
}
STATUS_MEANING: dict[CellStatus, str] = {
    "fail": "必须成立的核对没有通过，此格在其中",
    "doubt": "读数不确定，待人核看",
    "decided": "有人对照原件核定",
    "proved": "必须成立的勾稽关系经过此格，且成立",
    "seen": "没有勾稽关系能证明此格；页面图像上看到的数字与读数相同",
    "read": "没有不全为零的勾稽关系证明此格",
}
_SUSPECTED = "必须成立的核对没有通过，此格最可疑"
STATUS_SYMBOL: dict[CellStatus, str] = {
    "fail": "×",
    "doubt": "?",
    "decided": "",
    "proved": "",
    "seen": "",
    "read": "",
}
CHECK_SYMBOL: dict[CheckStatus, str] = {"pass": "✓", "fail": "×", "skipped": "–"}
CHECK_NAME: dict[CheckStatus, str] = {"pass": "成立", "fail": "不成立", "skipped": "未验"}
_LABEL_MATCH: dict[LabelMatch, str] = {
    "exact": "与《表》一致",
    "alias": "《表》的另一种写法",
    "near": "与《表》相近",
}
_READER: dict[ReaderName, str] = {
    "pdfium": "文字层（pdfium）",
    "pdfplumber": "文字层（pdfplumber）",
    "camelot": "文字层（camelot）",
    "ocr": "图片识别（OCR）",
    OTHER_READER: "另加的读取程序",
}
_MACHINE_STATE: dict[State, str] = {"blank": "空格", "unreadable": "读不出"}
_AS_PRINTED = "as printed"  # unit in the dictionary of an amount that has no fixed unit


def full_label_zh(cell: CellEvidence) -> str:
    """Return row and column label of the official form, or the printed labels.

    The printed labels are used where the dictionary lacks the field.
    """
    entry, observation = cell.entry, cell.observation
    if entry is None:
        return f"{observation.row_label}，{observation.column_label}"
    return f"{entry.row_label_zh}，{entry.column_label_zh}"


def short_label_zh(cell: CellEvidence) -> str:
    """Return the short names of row and column."""
    entry = cell.entry
    return f"{entry.row_name_zh}·{entry.column_name_zh}" if entry else str(cell.observation.key)


def full_label_en(cell: CellEvidence) -> str:
    """Return row and column label in English; empty where the dictionary lacks the field."""
    return f"{cell.entry.row_label_en}, {cell.entry.column_label_en}" if cell.entry else ""


def value_text(cell: CellEvidence) -> str:
    """Return the number with its unit, or what the cell contains instead of a number."""
    observation = cell.observation
    match observation.state:
        case "blank":
            return "空：印了格子，没有填"
        case "mark":
            return f"符号“{without_whitespace(observation.raw_text)}”，不是数"
        case "unreadable":
            return "读不成数"
    unit = observation.unit or (cell.entry.unit if cell.entry else "")
    return f"{format_decimal(observation.value)} {'' if unit == _AS_PRINTED else unit}".rstrip()


def table_text(cell: CellEvidence) -> str:
    """Return the printed text of the cell on one line, or the sign for a blank cell."""
    observation = cell.observation
    return BLANK if observation.state == "blank" else without_whitespace(observation.raw_text)


def symbols(cell: CellEvidence) -> str:
    """Return ``×`` for a failed check, ``?`` for a doubtful reading, ``!`` for a failed check
    of severity ``usually``; several of them together where several apply.
    """
    also_doubtful = cell.status == "fail" and is_doubtful(cell.observation)
    unusual = "!" if cell.unusual else ""
    return STATUS_SYMBOL[cell.status] + ("?" if also_doubtful else "") + unusual


def printed_text(observation: Observation) -> str:
    """Return the text as printed, on one line: ``⏎`` marks a line break inside the cell."""
    return _mark_line_breaks(observation.raw_text)


def printed_labels(observation: Observation) -> str:
    """Return row and column label as printed, and how they match the labels of the form."""
    labels = map(without_whitespace, (observation.row_label, observation.column_label))
    return f"{' × '.join(filter(None, labels))}（{_LABEL_MATCH[observation.label_match]}）"


def location(observation: Observation) -> str:
    """Return the page and the box of the cell (in points, origin top left)."""
    sides = "，".join(f"{side:.1f}" for side in observation.box)
    return f"第 {observation.page} 页（{sides}；点，自左上角起）"


def reader_name(observation: Observation) -> str:
    """Return which reader read the cell, and its confidence where it reports one."""
    confidence = observation.confidence
    return _READER[observation.reader] + ("" if confidence is None else f"，把握 {confidence:.0%}")


def decision_note(cell: CellEvidence) -> str:
    """Return who decided on the cell and what the machine had read, or an empty text."""
    decided = cell.decided
    if decided is None:
        return ""
    machine_text = f"“{_mark_line_breaks(decided.raw_text)}”"
    return f"由{decided.who}对照原件核定；机器读作{_MACHINE_STATE.get(decided.state, machine_text)}"


def status_reason(cell: CellEvidence) -> str:
    """Return the reason for the status of the cell."""
    observation = cell.observation
    text = _SUSPECTED if cell.suspected else STATUS_MEANING[cell.status]
    if cell.status == "doubt":
        text = f"读数存疑：{observation.doubt or '未说明原因'}"
    elif cell.status == "read":
        text += "，只由图片识别读出" if observation.reader == "ocr" else "，只凭文字层的字和位置"
        text += "" if observation.seen is None else "；与图像比对过，不能判定"
    elif observation.flagged:
        text += f"；读数也存疑：{observation.doubt or '未说明原因'}"
    return text + ("；另有通常成立的关系没有成立" if cell.unusual else "")


def implied_value_note(observation: Observation) -> str:
    """Return the value that the sums require, or an empty text.

    The sentence says that the value is computed and not read, so that nobody takes it for the
    printed one.
    """
    implied = observation.implied_value
    if implied is None:
        return ""
    same = "，与读数相同" if implied == observation.value else ""
    return f"勾稽关系需要 {format_decimal(implied)}：由别的数推算，不是从原件读出的{same}"


def format_decimal(number: Decimal | None) -> str:
    """Return the digits without an exponent; an empty text for None."""
    return "" if number is None else f"{number:f}"


def without_whitespace(text: str) -> str:
    """Remove all white space. Chinese needs none where two printed lines are joined."""
    return "".join(text.split())


def _mark_line_breaks(text: str) -> str:
    return "⏎".join(text.split("\n"))
