"""Lists of the cases, for people."""

from __future__ import annotations

import argparse
from itertools import groupby

from .cases import CASES
from .corpus import Task


def cases() -> str:
    """One line a case: name, engines, what it shows."""
    return "\n".join(f"{c.name}\t{','.join(c.engines)}\t{c.shows}" for c in CASES.values())


def readme(tasks: list[Task], arguments: argparse.Namespace) -> str:
    """The README of a made corpus."""
    core = " --core" if arguments.core else ""
    out = [
        "# Made reports, case by case",
        "",
        f"Made by `python -m generator corpus --out DIR --seed {arguments.seed}{core}` (run in "
        "`samples/`); this list is generated with them. Beside each PDF stands its truth, "
        "`NAME.expected.json` (`samples/README.md` says what is in it). All bodies are made up.",
        "",
        "`expect` of a cell: `right`; `flag`: the reading must be flagged; `either`: the text "
        "layer tells something else than the page shows, so the cell must come out as seen, or be "
        "flagged, or the file be refused as unreadable. A number keeps its printed zeros in "
        "`value` (`18.8710`): compare as decimals.",
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
            "| case | shows | expected | files |",
            "|---|---|---|---|",
        ]
        for case in members:
            shows = case.shows.replace("|", "\\|")
            names = ", ".join(files.get(case.name, []))
            out.append(f"| {case.name} | {shows} | {case.expects} | {names} |")
        out.append("")
    return "\n".join(out)
