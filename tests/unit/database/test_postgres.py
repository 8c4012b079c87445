"""A PostgreSQL server gives the same answers as a SQLite file and is as safe."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace as replace_struct

import gongkai
from gongkai.database import migrations, sqlite_file
from gongkai.database.connection import open_for_reading, open_for_writing
from gongkai.database.locations import DatabaseLocation, Server, parse_location
from gongkai.decisions.answers import Answer
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.queries import data_version
from gongkai.decisions.store import DecisionStore
from gongkai.errors import (
    DatabaseBusy,
    DatabaseError,
    DatabaseTooNew,
    NotADatabase,
    NotAReport,
    QueryRefused,
    UsageError,
)
from gongkai.export import export
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.loaders.writer import Writer
from gongkai.model import Agency, FallbackAttempt, Key, Paragraph, Report
from gongkai.queries.findings import check, fallback_stats
from gongkai.queries.report_loader import show
from gongkai.queries.search import search
from gongkai.queries.sql import query
from gongkai.queries.table_query import table_names
from gongkai.reading.report import read_reports
from gongkai.review.crops import CropRenderer
from gongkai.review.desk import ReviewDesk
from helpers.families import built_in
from helpers.older_schemas import (
    UNDO_BODY_INDEX,
    UNDO_COUNTED,
    UNDO_FAMILIES,
    UNDO_MACHINE_TEXTS,
    UNDO_SCOPE,
    UNDO_SEQUENCE,
    UNDO_SLICES,
    UNDO_TEXT_INDEXES,
    UNDO_VOCABULARY,
)
from helpers.registry import ROOT, SAMPLES
from made import report

pytest.importorskip("psycopg")

CORPUS = ROOT / "samples" / "corpus"
# Of all forms, with faults, blanks, decimals, missing tables and two reports in one.
READ = (
    *SAMPLES,
    *sorted(CORPUS.glob("[dm]*.pdf")),
    ROOT / "samples" / "statistics" / "statistics-fault-browser.pdf",
    ROOT / "samples" / "website-annual-report" / "form-drawn-1.pdf",
    ROOT / "samples" / "final-accounts" / "codes-glued.pdf",
    *(ROOT / "samples" / "enforcement-statistics").glob("*all-tables*.pdf"),
)
FAMILIES = {  # by folder
    "website": "website-annual-report",
    "final-accounts": "final-accounts",
    "enforcement-statistics": "enforcement-statistics",
}


@cache
def read_once(path: Path, family: Family) -> Sequence[Report]:
    if family.name != FAMILIES.get(path.parent.name, BUILT_IN):
        raise NotAReport("of another family")
    if path.suffix == ".txt":
        return [report(agency_ref=Agency("qinghe", "清河市公安局"))]
    return read_reports(path, family)


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: str
) -> Iterator[tuple[Path, Server]]:
    """The samples in a file and on a server."""
    folder = tmp_path_factory.mktemp("both")
    file = folder / "gongkai.db"
    for name in ("made", "twice"):  # the same report in two files
        (folder / f"{name}.txt").write_text(f"has a problem: {name}", encoding="utf-8")
    (folder / "empty.pdf").touch()
    server = parse_location(f"{postgres_server}/postgres")
    assert isinstance(server, Server)
    for place in (file, server):
        ingest(
            [*READ, *sorted(folder.glob("*.txt")), folder / "empty.pdf"],
            place,
            workers=0,
            reader=read_once,
        )
        decide(place)
    yield file, server


def decide(db: DatabaseLocation) -> None:
    """Store the same decision of a person in both."""
    family = built_in()
    key = Key("applications", "granted", "total")
    with DecisionStore(db, [family]) as book:
        with book.transaction() as connection:
            target = find_target(connection, 1, kind="cell", key=key, occurrence=1)
            made = make_decision(connection, target, Answer("甲", "accepted", why="看过印件"))
            connection.exec_driver_sql(
                "UPDATE gongkai_meta SET value = 'same' WHERE name = 'database_id'"
            )
        book.add([replace(made, at="2024-01-01T00:00:00+00:00")])


def rows_of(
    db: DatabaseLocation, sql: str, parameters: Sequence[Any] = ()
) -> list[tuple[Any, ...]]:
    with query(db, sql, parameters) as result:
        return list(result.rows)


def as_number(value: Any) -> Any:
    """Convert exact amounts of a server to float, as SQLite stores them."""
    return float(value) if isinstance(value, Decimal) else value


def people_read(db: DatabaseLocation) -> list[str]:
    engine = open_for_reading(db)
    with engine.connect() as connection:
        return table_names(connection)


def test_every_table_gives_the_same_rows(both: tuple[Path, Server]) -> None:
    file, server = both
    names = people_read(file)
    assert people_read(server) == names
    assert {"panel", "面板", "applications_wide_trusted", "observations", "agencies"} <= set(names)
    for name in names:
        of_run = name == "runs"  # two runs: their times differ
        columns = "id, pipeline, files_offered, reports_loaded" if of_run else "*"
        sql = f'SELECT {columns} FROM "{name}"'
        with query(file, sql) as left, query(server, sql) as right:
            assert left.columns == right.columns
            there = sorted((tuple(map(as_number, row)) for row in left.rows), key=repr)
            here = sorted((tuple(map(as_number, row)) for row in right.rows), key=repr)
        assert there, name
        assert here == there, name


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT DISTINCT agency FROM reports ORDER BY agency",
        "SELECT path FROM files ORDER BY path DESC",
        "SELECT agency, received_new, disclosure_rate FROM panel "
        "WHERE received_new > 0 ORDER BY 2 DESC, 1",
        "SELECT 机关, 年度, 新收总计, 公开率 FROM 面板 ORDER BY 年度, 机关",
        "SELECT status, COUNT(*) FROM checks GROUP BY status ORDER BY status",
        "SELECT SUM(value), MIN(value_text) FROM observations WHERE flagged = 0 "
        "AND family = 'ogi-annual-report'",
    ],
)
def test_queries_give_the_same_answer_in_the_same_order(
    both: tuple[Path, Server], sql: str
) -> None:
    left, right = ([tuple(map(as_number, row)) for row in rows_of(place, sql)] for place in both)
    assert left
    assert right == left


def test_commands_work_over_a_url(both: tuple[Path, Server], tmp_path: Path) -> None:
    file, server = both
    assert show(server, "吴忠市公安局 2019") == show(file, "吴忠市公安局 2019")
    assert list(check(server)) == list(check(file))
    assert fallback_stats(server) == fallback_stats(file)
    for words in ("政务新媒体", "公开 申请", "政", "政府信息公开工作", "12345热线"):
        assert search(server, words) == search(file, words)
    assert search(server, "公开", year=2019) == search(file, "公开", year=2019)
    for place, folder in ((file, tmp_path / "file"), (server, tmp_path / "server")):
        export(place, folder, "csv", tables=["panel", "observations", "sections"])
    for name in ("panel.csv", "observations.csv", "sections.csv"):
        here, there = (  # a server keeps rows in no order of its own
            sorted((tmp_path / place / name).read_bytes().splitlines())
            for place in ("server", "file")
        )
        assert here == there
    with pytest.raises(UsageError, match="SQLite files"):
        from gongkai.serve.server import serve

        serve(server)


def test_frames_are_the_same(both: tuple[Path, Server]) -> None:
    from pandas.testing import assert_frame_equal

    file, server = (gongkai.open(place) for place in both)  # type: ignore[arg-type]
    assert repr(server).startswith("gongkai.open('postgresql://")
    for name in ("panel", "observations", "proactive_disclosure_wide", "checks"):
        here, there = (  # within a report a server keeps cells in no order of its own
            frame.sort_values(list(frame.columns[:6]), ignore_index=True)
            for frame in (server.table(name), file.table(name))
        )
        assert_frame_equal(here, there)
    sql = (
        "SELECT agency, fees_collected FROM (SELECT agency, value AS fees_collected FROM "
        "observations JOIN reports ON reports.id = report_id WHERE agency = ?) AS a ORDER BY 2"
    )
    assert_frame_equal(server.sql(sql, ["吴忠市公安局"]), file.sql(sql, ["吴忠市公安局"]))


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("DELETE FROM report", "only reads"),
        ("  /* a */ insert into report (id) values (9)", "only reads"),
        ("WITH a AS (DELETE FROM report RETURNING id) SELECT * FROM a", "only reads"),
        ("EXPLAIN ANALYZE DELETE FROM report", "only reads"),
        ("COPY report TO STDOUT", "only reads"),
        ("DO $$ BEGIN DELETE FROM report; END $$", "only reads"),
        ("SET default_transaction_read_only = off", "only reads"),
        ("SELECT 1; DELETE FROM report", "one statement"),
        ("EXPLAIN SELECT 1; DELETE FROM report", "one statement"),
        ("SELECT nextval('report_id_seq')", "only reads"),
        ("SELECT id INTO TEMP t FROM report", "wrong"),
        ("REINDEX TABLE report", "wrong"),
        ("", "give one SELECT"),
        ("-- nothing", "give one SELECT"),
        ("SELEC 1", "wrong: syntax error"),
        ("SELECT agncy FROM reports", "did you mean agency"),
        ("SELECT r.agncy FROM reports r", "did you mean agency"),
        ("SELECT 1 FROM observation", "did you mean observations"),
        ("SELECT 1 FROM zzz", "there are .*check_cells, checks, decisions"),
        ("SELECT 1/0", "division by zero"),
        ("SELECT '\udc80'", "not UTF-8"),
    ],
)
def test_query_only_reads(both: tuple[Path, Server], sql: str, words: str) -> None:
    before = rows_of(both[1], "SELECT COUNT(*) FROM report")
    with pytest.raises(DatabaseError, match=words), query(both[1], sql) as result:
        list(result.rows)
    assert rows_of(both[1], "SELECT COUNT(*) FROM report") == before


def test_a_query_on_a_server_ends_at_its_limits(both: tuple[Path, Server]) -> None:
    _, server = both
    for sql, limits, words in (
        ("SELECT pg_sleep(9)", {"timeout": 0.1}, r"took more than 0\.1 s"),
        ("SELECT generate_series(1, 9)", {"max_rows": 2}, "more than 2 rows"),
    ):
        with (
            pytest.raises(QueryRefused, match=words),
            query(server, sql, **limits) as found,  # type: ignore[arg-type]
        ):
            list(found.rows)


def test_question_marks_stand_for_parameters(both: tuple[Path, Server]) -> None:
    sql = "SELECT '?' AS a, \"agency\" -- ?\nFROM reports WHERE year = ? AND agency = ?"
    assert rows_of(both[1], sql, [2019, "吴忠市公安局"]) == [("?", "吴忠市公安局")]
    assert rows_of(both[1], "EXPLAIN SELECT 1")


def test_a_server_stores_what_a_file_stores(
    tmp_path: Path, postgres_url: str, family: Family
) -> None:
    """Replaced contents, numbers of many digits, text that PostgreSQL has no place for."""
    whole = "".join(chr(0x4E00 + n % 20_000) for n in range(25_000))
    odd = report(
        title="甲\x00乙",
        paragraphs=(
            Paragraph("一", None, None, f"{whole}政务公开", 1, report().observations[0].box, ()),
        ),
    )
    found = []
    for place in (tmp_path / "a.db", parse_location(postgres_url)):
        with Writer(place, family) as writer:
            writer.store("/r/a.pdf", "a", "loaded", None, [report(), report(agency="乙局")])
            writer.store("/r/b.pdf", "b", "loaded", None, [odd])
            writer.store("/r/a.pdf", "c", "loaded", None, [report(agency="丙局")])
            writer.store("/r/x.pdf", None, "unreadable", "文件打不开")
            writer.finish(files_offered=4)
        found.append(
            [
                rows_of(place, sql)
                for sql in (
                    "SELECT agency FROM reports ORDER BY agency",
                    "SELECT path, outcome FROM files ORDER BY path",
                    "SELECT COUNT(*) FROM observations",
                    "SELECT COUNT(*) FROM paragraphs",
                )
            ]
        )
        assert [hit.agency for hit in search(place, whole[100:110])] == ["清河市公安局"]
    assert found[1] == found[0]
    [(title,)] = rows_of(
        parse_location(postgres_url), "SELECT title FROM reports WHERE title LIKE '甲%'"
    )
    assert title == "甲\ufffd乙"


WRITE_MANY = """
import sys
from gongkai.database.locations import parse_location
from gongkai.loaders.writer import Writer
from gongkai.families.load import load_family
from made import report
who, db = sys.argv[1:]
with Writer(parse_location(db), load_family()) as writer:
    for n in range(30):
        both, own = f"both-{n}", f"{who}-{n}"
        if not writer.known_contents([both]):
            writer.store(f"/{who}/both-{n}.pdf", both, "loaded", None, [report(agency=f"局{n}")])
        writer.store(f"/{who}/own-{n}.pdf", own, "loaded", None, [report(agency=f"{who}局{n}")])
    writer.finish(files_offered=60)
