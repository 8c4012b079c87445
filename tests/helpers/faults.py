"""Write paths under failing disks, full disks, little memory, kills and power cuts, as a program.

LD_PRELOAD=faults.so python -m helpers.faults FOLDER SECONDS SEED [KIND]

Each trial copies a good folder, forks, and lets the child write while one step of it fails. Then
the parent looks at what is left. It prints a JSON object: the trials of each kind, and what was
lost. ``SECONDS`` of CPU are spent; 0 tries every step of every path once. ``KIND`` is the only
kind of fault then: error, full, kill or memory.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import io
import json
import os
import random
import shutil
import sqlite3
import sys
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gongkai.cli.decision_files import export_csv, import_files
from gongkai.database.connection import open_for_writing
from gongkai.database.locations import decisions_copy
from gongkai.decisions import removal
from gongkai.decisions.answers import Answer
from gongkai.decisions.backup import read_copy
from gongkai.decisions.csv_io import write_decisions
from gongkai.decisions.factory import find_target, make_decision
from gongkai.decisions.records import Decision
from gongkai.decisions.rescue import rescue_decisions
from gongkai.decisions.store import DecisionStore
from gongkai.errors import GongkaiError, UsageError
from gongkai.export import ExportFormat, export
from gongkai.families.folders import BUILT_IN
from gongkai.ingestion import batch
from gongkai.ingestion.remove import remove
from gongkai.model import Key
from gongkai.queries import families as stored
from helpers.families import built_in, load_once
from helpers.interrupted import make_folder, read_year
from helpers.older_schemas import undo_to_14

ANSWERED, REFUSED, NO_MEMORY, UNEXPECTED = 0, 3, 4, 5  # exit codes of a child
NEW_FILE, CHANGED_FILE = "0006.pdf", "0002.pdf"
CELL = Key("applications", "carried_over_in", "total")
KINDS = ("error", "full", "kill", "memory")  # of faults
TABLES = ("panel", "decisions", "files")
DESCRIPTION = "out/datapackage.json"
FORMATS: tuple[ExportFormat, ...] = ("csv", "xlsx", "parquet")


# ---------------------------------------------------------------- the write paths


def ingest(folder: Path) -> None:
    batch.ingest(
        [folder / "reports"],
        folder / "a.db",
        family=BUILT_IN,
        workers=0,
        reader=read_year,
        force=True,
    )


def decide(folder: Path) -> None:
    with DecisionStore(folder / "a.db", [built_in()]) as store:
        store.add([_decision(store, "乙")])


def import_(folder: Path) -> None:
    import_files([folder / "import.csv"], folder / "a.db", None)


def remove_file(folder: Path) -> None:
    with contextlib.suppress(UsageError):  # an earlier run removed it
        remove(folder / "a.db", files=[CHANGED_FILE])


def migrate(folder: Path) -> None:
    open_for_writing(folder / "a.db").dispose()


def exporting(kind: ExportFormat) -> Callable[[Path], None]:
    def run(folder: Path) -> None:
        export(folder / "a.db", folder / "out", kind, tables=TABLES, language="zh")

    return run


def export_decisions(folder: Path) -> None:
    export_csv(folder / "a.db", folder / "out" / "decisions.csv")


PATHS: dict[str, Callable[[Path], None]] = {
    "ingest": ingest,
    "decide": decide,
    "import": import_,
    "remove": remove_file,
    "migrate": migrate,
    "export csv": exporting("csv"),
    "export xlsx": exporting("xlsx"),
    "export parquet": exporting("parquet"),
    "export decisions": export_decisions,
}


def _decision(store: DecisionStore, who: str) -> Decision:
    with store.transaction() as connection:
        target = find_target(connection, 1, kind="cell", key=CELL, occurrence=1)
        made = make_decision(connection, target, Answer(who, "typed", "number", "7", "7"))
        return replace(made, at="2026-01-01T00:00:00.000000+00:00")  # the same in every trial


def prepare(base: Path) -> None:
    """Make the folder that every trial begins with."""
    base.mkdir()
    db = base / "a.db"
    reports = make_folder(base / "reports", 6)
    batch.ingest([reports], db, family=BUILT_IN, workers=0, reader=read_year)
    with DecisionStore(db, [built_in()]) as store:
        made = _decision(store, "甲")
        store.add([made, *(replace(made, who=f"{n}", verdict="withdrawn") for n in range(9))])
    with (base / "import.csv").open("w", encoding="utf-8") as file:
        others = [replace(made, who=f"他{n}", sequence=n, database_id="x") for n in range(1, 30)]
        write_decisions(others, file, {})
    for kind in FORMATS:
        export(db, base / f"out {kind}", kind, tables=TABLES)
    export_csv(db, base / "out csv" / "decisions.csv")
    shutil.copy(db, base / "old.db")
    engine = open_for_writing(base / "old.db")
    with engine.begin() as connection:
        undo_to_14(connection)
    engine.dispose()


def copy_for(path: str, base: Path, folder: Path) -> None:
    """Copy what one write path needs."""
    folder.mkdir()
    shutil.copy(base / ("old.db" if path == "migrate" else "a.db"), folder / "a.db")
    shutil.copy(decisions_copy(base / "a.db"), decisions_copy(folder / "a.db"))
    if path == "import":
        shutil.copy(base / "import.csv", folder)
    if path == "ingest":
        shutil.copytree(base / "reports", folder / "reports")
        (folder / "reports" / CHANGED_FILE).write_text("2 40 41", encoding="utf-8")
        (folder / "reports" / NEW_FILE).write_text("6 60 61", encoding="utf-8")
    if path.startswith("export"):
        kind = path.removeprefix("export ").replace("decisions", "csv")
        shutil.copytree(base / f"out {kind}", folder / "out")


# ---------------------------------------------------------------- what is left


@dataclass(frozen=True)
class State:
    """What people would miss: reports by file, decisions, their copy, and exported files."""

    reports: dict[str, tuple[Any, ...]]
    decisions: frozenset[str]
    copied: frozenset[str]
    exported: dict[str, bytes]


def state_of(folder: Path) -> State:
    """Read what a folder holds. Raises ValueError for a database that is not whole."""
    with contextlib.closing(sqlite3.connect(folder / "a.db")) as connection:
        for check in ("integrity_check", "foreign_key_check"):
            found = connection.execute(f"PRAGMA {check}").fetchall()
            if found not in ([("ok",)], []):
                raise ValueError(f"{check}: {found[:3]}")
        decisions = frozenset(u for (u,) in connection.execute("SELECT uid FROM decision"))
        cells = connection.execute(
            "SELECT file_name, sha256, outcome, agency, year, (SELECT GROUP_CONCAT("
            "field_id || ' ' || value) FROM cell WHERE report_id = report.id) FROM source_path "
            "JOIN source ON source.id = source_path.source_id "
            "JOIN reading ON reading.source_id = source.id "
            "LEFT JOIN report ON report.source_id = source.id"
        )
        reports = {name: tuple(rest) for name, *rest in cells}
    copied = frozenset(d.uid for d in read_copy(decisions_copy(folder / "a.db")))
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / "out").rglob("*")
        if path.is_file() and ".part/" not in path.as_posix()
    }
    return State(reports, decisions, copied, files)


def losses(before: State, expected: State, folder: Path, code: int) -> Iterator[str]:
    """Name everything that a trial lost or left half done."""
    try:
        after = state_of(folder)
    except (ValueError, sqlite3.Error) as error:
        yield f"the database is not whole: {error}"
        return
    for name, was in before.reports.items():
        if after.reports.get(name) not in (was, expected.reports.get(name)):
            yield f"report {name}: {was} became {after.reports.get(name)}"
    if after.decisions not in (before.decisions, expected.decisions):
        yield f"{len(after.decisions)} decisions, neither all nor none of the new ones"
    if not before.copied <= after.copied:
        yield "the copy lost decisions"
    if not after.copied <= after.decisions:
        yield "the copy has decisions that were never stored"
    yield from _export_losses(before.exported, expected.exported, after.exported)
    if code == ANSWERED:
        left, due = (
            (state.reports, state.decisions, {n: workbook_or(c) for n, c in state.exported.items()})
            for state in (after, expected)
        )
        if left != due:
            yield "it said that it was done, and it was not"
    if code == UNEXPECTED:
        yield "it ended with an unexpected error"


Files = Mapping[str, bytes]


def _export_losses(before: Files, expected: Files, after: Files) -> Iterator[str]:
    """Each file is the old one or the new one; the new description comes after all others."""
    is_new = after.get(DESCRIPTION) != before.get(DESCRIPTION)
    due = expected if is_new else before
    if missing := due.keys() - after.keys():
        yield f"exported files are missing: {sorted(missing)}"
    for name, content in after.items():
        if workbook_or(content) not in (before.get(name), expected.get(name), b"workbook"):
            yield f"{name} is neither the old one nor the new one"
        is_old = name in expected and content == before.get(name) != expected[name]
        if is_new and is_old:
            yield f"the description is newer than {name}"


def workbook_or(content: bytes) -> bytes:
    """The content of a file, but the same for every whole workbook: they contain the time."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        return content if parts.testzip() else b"workbook"


