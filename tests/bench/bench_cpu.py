"""CPU of one report, against the ordinary pdfplumber loop on the same file, stage by stage.

    python tests/bench/bench_cpu.py [--quick]

Prints Markdown. Not a test: figures depend on the machine, so nothing here passes or fails.
"""

from __future__ import annotations

import itertools
import pickle
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

from gongkai.errors import UnreadableFile
from gongkai.extractors import readers
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.loaders.indexing import BATCH_SIZE
from gongkai.loaders.rows import report_rows
from gongkai.loaders.writer import Writer
from gongkai.model import ReadOptions
from gongkai.reading import report as story

# Functions and methods by stage, called one after the other; the rest is "between". All are
# names in gongkai.reading.report, but for the readers.
STAGES = {
    "reading": ("PdfiumReader.read", "with_ocr", "find_grids", "lines_outside_tables"),
    "normalising and checking": (
        "TableReader.table_of",
        "ReportSplitter.split",
        "TableFallback.read_tables",
        "HeadingFinder.find",
    ),
    "prose": (
        "sections_of",
        "paragraphs_of",
        "FigureReader.figures",
        "TitleReader.agency_name",
        "AgencyResolver.resolve",
        "NarrativeChecks.check",
    ),
    "as displayed": ("to_displayed",),
}
LOAD = "loading"


def pdfplumber_loop(path: Path) -> None:
    """What people write first: text and tables of every page."""
    with pdfplumber.open(path) as document:
        for page in document.pages:
            page.extract_text()
            page.extract_tables()


@contextmanager
def clocks() -> Iterator[dict[str, float]]:
    """CPU milliseconds of each stage, added up while this is open."""
    spent: dict[str, float] = defaultdict(float)
    open_now: list[str] = []

    def timed(stage: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            if open_now:  # within another stage
                return function(*arguments, **named)
            open_now.append(stage)
            start = time.process_time()
            try:
                return function(*arguments, **named)
            finally:
                spent[stage] += (time.process_time() - start) * 1000
                open_now.pop()

        return run

    with ExitStack() as stack:
        for stage, names in STAGES.items():
            for name in names:
                owner, _, attribute = name.rpartition(".")  # a function, or a class's method
                module = readers if owner == "PdfiumReader" else story
                holder = getattr(module, owner) if owner else module
                timed_function = timed(stage, getattr(holder, attribute))
                stack.enter_context(mock.patch.object(holder, attribute, timed_function))
        yield spent


def measured(path: Path, family: Family, seconds: float) -> dict[str, float]:
    """Milliseconds of the loop, the bare read, each stage and the whole of one file."""
    numbers = itertools.count()
    with tempfile.TemporaryDirectory() as folder, Writer(Path(folder, "a.db"), family) as writer:

        def load() -> None:
            """What a reading process does with its reports, and the writer with what it gets:
            as many files as go into the search index together."""
            for _ in range(BATCH_SIZE):
                sent = pickle.dumps([report_rows(report) for report in reports])
                number = str(next(numbers))  # each time another file: none is replaced
                writer.store(f"/{number}.pdf", number, "loaded", None, pickle.loads(sent))

        reader = story.ReportReader(family)

        def read() -> None:
            _forget(reader)
            reader.read(path)

        reports = reader.read(path)
        found = {
            "loop": cpu_ms(lambda: pdfplumber_loop(path), seconds),
            "bare": cpu_ms(lambda: read_pages(path), seconds),
            "read": cpu_ms(read, seconds),
            LOAD: cpu_ms(load, seconds) / BATCH_SIZE,
        }
    runs = max(3, int(seconds * 1000 / found["read"] / 2))
    best: dict[str, float] = {}
    for _ in range(runs):
        with clocks() as spent:
            _forget(reader)
            reader.read(path)
        best = {stage: min(best.get(stage, ms), ms) for stage, ms in spent.items()}
    return found | best | {"whole": found["read"] + found[LOAD]}


def _forget(reader: story.ReportReader) -> None:
    """No file has the sentences and lines of another."""
    reader.figures.segmenter.clear_cache()
    reader.headings.match.cache_clear()


def many(family: Family, seconds: float) -> Iterator[float]:
    """How many times the whole goes into the loop, for each made report that is ordinary."""
    for path in sorted((ROOT / "samples" / "corpus").glob("*.pdf")):
        try:
            reports = story.read_reports(path, family, ReadOptions("never"))
        except UnreadableFile:  # its pages are to be read from their pictures
            continue
        if not any(report.fallback_attempts for report in reports):
            ms = measured(path, family, seconds)
            yield ms["loop"] / ms["whole"]


def main() -> None:
    """Print the tables."""
    family = load_family()
    seconds = 0.5 if "--quick" in sys.argv else 3.0
    found = {path.name: measured(path, family, seconds) for path in ordinary()}
    sys.stdout.write(
        table(
            ("file", "pdfplumber loop, ms", "bare pdfium read, ms", "read and checked, ms",
             "loaded, ms", "whole, ms", "of the loop"),
            (
                (name, f"{ms['loop']:.0f}", f"{ms['bare']:.1f}", f"{ms['read']:.1f}",
                 f"{ms[LOAD]:.1f}", f"{ms['whole']:.1f}", f"1/{ms['loop'] / ms['whole']:.1f}")
                for name, ms in found.items()
            ),
        )
    )  # fmt: skip
    shares = sorted(many(family, seconds / 4))
    sys.stdout.write(
        f"\nOf the {len(shares)} made reports in samples/corpus that the first reader alone "
        f"proves, the whole takes 1/{statistics.median(shares):.1f} of the loop in the median, "
        f"1/{shares[0]:.1f} to 1/{shares[-1]:.1f}.\n"
    )
    sys.stdout.write("\nShare of each stage in the whole:\n\n")
    sys.stdout.write(
        table(
            ("file", *STAGES, "between", LOAD),
            (
                (
                    name,
                    *(f"{ms.get(stage, 0) / ms['whole']:.0%}" for stage in STAGES),
                    f"{max(0, ms['read'] - sum(ms.get(s, 0) for s in STAGES)) / ms['whole']:.0%}",
                    f"{ms[LOAD] / ms['whole']:.0%}",
                )
                for name, ms in found.items()
            ),
        )
    )


if __name__ == "__main__":
    main()
