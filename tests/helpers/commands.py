"""Run gongkai's commands in separate processes."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

GONGKAI = [sys.executable, "-m", "gongkai"]


def run(folder: Path, *words: str | Path, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Run one command in a folder; ``timeout`` in seconds."""
    return subprocess.run(
        [*GONGKAI, *map(str, words)], capture_output=True, encoding="utf-8", cwd=folder,
        timeout=timeout, check=False,
    )  # fmt: skip


@contextlib.contextmanager
def served(*words: str | Path) -> Iterator[str]:
    """Run a command that starts a web server, and yield the link that it prints."""
    process = subprocess.Popen(
        [*GONGKAI, *map(str, words), "--port", "0"],
        stderr=subprocess.PIPE, encoding="utf-8", env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stderr is not None
    try:
        line = process.stderr.readline()
        assert line.startswith("http://127.0.0.1:"), line + process.stderr.read()
        yield line.split()[0]
    finally:
        process.terminate()
        process.wait(timeout=20)
        process.stderr.close()