# ---------------------------------------------------------------- trials


class Faults:
    """The library that is loaded with LD_PRELOAD (tests/fault/faults.c)."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)
        self._library.faults_calls.restype = ctypes.c_long

    def arm(self, folder: Path, kind: str, step: int) -> None:
        below = os.fsencode(folder)
        number = errno.ENOSPC if kind == "full" else errno.EIO
        self._library.faults_arm(
            below, ctypes.c_long(step), number, int(kind == "full"), int(kind == "kill")
        )

    def keep_synced(self, folder: Path, to: Path) -> None:
        self._library.faults_keep_synced(os.fsencode(folder), os.fsencode(to))

    @property
    def calls(self) -> int:
        return int(self._library.faults_calls())


def in_child(work: Callable[[], int], log: Path) -> int:
    """Fork, work, and return the exit code of the child; negative for a kill."""
    child = os.fork()
    if child == 0:
        code = UNEXPECTED
        with log.open("wb") as out:
            os.dup2(out.fileno(), 1)
            os.dup2(out.fileno(), 2)
        try:
            code = work()
        except GongkaiError:
            code = REFUSED
        except MemoryError:
            code = NO_MEMORY
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def limit_memory(limit: int) -> None:
    """Let SQLite ask for no more than these bytes, in this process."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute(f"PRAGMA hard_heap_limit = {limit}")


