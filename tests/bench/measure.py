"""What the benchmarks share: CPU time, reports to measure with, tables in Markdown."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path

from msgspec.structs import replace

from gongkai.families.load import load_family
from gongkai.model import Report
from gongkai.reading.report import read_reports

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("GONGKAI_REAL", ROOT.parent / "shared" / "real"))


def ordinary() -> list[Path]:
    """Digital reports with nothing odd about them: the samples, and real ones at hand."""
    return [*sorted((ROOT / "samples").glob("*.pdf")), *sorted(REAL.glob("*.pdf"))]


def cpu_ms(call: Callable[[], object], seconds: float = 1.5) -> float:
    """Best CPU milliseconds of a call, tried for a while; the first run warms up."""
    call()
    best = float("inf")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best * 1000


def cpu_of_all() -> float:
    """CPU seconds so far of this process and its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def most_held(process: int | str = "self") -> float:
    """The most resident megabytes a process has held: of Linux alone.

    Not ru_maxrss, which begins with what the parent held.
    """
    told = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    peak = next(line for line in told.splitlines() if line.startswith("VmHWM"))
    return int(peak.split()[1]) * 1024 / 1e6


@cache
def read_samples() -> tuple[Report, ...]:
    """The reports of the samples, each once."""
    family = load_family()
    return tuple(report for path in ordinary() for report in read_reports(path, family))


def made(number: int) -> Report:
    """The ``number``-th report of as many as wanted: one of the samples under another name."""
    reports = read_samples()
    report = reports[number % len(reports)]
    body = report.agency_ref
    name = f"{report.agency}{number}"
    if body is not None:
        body = replace(body, key=f"made|{number}", name=name)
    return replace(report, agency=name, agency_ref=body)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown; columns after the first are aligned to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
