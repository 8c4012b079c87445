"""Run the benchmarks and write BENCHMARKS.md: ``make bench``, or ``make bench QUICK=1``.

``python tests/bench/run.py bench_cpu.py`` runs one benchmark and replaces its section of the page.
The page ends with lost.md, the approaches that were measured and rejected.
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
QUICK = {  # arguments for shorter runs of slow benchmarks
    "bench_scaling.py": ["--quick"],
    "bench_memory.py": ["--reads", "200", "--every", "50"],
    "bench_growth.py": ["--quick"],
}
LIBRARIES = ("pypdfium2", "pdfplumber", "SQLAlchemy", "pydantic")


def main() -> None:
    """Run all benchmarks, or the named ones, and write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("scripts", nargs="*", help="for example bench_cpu.py; default: all")
    given = parser.parse_args()
    if unknown := set(given.scripts) - {name for _, name in SCRIPTS}:
        parser.error(f"no benchmark {', '.join(unknown)}")
    current = _sections(PAGE.read_text(encoding="utf-8")) if PAGE.exists() else {}
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "PYTHONUTF8": "1"}
    sections = {}
    for title, name in SCRIPTS:
        if given.scripts and name not in given.scripts:
            sections[title] = current.get(title, "")
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
        sections[title] = f"`{command}`, {day}\n\n{done.stdout.strip()}"
    written = [f"## {title}\n\n{text}\n" for title, text in sections.items() if text]
    lost = (HERE / "lost.md").read_text(encoding="utf-8")
    PAGE.write_text("\n".join(["# Benchmarks\n", _machine(), *written, lost]), encoding="utf-8")


def _sections(page: str) -> dict[str, str]:
    """Return the sections of the page by title."""
    found = (part.partition("\n") for part in re.split("^## ", page, flags=re.M)[1:])
    return {title.strip(): text.strip() for title, _, text in found}


def _machine() -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    return (
        f"Made by `make bench`: {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {versions}. "
        "Times are CPU milliseconds unless a table says otherwise.\n"
    )


if __name__ == "__main__":
    main()
