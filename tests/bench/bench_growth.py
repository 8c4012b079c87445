"""Insert cost, size and query times as a database grows to 100,000 reports.

    python tests/bench/bench_growth.py [--quick]

The reports are those of the samples under other names, with all that is read of them. To
reach a size soon, rows are copied within the database; the reports measured go through the
writer, in the order in which a run would write them. Prints Markdown.
"""

from __future__ import annotations

import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from multiprocessing import get_context
from pathlib import Path

from measure import made, most_held, read_samples, table

from gongkai.export import export
from gongkai.families.load import load_family
from gongkai.loaders.rows import PARAGRAPHS_PER_REPORT, report_rows
from gongkai.loaders.writer import Writer
from gongkai.queries.search import index_words, search
from gongkai.queries.sql import query

SIZES = (1_000, 10_000, 100_000)
QUICK = (1_000, 2_000, 4_000)
FIRST = 100  # reports written first, of which the others are copies
MEASURED = 640  # reports through the writer at each size: ten times into the search index
QUERIES = (
    ("one number of one agency",
     "SELECT value, page, raw_text FROM observations JOIN reports ON reports.id = report_id "
     "WHERE agency = '{agency}' AND row_id = 'received_new' AND column_id = 'total'"),
    ("one agency's line of the panel", "SELECT * FROM panel WHERE agency = '{agency}'"),
    ("one agency's section 三", "SELECT * FROM applications_wide WHERE agency = '{agency}'"),
    ("one number of every report",
     "SELECT SUM(value) FROM observations WHERE table_id = 'applications' "
     "AND row_id = 'received_new' AND column_id = 'total'"),
    ("every failed check", "SELECT COUNT(*) FROM checks WHERE status = 'fail'"),
    ("1,000 lines of the panel", "SELECT * FROM panel LIMIT 1000"),
)  # fmt: skip
WORD = "政务新媒体"


def main() -> None:
    """Print the tables."""
    sizes = QUICK if "--quick" in sys.argv else SIZES
    with tempfile.TemporaryDirectory() as folder:
        rows = list(grown(Path(folder, "growing.db"), sizes))
    names = [f"{size:,} reports" for size in sizes]
    write = sys.stdout.write
    write(table(("", *names), zip(*rows, strict=True)))
    write(f"\nInsert cost at {sizes[-1]:,} reports against that at {sizes[0]:,}: ")
    write(f"{float(rows[-1][0]) / float(rows[1][0]):.2f} times.\n")


def grown(db: Path, sizes: tuple[int, ...]) -> Iterator[list[str]]:
    """Columns of the table: what is measured, then the figures at each size."""
    yield [
        "insert, CPU ms a report of the writer",
        "file, KB a report",
        *(n for n, _ in QUERIES),
        f"search {WORD}",
        "all of it as Parquet, s",
        "and most memory for it, MB",
    ]
    write(db, 0, FIRST)
    there = FIRST
    for size in sizes:
        copy(db, size - MEASURED - there)
        settled_size(db)  # no report pays for the copies' log
        cost = write(db, size - MEASURED, MEASURED)
        there = size
        agency = made(size - 7).agency
        yield [
            f"{cost:.2f}",
            f"{settled_size(db) / size / 1000:.1f}",
            *(f"{asked(db, sql.format(agency=agency)):.1f} ms" for _, sql in QUERIES),
            f"{best(lambda: search(db, WORD)):.1f} ms",
            *(f"{figure:.0f}" for figure in exported(db)),
        ]


