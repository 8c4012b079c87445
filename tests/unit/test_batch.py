"""Many files: each on its own, all in order, whatever becomes of one of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from gongkai.batch import FileResult, Summary, ingest
from gongkai.errors import DatabaseError, PipelineError, UsageError
from gongkai.loaders.querying import query
from made import read_made


def rows(db: Path, sql: str) -> list[tuple[Any, ...]]:
    with query(db, sql) as result:
        return list(result.rows)


def run(folder: Path, db: Path, **options: Any) -> Summary:
    return ingest([folder], db, **{"workers": 0, "reader": read_made, **options})


@pytest.fixture
def db(tmp_path: Path) -> Path:
    return tmp_path / "gongkai.db"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two good files, one of them with two reports, and three bad ones."""
    made = tmp_path / "reports"
    for name, text in {
        "a.pdf": "report 甲局",
        "b.PDF": "letter",
        "sub/c.pdf": "late 乙局 丙局",
        "d.pdf": "bug",
        "empty.pdf": "",
        "notes.txt": "report 丁局",
    }.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return made


OUTCOMES = [
    ("a.pdf", "loaded"),
    ("b.PDF", "not_a_report"),
    ("d.pdf", "failed"),
    ("empty.pdf", "unreadable"),
    ("c.pdf", "loaded"),
]


def test_every_file_is_booked(folder: Path, db: Path) -> None:
    seen: list[tuple[int, int, FileResult | None]] = []
    summary = run(folder, db, progress=lambda *event: seen.append(event))
    assert rows(db, "SELECT file_name, outcome FROM files") == OUTCOMES
    assert rows(db, "SELECT agency FROM reports ORDER BY id") == [("甲局",), ("乙局",), ("丙局",)]
    assert (summary.offered, summary.known, summary.loaded) == (5, 0, 2)
    assert summary.statuses == {"print_fault": 3}
    assert summary.failed == {"must": 3}
    assert [(r.path.name, r.outcome) for r in summary.refused] == OUTCOMES[1:4]
    assert [(done, total) for done, total, _ in seen] == [(n, 5) for n in range(6)]
    [(reason,)] = rows(db, "SELECT reason FROM files WHERE outcome = 'failed'")
    assert "ZeroDivisionError: division by zero" in reason


def test_known_files_are_not_read_again(folder: Path, db: Path) -> None:
    first = run(folder, db)
    second = run(folder, db)
    assert (second.known, second.loaded) == (4, 2)  # the fault of ours is tried again
    assert (second.statuses, second.failed) == (first.statuses, first.failed)
    assert [r.outcome for r in second.refused] == [r.outcome for r in first.refused]
    assert rows(db, "SELECT DISTINCT run_id FROM files WHERE outcome = 'loaded'") == [(1,)]
    forced = run(folder, db, force=True)
    assert forced.known == 0
    assert rows(db, "SELECT DISTINCT run_id FROM files") == [(forced.run_id,)]
    assert rows(db, "SELECT COUNT(*) FROM reports") == [(3,)]


def test_a_changed_file_is_read_again(folder: Path, db: Path) -> None:
    run(folder, db)
    (folder / "a.pdf").write_text("report 新局", encoding="utf-8")
    assert run(folder, db).known == 3
    assert rows(db, "SELECT agency FROM reports WHERE file_name = 'a.pdf'") == [("新局",)]


def test_the_same_content_twice_is_read_once(folder: Path, db: Path) -> None:
    (folder / "z.pdf").write_bytes((folder / "a.pdf").read_bytes())
    summary = run(folder, db)
    assert (summary.known, summary.loaded) == (1, 3)
    assert rows(db, "SELECT COUNT(*) FROM reports WHERE agency = '甲局'") == [(1,)]
    assert rows(
        db, "SELECT COUNT(DISTINCT sha256) FROM files WHERE file_name IN ('a.pdf', 'z.pdf')"
    ) == [(1,)]


def test_files_that_change_names_keep_their_reports(folder: Path, db: Path) -> None:
    run(folder, db)
    (folder / "a.pdf").rename(folder / "z.pdf")
    (folder / "a.pdf").write_text("report 新局", encoding="utf-8")
    run(folder, db)
    assert rows(db, "SELECT agency, file_name FROM reports ORDER BY file_name") == [
        ("新局", "a.pdf"),
        ("乙局", "c.pdf"),
        ("丙局", "c.pdf"),
        ("甲局", "z.pdf"),
    ]


