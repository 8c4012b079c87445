"""Run gongkai's commands, in this process or in others."""

from __future__ import annotations

import contextlib
import io
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from gongkai.cli import logs, main
from gongkai.language import in_language

GONGKAI = [sys.executable, "-m", "gongkai"]

Done = subprocess.CompletedProcess[str]


def run(folder: Path, *words: str | Path, encoding: str = "utf-8") -> Done:
    """Run one command in this process, in a folder, with pipes of an encoding as its streams.

    The result is that of ``run_process``, without the second that a process takes to start.
    """
    argv = ["gongkai", *map(str, words)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding) for _ in range(2))
    code: object = None
    with (
        contextlib.chdir(folder),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", argv),
        in_language("en"),  # main chooses one for its process
        logging_restored(),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return Done(argv, int(str(code or 0)), _written(out), _written(err))


def _written(stream: io.TextIOWrapper) -> str:
    """What a command wrote, decoded as what reads the pipe decodes it."""
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode().replace(os.linesep, "\n")


@contextlib.contextmanager
def logging_restored() -> Iterator[None]:
    """Leave logging as it was: a command sets it up for its process."""
    root, own = logging.getLogger(), logging.getLogger("gongkai")
    levels = root.level, own.level
    try:
        yield
    finally:
        for handler in logs._installed:
            root.removeHandler(handler)
            handler.close()
        logs._installed.clear()
        root.setLevel(levels[0])
        own.setLevel(levels[1])
        logging.captureWarnings(False)


def run_process(folder: Path, *words: str | Path, **environment: str) -> Done:
    """Run one command in a process of its own, in a folder."""
    return subprocess.run(
        [*GONGKAI, *map(str, words)], capture_output=True, encoding="utf-8", cwd=folder,
        env={**os.environ, "PYTHONIOENCODING": "", **environment}, timeout=120, check=False,
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
