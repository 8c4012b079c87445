"""Writes decisions as CSV and reads them back, to move them between people and databases."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, get_args

import sqlalchemy as sa

from gongkai.database import views
from gongkai.database.codes import STATES
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.decision_tables import NO_DATABASE
from gongkai.decisions.answer_words import meaning
from gongkai.decisions.records import (
    DECISION_COLUMNS,
    Decision,
    DecisionKind,
    Verdict,
    read_decisions,
)
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.render.sanitize import is_formula

_HEADER = (*DECISION_COLUMNS, "standing", "uid")  # the last two as they were on export
_INTEGERS = ("report_number", "occurrence", "page", "sequence")
_COORDINATES = ("x0", "top", "x1", "bottom")
_DECIMALS = ("read_value", "value")
_REQUIRED = {field.name for field in fields(Decision) if "None" not in str(field.type)}
_CHOICES: dict[str, tuple[str, ...]] = {
    "kind": get_args(DecisionKind),
    "verdict": get_args(Verdict),
    "state": tuple(STATES),
    "read_state": tuple(STATES),
}
_QUOTE = "'"
_ADDED_LATER = {"family", "sequence", "database_id"}  # not in files of earlier versions
_MOST_SEQUENCE = 2**53  # far above any count of decisions, and safe to add to


def export_decisions(db: Path, out: IO[str]) -> int:
    """Write every decision as CSV and return their number. Raises DatabaseError.

    Text that a spreadsheet would take for a formula is written with a leading apostrophe.
    """
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        decisions = [decision for _, decision in read_decisions(connection)]
        view = views.decisions
        rows = connection.execute(sa.select(view.c.uid, view.c.standing))
        standings = {row.uid: row.standing for row in rows}
    write_decisions(decisions, out, standings)
    return len(decisions)


def write_decisions(
    decisions: Iterable[Decision], out: IO[str], standings: Mapping[str, str]
) -> None:
    """Write decisions as CSV; ``standings`` are known ones by uid."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEADER)
    for decision in decisions:
        cells = [_format_cell(name, getattr(decision, name)) for name in DECISION_COLUMNS]
        writer.writerow([*cells, standings.get(decision.uid, ""), decision.uid])


def parse_decisions(lines: Iterable[str], name: str) -> list[Decision]:
    """Parse what export_decisions wrote, or a file of the same columns.

    ``name`` is the name of the file, for messages. Verdicts, states and kinds may also be the words
    of the vocabulary, in Chinese or English. A line without ``uid`` is a decision that no
    database has numbered. Raises UsageError with the line number where a line is not a decision,
    or where its ``uid`` shows that it was changed after the export.
    """
    reader = csv.DictReader(lines, strict=True)
    decisions: list[Decision] = []
    try:
        header = [column.removeprefix("\ufeff") for column in reader.fieldnames or ()]
        reader.fieldnames = header
        _check_header(header, name)
        for row in reader:
            where = f"{name}, line {reader.line_num}"
            if None in row or None in row.values():
                raise UsageError(tr("{where}: not as many cells as columns", where=where))
            decisions.append(_parse_row(row, where))
    except csv.Error as error:
        raise UsageError(tr("{name} is not CSV: {reason}", name=name, reason=error)) from error
    return decisions


def _check_header(header: list[str], name: str) -> None:
    required = set(DECISION_COLUMNS) - _ADDED_LATER
    missing = [column for column in DECISION_COLUMNS if column in required - set(header)]
    unknown = [column for column in header if column not in _HEADER]
    if missing or unknown:
        lacks, has = ", ".join(missing), ", ".join(unknown)
        what = tr("lacks {names}", names=lacks) if missing else tr("has unknown {names}", names=has)
        raise UsageError(
            tr(
                "{name} {what}: see `gongkai decisions export` for the columns",
                name=name,
                what=what,
            )
        )


def _format_cell(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    text = str(value)
    if name not in _DECIMALS and isinstance(value, str):
        return f"{_QUOTE}{text}" if is_formula(text) or text.startswith(_QUOTE) else text
    return text


def _parse_row(row: dict[str, str], where: str) -> Decision:
    decision = Decision(**dict(_parse_cells(row, where)))
    uid = row.get("uid")
    if not uid:
        return replace(decision, at=_in_utc(decision.at), sequence=None, database_id=NO_DATABASE)
    if decision.database_id is None:
        decision = replace(decision, database_id=NO_DATABASE)
    if uid != decision.uid:
        raise UsageError(
            tr(
                "{where}: changed since it was exported; empty its uid to record it as it is now",
                where=where,
            )
        )
    if not 0 < (decision.sequence or 1) <= _MOST_SEQUENCE:
        raise UsageError(
            tr("{where}: sequence cannot be {sequence}", where=where, sequence=decision.sequence)
        )
    return decision


def _parse_cells(row: dict[str, str], where: str) -> Iterator[tuple[str, Any]]:
    for name in DECISION_COLUMNS:
        if name not in row:
            continue
        text = row[name]
        if name not in _DECIMALS:
            text = text.removeprefix(_QUOTE)
        if text:
            yield name, _parse_cell(name, text, where)
        elif name == "overrules":
            yield name, False
        elif name in _REQUIRED:
            raise UsageError(tr("{where}: {name} is empty", where=where, name=name))
        else:
            yield name, None


def _parse_cell(name: str, text: str, where: str) -> Any:
    try:
        if name in _INTEGERS:
            return int(text)
        if name in _COORDINATES:
            return float(text)
        if name in _DECIMALS:
            if not Decimal(text).is_finite():
                raise ValueError(text)
            return text
        if name == "overrules":
            return bool(("0", "1").index(text))
        if name == "at":
            _in_utc(text)
    except (ValueError, OverflowError, InvalidOperation) as error:
        raise UsageError(
            tr("{where}: {name} cannot be {text!r}", where=where, name=name, text=text)
        ) from error
    choices = _CHOICES.get(name)
    if choices is not None and text not in choices:
        if (said := _said(name, text)) in choices:
            return said
        raise UsageError(
            tr(
                "{where}: {name} is one of {names}, not {text!r}",
                where=where,
                name=name,
                names=", ".join(choices),
                text=text,
            )
        )
    return text


def _said(name: str, text: str) -> str | None:
    """Return what a word in a cell means, as on the page of a review and its sheet."""
    match name:
        case "verdict":
            answer = meaning("answer", text)
            return "accepted" if answer == "kept" else answer
        case "kind":
            kind = meaning("kind", text)
            return "check" if kind == "order" else kind
    return meaning("state", text)


def _in_utc(at: str) -> str:
    """Return a time in UTC. Raises ValueError or OverflowError where it is none."""
    moment = datetime.fromisoformat(at)
    if moment.utcoffset() is None:
        raise ValueError("without its offset from UTC")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")