def exported(db: Path) -> tuple[float, float]:
    """Seconds of a Parquet export of everything, and the most megabytes a process held for it."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # its peak, not this one's
        return pool.submit(_export, db).result()


def _export(db: Path) -> tuple[float, float]:
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        export(db, folder, "parquet")
    return time.perf_counter() - start, most_held()


def write(db: Path, first: int, count: int) -> float:
    """Write reports; gives the CPU milliseconds that the writer needs for one."""
    read_samples()
    with Writer(db, load_family()) as writer:
        writer.store("/warm.pdf", "warm", "loaded", None, [made(0)])
        rows = [report_rows(made(number)) for number in range(first, first + count)]
        start = time.process_time()
        for number, own in enumerate(rows, first):
            writer.store(f"/{number}.pdf", str(number), "loaded", None, [own])
        spent = time.process_time() - start
        writer.store("/warm.pdf", "cold", "loaded", None, [])
        writer.finish(files_offered=count)
    return spent / count * 1000


def copy(db: Path, count: int) -> None:
    """Copy rows of the first reports until ``count`` more reports are there."""
    with closing(sqlite3.connect(db)) as connection, connection:
        for pragma in ("cache_size = -2000000", "synchronous = OFF", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA foreign_keys = OFF")
        ids = [
            row[0] for row in connection.execute(f"SELECT id FROM report ORDER BY id LIMIT {FIRST}")
        ]
        low, high = min(ids), max(ids)
        paragraphs = connection.execute(
            "SELECT id, text FROM paragraphs WHERE report_id BETWEEN ? AND ?", (low, high)
        )
        words = [(key, index_words(text)) for key, text in paragraphs]
        [(next_id,)] = connection.execute("SELECT MAX(id) + 1 FROM report")
        while count > 0:
            some = min(count, FIRST)
            shift = next_id - low
            last = low + some - 1
            for name in tables(connection):
                connection.execute(copying(connection, name, shift, low, last))
            connection.executemany(
                "INSERT INTO paragraph_index (rowid, words) VALUES (?, ?)",
                (
                    (k + shift * PARAGRAPHS_PER_REPORT, w)
                    for k, w in words
                    if k < (last + 1) * PARAGRAPHS_PER_REPORT
                ),
            )
            connection.commit()  # as a run would: the search index grows by such pieces
            next_id += some
            count -= some


def tables(connection: sqlite3.Connection) -> list[str]:
    """Those with rows of reports, owners first."""
    found = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if any(c[1] == "report_id" for c in connection.execute(f"PRAGMA table_info({name})"))
    ]
    return ["source", "source_path", "agencies", "report", *found]


def copying(connection: sqlite3.Connection, name: str, shift: int, low: int, last: int) -> str:
    """The statement that copies one table's rows of some reports, ids moved on."""
    some = f"BETWEEN {low} AND {last}"
    of = {
        "source": f"id IN (SELECT source_id FROM report WHERE id {some})",
        "source_path": f"source_id IN (SELECT source_id FROM report WHERE id {some})",
        "agencies": f"id IN (SELECT agency_id FROM report WHERE id {some})",
        "report": f"id {some}",
    }.get(name, f"report_id {some}")
    moved = {
        "report_id": f"report_id + {shift}",
        "source_id": f"source_id + {shift * 2}",
        "agency_id": f"agency_id + {shift * 2}",
        "sha256": f"sha256 || '+{shift}'",
        "path": f"path || '+{shift}'",
        "agency_key": f"agency_key || '+{shift}'",
        "agency": f"agency || '+{shift}'",
        "name": f"name || '+{shift}'",
    }
    own = {
        "report": f"id + {shift}", "paragraph": f"id + {shift * PARAGRAPHS_PER_REPORT}",
        "source": f"id + {shift * 2}", "agencies": f"id + {shift * 2}",
    }.get(name, "NULL")  # fmt: skip
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
    values = [own if column == "id" else moved.get(column, f'"{column}"') for column in columns]
    return f"INSERT INTO {name} SELECT {', '.join(values)} FROM {name} WHERE {of}"


def settled_size(db: Path) -> int:
    """Bytes of the file with its log written into it."""
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return db.stat().st_size


def asked(db: Path, sql: str) -> float:
    """Milliseconds of a query with all of its rows."""

    def run() -> None:
        with query(db, sql) as result:
            assert sum(1 for _ in result.rows), sql

    return best(run)


def best(call: Callable[[], object], tries: int = 3) -> float:
    """The best of some tries, in milliseconds."""
    found = float("inf")
    for _ in range(tries):
        start = time.perf_counter()
        call()
        found = min(found, time.perf_counter() - start)
    return found * 1000


if __name__ == "__main__":
    main()
