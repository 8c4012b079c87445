"""Removes each guard of ``guards.toml`` from a copy of the source, and runs its test.

    PYTHONPATH=tests python -m helpers.guards [WORD ...]    only guards that contain a word

The test must fail without the guard. If one passes, the exit status is 1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

from helpers.registry import ROOT

LIST = ROOT / "tests" / "guards.toml"


@dataclass(frozen=True)
class Guard:
    """One guard: its code, what replaces the code when it is removed, and the test of it."""

    guard: str
    file: str  # below src/gongkai
    code: str
    without: str
    test: str  # below tests/


def guards() -> list[Guard]:
    """All guards, in the order of the list."""
    with LIST.open("rb") as file:
        return [Guard(**each) for each in tomllib.load(file)["guard"]]


def is_tested(guard: Guard, copy: Path) -> bool:
    """Does the test fail without the guard? ``copy`` is a copy of the source to change."""
    file = copy / "src" / "gongkai" / guard.file
    whole = file.read_text(encoding="utf-8")
    file.write_text(whole.replace(guard.code, guard.without), encoding="utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", f"tests/{guard.test}"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            check=False,
        )
    finally:
        file.write_text(whole, encoding="utf-8")
    if done.returncode not in (0, 1):  # the tests neither passed nor failed
        raise RuntimeError(done.stdout.decode(errors="replace")[-2000:])
    return done.returncode == 1


def main(words: list[str]) -> int:
    """Print one line per guard."""
    kept = [g for g in guards() if not words or any(w in g.guard + g.test for w in words)]
    untested = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "pipelines", copy / "pipelines")
        for guard in kept:
            tested = is_tested(guard, copy)
            untested += not tested
            sys.stdout.write(f"{'tested' if tested else 'UNTESTED'}  {guard.guard}  {guard.test}\n")
            sys.stdout.flush()
    return int(untested > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
