"""Measure the CPU time of one report by stage, and compare it with a plain pdfplumber loop.

    python tests/bench/bench_cpu.py [--quick]

Prints Markdown. Not a test: the figures depend on the machine.
"""

from __future__ import annotations

import itertools
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pdfplumber
from measure import ROOT, cpu_ms, ordinary, table
from msgspec.structs import replace

from gongkai.errors import UnreadableFile
from gongkai.extractors import readers
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.loaders.indexing import BATCH_SIZE
from gongkai.loaders.packed import unpack_reports
from gongkai.loaders.rows import pack_reports
from gongkai.loaders.writer import Writer
from gongkai.model import ReadOptions, Report
from gongkai.reading import report as report_module

# Functions and methods of each stage; the column "between" has the time outside them. They are
# names in gongkai.reading.report, or else in gongkai.extractors.readers.
STAGES = {
    "reading": ("PdfiumReader.read", "with_ocr", "find_grids", "lines_outside_tables"),
    "normalising and checking": (
        "ReportSplitter.split",
        "TableFallback.read_tables",
        "HeadingFinder.find",
    ),
    "prose": (
        "sections_of",
        "paragraphs_of",
        "FigureReader.figures",
        "TitleReader.agency",
        "AgencyResolver.resolve",
        "NarrativeChecks.check_and_prove",
    ),
    "as displayed": ("as_displayed",),
}
LOAD = "loading"


def pdfplumber_loop(path: Path) -> None:
    """Extract text and tables of every page, as most people do first."""
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_text()
            page.extract_tables()


@contextmanager
def stage_times() -> Iterator[dict[str, float]]:
    """Yield the CPU milliseconds of each stage, which add up while the context is open."""
    spent: dict[str, float] = defaultdict(float)
    running: list[str] = []

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            if running:  # this call is part of another stage
                return function(*arguments, **named)
            running.append(stage)
            start = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                spent[stage] += (time.process_time() - start) * 1000
                running.pop()

        return run

    with ExitStack() as stack:
        for stage, names in STAGES.items():
            for name in names:
                owner, _, attribute = name.rpartition(".")  # owner: the class of a method
                module = report_module if hasattr(report_module, owner or attribute) else readers
                target = getattr(module, owner) if owner else module
                timed_function = timed(stage, getattr(target, attribute))
                stack.enter_context(mock.patch.object(target, attribute, timed_function))
        yield spent


def measure_file(path: Path, family: Family, seconds: float) -> dict[str, float]:
    """Return the milliseconds of the loop, the text extraction, each stage, and in total."""
    numbers = itertools.count()
    with tempfile.TemporaryDirectory() as folder, Writer(Path(folder, "a.db"), family) as writer:

        def load() -> None:
            """Send and store as many files as the search index takes in one batch."""
            for _ in range(BATCH_SIZE):
                number = str(next(numbers))  # of a new file and body: it replaces nothing
                rows = unpack_reports(pack_reports([_of_body(each, number) for each in reports]))
                writer.store(f"/{number}.pdf", number, "loaded", None, rows)

        reader = report_module.ReportReader(family)

        def read() -> None:
            _clear_caches(reader)
            reader.read(path)

        reports = reader.read(path)
        found = {
            "loop": cpu_ms(lambda: pdfplumber_loop(path), seconds),
            "extraction": cpu_ms(lambda: read_pages(path), seconds),
            "read": cpu_ms(read, seconds),
            LOAD: cpu_ms(load, seconds) / BATCH_SIZE,
        }
    runs = max(3, int(seconds * 1000 / found["read"] / 2))
    best: dict[str, float] = {}
    for _ in range(runs):
        with stage_times() as spent:
            _clear_caches(reader)
            reader.read(path)
        best = {stage: min(best.get(stage, ms), ms) for stage, ms in spent.items()}
    return found | best | {"total": found["read"] + found[LOAD]}


def _of_body(report: Report, key: str) -> Report:
    """The report as that of another body, so that it is no duplicate."""
    body = report.agency_ref
    return report if body is None else replace(report, agency_ref=replace(body, key=key))


def _clear_caches(reader: report_module.ReportReader) -> None:
    """Clear the caches of sentences and lines, since files share none."""
    reader.prose[0].segmenter.clear_cache()
    reader.headings.match.cache_clear()


def loops_and_totals(family: Family, seconds: float) -> Iterator[tuple[float, float]]:
    """Yield loop time and total time of each made report that needs no fallback reader."""
    for path in sorted((ROOT / "samples" / "corpus").glob("*.pdf")):
        try:
            reports = report_module.read_reports(path, family, ReadOptions("never"))
        except UnreadableFile:  # the file needs OCR
            continue
        if not any(report.fallback_attempts for report in reports):
            ms = measure_file(path, family, seconds)
            yield ms["loop"], ms["total"]


def main() -> None:
    """Print the tables."""
    family = load_family()
    seconds = 0.5 if "--quick" in sys.argv else 3.0
    found = {path.name: measure_file(path, family, seconds) for path in ordinary()}
    sys.stdout.write(
        table(
            ("file", "pdfplumber loop, ms", "text extraction by pdfium, ms", "read and checked, ms",
             "loaded, ms", "total, ms", "total / loop"),
            (
                (name, f"{ms['loop']:.0f}", f"{ms['extraction']:.1f}", f"{ms['read']:.1f}",
                 f"{ms[LOAD]:.1f}", f"{ms['total']:.1f}", f"1/{ms['loop'] / ms['total']:.1f}")
                for name, ms in found.items()
            ),
        )
    )  # fmt: skip
    made = list(loops_and_totals(family, seconds / 4))
    ratios = sorted(loop / total for loop, total in made)
    loops, totals = map(sum, zip(*made, strict=True))
    sys.stdout.write(
        f"\n{len(made)} made reports of samples/corpus need no fallback reader. Their total time "
        f"is 1/{statistics.median(ratios):.1f} of the loop (median), from 1/{ratios[0]:.1f} to "
        f"1/{ratios[-1]:.1f}; all of them together take 1/{loops / totals:.1f}.\n"
    )
    sys.stdout.write("\nShare of each stage in the total:\n\n")
    sys.stdout.write(
        table(
            ("file", *STAGES, "between", LOAD),
            (
                (
                    name,
                    *(f"{ms.get(stage, 0) / ms['total']:.0%}" for stage in STAGES),
                    f"{max(0, ms['read'] - sum(ms.get(s, 0) for s in STAGES)) / ms['total']:.0%}",
                    f"{ms[LOAD] / ms['total']:.0%}",
                )
                for name, ms in found.items()
            ),
        )
    )


if __name__ == "__main__":
    main()
