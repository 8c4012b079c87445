"""Writes down what a made report says, from its content and from nothing else."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

from . import forms
from .model import Document, Key, Para, Printed, Report
from .sums import failing

Placement = tuple[int, tuple[float, float, float, float]]


def fold(text: str) -> str:
    """White space as a reader sees it: line breaks gone, runs of blanks one blank."""
    return " ".join(text.replace("\n", " ").split())


def report_truth(
    report: Report, pages: tuple[int, int] | None, places: dict[int, Placement], where: int
) -> dict[str, Any]:
    """The truth about one report; ``pages`` and ``places`` only where the engine knows them."""
    observations = []
    for cell in report.cells():
        if cell.printed is None or cell.key is None:
            continue
        page, box = places.get(id(cell), (None, None))
        printed = cell.printed
        observations.append(
            {
                "table": cell.key[0],
                "row": cell.key[1],
                "column": cell.key[2],
                "state": printed.state,
                "value": printed.value,
                "raw": printed.raw,
                "page": page,
                "box": list(box) if box else None,
                "expect": printed.expect,
            }
        )
    doubtful = any(entry["expect"] == "flag" for entry in observations)
    fails = failing(values(report), report.form, report.single_other)
    return {
        "page_first": pages[0] if pages else None,
        "page_last": pages[1] if pages else None,
        "title": fold("".join(report.title_lines)),
        "agency": report.agency,
        **({"agency_also": report.agency_also} if report.agency_also else {}),
        "year": report.year,
        "form": report.form,
        "table_forms": report.table_forms,
        "status": report.status or _status(bool(fails), doubtful),
        "observations": observations,
        "sections": [
            {"number": s.number, "title": s.title, "text": section_text(report, s.number)}
            for s in report.sections
        ],
        "failing_checks": [{"check_id": check, "cause": "print"} for check in fails],
        "_": where,
    }


def _status(fails: bool, doubtful: bool) -> str:
    if doubtful:
        return "doubtful"
    return "print_fault" if fails else "proved"


def section_text(report: Report, number: str) -> str:
    """The paragraphs of a section; article lines outside a table belong to the table."""
    items = report.section(number).items
    return "\n".join(i.text for i in items if isinstance(i, Para) and i.counted)


def values(report: Report) -> dict[Key, Printed]:
    return {c.key: c.printed for c in report.cells() if c.key and c.printed}


def expected_cells(form: str, single_other: bool = False) -> int:
    """How many cells a whole report of a form has (198, 200; 186 with one （六） row)."""
    disclosure = sum(len(b.columns) * len(b.rows) for b in forms.blocks(form))
    return disclosure + 7 * len(forms.application_rows(form, single_other)) + 15


def write(
    path: Path,
    engine: str,
    cases: list[str],
    document: Document,
    pages: list[tuple[int, int]] | None,
    places: dict[int, Placement],
) -> None:
    """Writes NAME.expected.json beside NAME.pdf, one observation a line."""
    reports = []
    for index, report in enumerate(document.reports()):
        span = pages[index] if pages else None
        reports.append(report_truth(report, span, places, index))
    head = {"file": path.name, "engine": engine, "cases": cases}
    target = path.with_name(path.name.removesuffix(".pdf") + ".expected.json")
    target.write_text(_dump(head, reports), encoding="utf-8", newline="\n")


def _dump(head: dict[str, Any], reports: list[dict[str, Any]]) -> str:
    def compact(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    lines = ["{"]
    lines += [f" {compact(key)}: {compact(value)}," for key, value in head.items()]
    lines.append(' "reports": [')
    for index, report in enumerate(reports):
        lines.append("  {")
        fields = [(k, v) for k, v in report.items() if k != "_"]
        for at, (key, value) in enumerate(fields):
            comma = "," if at < len(fields) - 1 else ""
            if isinstance(value, list) and value:
                lines.append(f"{compact(key)}: [")
                lines += [
                    f"{compact(entry)}{',' if i < len(value) - 1 else ''}"
                    for i, entry in enumerate(value)
                ]
                lines.append(f"]{comma}")
            else:
                lines.append(f"{compact(key)}: {compact(value)}{comma}")
        lines.append("  }" + ("," if index < len(reports) - 1 else ""))
    return "\n".join([*lines, " ]", "}"]) + "\n"


def exact(value: int | Decimal | str) -> str:
    """A decimal string without an exponent."""
    return format(Decimal(value), "f")
