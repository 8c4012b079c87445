"""Make the files of the kinds: each kind three times, up to four kinds in one file."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, groupby
from pathlib import Path
from typing import Any

from .. import corpus, postprocess
from ..cases.registry import Case, Job
from ..model import Cell, Para
from ..sums import failing_checks
from . import contents, displays, layouts, pages, places
from .marks import replace_links
from .registry import KINDS, Kind, NotShownError

COPIES, MOST = 3, 4  # files of each kind, and kinds in a file
SEED = 16
_MODULES = (displays, contents, layouts, places)  # importing them fills the registry


def _small(job: Job) -> None:
    """Make a report short: small type, and a sentence where others have paragraphs."""
    style, report = job.style, job.built_report()
    style.body_size, style.leading, style.title_size = 12.0, 17.0, 15.0
    style.table_size = job.rng.choice((8.5, 9.0, 9.5))
    style.value_size, style.row_height = 0.0, 14.0
    style.table_font = job.rng.choice(("micro", "micro", "micro", "hei"))
    style.margins = (60.0, 56.0, 60.0, 64.0)
    style.pad = 2.5
    style.body_font = style.heading_font = style.title_font = style.table_font
    report.preamble = []
    report.section("一").items[:] = report.section("一").items[1:2]
    report.section("五").items[:] = [Para("主动公开的范围还不够广，下一年将继续改进。")]
    report.section("六").items[:] = [Para("没有其他需要报告的事项。")]


_SMALL = Case(
    "small",
    "",
    "",
    ("drawn", "browser", "office"),
    frozenset(),
    "",
    {
        "change_plan": lambda job: setattr(
            job.plan, "scale", job.plan.scale.replace("few", "town")
        ),
        "change_report": _small,
    },
)


@dataclass(frozen=True)
class File:
    """One file: its name, its engine and its kinds."""

    name: str
    engine: str
    kinds: tuple[Kind, ...]

    def build(self, seed: int) -> tuple[corpus.Task, Job]:
        """Draw reports until one can show all kinds."""
        engine = "drawn" if self.engine == "cairo" else self.engine
        cases = (_SMALL, *(kind.case for kind in self.kinds))
        own = corpus.seed_of(seed, self.name)
        for attempt in count():
            task = corpus.Task(self.name, engine, cases, own + attempt, True)
            with suppress(NotShownError):
                return task, corpus.build(task)
        raise AssertionError


def files() -> list[File]:
    """List the files: each kind three times, in its engines in turn."""
    wanted: dict[tuple[str, bool], list[list[Kind]]] = {}
    for copy in range(COPIES):
        for kind in KINDS.values():
            engine = kind.case.engines[copy % len(kind.case.engines)]
            _put(wanted.setdefault((engine, kind.apart), []), kind)
    out = []
    for (engine, _), groups in wanted.items():
        names: dict[str, int] = {}
        for group in groups:
            name = "+".join(kind.case.name for kind in group)
            names[name] = names.get(name, 0) + 1
            number = f"-{names[name]}" if names[name] > 1 else ""
            out.append(File(f"{name}-{engine}{number}", engine, tuple(group)))
    return sorted(out, key=lambda file: file.name)


def _put(groups: list[list[Kind]], kind: Kind) -> None:
    """Put a kind into the first file that has room for it."""
    for group in groups:
        slots = {slot for member in group for slot in member.case.slots}
        alike = all(member.readable and kind.readable for member in group)
        if len(group) < MOST and alike and not slots & kind.case.slots:
            group.append(kind)
            return
    groups.append([kind])


def make_all(out: Path, seed: int = SEED, only: str = "") -> list[str]:
    """Make all files with ``truth.json`` and ``README.md`` in a folder; return their names."""
    chosen = [file for file in files() if only in file.name]
    jobs: list[tuple[File, Job]] = []
    with tempfile.TemporaryDirectory(prefix="generator-") as folder:
        work = Path(folder)
        for file in chosen:
            task, job = file.build(seed)
            jobs.append((file, job))
            corpus.print_file(task, job, work, work)
        corpus.convert_all(work, work)
        for file in chosen:
            _finish(work / f"{file.name}.pdf", file)
            (work / f"{file.name}.pdf").replace(out / f"{file.name}.pdf")
    truths = [truth for file, job in jobs for truth in _truths(file, job)]
    lines = ",\n".join(json.dumps(t, ensure_ascii=False, separators=(",", ":")) for t in truths)
    (out / "truth.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8", newline="\n")
    (out / "README.md").write_text(_readme(chosen), encoding="utf-8", newline="\n")
    return [file.name for file in chosen]


def _finish(path: Path, file: File) -> None:
    if file.engine == "cairo":
        pages.again_by_cairo(path)
        postprocess.make_reproducible(path)
    replace_links(path)
    for kind in file.kinds:
        if kind.after:
            pages.CHANGES[kind.after](path)


def _truths(file: File, job: Job) -> Iterator[dict[str, Any]]:
    """The expected results of one file: one entry for each scope of its report.

    A value is the amount in the unit of its field, or null for a mark or a blank.
    """
    report = job.built_report()
    scopes = dict.fromkeys(table.scope for table in report.tables())
    for scope in scopes:
        cells = [c for t in report.tables() if t.scope == scope for c in t.cells if c.key]
        printed = {c.key: c.printed for c in cells if c.key and c.printed}
        fails = failing_checks(printed, report.form, report.single_other)
        shown: dict[str, list[str]] = {}
        for cell in cells:
            if cell.kind:
                shown.setdefault(cell.kind, []).append(_name(cell))
        yield {
            "file": f"{file.name}.pdf",
            "kinds": [kind.case.name for kind in file.kinds],
            "needs_ocr": not all(kind.readable for kind in file.kinds),
            "agency": report.agency,
            "year": report.year,
            **({"scope": scope} if scope else {}),
            "faults": fails,
            "shown": shown,
            "flag": [_name(c) for c in cells if c.printed and c.printed.expect == "flag"],
            "cells": {_name(c): _value(c) for c in cells},
        }


def _name(cell: Cell) -> str:
    assert cell.key is not None
    return ".".join(cell.key)


def _value(cell: Cell) -> float | int | None:
    if cell.printed is None or cell.printed.value is None:
        return None
    exact = Decimal(cell.printed.value)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _readme(made: list[File]) -> str:
    out = [
        "# Made reports by kind",
        "",
        "Made by `python -m generator kinds --out DIR` (run in `samples/`), which also writes this "
        "list. `truth.json` holds the expected results. All bodies are invented.",
        "",
    ]
    for group, members in groupby(KINDS.values(), key=lambda kind: kind.case.group):
        out += [
            f"## {group[0].upper()}{group[1:]}",
            "",
            "| kind | what it shows | files |",
            "|---|---|---|",
        ]
        for kind in members:
            names = ", ".join(file.name for file in made if kind in file.kinds)
            out.append(f"| {kind.case.name} | {kind.case.description} | {names} |")
        out.append("")
    return "\n".join(out)
