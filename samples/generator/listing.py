"""List the test cases for people."""

from __future__ import annotations

import argparse
from itertools import groupby

from .cases import CASES
from .corpus import Task


def cases() -> str:
    """Return a line for each case: name, engines, description."""
    return "\n".join(f"{c.name}\t{','.join(c.engines)}\t{c.description}" for c in CASES.values())


def readme(tasks: list[Task], arguments: argparse.Namespace) -> str:
    """Return the README of a corpus; the one of ``samples/corpus`` is committed."""
    core = " --core" if arguments.core else ""
    out = [
        "# Made reports by test case",
        "",
        f"Made by `python -m generator corpus --out DIR --seed {arguments.seed}{core}` (run in "
        "`samples/`), which also writes this list. `NAME.expected.json` beside each PDF holds its "
        "expected results (format: `samples/README.md`). All bodies are invented.",
        "",
        "`expect` of a cell: `right`: the value must be read; `flag`: the value must be flagged; "
        "`either`: the text layer differs from the visible page, so the program must read the "
        "visible value, flag the cell, or refuse the file as unreadable. `value` keeps the printed "
        "zeros (`18.8710`): compare as decimals.",
        "",
    ]
    files: dict[str, list[str]] = {}
    for task in tasks:
        for case in task.cases:
            files.setdefault(case.name, []).append(task.name)
    for group, members in groupby(CASES.values(), key=lambda c: c.group):
        out += [
            f"## {group[0].upper()}{group[1:]}",
            "",
            "| case | what it shows | expected | files |",
            "|---|---|---|---|",
        ]
        for case in members:
            description = case.description.replace("|", "\\|")
            names = ", ".join(files.get(case.name, []))
            out.append(f"| {case.name} | {description} | {case.expects} | {names} |")
        out.append("")
    return "\n".join(out)
