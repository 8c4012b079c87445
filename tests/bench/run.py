"""Runs the benchmarks and writes BENCHMARKS.md: ``make bench``, or ``make bench QUICK=1``.

What lost is kept in lost.md, so that nobody tries it again.
"""

from __future__ import annotations

import os
import platform
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
    """Run every script and write the page."""
    quick = "--quick" in sys.argv[1:]
    parts = ["# Benchmarks\n", _machine(quick)]
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent), "PYTHONUTF8": "1"}
    for title, name in SCRIPTS:
        command = [sys.executable, str(HERE / name), *(QUICK.get(name, ()) if quick else ())]
        done = subprocess.run(
            command, stdout=subprocess.PIPE, encoding="utf-8", check=True, env=environment
        )
        parts += [f"\n## {title}\n\n`python tests/bench/{name}`\n\n", done.stdout]
    parts.append("\n" + (HERE / "lost.md").read_text(encoding="utf-8"))
    PAGE.write_text("".join(parts), encoding="utf-8")


def _machine(quick: bool) -> str:
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in LIBRARIES)
    day = datetime.now(UTC).date().isoformat()
    return (
        f"\nMade by `make bench{' QUICK=1' if quick else ''}` on {day}: {os.cpu_count()} cores, "
        f"{platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"{versions}. CPU milliseconds unless said otherwise.\n"
    )


if __name__ == "__main__":
    main()
