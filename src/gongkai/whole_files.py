"""Write files whole or not at all: beside their place, synced, and then renamed; or by lines.

Whoever ends the program at any moment, or fills the disk, finds the earlier file or the new one,
never a part of one. Every file that gongkai writes for people is written here.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

_PREFIX, _SUFFIX = ".gongkai-", ".part"  # of the folders in which files wait
_ABANDONED = 86_400.0  # seconds, after which such a folder is that of a killed program


@contextlib.contextmanager
def staged(folder: Path, last: str | None = None) -> Iterator[Path]:
    """Yield an empty folder; afterwards move its files to the same places in ``folder``.

    All files are whole and synced before the first one is moved. The file named ``last`` is
    moved after all others. After an exception nothing in ``folder`` has changed.

    Raises OSError.
    """
    _remove_abandoned(folder)
    stage = Path(tempfile.mkdtemp(_SUFFIX, _PREFIX, folder))
    try:
        yield stage
        written = sorted(path for path in stage.rglob("*") if path.is_file())
        written.sort(key=lambda path: path == stage / (last or ""))  # stable
        for path in written:
            sync(path)
        changed = {folder}
        for path in written:
            target = folder / path.relative_to(stage)
            changed |= set(_make_parents(target, folder))
            if target == folder / (last or ""):
                _sync_folders(changed)
            if target.exists():
                shutil.copymode(target, path)
            path.replace(target)
            changed.add(target.parent)
        _sync_folders(changed)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


@contextlib.contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Yield the path of a file to write, which then replaces ``path``.

    A link keeps pointing to the file that is replaced. What is no regular file, such as
    ``/dev/stdout``, is written itself. Raises OSError.
    """
    target = Path(os.path.realpath(path))
    if target.exists() and not target.is_file():
        yield path
        return
    with staged(target.parent) as stage:
        yield stage / target.name


def append_lines(path: Path, lines: Iterable[str]) -> None:
    """Append lines to a file, all or none, and wait until they are on the disk.

    A last line that was cut off earlier is ended first. Raises OSError.
    """
    is_new = not path.exists()
    data = "".join(f"{line}\n" for line in lines).encode()
    with path.open("ab+", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        if end:
            file.seek(-1, os.SEEK_END)
            data = data if file.read(1) == b"\n" else b"\n" + data
        try:
            while data:
                data = data[file.write(data) :]
            os.fsync(file.fileno())
        except OSError:
            file.truncate(end)
            raise
    if is_new:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk; Windows cannot."""
    if os.name != "nt":
        sync(folder)


def sync(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    # Windows syncs only what is open for writing.
    descriptor = os.open(path, os.O_RDWR if os.name == "nt" else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_parents(target: Path, folder: Path) -> Iterator[Path]:
    """Make the missing folders of a file; yield those that have a new name in them."""
    missing = [each for each in target.parents if not each.exists() and each != folder]
    for each in reversed(missing):
        each.mkdir(exist_ok=True)
        yield each.parent


def _sync_folders(folders: set[Path]) -> None:
    for folder in folders:
        sync_folder(folder)
    folders.clear()


def _remove_abandoned(folder: Path) -> None:
    """Remove what a killed program left behind."""
    for stage in folder.glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            if time.time() - stage.stat().st_mtime > _ABANDONED:
                shutil.rmtree(stage, ignore_errors=True)
