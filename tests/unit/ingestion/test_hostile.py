"""Hostile files in one batch with good ones: each is read or refused, and none does harm."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from collections.abc import Iterable
from pathlib import Path
from threading import Event, Thread
from typing import Self

import psutil
import pytest

from gongkai.families.folders import BUILT_IN
from gongkai.ingestion.batch import ingest
from gongkai.ingestion.results import FileResult, Summary
from helpers.hostile import HOSTILE
from helpers.registry import ROOT
from made import read_made

pytestmark = pytest.mark.process

GOOD = ROOT / "samples" / "corpus" / "digits-full-width+rules-dashed+disclosure-split-drawn.pdf"

NO_TEXT = "全部页面都没有文字"
NO_REPORT = "读到了文字，但没有"
NO_PDF = "不是PDF文件，或已损坏、被截断"
STOPPED = r"内存超过 (?:0\.5|1) GB|读取进程意外中止（信号 \w+）|90 秒内没有读完"

# The reason of each. A stopped file was read twice, the second time alone.
REFUSED = {
    "bomb-contents": STOPPED,
    "bomb-spaces": STOPPED,
    "bomb-letters": STOPPED,
    "bomb-object-stream": STOPPED,
    "bomb-image": "其中一幅图片有 1600 百万像素，超过 150",
    "bomb-image-rgb": "其中一幅图片有 400 百万像素，超过 150",
    "image-false-size": "其中一幅图片有 4611686014132 百万像素，超过 150",
    "pages-loop": "第2页已损坏，读不出",
    "pages-false-count": NO_REPORT,
    "pages-negative": NO_REPORT,
    "pages-tower": "文件打不开，可能已损坏|不是PDF文件，或已损坏",  # as deep as the stack goes
    "pages-100000": "有 100000 页，超过 3000 页",
    "parent-loop": NO_REPORT,
    "box-gigantic": NO_REPORT,
    "box-gigantic-picture": f"{NO_TEXT}|{STOPPED}",
    "box-infinite": NO_REPORT,
    "box-empty": NO_REPORT,
    "box-of-text": NO_REPORT,
    "nested-arrays": NO_REPORT,
    "nested-dictionaries": NO_REPORT,
    "nested-in-contents": NO_REPORT,
    "nested-dictionaries-in-contents": NO_REPORT,
    "nested-states": NO_REPORT,
    "nested-text": NO_TEXT,
    "form-in-itself": STOPPED,
    "forms-tower": STOPPED,
    "forms-deep": NO_REPORT,
    "length-of-itself": NO_TEXT,
    "contents-in-itself": NO_TEXT,
    "xref-loop": NO_REPORT,
    "rules-million": NO_TEXT,
    "letters-million": NO_REPORT,
    "marks-million": NO_TEXT,
    "one-path-million": f"{NO_TEXT}|{NO_REPORT}",  # OCR reads letters into the drawing
    "clips-million": NO_REPORT,
    "font-calls-itself": NO_TEXT,
    "font-of-nonsense": NO_REPORT,
    "font-maps-all-to-one": NO_REPORT,
    "font-maps-one-to-many": f"{NO_REPORT}|{STOPPED}",
    "font-maps-to-controls": NO_REPORT,
    "size-gigantic": NO_TEXT,
    "header-only": NO_PDF,
    "zeros": NO_PDF,
}


# The summary of each run, the result of each file, and the share of its limits that each run held.
Batch = tuple[list[Summary], dict[str, FileResult], list[float]]
UNLIMITED = {name for name, reason in REFUSED.items() if STOPPED in reason}


def test_every_hostile_file_has_an_expectation() -> None:
    assert set(REFUSED) == set(HOSTILE)


class Memory(Thread):
    """Watches, while it is entered, the most memory that this process's children hold together."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self._is_over = Event()

    def run(self) -> None:
        this = psutil.Process()
        while not self._is_over.wait(0.05):
            held = 0
            for child in this.children(recursive=True):
                with contextlib.suppress(psutil.Error):  # it has ended
                    held += child.memory_info().rss
            self.most = max(self.most, held)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self.join()