"""


def test_two_processes_may_write_at_once(postgres_url: str) -> None:
    """Two writers take turns to create tables, dictionaries and reports in an empty database."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", WRITE_MANY, who, postgres_url],
            env=environment(),
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        for who in ("a", "b")
    ]
    for process in running:
        _, told = process.communicate(timeout=120)
        assert process.returncode == 0, told
    db = parse_location(postgres_url)
    assert rows_of(db, "SELECT COUNT(*), COUNT(DISTINCT agency) FROM reports") == [(90, 90)]
    assert rows_of(db, "SELECT COUNT(DISTINCT sha256) FROM files") == [(90,)]
    per_report = len(report().observations)
    assert rows_of(db, "SELECT COUNT(*) FROM observations") == [(90 * per_report,)]
    assert rows_of(db, "SELECT COUNT(*), COUNT(finished_at) FROM runs") == [(2, 2)]
    assert rows_of(db, "SELECT text FROM term GROUP BY text HAVING COUNT(*) > 1") == []


def environment() -> dict[str, str]:
    import os

    paths = [str(ROOT / "tests"), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, paths))}


def test_a_locked_server_is_refused_after_a_wait(postgres_url: str, family: Family) -> None:
    db = parse_location(postgres_url)
    Writer(db, family).close()
    engine = open_for_writing(db)
    with engine.begin():
        with pytest.raises(DatabaseBusy, match="another process"):
            Writer(db, family, busy_timeout=0.05)
        open_for_reading(db).connect().close()  # readers do not wait
    engine.dispose()


