"""Measure the CPU time of the prose stage, and a full-text search over 100,000 paragraphs.

Prints Markdown tables. Not a test: the figures depend on the machine.
"""

from __future__ import annotations

import gc
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from measure import cpu_ms
from msgspec.structs import replace

from gongkai.database.codes import index_words
from gongkai.extractors.pdf.pdfium import read_pages
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.loaders.writer import Writer
from gongkai.model import Paragraph, Report, Section
from gongkai.normalizers.agencies.resolver import AgencyResolver
from gongkai.normalizers.narrative.figures import FigureReader
from gongkai.queries.search import search
from gongkai.reading.report import read_reports

ROOT = Path(__file__).resolve().parents[2]
QUERIES = ("政务新媒体", "培训", "政府信息公开", "吴忠", "征地拆迁", "培训 人次", "依申请公开")
PARAGRAPHS = 100_000
PARAGRAPHS_PER_REPORT = 20


def stage_rows(family: Family) -> Iterator[str]:
    """Yield a row for each sample: the whole reading, and each part of the prose stage."""
    yield "| file | report, ms | reading pages | figures | agency | index words | prose share |\n"
    yield "|---|---:|---:|---:|---:|---:|---:|\n"
    reader = FigureReader(family)
    resolver = AgencyResolver(family)
    for path in sorted((ROOT / "samples").glob("*.pdf")):
        report = read_reports(path, family)[0]
        text = "\n".join(p.text for p in report.paragraphs)
        total = cpu_ms(lambda path=path: read_reports(path, family))
        pages = cpu_ms(lambda path=path: read_pages(path))
        figures = cpu_ms(lambda report=report: read_figures_uncached(report, reader))
        agency = cpu_ms(
            lambda report=report, text=text: resolver.resolve(report.agency, text, report.year)
        )
        words = cpu_ms(lambda report=report: [index_words(p.text) for p in report.paragraphs])
        yield (
            f"| {path.name} | {total:.1f} | {pages:.1f} | {figures:.1f} | {agency:.2f} "
            f"| {words:.2f} | {(figures + agency + words) / total:.0%} |\n"
        )


def read_figures_uncached(report: Report, reader: FigureReader) -> None:
    """Read the figures of a report with an empty cache of segmented sentences."""
    reader.segmenter.clear_cache()
    reader.figures(report.paragraphs)


def made_reports(template: Report, sentences: list[str]) -> Iterator[Report]:
    """Yield reports of shuffled sentences, with 100,000 paragraphs altogether."""
    rng = random.Random(1)
    for number in range(PARAGRAPHS // PARAGRAPHS_PER_REPORT):
        texts = [
            "".join(rng.sample(sentences, rng.randint(3, 9))) for _ in range(PARAGRAPHS_PER_REPORT)
        ]
        paragraphs = tuple(
            Paragraph("一", None, None, text, 1, template.paragraphs[0].box) for text in texts
        )
        yield replace(
            template,
            year=2008 + number % 15,
            observations=(),
            checks=(),
            figures=(),
            sections=(Section("一", "一、总体情况", "\n".join(texts), 1, 1),),
            paragraphs=paragraphs,
        )


def search_rows(family: Family, folder: Path) -> Iterator[str]:
    """Yield a row for each query: the number of hits shown, and the time."""
    reports = [
        r for path in sorted((ROOT / "samples").glob("*.pdf")) for r in read_reports(path, family)
    ]
    sentences = [
        f"{clause}，"
        for r in reports
        for p in r.paragraphs
        for clause in p.text.split("，")
        if clause
    ]
    db = folder / "search.db"
    with Writer(db, family) as writer:
        for number, report in enumerate(made_reports(reports[-1], sentences)):
            writer.store(f"/{number}.pdf", str(number), "loaded", None, [report])
    gc.collect()
    gc.freeze()  # what was read above is no part of a search
    yield f"| query over {PARAGRAPHS} paragraphs | hits | best of 5, ms |\n|---|---:|---:|\n"
    for query in QUERIES:
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            hits = search(db, query)
            best = min(best, time.perf_counter() - start)
        yield f"| {query} | {len(hits)} | {best * 1000:.1f} |\n"


def main() -> None:
    """Print both tables."""
    family = load_family()
    sys.stdout.writelines(stage_rows(family))
    sys.stdout.write("\n")
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.writelines(search_rows(family, Path(folder)))


if __name__ == "__main__":
    main()
