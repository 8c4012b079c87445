"""Decisions as CSV, from database to database and person to person."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any, get_args

import sqlalchemy as sa

from gongkai.database import views
from gongkai.database.codes import STATES
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.decisions.records import COLUMNS, Decision, Kind, Verdict, read
from gongkai.errors import UsageError
from gongkai.render.sanitize import FORMULA_STARTS

_HEAD = (*COLUMNS, "standing", "uid")  # as they stood when exported, and the record's digest
_WHOLE = ("report_number", "occurrence", "page")
_POINTS = ("x0", "top", "x1", "bottom")
_OPTIONAL = ("standing", "uid")
_NUMBERS = ("read_value", "value")
_QUOTE = "'"


def export_decisions(db: Path, out: IO[str]) -> int:
    """Write every decision as CSV; gives how many. Raises DatabaseError.

    Text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        told = read(connection)
        view = views.decisions
        rows = connection.execute(sa.select(view.c.uid, view.c.standing))
        standing = {row.uid: row.standing for row in rows}
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_HEAD)
    for _, each in told:
        cells = [_text(name, getattr(each, name)) for name in COLUMNS]
        writer.writerow([*cells, standing[each.uid], each.uid])
    return len(told)


def parse_decisions(lines: Iterable[str], name: str) -> list[Decision]:
    """Read what export_decisions wrote, or what a person wrote in its form.

    Raises UsageError naming the line, for anything that is no decision, and for a decision
    whose ``uid`` says that it was changed on the way.
    """
    reader = csv.DictReader(lines, strict=True)
    found: list[Decision] = []
    try:
        head = [column.removeprefix("\ufeff") for column in reader.fieldnames or ()]
        reader.fieldnames = head
        missing = [c for c in COLUMNS if c not in head]
        unknown = [c for c in head if c not in _HEAD]
        if missing or unknown:
            what = f"lacks {', '.join(missing)}" if missing else f"has unknown {', '.join(unknown)}"
            raise UsageError(f"{name} {what}: see `gongkai decisions export` for the columns")
        for row in reader:
            where = f"{name}, line {reader.line_num}"
            if None in row or None in row.values():
                raise UsageError(f"{where}: not as many cells as columns")
            found.append(_decision(row, where))
    except csv.Error as error:
        raise UsageError(f"{name} is no CSV: {error}") from error
    return found


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    text = str(value)
    risky = (
        name not in _NUMBERS
        and isinstance(value, str)
        and text.startswith((*FORMULA_STARTS, _QUOTE))
    )
    return f"{_QUOTE}{text}" if risky else text


def _decision(row: dict[str, str], where: str) -> Decision:
    values = dict(_values(row, where))
    made = Decision(**values)
    uid = row.get("uid")
    if uid and uid != made.uid:
        raise UsageError(
            f"{where}: changed since it was exported; empty its uid to record it as it now stands"
        )
    return made


def _values(row: dict[str, str], where: str) -> Iterator[tuple[str, Any]]:
    required = {f.name for f in fields(Decision) if "None" not in str(f.type)}
    for name in COLUMNS:
        text = row[name]
        if name not in _NUMBERS:
            text = text.removeprefix(_QUOTE)
        if text == "":
            if name in required and name != "overrules":
                raise UsageError(f"{where}: {name} is empty")
            yield name, False if name == "overrules" else None
            continue
        yield name, _value(name, text, where)


def _value(name: str, text: str, where: str) -> Any:
    try:
        if name in _WHOLE:
            return int(text)
        if name in _POINTS:
            return float(text)
        if name in _NUMBERS:
            if not Decimal(text).is_finite():
                raise ValueError(text)
            return text
        if name == "overrules":
            return bool(("0", "1").index(text))
        if name == "at" and datetime.fromisoformat(text).utcoffset() is None:
            raise ValueError("without its offset from UTC")
    except (ValueError, InvalidOperation) as error:
        raise UsageError(f"{where}: {name} cannot be {text!r}") from error
    known = {
        "kind": get_args(Kind),
        "verdict": get_args(Verdict),
        "state": tuple(STATES),
        "read_state": tuple(STATES),
    }.get(name)
    if known is not None and text not in known:
        raise UsageError(f"{where}: {name} is one of {', '.join(known)}, not {text!r}")
    return text