NO_ATTEMPT = (1, "none", None, None, 1)  # version 1 keeps none
BACK_TO_7 = (
    *UNDO_BODY_INDEX,
    *UNDO_SLICES,
    *UNDO_VOCABULARY,
    *UNDO_COUNTED,
    *UNDO_TEXT_INDEXES,
    *UNDO_MACHINE_TEXTS,
    *UNDO_SEQUENCE,
    *UNDO_SCOPE,
    *UNDO_FAMILIES,
    "ALTER TABLE cell DROP COLUMN converted, DROP COLUMN in_sum, DROP COLUMN seen",
    "INSERT INTO term (text) SELECT check_id FROM check_key ORDER BY id",
    "ALTER TABLE check_result ADD COLUMN check_term INTEGER REFERENCES term (id)",
    "UPDATE check_result SET check_term = (SELECT term.id FROM term JOIN check_key "
    "ON check_id = text WHERE check_key.id = check_key_id)",
    "ALTER TABLE check_result DROP COLUMN check_key_id",
    "DROP TABLE check_key",
    "ALTER TABLE fallback_attempts RENAME COLUMN reader TO rung",
    "ALTER TABLE fallback_attempts RENAME COLUMN outcome TO settled",
    "ALTER TABLE fallback_attempts RENAME TO climbs",
    "UPDATE gongkai_meta SET value = '7' WHERE name = 'schema_version'",
)
BACK_TO_1 = (
    "ALTER TABLE figure DROP COLUMN raw_text, DROP COLUMN part_of, "
    "DROP COLUMN stated_as_none, DROP COLUMN planned",
    "DROP TABLE paragraph, paragraph_index, rates, columns, climbs",
    "ALTER TABLE report DROP COLUMN agency_id",
    "DROP TABLE decision, decision_standing, machine_cell, machine_check, machine_report",
    "DROP TABLE agencies, history_due",
    "ALTER TABLE source_path DROP COLUMN size, DROP COLUMN mtime_ns",
    "UPDATE gongkai_meta SET value = '1' WHERE name = 'schema_version'",
)


