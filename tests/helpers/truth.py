"""The truth of a report, written independently of the program, and the comparison with it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from gongkai.model import Box, Cause, Key, Observation, Report, State

_ORDINAL = re.compile(r"^[（(]?[一二三四五六七八九十]*[）)]?[、.，]")
_PROOFS = ("order", "coverage")
NEAR = 2.5  # points between an edge of a read cell and the printed one, at most


@dataclass(frozen=True)
class TruthCell:
    """One printed cell: ``flag`` where the reading must be flagged, right or not."""

    state: State
    value: Decimal | None
    raw: str
    page: int | None = None
    box: Box | None = None
    flag: bool = False
    either: bool = False  # the reading must be right or flagged: the text layer has another text


@dataclass(frozen=True)
class TruthSection:
    """A section; a title or text of None is not compared."""

    number: str
    title: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Truth:
    """One report as printed."""

    title: str
    agency: str
    year: int
    form: str
    status: str
    table_forms: Mapping[str, str]
    cells: Mapping[Key, TruthCell]
    sections: Sequence[TruthSection]
    failing: Mapping[str, Cause] = field(default_factory=dict)
    pages: tuple[int, int] | None = None


def load_truths(path: Path) -> list[Truth]:
    """The truths of one NAME.expected.json."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    return [_truth(report) for report in whole["reports"]]


def squeezed(text: str) -> str:
    """Text without its white space: readers see gaps each their own way."""
    return "".join(text.split())


def bare_title(title: str) -> str:
    """A section title without its ordinal: the truths of the samples leave it out."""
    return _ORDINAL.sub("", squeezed(title))


def differences(report: Report, truth: Truth, *, ruled: bool = True) -> list[str]:
    """Everything in which a reading differs from the truth, one sentence each.

    Where a table has no rules its cells have no edges in print: then the read cell need
    only lie on the true one.
    """
    found = _heads(report, truth)
    seen = {o.key: o for o in report.observations}
    if len(seen) != len(report.observations):
        found.append(f"{len(report.observations) - len(seen)} cells are there twice")
    found += [f"{key}: missing" for key in truth.cells if key not in seen]
    found += [f"{key}: invented, {seen[key].raw_text!r}" for key in seen if key not in truth.cells]
    for key, cell in truth.cells.items():
        if key in seen:
            found += [f"{key}: {what}" for what in _cell(seen[key], cell, ruled)]
    found += _sections(report, truth)
    failed = {c.check_id: c.cause for c in report.failures("must")}
    if any(cell.flag for cell in truth.cells.values()):
        # the checks of the reading may fail over a cell that must be flagged
        failed = {k: v for k, v in failed.items() if k.split(".")[1] not in _PROOFS}
    if failed != dict(truth.failing):
        found.append(f"failing must checks: {failed}, not {dict(truth.failing)}")
    return found


def _heads(report: Report, truth: Truth) -> list[str]:
    pairs: list[tuple[str, object, object]] = [
        ("title", squeezed(report.title), squeezed(truth.title)),
        ("agency", report.agency, truth.agency),
        ("year", report.year, truth.year),
        ("form", report.form, truth.form),
        ("table_forms", _unmixed(report.table_forms, truth), _unmixed(truth.table_forms, truth)),
        ("status", report.status, _status(report, truth)),
    ]
    if truth.pages is not None:
        pairs.append(("pages", (report.page_first, report.page_last), truth.pages))
    return [f"{what}: {got!r}, not {want!r}" for what, got, want in pairs if got != want]


def _status(report: Report, truth: Truth) -> str:
    """The expected status; if every cell may be flagged, it depends on whether one is."""
    cells = truth.cells.values()
    if cells and all(cell.either for cell in cells) and not truth.failing:
        return "doubtful" if any(o.flagged for o in report.observations) else "proved"
    return truth.status


def _unmixed(forms: Mapping[str, str], truth: Truth) -> dict[str, str]:
    """The forms of the tables, without tables that mix two forms."""
    return {t: form for t, form in forms.items() if truth.table_forms.get(t) != "mixed"}


def _cell(seen: Observation, truth: TruthCell, ruled: bool) -> list[str]:
    found = []
    if truth.either and seen.flagged:
        return []
    if truth.flag:
        if not seen.flagged:
            found.append(f"not flagged, read as {seen.raw_text!r}")
    else:
        if (seen.state, seen.value) != (truth.state, truth.value):
            found.append(f"{seen.state} {seen.value}, not {truth.state} {truth.value}")
        if squeezed(seen.raw_text) != squeezed(truth.raw):
            found.append(f"raw text {seen.raw_text!r}, not {truth.raw!r}")
        if seen.flagged:
            found.append(f"flagged without need: {seen.doubt}")
    if truth.page is not None and seen.page != truth.page:
        found.append(f"on page {seen.page}, not {truth.page}")
    if truth.box is not None and not _lies_on(seen.box, truth.box, ruled):
        found.append(f"at {_rounded(seen.box)}, not {_rounded(truth.box)}")
    return found


def _lies_on(box: Box, true: Box, ruled: bool) -> bool:
    if ruled:
        return all(abs(a - b) <= NEAR for a, b in zip(box, true, strict=True))
    (x, y), (u, v) = box.middle, true.middle
    return (
        true.x0 <= x <= true.x1
        and true.top <= y <= true.bottom
        and box.x0 <= u <= box.x1
        and box.top <= v <= box.bottom
    )


def _rounded(box: Box) -> tuple[float, ...]:
    return tuple(round(edge, 1) for edge in box)


def _sections(report: Report, truth: Truth) -> list[str]:
    numbers = [s.number for s in report.sections]
    wanted = [s.number for s in truth.sections]
    if numbers != wanted:
        return [f"sections {numbers}, not {wanted}"]
    found = []
    for got, want in zip(report.sections, truth.sections, strict=True):
        if want.title is not None and bare_title(got.title) != bare_title(want.title):
            found.append(f"section {want.number}: title {got.title!r}, not {want.title!r}")
        if want.text is None:
            continue
        ours, theirs = _paragraphs(got.text), _paragraphs(want.text)
        if "".join(ours) != "".join(theirs):
            found.append(f"section {want.number}: text {got.text!r}, not {want.text!r}")
        elif ours != theirs:
            found.append(f"section {want.number}: {len(ours)} paragraphs, not {len(theirs)}")
    return found


def _paragraphs(text: str) -> list[str]:
    return [squeezed(paragraph) for paragraph in text.split("\n") if paragraph.strip()]


def _truth(report: dict[str, Any]) -> Truth:
    first = report["page_first"]
    return Truth(
        title=report["title"],
        agency=report["agency"],
        year=report["year"],
        form=report["form"],
        status=report["status"],
        table_forms=report["table_forms"],
        cells={
            Key(o["table"], o["row"], o["column"]): TruthCell(
                state=o["state"],
                value=None if o["value"] is None else Decimal(o["value"]),
                raw=o["raw"],
                page=o["page"],
                box=Box(*o["box"]) if o["box"] else None,
                flag=o["expect"] == "flag",
                either=o["expect"] == "either",
            )
            for o in report["observations"]
        },
        sections=[TruthSection(s["number"], s["title"], s["text"]) for s in report["sections"]],
        failing={c["check_id"]: c["cause"] for c in report["failing_checks"]},
        pages=None if first is None else (first, report["page_last"]),
    )
