"""Shared helpers of the benchmarks: time, reports to measure, queries, Markdown tables."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from gongkai.database.locations import DatabaseLocation
from gongkai.families.folders import built_in_families
from gongkai.families.load import load_family
from gongkai.model import Report
from gongkai.queries.sql import query
from gongkai.reading.report import read_reports

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GONGKAI_REAL", ROOT.parent / "shared" / "real"))


def ordinary() -> list[Path]:
    """Return ordinary digital reports: the samples, and published ones if their folder exists.

    Files of other families, whose names begin with that of their family, are left out.
    """
    paths = [*sorted((ROOT / "samples").glob("*.pdf")), *sorted(REAL.glob("*.pdf"))]
    return [path for path in paths if not path.name.startswith(tuple(built_in_families()))]


def cpu_ms(call: Callable[[], object], seconds: float = 1.5) -> float:
    """Return the best CPU milliseconds of a call, repeated for ``seconds`` after a first call."""
    call()
    best = float("inf")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best * 1000


def wall_ms(call: Callable[[], object], times: int) -> list[float]:
    """Return the wall milliseconds of each of some calls."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        call()
        found.append((time.perf_counter() - start) * 1000)
    return found


def fetch_all(db: DatabaseLocation, sql: str) -> None:
    """Run a query and fetch all of its rows; there is at least one."""
    with query(db, sql) as result:
        assert sum(1 for _ in result.rows), sql


def peak_memory(process: int | str = "self") -> float:
    """Return the peak resident megabytes of a process, on Linux only.

    ``ru_maxrss`` does not do: in a child process it starts with the peak of the parent.
    """
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024 / 1e6


@cache
def read_samples() -> tuple[Report, ...]:
    """Return the reports of ``ordinary``, read once."""
    family = load_family()
    return tuple(report for path in ordinary() for report in read_reports(path, family))


def made(number: int) -> Report:
    """Return the report of a number: one of the samples under another name."""
    reports = read_samples()
    report = reports[number % len(reports)]
    body = report.agency_ref
    name = f"{report.agency}{number}"
    if body is not None:
        body = replace(body, key=f"made|{number}", name=name)
    return replace(report, agency=name, agency_ref=body)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; columns after the first are aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