@pytest.fixture(scope="module")
def batch(tmp_path_factory: pytest.TempPathFactory) -> Batch:
    """Ingest all of them, each followed by a good file.

    Those that need any amount of memory are read with less of it, which takes half the time.
    """
    good = GOOD.read_bytes()
    results: dict[str, FileResult] = {}

    def keep(_done: int, _total: int, result: FileResult | None) -> None:
        if result is not None:
            results[result.path.stem] = result

    def run(names: Iterable[str], max_memory: float) -> Summary:
        folder = tmp_path_factory.mktemp("hostile")
        for name in names:
            (folder / f"{name}.pdf").write_bytes(HOSTILE[name]())
            (folder / f"{name}~good.pdf").write_bytes(good + f"\n% {name}\n".encode())
        with Memory() as memory:
            found = ingest(
                [folder],
                folder / "all.db",
                workers=2,
                timeout=90,
                max_memory=max_memory,
                progress=keep,
            )
        held.append(memory.most / (2 * max_memory * 1e9))
        return found

    held: list[float] = []
    return [run(UNLIMITED, 0.5), run(HOSTILE.keys() - UNLIMITED, 1.0)], results, held


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_and_its_neighbour_read(batch: Batch, name: str) -> None:
    _, results, _ = batch
    result, neighbour = results[name], results[f"{name}~good"]
    assert result.reason is not None
    assert re.match(REFUSED[name], result.reason), result.reason
    assert result.outcome == ("failed" if re.match(STOPPED, result.reason) else result.outcome)
    assert neighbour.outcome == "loaded", neighbour.reason
    assert neighbour.statuses == ("proved",)


def test_no_file_is_lost(batch: Batch) -> None:
    summaries, *_ = batch
    assert sum(summary.offered for summary in summaries) == 2 * len(HOSTILE)
    assert sum(summary.loaded for summary in summaries) == len(HOSTILE)


def test_two_reading_processes_hold_no_more_than_twice_the_limit(batch: Batch) -> None:
    *_, held = batch
    print([f"{share:.0%}" for share in held])  # noqa: T201 - for docs/reliability.md, with -s
    assert max(held) < 1.1  # memory is measured now and then


def test_no_hostile_file_raises_an_unexpected_error(
    batch: Batch,
) -> None:
    _, results, _ = batch
    reasons = {name: result.reason or "" for name, result in results.items()}
    assert {name: r for name, r in reasons.items() if r.startswith("读取时程序出错")} == {}


NAMES = {
    "\x1b[31mred\x1b[0m.pdf": "an escape sequence",
    "new\nline.pdf": "two lines",
    "bell\a\b\r.pdf": "controls",
    "gpj.\u202efdp.pdf": "turned by a mark",
    "=cmd|'x'!A1.pdf": "a formula",
    "..\\..\\up.pdf": "a path of Windows",
    "'; DROP TABLE report; --.pdf": "a statement",
    "<script>alert(1)<script>.pdf": "a script",
    "%s%n{0}.pdf": "a template",
    "-rf.pdf": "an option",
    "名" * 80 + ".pdf": "as long as may be",
}


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such names")
def test_any_file_name_is_only_a_name(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for number, name in enumerate([*NAMES, os.fsdecode(b"no\xfftext.pdf")]):
        (folder / name).write_text(f"report 局{number}", encoding="utf-8")
    summary = ingest(
        [folder / ".." / "reports"], tmp_path / "a.db", workers=0, reader=read_made, family=BUILT_IN
    )
    assert (summary.offered, summary.loaded) == (len(NAMES) + 1, len(NAMES) + 1)
    assert (
        ingest([folder], tmp_path / "a.db", workers=0, reader=read_made, family=BUILT_IN).known
        == summary.offered
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="POSIX only")
def test_pipes_devices_and_sockets_are_not_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside = tmp_path / "outside"
    folder = tmp_path / "reports"
    for place in (outside, folder):
        place.mkdir()
    (outside / "secret.pdf").write_text("report 外局", encoding="utf-8")
    (folder / "good.pdf").write_text("report 内局", encoding="utf-8")
    os.mkfifo(folder / "pipe.pdf")
    (folder / "device.pdf").symlink_to("/dev/zero")
    (folder / "circle.pdf").symlink_to("circle.pdf")
    (folder / "folder.pdf").mkdir()
    (folder / "up").symlink_to(outside)  # a folder by a link is not walked
    (folder / "folder-by-link.pdf").symlink_to(outside)
    (folder / "password.pdf").symlink_to("/etc/passwd")
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.pdf")
        summary = ingest([folder], tmp_path / "a.db", workers=1)
    reasons = {result.path.name: result.reason or "" for result in summary.refused}
    for name in ("pipe.pdf", "device.pdf", "socket.pdf"):
        assert reasons.pop(name) == "不是普通文件"
    assert "文件打不开" in reasons.pop("circle.pdf")
    assert reasons.pop("password.pdf") == "不是PDF文件"
    assert reasons.pop("good.pdf") == "不是PDF文件"
    assert reasons == {}