class Trials:
    """All trials of a run."""

    def __init__(self, root: Path, seed: int, kinds: Collection[str] = KINDS) -> None:
        self.root, self.base = root, root / "base"
        self.faults = Faults()
        self.chance = random.Random(seed)
        self.kinds = kinds
        self.counts: Counter[str] = Counter()
        self.losses: list[str] = []
        self._number = 0
        prepare(self.base)
        self.plans = {path: self._plan(path) for path in PATHS}

    def _plan(self, path: str) -> tuple[State, State, list[tuple[str, int]]]:
        """The states before and after a run without faults, and every step to fail, shuffled."""
        folder = self.root / "dry"
        copy_for(path, self.base, folder)
        before = state_of(folder)
        steps = self.root / "steps"

        def run() -> int:
            self.faults.arm(folder, "error", -1)
            PATHS[path](folder)
            steps.write_text(str(self.faults.calls), encoding="utf-8")
            return ANSWERED

        if in_child(run, self.root / "log") != ANSWERED:
            raise RuntimeError(f"{path}: {(self.root / 'log').read_text(encoding='utf-8')}")
        expected = state_of(folder)
        shutil.rmtree(folder)
        count = int(steps.read_text(encoding="utf-8"))
        steps_of = dict.fromkeys(KINDS, range(1, count + 1))
        steps_of["memory"] = range(40_000, 1_000_000, 12_000)  # bytes
        plan = [(kind, n) for kind in self.kinds for n in steps_of[kind]]
        self.chance.shuffle(plan)
        return before, expected, plan

    def run(self, seconds: float) -> None:
        """Try the steps of all paths in turn, until the time is over or none is left."""
        end = _cpu() + seconds if seconds else float("inf")
        while any(plan for _, _, plan in self.plans.values()):
            for path, (before, expected, plan) in self.plans.items():
                if plan and _cpu() < end:
                    self.trial(path, before, expected, *plan.pop())
            if _cpu() >= end:
                break

    def trial(self, path: str, before: State, expected: State, kind: str, step: int) -> None:
        self._number += 1
        folder = self.root / f"{self._number}"
        copy_for(path, self.base, folder)

        def run() -> int:
            if kind == "memory":
                limit_memory(step)
            else:
                self.faults.arm(folder, kind, step)
            PATHS[path](folder)
            return ANSWERED

        log = self.root / "log"
        code = in_child(run, log)
        self.counts[f"{path}: {kind}"] += 1
        found = list(losses(before, expected, folder, code))
        if self._number % 5 == 0 and not found:  # and it can go on
            found += self._again(path, folder, expected)
        for loss in found:
            last = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-6:]
            self.losses.append(f"{path}, {kind} at {step} (exit {code}): {loss} {last}")
            print(self.losses[-1], file=sys.stderr, flush=True)  # noqa: T201
        shutil.rmtree(folder)

    def _again(self, path: str, folder: Path, expected: State) -> Iterator[str]:
        """Run the path once more, without a fault."""
        if in_child(lambda: (PATHS[path](folder), ANSWERED)[1], self.root / "log") != ANSWERED:
            yield "the next run failed"
            return
        after = state_of(folder)
        same = (after.reports, set(after.exported)) == (expected.reports, set(expected.exported))
        if not same or not after.decisions >= expected.decisions:
            yield "the next run did not complete the work"

    def power_cuts(self) -> None:
        """Cut the power when the program has answered: only what was synced is left."""
        for path in ("decide", "import", "export csv", "export decisions"):
            before, expected, _ = self.plans[path]
            folder, kept, left = (self.root / name for name in ("cut", "kept", "left"))
            copy_for(path, self.base, folder)
            kept.mkdir()
            disk = Disk(folder, kept)

            def run(folder: Path = folder, kept: Path = kept, path: str = path) -> int:
                # Nothing is closed any more: a review answers while its database is open.
                DecisionStore.__exit__ = lambda *_: os._exit(ANSWERED)  # type: ignore[method-assign]
                self.faults.keep_synced(folder, kept)
                PATHS[path](folder)
                os._exit(ANSWERED)

            code = in_child(run, self.root / "log")
            disk.restore(left)
            self.counts[f"{path}: power cut"] += 1
            for loss in losses(before, expected, left, code):
                self.losses.append(f"{path}, power cut: {loss}")
            if path in ("decide", "import"):
                rescued = {d.uid for d in rescue_decisions(left / "a.db").decisions}
                if len(rescued) <= len(before.decisions) or not state_of(left).copied >= rescued:
                    self.losses.append(f"{path}, power cut: the copy lacks decisions")
            for each in (folder, kept, left):
                shutil.rmtree(each)


