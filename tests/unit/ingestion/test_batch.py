"""Ingest of many files: isolated, in order, whatever happens to one of them."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gongkai.errors import DatabaseError, FamilyError, OcrMissing, UsageError
from gongkai.families.family import Family
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion import run as one_run
from gongkai.ingestion.batch import ingest
from gongkai.ingestion.results import FileResult, Summary
from gongkai.ingestion.sources import content_of
from gongkai.model import Report
from helpers.registry import ROOT
from helpers.stored import content, rows
from made import read_made

pytestmark = pytest.mark.slow


def run(folder: Path, db: Path, **options: Any) -> Summary:
    return ingest(
        [folder], db, **{"workers": 0, "reader": read_made, "family": BUILT_IN, **options}
    )


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
    age(made)
    return made


def age(folder: Path) -> None:
    """Make the files an hour old, since the time of a new file is not trusted."""
    then = time.time_ns() - 3600 * 10**9
    for path in folder.rglob("*"):
        os.utime(path, ns=(then, then))


OUTCOMES = [
    ("a.pdf", "loaded"),
    ("b.PDF", "not_a_report"),
    ("d.pdf", "failed"),
    ("empty.pdf", "unreadable"),
    ("c.pdf", "loaded"),
]


def test_every_file_is_recorded_with_its_outcome(folder: Path, db: Path) -> None:
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
    loaded = rows(db, "SELECT DISTINCT run_id FROM files WHERE outcome = 'loaded'")
    assert loaded == [(first.run_ids[BUILT_IN],)]
    forced = run(folder, db, force=True)
    assert forced.known == 0
    runs = {run for (run,) in rows(db, "SELECT run_id FROM files")}
    assert forced.run_ids[BUILT_IN] in runs <= set(forced.run_ids.values())
    assert rows(db, "SELECT COUNT(*) FROM reports") == [(3,)]


def test_known_files_are_not_even_opened(folder: Path, db: Path) -> None:
    run(folder, db)
    hidden = (folder / "a.pdf").read_bytes()
    stamp = (folder / "a.pdf").stat()
    (folder / "a.pdf").write_bytes(hidden.replace("甲".encode(), "己".encode()))
    os.utime(folder / "a.pdf", ns=(stamp.st_mtime_ns, stamp.st_mtime_ns))
    assert run(folder, db).known == 4  # nobody can see it from outside
    assert rows(db, "SELECT agency FROM reports WHERE file_name = 'a.pdf'") == [("甲局",)]
    assert run(folder, db, verify=True).known == 3
    assert rows(db, "SELECT agency FROM reports WHERE file_name = 'a.pdf'") == [("己局",)]
    assert run(folder, db, verify=True).known == 4


def test_a_touched_file_is_digested_once(folder: Path, db: Path) -> None:
    run(folder, db)
    age(folder)
    opened: list[Path] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            one_run, "content_of", lambda path, here: opened.append(path) or content_of(path, here)
        )
        assert run(folder, db).known == 4
        assert {path.name for path in opened} == {name for name, _ in OUTCOMES}
        opened.clear()
        assert run(folder, db).known == 4
        assert [path.name for path in opened] == ["d.pdf"]  # it failed: it is tried again


def test_a_file_that_changed_just_now_is_digested_again(folder: Path, db: Path) -> None:
    (folder / "a.pdf").write_text("report 新局", encoding="utf-8")
    moment = time.time_ns() + 60 * 10**9  # a busy machine takes a while until it looks at the file
    os.utime(folder / "a.pdf", ns=(moment, moment))
    run(folder, db)
    with contextlib.closing(sqlite3.connect(db)) as connection:
        stamps = dict(connection.execute("SELECT file_name, mtime_ns FROM source_path").fetchall())
    assert stamps["a.pdf"] is None
    assert stamps["c.pdf"] is not None


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


@pytest.mark.process
def test_any_number_of_workers_gives_the_same_database(folder: Path, tmp_path: Path) -> None:
    more = {"crash": "crash", "die": "die", "greedy": "greedy", "odd": "odd", "once": "once 戊局"}
    for name, words in more.items():
        (folder / f"{name}.pdf").write_text(words, encoding="utf-8")
    for n in range(6):
        (folder / f"m{n}.pdf").write_text(
            f"{'late' if n % 3 else 'report'} 局{n}", encoding="utf-8"
        )
    age(folder)
    contents = []
    for workers in (1, 3):
        db = tmp_path / f"{workers}.db"
        run(folder, db, workers=workers, max_memory=0.5, confined=False)
        (folder / "once.tried").unlink()
        contents.append(content(db))
    assert contents[0] == contents[1]


@pytest.mark.process
def test_this_process_gives_the_same_database_as_workers(folder: Path, tmp_path: Path) -> None:
    here, there = tmp_path / "here.db", tmp_path / "there.db"
    run(folder, here, workers=0)
    run(folder, there, workers=2)
    assert content(here) == content(there)


BAD = {
    "dies": ("die", "读取进程意外中止（退出码 3）（单独再试也是如此）"),
    "hangs": ("slow", "5 秒内没有读完，已放弃（单独再试也是如此）"),
    "grows": ("greedy", "内存超过 0.5 GB，已放弃（单独再试也是如此）"),
    "swells": ("wordy", "读出的内容过大（90 MB），已放弃"),
    "raises": ("odd", "读取时程序出错（Unsendable: needs two）"),
}


@pytest.mark.process
def test_a_bad_file_does_not_affect_other_files(folder: Path, db: Path) -> None:
    for number, (name, (words, _)) in enumerate(BAD.items()):
        (folder / f"a-{name}.pdf").write_text(words, encoding="utf-8")
        (folder / f"a-{name}-next.pdf").write_text(f"report 邻{number}", encoding="utf-8")
    summary = run(folder, db, workers=2, timeout=5, max_memory=0.5)
    reasons = {r.path.stem.removeprefix("a-"): r.reason for r in summary.refused}
    assert {name: reasons[name] for name in BAD} == {name: told for name, (_, told) in BAD.items()}
    assert dict(
        rows(db, "SELECT file_name, reason FROM files WHERE file_name LIKE 'a-%s.pdf'")
    ) == {f"a-{name}.pdf": told for name, (_, told) in BAD.items()}
    assert rows(db, "SELECT agency FROM reports WHERE agency LIKE '邻%' ORDER BY id") == [
        (f"邻{number}",) for _, number in sorted(zip(BAD, range(5), strict=True))
    ]
    assert rows(db, "SELECT COUNT(*) FROM reports") == [(3 + len(BAD),)]


@pytest.mark.process
@pytest.mark.skipif(os.name != "posix", reason="elsewhere the exit code is another")
def test_a_crash_of_a_library_is_reported_with_its_signal(folder: Path, db: Path) -> None:
    (folder / "a-crash.pdf").write_text("crash", encoding="utf-8")
    [crashed] = [r for r in run(folder, db, workers=1).refused if r.path.name == "a-crash.pdf"]
    assert crashed.reason is not None
    assert crashed.reason.startswith("读取进程意外中止（信号 SIG")


@pytest.mark.process
def test_a_file_whose_worker_was_killed_is_read_again(folder: Path, db: Path) -> None:
    (folder / "a-once.pdf").write_text("once 戊局", encoding="utf-8")
    summary = run(folder, db, workers=2, confined=False)
    assert "a-once.pdf" not in {r.path.name for r in summary.refused}
    assert rows(db, "SELECT COUNT(*) FROM reports WHERE agency = '戊局'") == [(1,)]


@pytest.mark.process
def test_other_files_are_read_while_one_takes_long(folder: Path, db: Path) -> None:
    """A scan takes as long as hundreds of digital reports, but no worker waits for it."""
    for number in range(60):
        (folder / f"x{number:02}.pdf").write_text(f"mark {number}", encoding="utf-8")
    (folder / "a.pdf").write_text("behind 60", encoding="utf-8")
    summary = run(folder, db, workers=2, timeout=60, confined=False)
    assert summary.loaded == 62


def test_a_named_file_is_read_whatever_its_name(folder: Path, db: Path) -> None:
    (folder / "no-report.txt").write_text("hello", encoding="utf-8")
    summary = ingest(
        [folder / "notes.txt", folder / "no-report.txt"],
        db,
        workers=0,
        reader=read_made,
        family=BUILT_IN,
    )
    assert [r.path.name for r in summary.refused] == ["no-report.txt"]
    assert rows(db, "SELECT agency FROM reports") == [("丁局",)]


def test_a_file_offered_twice_counts_once(folder: Path, db: Path) -> None:
    summary = ingest([folder / "a.pdf", folder], db, workers=0, reader=read_made, family=BUILT_IN)
    assert summary.offered == 5


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with names are POSIX's")
def test_a_pipe_does_not_block_the_run(folder: Path, db: Path) -> None:
    os.mkfifo(folder / "a-pipe.pdf")
    (folder / "a-link.pdf").symlink_to("nowhere")
    summary = run(folder, db)
    assert [(r.path.name, r.outcome) for r in summary.refused[:2]] == [
        ("a-link.pdf", "unreadable"),
        ("a-pipe.pdf", "unreadable"),
    ]


def test_a_file_that_changes_while_it_is_read_fails(folder: Path, db: Path) -> None:
    summary = ingest([folder / "a.pdf"], db, workers=0, reader=read_and_touch, family=BUILT_IN)
    assert [r.outcome for r in summary.refused] == ["failed"]
    assert rows(db, "SELECT COUNT(*) FROM reports") == [(0,)]


def read_and_touch(path: Path, family: Any) -> Any:
    reports = read_made(path, family)
    path.write_text("report 改", encoding="utf-8")
    return reports


@pytest.mark.process
def test_an_interrupt_leaves_whole_files(folder: Path, db: Path) -> None:
    def interrupt(done: int, _total: int, _result: FileResult | None) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(folder, db, workers=2, progress=interrupt)
    assert rows(db, "SELECT file_name, outcome FROM files") == OUTCOMES[:2]
    assert rows(db, "SELECT DISTINCT finished_at FROM runs") == [(None,)]
    assert run(folder, db).known == 2


@pytest.mark.process
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
    for options in ({"workers": -1}, {"timeout": 0}, {"max_memory": 0.1}):
        with pytest.raises(UsageError):
            run(folder, db, **options)
    with pytest.raises(FamilyError):
        run(folder, db, family="nothing-such")
    assert not db.exists()
    with pytest.raises(DatabaseError, match="there is no folder"):
        run(folder, tmp_path / "missing" / "gongkai.db")


def test_an_unknown_reader_stops_the_run_before_it_begins(folder: Path, tmp_path: Path) -> None:
    family = tmp_path / "family"
    shutil.copytree(ROOT / "pipelines" / "ogi-annual-report", family)
    settings = family / "pipeline.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace('order = ["pdfium",', 'order = ["pdfium", "mypdf",'), "utf-8")
    with pytest.raises(FamilyError, match="no reader 'mypdf'"):
        ingest([folder], tmp_path / "a.db", family=family, workers=0)
    assert not (tmp_path / "a.db").exists()


def read_without_ocr(_path: Path, _family: Family) -> Sequence[Report]:
    """A reader that meets a scan where OCR is not installed."""
    raise OcrMissing("需要识别图片")


def test_a_scan_that_is_read_again_without_ocr_keeps_its_report(folder: Path, db: Path) -> None:
    run(folder, db, workers=0)
    before = rows(db, "SELECT agency, file_name FROM reports ORDER BY id")
    summary = ingest([folder], db, workers=0, reader=read_without_ocr, family=BUILT_IN, force=True)
    assert {each.reason for each in summary.kept} == {"需要识别图片"}
    assert rows(db, "SELECT agency, file_name FROM reports ORDER BY id") == before
    assert run(folder, db, workers=0).known == 0  # tried again when it is installed