@pytest.mark.parametrize("back", [BACK_TO_7, BACK_TO_7 + BACK_TO_1], ids=["7", "1"])
def test_an_older_database_is_migrated(
    postgres_url: str, family: Family, monkeypatch: pytest.MonkeyPatch, back: Sequence[str]
) -> None:
    """Back to an older schema, as far as its tables go, and up again by the real steps."""
    db = parse_location(postgres_url)
    attempts = (FallbackAttempt("camelot", "applications", "better grid"),)
    with Writer(db, family) as writer:
        made = report(fallback_attempts=attempts)
        writer.store("/r/a.pdf", "a", "loaded", None, [made])
    engine = open_for_writing(db)
    with engine.begin() as connection:
        from gongkai.database.install_views import drop_wide_views
        from gongkai.database.views import drop_views

        drop_wide_views(connection)
        drop_views(connection)
        for statement in back:
            connection.execute(sa.text(statement))
    engine.dispose()
    stored = show(db, "清河").report  # reading migrates
    assert stored.agency == "清河市公安局"
    assert stored.checks == made.checks
    assert fallback_stats(db) == [
        (1, "camelot", "applications", "better grid", 1) if back == BACK_TO_7 else NO_ATTEMPT
    ]
    another = replace_struct(made.checks[0], place="new")  # ids go on from the migrated ones
    with Writer(db, family) as writer:
        new = report(agency="乐水县财政局", checks=(another,))
        writer.store("/r/b.pdf", "b", "loaded", None, [new])
    assert show(db, "乐水").report.checks == (another,)
    [(version,)] = rows_of(db, "SELECT value FROM gongkai_meta WHERE name = 'schema_version'")
    assert int(version) == sqlite_file.SCHEMA_VERSION
    assert rows_of(db, "SELECT agency FROM panel ORDER BY report_id") == [
        ("清河市公安局",),
        ("乐水县财政局",),
    ]
    [(collation,)] = rows_of(
        db,
        "SELECT collation_name FROM information_schema.columns "
        "WHERE table_name = 'figure' AND column_name = 'raw_text'",
    )
    assert collation == "C"
    indexes = rows_of(
        db,
        "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%USING hash%' "
        "AND schemaname = current_schema() ORDER BY 1",
    )
    assert [name for (name,) in indexes] == [
        "agencies_agency_key_excl",
        "agencies_by_name",
        "cell_set_members_excl",
        "check_key_check_id_excl",
        "panel_all_by_agency",
        "panel_all_by_name",
        "report_by_agency",
        "source_path_path_excl",
        "term_text_excl",
    ]

    def fail(connection: sa.Connection) -> None:
        connection.execute(sa.text("ALTER TABLE report ADD COLUMN level TEXT"))
        connection.execute(sa.text("ALTER TABLE nowhere ADD COLUMN level TEXT"))

    with monkeypatch.context() as patch:
        patch.setattr(sqlite_file, "SCHEMA_VERSION", sqlite_file.SCHEMA_VERSION + 1)
        patch.setattr(migrations, "STEPS", {sqlite_file.SCHEMA_VERSION - 1: fail})
        with pytest.raises(DatabaseError, match="nowhere"):
            open_for_writing(db)
    assert show(db, "1").report.agency == "清河市公安局"  # nothing changed


