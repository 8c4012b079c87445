"""The accuracy tables of the documentation match the committed files."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from helpers import accuracy_scans, kinds
from helpers.accuracy import (
    COMMITTED,
    FAMILIES,
    FAMILY_HEADER,
    HEADER,
    MADE_SCANS,
    PAGES,
    ROOT,
    committed_scans,
    committed_truths,
    content_truths,
    family_truths,
    read_part,
    replace_part,
)

ON_EACH_PAGE = pytest.mark.parametrize("name", PAGES)


def _rows(name: str, part: str, header: str) -> list[dict[str, str]]:
    """Return the rows of the table with this header in one part of a page."""
    tables = read_part((ROOT / name).read_text(encoding="utf-8"), part).strip().split("\n\n")
    [lines] = [t.splitlines() for t in tables if t.startswith(header)] or [[]]
    assert lines, "run make accuracy"
    titles, *cells = ([c.strip() for c in n.strip("|").split("|")] for n in lines if "---" not in n)
    return [dict(zip(titles, row, strict=True)) for row in cells]


@ON_EACH_PAGE
def test_the_table_covers_the_committed_files_without_silent_errors(name: str) -> None:
    rows = _rows(name, COMMITTED, HEADER)
    reports: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    for file in committed_truths():
        truth = json.loads(file.read_text(encoding="utf-8"))
        for case in [*truth["cases"], "**all files**"]:
            reports[case] += len(truth["reports"])
            cells[case] += sum(len(report["observations"]) for report in truth["reports"])
    assert {row["case"]: (int(row["reports"]), int(row["cells"])) for row in rows} == {
        case: (reports[case], cells[case]) for case in cells
    }, "run make accuracy"
    assert {row["silent errors"] for row in rows} == {"0"}


@ON_EACH_PAGE
def test_the_rows_of_families_cover_their_samples_without_silent_errors(name: str) -> None:
    rows = _rows(name, FAMILIES, FAMILY_HEADER)
    told = {row["family"]: (int(row["reports"]), int(row["cells"])) for row in rows}
    truths = {
        family: [
            report
            for file in files
            for report in json.loads(file.read_text(encoding="utf-8"))["reports"]
        ]
        for family, files in family_truths().items()
    }
    wanted = {
        family: (len(reports), sum(len(each["observations"]) for each in reports))
        for family, reports in truths.items()
    }
    for family, contents in content_truths().items():
        wanted[family] = len(contents), sum(map(len, contents.values()))
    assert told == wanted, "run make accuracy"
    assert {row["silent errors"] for row in rows} == {"0"}


@ON_EACH_PAGE
def test_the_rows_of_scans_cover_the_committed_scans(name: str) -> None:
    rows = _rows(name, COMMITTED, accuracy_scans.HEADER)
    told = {row["scans"]: (int(row["files"]), int(row["cells"])) for row in rows}
    assert told == accuracy_scans.scan_counts(committed_scans()), "run make accuracy"
    assert {row["silent errors"] for row in rows} == {"0"}


@ON_EACH_PAGE
def test_the_rows_of_kinds_cover_the_committed_kinds(name: str) -> None:
    rows = _rows(name, COMMITTED, kinds.HEADER)
    told = {row["kind"]: (int(row["reports"]), int(row["cells"])) for row in rows}
    assert told == kinds.kind_counts(), "run make accuracy"
    assert {row["silent errors"] for row in rows} == {"0"}


@ON_EACH_PAGE
def test_the_rows_of_all_made_scans_reach_the_promised_accuracy(name: str) -> None:
    rows = {row["scans"]: row for row in _rows(name, MADE_SCANS, accuracy_scans.HEADER)}
    assert {row["silent errors"] for row in rows.values()} == {"0"}
    plain, stamped = rows["**not stamped**"], rows["**stamped**"]
    assert int(plain["files"]) + int(stamped["files"]) >= 30
    assert int(plain["right"]) >= 0.995 * int(plain["cells"])
    assert int(stamped["right"]) >= 0.95 * int(stamped["cells"])
    assert int(plain["wrong"]) <= 0.005 * int(plain["characters"])


def test_a_part_is_written_only_between_its_markers() -> None:
    text = "a\n<!-- x:begin -->\nold\n<!-- x:end -->\nb\n"
    assert replace_part(text, "x", "new\n") == text.replace("old", "new")
    with pytest.raises(ValueError, match="y:begin"):
        replace_part(text, "y", "new")
