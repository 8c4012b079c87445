"""A cell in words: the same for the page and for the terminal."""

from __future__ import annotations

from decimal import Decimal

from gongkai.model import CheckStatus, LabelMatch, Observation, Reader, State
from gongkai.proof.evidence import Cell, Verdict, is_open
from gongkai.render.table_layout import BLANK

VERDICT: dict[Verdict, str] = {
    "fail": "核对未通过",
    "doubt": "读数存疑",
    "proved": "勾稽证明",
    "read": "无勾稽可证",
}
MEANING: dict[Verdict, str] = {
    "fail": "必须成立的核对没有通过，此格在其中",
    "doubt": "读数不确定，待人核看",
    "proved": "必须成立的勾稽关系经过此格，且成立",
    "read": "没有必须成立的勾稽关系经过此格，凭印出的字和位置",
}
SIGN: dict[Verdict, str] = {"fail": "×", "doubt": "?", "proved": "", "read": ""}
CHECK_SIGN: dict[CheckStatus, str] = {"pass": "✓", "fail": "×", "skipped": "–"}
CHECK_WORD: dict[CheckStatus, str] = {"pass": "成立", "fail": "不成立", "skipped": "未验"}
_MATCH: dict[LabelMatch, str] = {
    "exact": "与《表》一致",
    "alias": "《表》的另一种写法",
    "near": "与《表》相近",
}
_READER: dict[Reader, str] = {
    "pdfium": "文字层（pdfium）",
    "pdfplumber": "文字层（pdfplumber）",
    "camelot": "文字层（camelot）",
    "ocr": "图片识别（OCR）",
}
_MACHINE: dict[State, str] = {"blank": "空格", "unreadable": "读不出"}
_AS_PRINTED = "as printed"  # what the dictionary says of amounts in no fixed unit


def name_zh(cell: Cell) -> str:
    """The official form's row and column; where the dictionary lacks them, the printed ones."""
    entry, seen = cell.entry, cell.observation
    if entry is None:
        return f"{seen.row_label}，{seen.column_label}"
    return f"{entry.row_label_zh}，{entry.column_label_zh}"


def short_zh(cell: Cell) -> str:
    """Row and column in a few characters."""
    entry = cell.entry
    return f"{entry.row_name_zh}·{entry.column_name_zh}" if entry else str(cell.observation.key)


def name_en(cell: Cell) -> str:
    """Row and column in English; empty where the dictionary lacks them."""
    return f"{cell.entry.row_label_en}, {cell.entry.column_label_en}" if cell.entry else ""


def value(cell: Cell) -> str:
    """The number with its unit, or what stands there instead."""
    seen = cell.observation
    match seen.state:
        case "blank":
            return "空：印了格子，没有填"
        case "mark":
            return f"符号“{one_line(seen.raw_text)}”，不是数"
        case "unreadable":
            return "读不成数"
    unit = seen.unit or (cell.entry.unit if cell.entry else "")
    return f"{plain(seen.value)} {'' if unit == _AS_PRINTED else unit}".rstrip()


def in_table(cell: Cell) -> str:
    """What stands in the cell, short."""
    return BLANK if cell.observation.state == "blank" else one_line(cell.observation.raw_text)


def signs(cell: Cell) -> str:
    """× for a failed check, ? for a reading in doubt, ! for what usually holds and does not."""
    in_doubt = cell.verdict == "fail" and is_open(cell.observation)
    return SIGN[cell.verdict] + ("?" if in_doubt else "") + ("!" if cell.unusual else "")


def spelling(observation: Observation) -> str:
    """The characters as printed, on one line: ⏎ stands for a line break in the cell."""
    return "⏎".join(observation.raw_text.split("\n"))


def label(observation: Observation) -> str:
    """Row and column as printed, and how near they come to the form's."""
    labels = map(one_line, (observation.row_label, observation.column_label))
    return f"{' × '.join(filter(None, labels))}（{_MATCH[observation.label_match]}）"


def place(observation: Observation) -> str:
    """Page and box."""
    sides = "，".join(f"{side:.1f}" for side in observation.box)
    return f"第 {observation.page} 页（{sides}；点，自左上角起）"


def reader(observation: Observation) -> str:
    """Who read it, and how sure it was."""
    sure = observation.confidence
    return _READER[observation.reader] + ("" if sure is None else f"，把握 {sure:.0%}")


def decided(cell: Cell) -> str:
    """Who settled the cell, and what the machine had read there; or nothing."""
    by = cell.decided
    if by is None:
        return ""
    text = "⏎".join(by.raw_text.split("\n"))
    return f"由{by.who}对照原件核定；机器读作{_MACHINE.get(by.state, f'“{text}”')}"


def verdict(cell: Cell) -> str:
    """What is proved about the cell, or speaks against it."""
    seen = cell.observation
    text = "必须成立的核对没有通过，此格最可疑" if cell.blamed else MEANING[cell.verdict]
    if cell.verdict == "doubt":
        text = f"读数存疑：{seen.doubt or '未说明原因'}"
    elif seen.flagged:
        text += f"；读数也存疑：{seen.doubt or '未说明原因'}"
    return text + ("；另有通常成立的关系没有成立" if cell.unusual else "")


def implied(observation: Observation) -> str:
    """What the sums would need, said so that nobody takes it for the value; or nothing."""
    needed = observation.implied_value
    if needed is None:
        return ""
    same = "，与读数相同" if needed == observation.value else ""
    return f"勾稽关系需要 {plain(needed)}：由别的数推算，不是从原件读出的{same}"


def plain(number: Decimal | None) -> str:
    """Digits without an exponent."""
    return "" if number is None else f"{number:f}"


def one_line(text: str) -> str:
    """Text without white space: printed lines of Chinese joined."""
    return "".join(text.split())
