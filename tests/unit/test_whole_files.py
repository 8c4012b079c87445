"""Files are written whole or not at all."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from gongkai import whole_files
from gongkai.whole_files import replaced, staged


def names(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_files_replace_those_of_the_same_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    (tmp_path / "mine.txt").write_text("kept", encoding="utf-8")
    with staged(tmp_path) as stage:
        (stage / "a.csv").write_text("new", encoding="utf-8")
        (stage / "t" / "year=2023").mkdir(parents=True)
        (stage / "t" / "year=2023" / "b").write_text("new", encoding="utf-8")
        assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old"
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "new"
    assert names(tmp_path) == ["a.csv", "mine.txt", "t", "t/year=2023", "t/year=2023/b"]


def test_an_error_leaves_everything_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")
    with pytest.raises(ValueError, match="stop"), staged(tmp_path) as stage:
        (stage / "a.csv").write_text("new", encoding="utf-8")
        raise ValueError("stop")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["a.csv"]


def test_all_files_are_synced_before_one_is_moved_and_the_last_one_comes_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    move = Path.replace

    def record_sync(path: Path) -> None:
        steps.append(f"sync {path.name if path != tmp_path else '.'}")

    def record_move(path: Path, target: Path) -> Path:
        steps.append(f"move {path.name}")
        return move(path, target)

    monkeypatch.setattr(whole_files, "sync", record_sync)
    monkeypatch.setattr(Path, "replace", record_move)
    with staged(tmp_path, last="a.json") as stage:
        for name in ("a.json", "b.csv", "c.csv"):
            (stage / name).touch()
    folders = ["sync ."] if os.name != "nt" else []
    assert steps == [
        "sync b.csv", "sync c.csv", "sync a.json", "move b.csv", "move c.csv", *folders,
        "move a.json", *folders,
    ]  # fmt: skip


def test_a_full_disk_while_syncing_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("old", encoding="utf-8")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"), replaced(tmp_path / "a.csv") as new:
        new.write_text("new", encoding="utf-8")
    assert (tmp_path / "a.csv").read_text(encoding="utf-8") == "old"
    assert names(tmp_path) == ["a.csv"]


@pytest.mark.skipif(sys.platform == "win32", reason="links and modes of POSIX")
def test_links_and_modes_stay(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real.csv", tmp_path / "link.csv"
    real.write_text("old", encoding="utf-8")
    real.chmod(0o640)
    link.symlink_to(real)
    with replaced(link) as new:
        new.write_text("new", encoding="utf-8")
    assert link.is_symlink() and real.read_text(encoding="utf-8") == "new"
    assert real.stat().st_mode & 0o777 == 0o640
    with replaced(tmp_path / "fresh.csv") as new:
        new.touch()
    (tmp_path / "plain.csv").touch()
    modes = {(tmp_path / name).stat().st_mode for name in ("fresh.csv", "plain.csv")}
    assert len(modes) == 1
    with replaced(Path(os.devnull)) as new:
        assert new == Path(os.devnull)


def test_what_a_killed_program_left_is_removed_after_a_day(tmp_path: Path) -> None:
    for name, age in (("old", 90_000), ("young", 60)):
        left = tmp_path / f".gongkai-{name}.part"
        left.mkdir()
        (left / "a.csv").touch()
        time = left.stat().st_mtime - age
        os.utime(left, (time, time))
    with staged(tmp_path):
        pass
    assert names(tmp_path) == [".gongkai-young.part", ".gongkai-young.part/a.csv"]
