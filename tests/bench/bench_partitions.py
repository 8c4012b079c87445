"""Measure what partitions of the table of cells would give on PostgreSQL.

    PYTHONPATH=tests python tests/bench/bench_partitions.py [REPORTS]

Starts a server of its own, with the installed PostgreSQL and its default settings. Makes one
database for each layout, with the tables that the queries use: 10 GB each for 300,000 reports.
Prints Markdown. Not part of ``make bench``, for its size and time.
"""

from __future__ import annotations

import sys
import time
from functools import partial
from itertools import count
from statistics import median

import psycopg
from bench_growth import FIRST, OF_PANEL, copied_values, write
from bench_million import first_and_best
from measure import fetch_all, made, table, wall_ms

from gongkai.database.connection import open_for_writing
from gongkai.database.locations import Server, parse_location
from helpers import server

REPORTS = 300_000
PARTS = 10
MEASURED = 640
DELETED = 200
COPIED = ("source", "agencies", "report", "cell", "panel_all")
LAYOUTS = {
    "one table, as gongkai creates it": None,
    "10 parts by report": "RANGE (report_id)",
    "10 parts by field": "HASH (field_id)",
}
ONE_NUMBER = (
    "FROM observations JOIN reports ON reports.id = report_id "
    "WHERE row_id = 'received_new' AND column_id = 'total'"
)
QUERIES = (
    ("one number of one agency", f"SELECT value {ONE_NUMBER} AND agency = '{{agency}}'"),
    *OF_PANEL,
    ("one number of every report", f"SELECT SUM(value) {ONE_NUMBER}"),
    ("one number of every report of a year", f"SELECT SUM(value) {ONE_NUMBER} AND year = 2019"),
    ("one number of every report, from `cell`",
     "SELECT SUM(value) FROM cell WHERE field_id = (SELECT id FROM field_key "
     "WHERE row_id = 'received_new' AND column_id = 'total')"),
)  # fmt: skip


def main() -> None:
    """Print the table."""
    reports = int(sys.argv[1]) if len(sys.argv) > 1 else REPORTS
    programs = server.programs()
    if programs is None:
        sys.exit("install the package postgresql")
    columns = []
    with server.postgres(programs) as url:
        for number, scheme in enumerate(LAYOUTS.values()):
            name = f"layout{number}"
            with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            columns.append(measure(f"{url}/{name}", scheme, reports))
            with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    rows = ([label, *(dict(column)[label] for column in columns)] for label, _ in columns[0])
    sys.stdout.write(table((f"{reports:,} reports", *LAYOUTS), rows))


def measure(url: str, scheme: str | None, reports: int) -> list[tuple[str, str]]:
    """Make a database whose cells are partitioned by a scheme, and return its figures."""
    place = parse_location(url)
    assert isinstance(place, Server)
    open_for_writing(place).dispose()
    with psycopg.connect(url, autocommit=True) as connection:
        if scheme:
            partition(connection, scheme, reports)
        write(place, 0, FIRST)
        start = time.perf_counter()
        fill(connection, reports // FIRST)
        sys.stderr.write(f"{scheme}: {time.perf_counter() - start:.0f} s\n")
        figures = [("size of the cells, GB", f"{cell_size(connection) / 1e9:.1f}")]
        agency = made(FIRST // 2).agency
        for name, sql in QUERIES:
            first, best = first_and_best(partial(fetch_all, place, sql.format(agency=agency)))
            figures.append((name, f"{best:,.1f} ms (first {first:,.1f})"))
        newest = connection.execute("SELECT MAX(id) FROM report").fetchone()[0]
        delete = "DELETE FROM report WHERE id = {}"
        numbers = count(newest // 2)
        times = wall_ms(lambda: connection.execute(delete.format(next(numbers))), DELETED)
        figures.append(("delete a report and its cells", f"{median(times):.1f} ms"))
        insert = min(
            write(place, first, MEASURED, time.perf_counter)
            for first in range(reports, reports + 3 * MEASURED, MEASURED)
        )
        figures.append(("insert a report, elapsed", f"{insert:.1f} ms"))
    return figures


def partition(connection: psycopg.Connection, scheme: str, reports: int) -> None:
    """Replace the empty table of cells by a partitioned one with the same keys."""
    keys = keys_of_cells(connection)
    indexes = connection.execute(
        "SELECT indexdef FROM pg_indexes WHERE tablename = 'cell' AND indexname NOT IN "
        "(SELECT conname FROM pg_constraint WHERE conrelid = 'cell'::regclass)"
    ).fetchall()
    views = connection.execute(
        "SELECT relname, pg_get_viewdef(oid) FROM pg_class WHERE relkind = 'v' "
        "AND relnamespace = current_schema()::regnamespace ORDER BY oid"
    ).fetchall()
    connection.execute(f"CREATE TABLE parts (LIKE cell INCLUDING DEFAULTS) PARTITION BY {scheme}")
    connection.execute("DROP TABLE cell CASCADE")
    connection.execute("ALTER TABLE parts RENAME TO cell")
    for number in range(PARTS):
        size = reports // PARTS
        last = "MAXVALUE" if number == PARTS - 1 else (number + 1) * size
        values = (
            f"FROM ({number * size}) TO ({last})"
            if scheme.startswith("RANGE")
            else f"WITH (MODULUS {PARTS}, REMAINDER {number})"
        )
        connection.execute(f"CREATE TABLE cell_{number} PARTITION OF cell FOR VALUES {values}")
    for name, definition in keys:
        connection.execute(f"ALTER TABLE cell ADD CONSTRAINT {name} {definition}")
    for (definition,) in indexes:
        connection.execute(definition)
    for name, definition in views:  # DROP ... CASCADE dropped those that use the cells
        if connection.execute("SELECT to_regclass(%s)", [f'"{name}"']).fetchone()[0] is None:
            connection.execute(f'CREATE VIEW "{name}" AS {definition}')


def keys_of_cells(connection: psycopg.Connection) -> list[tuple[str, str]]:
    """Return the name and the definition of each key of the table of cells."""
    return connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE conrelid = 'cell'::regclass"
    ).fetchall()


def fill(connection: psycopg.Connection, times: int) -> None:
    """Copy the reports, in the order of their numbers, until there are ``times`` times as many."""
    keys = keys_of_cells(connection)
    for name, _ in keys:
        connection.execute(f"ALTER TABLE cell DROP CONSTRAINT {name}")
    for name in COPIED:
        columns = [
            column
            for (column,) in connection.execute(
                "SELECT column_name FROM information_schema.columns WHERE table_name = %s "
                "AND table_schema = current_schema() ORDER BY ordinal_position",
                [name],
            )
        ]
        values = copied_values(name, columns, f"(k * {FIRST})")
        connection.execute(
            f"INSERT INTO {name} SELECT {values} FROM generate_series(1, {times - 1}) AS k, {name}"
        )
        if "id" in columns:
            connection.execute(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), MAX(id)) FROM {name}"
            )
    for name, definition in keys:
        connection.execute(f"ALTER TABLE cell ADD CONSTRAINT {name} {definition}")
    connection.execute("VACUUM ANALYZE")


def cell_size(connection: psycopg.Connection) -> int:
    """Return the bytes of the cells with their indexes."""
    row = connection.execute(
        "SELECT SUM(pg_total_relation_size(oid)) FROM pg_class "
        "WHERE relkind = 'r' AND relname ~ '^cell(_[0-9]+)?$'"
    ).fetchone()
    return int(row[0])


if __name__ == "__main__":
    main()