def test_a_view_of_ones_own_is_not_dropped(postgres_url: str, family: Family) -> None:
    db = parse_location(postgres_url)
    with Writer(db, family) as writer:
        writer.finish()
    engine = open_for_writing(db)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE VIEW mine AS SELECT agency FROM panel"))
        connection.execute(sa.text("DELETE FROM gongkai_meta WHERE name = 'wide_views'"))
        connection.execute(
            sa.text("INSERT INTO gongkai_meta VALUES ('wide_views', :was)"),
            {"was": '{"ogi-annual-report": ["older", ["面板", "panel"]]}'},
        )
    engine.dispose()
    with pytest.raises(DatabaseError, match=r"your own views .*mine"):
        Writer(db, family)
    assert rows_of(db, "SELECT COUNT(*) FROM mine") == [(0,)]


def test_other_databases_are_refused(postgres_url: str, family: Family) -> None:
    import psycopg

    db = parse_location(postgres_url)
    with pytest.raises(DatabaseError, match="is empty: fill it"):
        open_for_reading(db)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE other (id INTEGER)")
    for opening in (open_for_reading, open_for_writing):
        with pytest.raises(NotADatabase, match="not a gongkai database"):
            opening(db)
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE SCHEMA apart")
    apart = parse_location(f"{postgres_url}?options=-csearch_path%3Dapart")
    Writer(apart, family).close()  # an empty schema of it will do
    with psycopg.connect(postgres_url) as connection:
        connection.execute("UPDATE apart.gongkai_meta SET value = '99' WHERE value ~ '^[0-9]+$'")
    for opening in (open_for_reading, open_for_writing):
        with pytest.raises(DatabaseTooNew, match="schema 99"):
            opening(apart)


