"""The accuracy tables in the READMEs are those of the files that are committed."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from helpers.accuracy import BEGIN, END, HEADER, ROOT, committed_truths


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_table_is_of_the_committed_files_and_free_of_silent_errors(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    section = text.partition(BEGIN)[2].partition(END)[0]
    table = section.strip().split("\n\n")[0].splitlines()
    assert "\n".join(table[:2]) == HEADER.strip(), "run make accuracy"
    titles = [title.strip() for title in table[0].strip("|").split("|")]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]
    reports: Counter[str] = Counter()
    cells: Counter[str] = Counter()
    for file in committed_truths():
        truth = json.loads(file.read_text(encoding="utf-8"))
        for case in [*truth["cases"], "**all files**"]:
            reports[case] += len(truth["reports"])
            cells[case] += sum(len(report["observations"]) for report in truth["reports"])
    assert {row[0]: (int(row[1]), int(row[2])) for row in rows} == {
        case: (reports[case], cells[case]) for case in cells
    }, "run make accuracy"
    assert {row[titles.index("silent errors")] for row in rows} == {"0"}
