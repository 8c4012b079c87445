"""Runs the benchmarks and writes BENCHMARKS.md: ``make bench``, or ``make bench QUICK=1``.

``python tests/bench/run.py bench_cpu.py`` runs one and renews its part of the page.

What lost is kept in lost.md, so that nobody tries it again.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAGE = HERE.parents[1] / "BENCHMARKS.md"
SCRIPTS = (
    ("CPU of one report", "bench_cpu.py"),
    ("Prose and search", "bench_prose.py"),
    ("Scans", "bench_scans.py"),
    ("Workers, and files known before", "bench_scaling.py"),
    ("Memory", "bench_memory.py"),
    ("A database as it grows", "bench_growth.py"),
    ("An analyst's questions", "bench_desk.py"),
)
QUICK = {  # the shorter forms of those that take long
    "bench_scaling.py": ["--quick"],
    "bench_memory.py": ["--reads", "200", "--every", "50"],
    "bench_growth.py": ["--quick"],
}
LIBRARIES = ("pypdfium2", "pdfplumber", "SQLAlchemy", "pydantic")


def main() -> None:
    """Run the scripts and write the page; with names of scripts only their parts of it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("scripts", nargs="*", help="such as bench_cpu.py; by default all")
    given = parser.parse_args()
    if unknown := set(given.scripts) - {name for _, name in SCRIPTS}:
        parser.error(f"no benchmark {', '.join(unknown)}")
    standing = _parts(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "PYTHONUTF8": "1"}
    parts = {}
    for title, name in SCRIPTS:
        if given.scripts and name not in given.scripts:
            parts[title] = standing.get(title, "")
            continue
        arguments = QUICK.get(name, []) if given.quick else []
        done = subprocess.run(
            [sys.executable, str(HERE / name), *arguments],
            stdout=subprocess.PIPE,
            encoding="utf-8",
            check=True,
            env=environment,
        )
        command = " ".join(["python", f"tests/bench/{name}", *arguments])
        day = datetime.now(UTC).date().isoformat()
        parts[title] = f"`{command}`, {day}\n\n{done.stdout.strip()}"
    told = [f"## {title}\n\n{text}\n" for title, text in parts.items() if text]
    lost = (HERE / "lost.md").read_text(encoding="utf-8")
    PAGE.write_text("\n".join(["# Benchmarks\n", _machine(), *told, lost]), encoding="utf-8")


def _parts(page: str) -> dict[str, str]:
    """The parts of the page by their titles."""
    found = (part.partition("\n") for part in re.split("^## ", page, flags=re.M)[1:])
    return {title.strip(): text.strip() for title, _, text in found}


def _machine() -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return (
        f"Made by `make bench`: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}. "
        "CPU milliseconds unless said otherwise.\n"
    )


if __name__ == "__main__":
    main()
