"""Takes out every guard of ``guards.toml`` in a copy of the source, and runs its test.

    PYTHONPATH=tests python -m helpers.guards [WORD ...]    only guards that hold a word
A guard that nothing misses when it is gone is no guard: exit status 1 names it.
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
    """One guard: the code that is it, what is there without it, the test that holds it."""

    guard: str
    file: str  # below src/gongkai
    code: str
    without: str
    test: str  # below tests/


def guards() -> list[Guard]:
    """All guards, in the order of the list."""
    with LIST.open("rb") as file:
        return [Guard(**each) for each in tomllib.load(file)["guard"]]


def missed(guard: Guard, copy: Path) -> bool:
    """Does its test fail without the guard? ``copy`` is a checkout's src that may be changed."""
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
    if done.returncode not in (0, 1):  # neither passed nor failed
        raise RuntimeError(done.stdout.decode(errors="replace")[-2000:])
    return done.returncode == 1


def main(words: list[str]) -> int:
    """Print a line a guard."""
    kept = [g for g in guards() if not words or any(w in g.guard + g.test for w in words)]
    idle = 0
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "src", copy / "src", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "pipelines", copy / "pipelines")
        for guard in kept:
            held = missed(guard, copy)
            idle += not held
            sys.stdout.write(f"{'held' if held else 'IDLE'}  {guard.guard}  {guard.test}\n")
            sys.stdout.flush()
    return int(idle > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
