"""Measure a SQLite database of up to 1,000,000 reports, and DuckDB on the exported panel.

    python tests/bench/bench_million.py FOLDER [REPORTS]

Builds ``million.db`` in the folder, 30 GB for 1,000,000 reports, which takes some 30 minutes, and
leaves it there. Like bench_growth.py, it copies the rows of 100 reports. Prints Markdown.
Not part of ``make bench``, for its size and time.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import duckdb
from bench_growth import (
    FIRST,
    MEASURED,
    QUERIES,
    TRIES,
    WORD,
    checkpointed_size,
    copy,
    gather,
    write,
)
from measure import fetch_all, made, table, wall_ms

from gongkai.export import export
from gongkai.queries.search import search

SIZES = (100_000, 300_000, 1_000_000)
ROUNDS = 3  # of inserted reports at each size
FURTHER_QUERIES = (
    ("the same rates, from panel_trusted",
     "SELECT year, level, COUNT(*), AVG(disclosure_rate) FROM panel_trusted GROUP BY year, level"),
    ("new applications by year, from applications_wide",
     "SELECT year, SUM(total) FROM applications_wide WHERE row_id = 'received_new' GROUP BY year"),
    ("reports by status", "SELECT status, COUNT(*) FROM reports GROUP BY status"),
)  # fmt: skip
OF_PARQUET = (
    "SELECT year, level, COUNT(*), AVG(disclosure_rate), SUM(received_new) "
    "FROM '{files}' GROUP BY ALL"
)


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1])
    most = int(sys.argv[2]) if len(sys.argv) > 2 else SIZES[-1]
    db = folder / "million.db"
    write(db, 0, FIRST)
    written = FIRST
    rows: list[list[str]] = []
    sizes = [size for size in SIZES if size < most] + [most]
    for size in sizes:
        start = time.perf_counter()
        copy(db, size - written)
        gather(db)
        sys.stderr.write(f"{size:,} reports: {time.perf_counter() - start:.0f} s\n")
        figures = measure(db, size)
        written = size + ROUNDS * MEASURED
        rows = rows or [[label] for label, _ in figures]
        for row, (_, figure) in zip(rows, figures, strict=True):
            row.append(figure)
    sys.stdout.write(table(("", *(f"{size:,} reports" for size in sizes)), rows))


def measure(db: Path, size: int) -> list[tuple[str, str]]:
    """Return the figures of a database with so many reports; adds ``ROUNDS * MEASURED`` reports."""
    agency = made(FIRST // 2).agency
    figures = [("file, kB per report", f"{checkpointed_size(db) / size / 1000:.1f}")]
    for name, sql in (*QUERIES, *FURTHER_QUERIES):
        first, best = first_and_best(partial(fetch_all, db, sql.format(agency=agency)))
        figures.append((name, f"{best:,.1f} ms (first {first:,.1f})"))
    first, best = first_and_best(lambda: search(db, WORD))
    figures.append((f"search {WORD}", f"{best:,.1f} ms (first {first:,.1f})"))
    figures += of_parquet(db)
    costs = [write(db, size + n * MEASURED, MEASURED) for n in range(ROUNDS)]
    figures.append(("insert, CPU ms of the writer per report", f"{min(costs):.2f}"))
    return figures


def of_parquet(db: Path) -> list[tuple[str, str]]:
    """Return the figures of the panel's export to Parquet, and of DuckDB on its files."""
    with tempfile.TemporaryDirectory() as name:
        start = time.perf_counter()
        export(db, name, "parquet", tables=["panel"])
        seconds = time.perf_counter() - start
        files = list(Path(name).rglob("*.parquet"))
        megabytes = sum(path.stat().st_size for path in files) / 1e6
        sql = OF_PARQUET.format(files=f"{name}/panel/**/*.parquet")
        first, best = first_and_best(lambda: duckdb.sql(sql).fetchall())
    return [
        ("export of the panel to Parquet, s", f"{seconds:.0f}"),
        ("its files, MB", f"{megabytes:.1f}"),
        ("rates by year and level, DuckDB on these files", f"{best:,.1f} ms (first {first:,.1f})"),
    ]


def first_and_best(call: Callable[[], object]) -> tuple[float, float]:
    """Return the wall milliseconds of a first call, and the best of some further ones."""
    first, *further = wall_ms(call, 1 + TRIES)
    return first, min(further)


if __name__ == "__main__":
    main()
