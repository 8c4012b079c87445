"""Convert a report into rows of the database's tables, without a database.

Worker processes do this, so that the one writer has little left to do. Columns hold plain
values. Labels, checks and names of cells, which the database stores once, are numbered here
in the order of their first use; the writer replaces the numbers by the database's ids.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Protocol

from msgspec import Struct, json, msgpack

from gongkai.checks.table_checks import REPORT
from gongkai.database.codes import (
    LABEL_MATCHES,
    OTHER_READER,
    READERS,
    STATES,
    decimal_text,
    index_words,
    int_if_whole,
    to_hundredths,
)
from gongkai.model import (
    EXPECTED,
    Agency,
    Box,
    Check,
    Key,
    NarrativeFigure,
    Paragraph,
    Report,
    ReportStatus,
    Severity,
)

RowValues = tuple[Any, ...]
Columns = dict[str, Sequence[Any]]  # by name, all of the same length
# A report's fields (table, row, column), and sets of fields as positions in that list.
FieldLayout = tuple[list[tuple[str, str, str]], list[tuple[int, ...]]]

# The most paragraphs of a report. A paragraph's id is its report's id times this + its position.
PARAGRAPHS_PER_REPORT = 4096
_PLACE = ("page", "x0", "top", "x1", "bottom")
_NOWHERE = (None,) * 4
_OTHER = READERS[OTHER_READER]
_INTEGER_DIGITS = 18  # that every integer of a database has room for
_ENCODER = msgpack.Encoder()
HEAD = (
    "page_first", "page_last", "title", "agency", "year", "form", "status", "scope", "edition",
)  # fmt: skip
COLUMNS: dict[str, tuple[str, ...]] = {
    "report_tables": ("table_id", "form"),
    "cell": (
        "field_id", "occurrence", "state", "value", "value_text", "raw_text", "unit", "row_term",
        "column_term", "label_match", *_PLACE, "reader", "confidence", "flagged", "doubt",
        "implied_value", "converted", "in_sum", "seen", "text_value",
    ),
    "section": ("position", "number", "title", "text", "page_first", "page_last"),
    "check_result": (
        "position", "check_key_id", "status", "expected", "actual", "severity", "cause", "message",
        "cells", "suspects", "wording",
    ),
    "problem": ("position", "code", "message", *_PLACE),
    "fallback_attempts": ("position", "reader", "table_id", "outcome"),
    "sentence": ("position", "text", "section_position", "start", "length"),
    "figure": (
        "position", "section", "phrase", "metric_id", "value", "unit", "approximate", "sentence",
        "page", "raw_text", "part_of", "stated_as_none", "planned", "proof", "phrase_start",
        "phrase_length",
    ),
    "paragraph": (
        "position", "section_position", "start", "length", "text", "sub_number", "sub_heading",
        *_PLACE, "turns",
    ),
}  # fmt: skip

# Columns that refer to a surrogate key, and the list of the report's values they index.
REFERENCES = {
    "row_term": "terms",
    "column_term": "terms",
    "check_key_id": "checks",
    "field_id": "fields",
    "cells": "sets",
    "suspects": "sets",
    "wording": "terms",
}


class KeyNumbers(Protocol):
    """Gives an integer for each value that the database stores once."""

    def term(self, text: str) -> int: ...

    def check(self, table: str, rule: str, place: str) -> int: ...

    def field(self, key: Key) -> int: ...

    def cell_set(self, keys: tuple[Key, ...]) -> int | None: ...


class ReportRows(Struct, frozen=True):
    """One report, ready to be inserted."""

    head: dict[str, Any]  # its row in the table ``report``
    status: ReportStatus
    agency: Agency | None
    failed: tuple[Severity, ...]  # the severity of each failed check
    tables: dict[str, Columns]  # by table name, in the order of insertion
    terms: tuple[str, ...]  # texts that columns refer to by position
    checks: tuple[tuple[str, str, str], ...]  # table, rule, place; referred to by position
    field_layout: bytes  # a FieldLayout as JSON; many reports have the same
    words: tuple[str, ...]  # of each paragraph, for the full-text index


def pack_reports(reports: Sequence[Report]) -> bytes:
    """Convert reports into rows as MessagePack, which ``loaders.packed`` decodes.

    Raises UnicodeEncodeError or OverflowError for a value that no database could store.
    """
    return _ENCODER.encode([report_rows(report) for report in reports])


def report_rows(report: Report) -> ReportRows:
    """Convert one report into rows."""
    numbers = _LocalNumbers()
    sentences = {
        text: n for n, text in enumerate(dict.fromkeys(f.sentence for f in report.figures))
    }
    tables = {
        "report_tables": list(report.table_forms.items()),
        "cell": _cells(numbers, report),
        "section": [
            (k, s.number, s.title, s.text, s.page_first, s.page_last)
            for k, s in enumerate(report.sections)
        ],
        "check_result": check_rows(numbers, report.checks),
        "problem": [
            (k, p.code, p.message, *_place(p.page, p.box)) for k, p in enumerate(report.problems)
        ],
        "fallback_attempts": [
            (k, a.reader, a.table, a.outcome) for k, a in enumerate(report.fallback_attempts)
        ],
        "sentence": [(n, *_sentence(report, text)) for text, n in sentences.items()],
        "figure": _figures(report, sentences),
        "paragraph": _paragraphs(report),
    }
    return ReportRows(
        head={name: getattr(report, name) for name in HEAD},
        status=report.status,
        agency=report.agency_ref,
        failed=tuple(check.severity for check in report.failures()),
        tables={name: to_columns(name, rows) for name, rows in tables.items() if rows},
        terms=tuple(numbers.terms),
        checks=tuple(numbers.checks),
        field_layout=json.encode((tuple(numbers.fields), tuple(numbers.sets))),
        words=tuple(index_words(p.text) for p in _storable_paragraphs(report)),
    )


def to_columns(table: str, rows: Sequence[RowValues]) -> Columns:
    """Turn the rows of a table into columns; leave out columns that hold only None.

    A third of a report's values is None, and sqlite3 takes five times as long to bind one as
    to bind a number.
    """
    columns = zip(COLUMNS[table], zip(*rows, strict=True), strict=True)
    return {name: values for name, values in columns if values.count(None) < len(values)}


class _LocalNumbers:
    """Numbers values from 0, in the order of their first use."""

    def __init__(self) -> None:
        self.terms: dict[str, int] = {}
        self.checks: dict[tuple[str, str, str], int] = {}
        self.fields: dict[Key, int] = {}
        self.sets: dict[tuple[int, ...], int] = {}

    def term(self, text: str) -> int:
        return self.terms.setdefault(text, len(self.terms))

    def check(self, table: str, rule: str, place: str) -> int:
        return self.checks.setdefault((table, rule, place), len(self.checks))

    def field(self, key: Key) -> int:
        return self.fields.setdefault(key, len(self.fields))

    def cell_set(self, keys: tuple[Key, ...]) -> int | None:
        if not keys:
            return None
        return self.sets.setdefault(tuple(map(self.field, keys)), len(self.sets))


def _cells(numbers: KeyNumbers, report: Report) -> list[RowValues]:
    seen: dict[int, int] = {}
    rows = []
    for o in report.observations:
        field = numbers.field(o.key)
        occurrence = seen[field] = seen.get(field, 0) + 1
        value, value_text, raw_text = value_columns(o.value, o.raw_text)
        rows.append(
            (
                field, occurrence, STATES[o.state], value, value_text, raw_text,
                o.unit, numbers.term(o.row_label), numbers.term(o.column_label),
                LABEL_MATCHES[o.label_match], o.page, *to_hundredths(o.box),
                READERS.get(o.reader, _OTHER), o.confidence, int(o.flagged), o.doubt,
                int_if_whole(o.implied_value), int_if_whole(o.converted),
                1 if o.proof == "sum" else None, o.seen if o.seen is None else int(o.seen),
                o.text_value,
            )
        )  # fmt: skip
    return rows


def value_columns(
    value: Decimal | None, raw_text: str
) -> tuple[int | Decimal | None, str | None, str | None]:
    """The columns value, value_text and raw_text; a text that follows from the value is None."""
    if value is None:
        return None, None, raw_text or None
    text = decimal_text(value)
    raw = None if raw_text == text else raw_text
    if text.isdecimal() and len(text) <= _INTEGER_DIGITS:  # most numbers
        return int(text), None, raw
    stored = int_if_whole(value)
    # Databases agree only on the text of whole numbers.
    follows = type(stored) is int and text == str(stored)
    return stored, None if follows else text, raw


def check_rows(numbers: KeyNumbers, checks: Sequence[Check], first: int = 0) -> list[RowValues]:
    """Convert checks into rows; ``first`` is the position of the first."""
    return [(position, *check_row(numbers, check)) for position, check in enumerate(checks, first)]


def check_row(numbers: KeyNumbers, check: Check) -> RowValues:
    """Convert one check into a row without its position."""
    is_shared = check.status == "pass" and (
        EXPECTED in check.wording or (check.expected is None and check.table != REPORT)
    )
    return (
        numbers.check(check.table, check.rule, check.place),
        check.status,
        int_if_whole(check.expected),
        int_if_whole(check.actual),
        check.severity,
        check.cause,
        "" if is_shared else check.message,
        numbers.cell_set(check.cells),
        numbers.cell_set(check.suspects),
        numbers.term(check.wording) if is_shared else None,
    )


def _sentence(report: Report, text: str) -> RowValues:
    """A sentence as a slice of the text of its section; as text if no section contains it."""
    for position, section in enumerate(report.sections):
        if (start := section.text.find(text)) >= 0:
            return "", position, start + 1, len(text)
    return text, None, None, None


def _phrase(figure: NarrativeFigure) -> RowValues:
    """A phrase as a slice of its sentence: text, start and length."""
    start = figure.sentence.find(figure.phrase)
    if not figure.phrase or start < 0:
        return figure.phrase, None, None
    return "", start + 1, len(figure.phrase)


def _figures(report: Report, sentences: dict[str, int]) -> list[RowValues]:
    rows = []
    for position, f in enumerate(report.figures):
        phrase, *phrase_slice = _phrase(f)
        rows.append(
            (
                position, f.section, phrase, f.metric_id, int_if_whole(f.value), f.unit,
                int(f.approximate), sentences[f.sentence], f.page, f.raw_text, f.part_of,
                int(f.stated_as_none), int(f.planned), f.proof, *phrase_slice,
            )
        )  # fmt: skip
    return rows


def _storable_paragraphs(report: Report) -> Sequence[Paragraph]:
    return report.paragraphs[:PARAGRAPHS_PER_REPORT]


def _paragraphs(report: Report) -> list[RowValues]:
    """Paragraphs as slices of their section's text, so that no text is stored twice."""
    rows = []
    # section number -> position of the section, and the start of the next paragraph in its text
    starts: dict[str, tuple[int | None, int]] = {}
    for position, section in enumerate(report.sections):
        starts.setdefault(section.number, (position, 0))
    texts = {section.number: section.text for section in reversed(report.sections)}
    for position, each in enumerate(_storable_paragraphs(report)):
        section_position, start = starts.get(each.section or "", (None, 0))
        is_slice = section_position is not None and texts[each.section or ""].startswith(
            each.text, start
        )
        rows.append(
            (
                position, section_position, start + 1 if is_slice else 0, len(each.text),
                None if is_slice else each.text, each.sub_number, each.sub_heading,
                *_place(each.page, each.box), " ".join(map(str, each.page_starts)) or None,
            )
        )  # fmt: skip
        if is_slice:
            starts[each.section or ""] = (section_position, start + len(each.text) + 1)
    return rows


def _place(page: int | None, box: Box | None) -> tuple[int | None, ...]:
    return (page, *(_NOWHERE if box is None else to_hundredths(box)))