class Disk:
    """What a disk holds after a power cut: what was there before, and what was synced since."""

    def __init__(self, folder: Path, kept: Path) -> None:
        self._root = folder.stat().st_ino
        self._kept = kept
        inside = [folder, *folder.rglob("*")]
        self._names = {
            each.stat().st_ino: [(below.stat().st_ino, below.name) for below in each.iterdir()]
            for each in inside
            if each.is_dir()
        }
        self._contents = {f.stat().st_ino: f.read_bytes() for f in inside if f.is_file()}

    def restore(self, to: Path, number: int | None = None) -> None:
        """Write the folder with this inode number, by default the root."""
        to.mkdir()
        for below, name in self._listed(self._root if number is None else number):
            if below in self._names or (self._kept / f"names-{below}").exists():
                self.restore(to / name, below)
                continue
            synced = self._kept / str(below)
            content = synced.read_bytes() if synced.exists() else self._contents.get(below, b"")
            (to / name).write_bytes(content)

    def _listed(self, number: int) -> list[tuple[int, str]]:
        synced = self._kept / f"names-{number}"
        if not synced.exists():
            return self._names.get(number, [])
        # Folders whose names begin with a dot are those of files that wait for their place.
        lines = (line.split("/", 1) for line in synced.read_text(encoding="utf-8").splitlines())
        return [(int(below), name) for below, name in lines if not name.startswith(".")]


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def main(folder: str, seconds: str, seed: str, *kinds: str) -> None:
    for module in (batch, removal, stored):
        module.load_family = load_once  # type: ignore[attr-defined]
    trials = Trials(Path(folder), int(seed), kinds or KINDS)
    trials.power_cuts()
    trials.run(float(seconds))
    print(json.dumps({"trials": trials.counts, "losses": trials.losses}, ensure_ascii=False))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
