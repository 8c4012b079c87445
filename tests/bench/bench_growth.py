"""Measure insert cost, size and query times as a database grows to 100,000 reports.

    python tests/bench/bench_growth.py [--quick]

The reports are those of the samples under other names, complete with all that is read from them.
Most rows are copied within the database, to reach each size quickly. The measured reports go
through the writer, in the order of a normal run. Prints Markdown.
"""

from __future__ import annotations

import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from measure import fetch_all, made, peak_memory, read_samples, table, wall_ms

from gongkai.database.codes import index_words
from gongkai.database.connection import gather_statistics, open_for_writing
from gongkai.database.locations import DatabaseLocation
from gongkai.export import export
from gongkai.families.load import load_family
from gongkai.loaders.rows import PARAGRAPHS_PER_REPORT, report_rows
from gongkai.loaders.writer import Writer
from gongkai.queries.search import search

SIZES = (1_000, 10_000, 100_000)
QUICK = (1_000, 2_000, 4_000)
FIRST = 100  # reports written first; the others are copies of them
MEASURED = 1_920  # further reports written at each size: thirty batches of the search index
ROUNDS = 5
TRIES = 3  # of each query
OF_PANEL = (
    ("rates by year and level, from the panel",
     "SELECT year, level, COUNT(*), AVG(disclosure_rate), SUM(received_new) FROM panel "
     "GROUP BY year, level"),
    ("one agency's line of the panel", "SELECT * FROM panel WHERE agency = '{agency}'"),
)  # fmt: skip
QUERIES = (
    ("one number of one agency",
     "SELECT value, page, raw_text FROM observations JOIN reports ON reports.id = report_id "
     "WHERE agency = '{agency}' AND row_id = 'received_new' AND column_id = 'total'"),
    *OF_PANEL,
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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        columns = list(growth_columns(folder, sizes))
        costs = insert_costs(folder, sizes)
    names = [f"{size:,} reports" for size in sizes]
    inserts = ("insert, CPU ms of the writer per report", *(f"{cost:.2f}" for cost in costs))
    sys.stdout.write(table(("", *names), [inserts, *zip(*columns, strict=True)]))
    ratio, first, last = costs[-1] / costs[0], sizes[0], sizes[-1]
    sys.stdout.write(f"\nInsert cost at {last:,} reports: {ratio:.2f} times that at {first:,}.\n")


def growth_columns(folder: Path, sizes: tuple[int, ...]) -> Iterator[list[str]]:
    """Yield the columns of the table: first the labels, then the figures at each size.

    Leaves a copy of the database at each size.
    """
    yield [
        "file, kB per report",
        *(n for n, _ in QUERIES),
        f"search {WORD}",
        "export of all tables to Parquet, s",
        "peak memory of the export, MB",
    ]
    db = folder / "growing.db"
    write(db, 0, FIRST)
    written = FIRST
    for size in sizes:
        copy(db, size - written)
        gather(db)
        written = size
        agency = made(FIRST // 2).agency
        yield [
            f"{checkpointed_size(db) / size / 1000:.1f}",
            *(
                f"{best_ms(partial(fetch_all, db, sql.format(agency=agency))):.1f} ms"
                for _, sql in QUERIES
            ),
            f"{best_ms(lambda: search(db, WORD)):.1f} ms",
            *(f"{figure:.0f}" for figure in export_cost(db)),
        ]
        shutil.copyfile(db, of_size(folder, size))


def of_size(folder: Path, size: int) -> Path:
    """The copy of the database when it had so many reports."""
    return folder / f"{size}.db"


def insert_costs(folder: Path, sizes: tuple[int, ...]) -> list[float]:
    """Return the CPU milliseconds of the writer for a further report at each size.

    The sizes take turns, since the speed of a machine varies from minute to minute. The best round
    counts.
    """
    best = dict.fromkeys(sizes, float("inf"))
    db = folder / "measured.db"
    for _ in range(ROUNDS):
        for size in sizes:
            shutil.copyfile(of_size(folder, size), db)
            best[size] = min(best[size], write(db, size, MEASURED))
    return list(best.values())


def export_cost(db: Path) -> tuple[float, float]:
    """Return the seconds and the peak megabytes of a Parquet export of all tables."""
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:  # the peak of a new process
        return pool.submit(_export, db).result()


def _export(db: Path) -> tuple[float, float]:
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        export(db, folder, "parquet")
    return time.perf_counter() - start, peak_memory()


def gather(db: Path) -> None:
    """Gather the statistics that a run leaves when it ends."""
    engine = open_for_writing(db)
    with engine.begin() as connection:
        gather_statistics(connection)
    engine.dispose()


def write(
    db: DatabaseLocation,
    first: int,
    count: int,
    clock: Callable[[], float] = time.process_time,
) -> float:
    """Write reports and return the milliseconds per report, by default of the writer's CPU."""
    read_samples()
    with Writer(db, load_family()) as writer:
        writer.store("/warm.pdf", "warm", "loaded", None, [made(0)])
        rows = [report_rows(made(number)) for number in range(first, first + count)]
        start = clock()
        for number, report in enumerate(rows, first):
            writer.store(f"/{number}.pdf", str(number), "loaded", None, [report])
        seconds = clock() - start
        writer.store("/warm.pdf", "cold", "loaded", None, [])
        writer.finish(files_offered=count)
    return seconds / count * 1000


def copy(db: Path, count: int) -> None:
    """Copy the rows of the first reports until the database has ``count`` more reports."""
    with closing(sqlite3.connect(db)) as connection, connection:
        for pragma in ("cache_size = -2000000", "synchronous = OFF", "temp_store = MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA foreign_keys = OFF")
        ids = [
            row[0] for row in connection.execute(f"SELECT id FROM report ORDER BY id LIMIT {FIRST}")
        ]
        first_id, last_id = min(ids), max(ids)
        paragraphs = connection.execute(
            "SELECT id, text FROM paragraphs WHERE report_id BETWEEN ? AND ?", (first_id, last_id)
        )
        words = [(key, index_words(text)) for key, text in paragraphs]
        [(next_id,)] = connection.execute("SELECT MAX(id) + 1 FROM report")
        while count > 0:
            chunk = min(count, FIRST)
            shift = next_id - first_id
            last = first_id + chunk - 1
            for name in tables(connection):
                connection.execute(copy_statement(connection, name, shift, first_id, last))
            connection.executemany(
                "INSERT INTO paragraph_index (rowid, words) VALUES (?, ?)",
                (
                    (k + shift * PARAGRAPHS_PER_REPORT, w)
                    for k, w in words
                    if k < (last + 1) * PARAGRAPHS_PER_REPORT
                ),
            )
            connection.commit()  # as a normal run does: the search index grows in such batches
            next_id += chunk
            count -= chunk


def tables(connection: sqlite3.Connection) -> list[str]:
    """Return the tables with rows of reports; referenced tables come first."""
    found = [
        name
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        if any(c[1] == "report_id" for c in connection.execute(f"PRAGMA table_info({name})"))
    ]
    return ["source", "source_path", "agencies", "report", *found]


def copy_statement(
    connection: sqlite3.Connection, name: str, shift: int, first_id: int, last: int
) -> str:
    """Return the statement that copies a table's rows of some reports and shifts their ids."""
    chunk = f"BETWEEN {first_id} AND {last}"
    condition = {
        "source": f"id IN (SELECT source_id FROM report WHERE id {chunk})",
        "source_path": f"source_id IN (SELECT source_id FROM report WHERE id {chunk})",
        "agencies": f"id IN (SELECT agency_id FROM report WHERE id {chunk})",
        "report": f"id {chunk}",
    }.get(name, f"report_id {chunk}")
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]
    values = copied_values(name, columns, str(shift))
    return f"INSERT INTO {name} SELECT {values} FROM {name} WHERE {condition}"


def copied_values(name: str, columns: Iterable[str], shift: str) -> str:
    """Return the values of a copied row of a table; ``shift`` is an SQL expression."""
    shifted = {
        "report_id": f"report_id + {shift}",
        "source_id": f"source_id + {shift} * 2",
        "agency_id": f"agency_id + {shift} * 2",
        **{
            column: f"{column} || '+' || {shift}"
            for column in ("sha256", "path", "agency_key", "agency", "agency_name", "name")
        },
    }
    new_id = {
        "report": f"id + {shift}", "paragraph": f"id + {shift} * {PARAGRAPHS_PER_REPORT}",
        "source": f"id + {shift} * 2", "agencies": f"id + {shift} * 2",
    }.get(name, "NULL")  # fmt: skip
    values = (new_id if c == "id" else shifted.get(c, f'"{c}"') for c in columns)
    return ", ".join(values)


def checkpointed_size(db: Path) -> int:
    """Return the bytes of the database file after a checkpoint of its log."""
    with closing(sqlite3.connect(db)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return db.stat().st_size


def best_ms(call: Callable[[], object]) -> float:
    """Return the best wall time of some tries, in milliseconds."""
    return min(wall_ms(call, TRIES))


if __name__ == "__main__":
    main()
