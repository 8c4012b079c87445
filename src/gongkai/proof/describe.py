"""Describes a cell in the same words on the proof page and in the terminal."""

from __future__ import annotations

from decimal import Decimal

from gongkai.database.codes import OTHER_READER
from gongkai.database.vocabulary import word_of
from gongkai.language import current_language, tr, tr_noop
from gongkai.model import CheckStatus, Observation, ReaderName, State
from gongkai.proof.evidence import CellEvidence, CellStatus, is_doubtful
from gongkai.render.stored_texts import stored_text
from gongkai.render.table_layout import BLANK, column_label, row_label

STATUSES: dict[CellStatus, tuple[str, str]] = {  # in a few words, and what it means
    "fail": (tr_noop("failed check"), tr_noop("the cell is in a check that must hold and fails")),
    "doubt": (tr_noop("doubtful reading"), tr_noop("the reading is uncertain; a person must look")),
    "decided": (tr_noop("decided"), tr_noop("a person has compared it with the print")),
    "proved": (tr_noop("proved by sums"), tr_noop("sums that must hold contain the cell, and do")),
    "seen": (
        tr_noop("seen on the page"),
        tr_noop("no sum proves the cell; the image of the page shows the same number"),
    ),
    "read": (
        tr_noop("read in one way only"),
        tr_noop("no sum with a number other than zero proves the cell"),
    ),
}
_SUSPECTED = tr_noop("a check that must hold fails, and this cell is the most suspicious one")
STATUS_SYMBOL: dict[CellStatus, str] = {
    "fail": "×",
    "doubt": "?",
    "decided": "",
    "proved": "",
    "seen": "",
    "read": "",
}
CHECK_SYMBOL: dict[CheckStatus, str] = {"pass": "✓", "fail": "×", "skipped": "–"}
_READER: dict[ReaderName, str] = {
    "pdfium": tr_noop("text layer (pdfium)"),
    "pdfplumber": tr_noop("text layer (pdfplumber)"),
    "camelot": tr_noop("text layer (camelot)"),
    "ocr": tr_noop("OCR"),
    OTHER_READER: tr_noop("another reader"),
}
_MACHINE_STATE: dict[State, str] = {
    "blank": tr_noop("blank"),
    "unreadable": tr_noop("unreadable"),
}
_AS_PRINTED = "as printed"  # unit in the dictionary of an amount that has no fixed unit


def status_word(status: CellStatus) -> str:
    """Return the status of a cell in a few words."""
    return tr(STATUSES[status][0])


def status_meaning(status: CellStatus) -> str:
    """Return what the status of a cell means."""
    return tr(STATUSES[status][1])


def check_word(status: CheckStatus) -> str:
    """Return whether a check holds."""
    return word_of("checks.status", status)


def full_label(cell: CellEvidence) -> str:
    """Return row and column label of the official form, or the printed labels.

    The printed labels are used where the dictionary lacks the field.
    """
    entry, observation = cell.entry, cell.observation
    if entry is None:
        row, column = observation.row_label, observation.column_label
    else:
        row, column = row_label(entry), column_label(entry)
    return tr("{row}, {column}", row=row, column=column)


def short_label(cell: CellEvidence) -> str:
    """Return the short names of row and column."""
    entry = cell.entry
    if entry is None:
        return str(cell.observation.key)
    if current_language() == "zh":
        return f"{entry.row_name_zh}·{entry.column_name_zh}"
    return f"{row_label(entry)} · {column_label(entry)}"


def value_text(cell: CellEvidence) -> str:
    """Return the number with its unit, or what the cell contains instead of a number."""
    observation = cell.observation
    match observation.state:
        case "blank":
            return tr("blank: the cell is there, and empty")
        case "mark":
            text = without_whitespace(observation.raw_text)
            return tr("the mark “{text}”, not a number", text=text)
        case "unreadable":
            return tr("unreadable as a number")
    unit = observation.unit or (cell.entry.unit if cell.entry else "")
    return f"{format_decimal(observation.value)} {'' if unit == _AS_PRINTED else unit}".rstrip()


def table_text(cell: CellEvidence) -> str:
    """Return the printed text of the cell on one line, or the sign for a blank cell."""
    observation = cell.observation
    return tr(BLANK) if observation.state == "blank" else without_whitespace(observation.raw_text)


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
    match = word_of("label_match", observation.label_match)
    return tr("{labels} ({match})", labels=" × ".join(filter(None, labels)), match=match)


def location(observation: Observation) -> str:
    """Return the page and the box of the cell (in points, origin top left)."""
    return tr(
        "page {page} ({sides}; points from the top left corner)",
        page=observation.page,
        sides=", ".join(f"{side:.1f}" for side in observation.box),
    )


def reader_name(observation: Observation) -> str:
    """Return which reader read the cell, and its confidence where it reports one."""
    confidence = observation.confidence
    name = tr(_READER[observation.reader])
    if confidence is None:
        return name
    return tr("{reader}, confidence {share:.0%}", reader=name, share=confidence)


def decision_note(cell: CellEvidence) -> str:
    """Return who decided on the cell and what the machine had read, or an empty text."""
    decided = cell.decided
    if decided is None:
        return ""
    state = _MACHINE_STATE.get(decided.state or "unreadable")
    machine = tr(state) if state else f"“{_mark_line_breaks(decided.raw_text)}”"
    return tr(
        "{who} compared it with the print; the machine read {machine}",
        who=decided.who,
        machine=machine,
    )


def status_reason(cell: CellEvidence) -> str:
    """Return the reason for the status of the cell."""
    observation = cell.observation
    doubt = tr("doubtful reading: {reason}", reason=doubt_text(observation))
    parts = [tr(_SUSPECTED) if cell.suspected else status_meaning(cell.status)]
    if cell.status == "doubt":
        parts = [doubt]
    elif cell.status == "read":
        by_ocr = observation.reader == "ocr"
        parts.append(tr("read by OCR only") if by_ocr else tr("read from the text layer only"))
        if observation.seen is not None:
            parts.append(tr("the image of the page does not decide it"))
    elif observation.flagged:
        parts.append(doubt)
    if cell.unusual:
        parts.append(tr("a check that usually holds fails, too"))
    return tr("; ").join(parts)


def doubt_text(observation: Observation) -> str:
    """Return why a reading is in doubt."""
    return stored_text(observation.doubt or "") or tr("no reason given")


def implied_value_note(observation: Observation) -> str:
    """Return the value that the sums require, or an empty text.

    The sentence says that the value is computed and not read, so that nobody takes it for the
    printed one.
    """
    implied = observation.implied_value
    if implied is None:
        return ""
    texts = {
        True: tr_noop("the sums need {value}, as read: computed from other numbers"),
        False: tr_noop("the sums need {value}: computed from other numbers, not read"),
    }
    return tr(texts[implied == observation.value], value=format_decimal(implied))


def format_decimal(number: Decimal | None) -> str:
    """Return the digits without an exponent; an empty text for None."""
    return "" if number is None else f"{number:f}"


def without_whitespace(text: str) -> str:
    """Remove all white space. Chinese needs none where two printed lines are joined."""
    return "".join(text.split())


def _mark_line_breaks(text: str) -> str:
    return "⏎".join(text.split("\n"))