def test_any_number_of_workers_gives_the_same_database(folder: Path, tmp_path: Path) -> None:
    for n in range(6):
        (folder / f"m{n}.pdf").write_text(
            f"{'late' if n % 3 else 'report'} 局{n}", encoding="utf-8"
        )
    contents = []
    for workers in (0, 1, 3):
        db = tmp_path / f"{workers}.db"
        run(folder, db, workers=workers)
        contents.append(
            [
                rows(db, f"SELECT * FROM {table}")
                for table in ("files", "reports", "observations", "checks", "sections", "term")
            ]
        )
    assert contents[0] == contents[1] == contents[2]


def test_a_worker_that_dies_or_hangs_costs_its_own_file(folder: Path, db: Path) -> None:
    (folder / "a-dies.pdf").write_text("die", encoding="utf-8")
    (folder / "a-hangs.pdf").write_text("slow", encoding="utf-8")
    run(folder, db, workers=2, timeout=5)
    assert rows(db, "SELECT COUNT(*) FROM reports") == [(3,)]
    reasons = dict(rows(db, "SELECT file_name, reason FROM files WHERE file_name LIKE 'a-%'"))
    assert "退出码 3" in reasons["a-dies.pdf"]
    assert "5 秒内没有读完" in reasons["a-hangs.pdf"]


def test_a_file_that_is_named_is_tried_whatever_its_name(folder: Path, db: Path) -> None:
    (folder / "no-report.txt").write_text("hello", encoding="utf-8")
    summary = ingest(
        [folder / "notes.txt", folder / "no-report.txt"], db, workers=0, reader=read_made
    )
    assert [r.path.name for r in summary.refused] == ["no-report.txt"]
    assert rows(db, "SELECT agency FROM reports") == [("丁局",)]


def test_a_file_offered_twice_counts_once(folder: Path, db: Path) -> None:
    summary = ingest([folder / "a.pdf", folder], db, workers=0, reader=read_made)
    assert summary.offered == 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are POSIX's")
def test_a_pipe_is_not_waited_for(folder: Path, db: Path) -> None:
    os.mkfifo(folder / "a-pipe.pdf")
    (folder / "a-link.pdf").symlink_to("nowhere")
    summary = run(folder, db)
    assert [(r.path.name, r.outcome) for r in summary.refused[:2]] == [
        ("a-link.pdf", "unreadable"),
        ("a-pipe.pdf", "unreadable"),
    ]


def test_a_file_that_changes_while_it_is_read_is_not_trusted(folder: Path, db: Path) -> None:
    summary = ingest([folder / "a.pdf"], db, workers=0, reader=read_and_touch)
    assert [r.outcome for r in summary.refused] == ["failed"]
    assert rows(db, "SELECT COUNT(*) FROM reports") == [(0,)]


def read_and_touch(path: Path, pipeline: Any) -> Any:
    reports = read_made(path, pipeline)
    path.write_text("report 改", encoding="utf-8")
    return reports


def test_an_interrupt_leaves_whole_files(folder: Path, db: Path) -> None:
    def interrupt(done: int, _total: int, _result: FileResult | None) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, db, workers=2, progress=interrupt)
    assert rows(db, "SELECT file_name, outcome FROM files") == OUTCOMES[:2]
    assert rows(db, "SELECT finished_at FROM runs") == [(None,)]
    assert run(folder, db).known == 2


def test_wrong_use_leaves_no_database(folder: Path, tmp_path: Path, db: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for paths, words in (
        ([tmp_path / "missing.pdf"], "does not exist"),
        ([folder, bare], "holds no PDF"),
        ([], "nothing to ingest"),
    ):
        with pytest.raises(UsageError, match=words):
            ingest(paths, db, workers=0)
    for options in ({"workers": -1}, {"timeout": 0}):
        with pytest.raises(UsageError):
            run(folder, db, **options)
    with pytest.raises(PipelineError):
        run(folder, db, pipeline="nothing-such")
    assert not db.exists()
    with pytest.raises(DatabaseError, match="there is no folder"):
        run(folder, tmp_path / "missing" / "gongkai.db")