def test_error_messages_leave_out_the_password(postgres_server: str) -> None:
    for url, words in (
        ("postgresql://me:hush@127.0.0.1:9/a?password=hush", "cannot be reached"),
        (f"{postgres_server.replace('@', ':hush@')}/missing", "does not exist"),
    ):
        with pytest.raises(DatabaseError, match=words) as caught:
            open_for_reading(parse_location(url))
        assert "hush" not in str(caught.value)
    with pytest.raises(UsageError, match="mysql:// is not a database"):
        parse_location("mysql://host/a")
    assert parse_location("postgres://host/a") == Server("postgresql://host/a")


def test_a_user_without_write_access_gets_an_error(postgres_url: str, family: Family) -> None:
    import psycopg

    with Writer(parse_location(postgres_url), family) as writer:
        writer.finish()
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DROP ROLE IF EXISTS looker")
        connection.execute("CREATE ROLE looker LOGIN")
        connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO looker")
    looker = parse_location(postgres_url.replace("gongkai@", "looker@"))
    assert rows_of(looker, "SELECT COUNT(*) FROM panel") == [(0,)]
    with pytest.raises(DatabaseError, match="this user may not write"):
        Writer(looker, family)
    with DecisionStore(looker, [family], or_read=True) as store:
        assert "may not write" in (store.read_only or "")
    with pytest.raises(QueryRefused, match="only reads"):
        rows_of(looker, "UPDATE report SET agency = ''")
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DROP OWNED BY looker")
        connection.execute("DROP ROLE looker")


def test_the_queue_of_a_review_is_that_of_the_file(both: tuple[Path, Server]) -> None:
    queues = []
    for db in both:
        with DecisionStore(db, [built_in()]) as store:
            desk = ReviewDesk(store, CropRenderer(both[0].parent))
            queues.append([item.id for item in desk.items()])
            before = desk.items()
            with store.transaction() as connection:
                version = data_version(connection)
            assert desk.items() == before and version
    assert queues[0] == queues[1] != []


def test_a_run_of_another_process_changes_the_version(postgres_url: str, family: Family) -> None:
    server = parse_location(postgres_url)
    with Writer(server, family) as writer:
        writer.store("/r/a.pdf", "a", "loaded", None, [report()])
    with DecisionStore(server, [family]) as store:
        with store.transaction() as connection:
            before = data_version(connection)
        with Writer(server, family) as writer:
            writer.store("/r/b.pdf", "b", "loaded", None, [report(year=2022)])
        with store.transaction() as connection:
            assert data_version(connection) != before
