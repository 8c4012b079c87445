"""Write the expected results of a made report.

They come from the content of the report only, not from the printed file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from .drawer import Positions
from .model import Cell, Document, Key, Para, Printed, Report
from .sums import failing_checks

CellBox = tuple[int, tuple[float, float, float, float]]


def fold(text: str) -> str:
    """Return text in one line, with each run of white space as one space."""
    return " ".join(text.replace("\n", " ").split())


def observations(cells: Iterable[Cell], cell_boxes: Mapping[int, CellBox]) -> list[dict[str, Any]]:
    """Return the expected observation of each official cell."""
    found = []
    for cell in cells:
        if cell.printed is None or cell.key is None:
            continue
        page, box = cell_boxes.get(id(cell), (None, None))
        printed = cell.printed
        found.append(
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
    return found


def report_truth(
    report: Report,
    pages: tuple[int, int] | None,
    cell_boxes: dict[int, CellBox],
    fails: list[str] | None = None,
) -> dict[str, Any]:
    """Return the expected results of one report.

    ``pages`` and ``cell_boxes`` (by ``id(cell)``) are empty if the engine does not know them.
    ``fails`` has the ids of the failing checks of a family without sums in ``sums``.
    """
    found = observations(report.cells(), cell_boxes)
    doubtful = any(entry["expect"] == "flag" for entry in found)
    if fails is None:
        fails = failing_checks(values(report), report.form, report.single_other)
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
        "observations": found,
        "sections": [
            {"number": s.number, "title": s.title, "text": section_text(report, s.number)}
            for s in report.sections
        ],
        "failing_checks": [{"check_id": check, "cause": "print"} for check in fails],
    }


def _status(fails: bool, doubtful: bool) -> str:
    if doubtful:
        return "doubtful"
    return "print_fault" if fails else "proved"


def section_text(report: Report, number: str) -> str:
    """Return the paragraphs of a section; article lines outside a table belong to the table."""
    items = report.section(number).items
    return "\n".join(i.text for i in items if isinstance(i, Para) and i.counted)


def values(report: Report) -> dict[Key, Printed]:
    """Return the printed cells of a report by key."""
    return {c.key: c.printed for c in report.cells() if c.key and c.printed}


def write(
    path: Path,
    engine: str,
    cases: list[str],
    document: Document,
    positions: Positions | None = None,
) -> None:
    """Write NAME.expected.json beside NAME.pdf, with one observation per line."""
    reports = []
    for index, report in enumerate(document.reports()):
        pages = positions.pages[index] if positions else None
        reports.append(report_truth(report, pages, positions.cells if positions else {}))
    head = {"file": path.name, "engine": engine, "cases": cases}
    target = path.with_name(path.name.removesuffix(".pdf") + ".expected.json")
    write_reports(target, head, reports)


def write_reports(path: Path, head: dict[str, Any], reports: list[dict[str, Any]]) -> None:
    """Write what is known of a file, and the expected results of its reports."""
    path.write_text(_dump(head, reports), encoding="utf-8", newline="\n")


def _dump(head: dict[str, Any], reports: list[dict[str, Any]]) -> str:
    def to_json(value: object) -> str:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    lines = ["{"]
    lines += [f" {to_json(key)}: {to_json(value)}," for key, value in head.items()]
    lines.append(' "reports": [')
    for index, report in enumerate(reports):
        lines.append("  {")
        fields = list(report.items())
        for at, (key, value) in enumerate(fields):
            comma = "," if at < len(fields) - 1 else ""
            if isinstance(value, list) and value:
                lines.append(f"{to_json(key)}: [")
                lines += [
                    f"{to_json(entry)}{',' if i < len(value) - 1 else ''}"
                    for i, entry in enumerate(value)
                ]
                lines.append(f"]{comma}")
            else:
                lines.append(f"{to_json(key)}: {to_json(value)}{comma}")
        lines.append("  }" + ("," if index < len(reports) - 1 else ""))
    return "\n".join([*lines, " ]", "}"]) + "\n"


def exact(value: int | Decimal | str) -> str:
    """Return a number as a decimal string without exponent."""
    return format(Decimal(value), "f")
