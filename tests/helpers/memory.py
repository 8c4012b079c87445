"""How much memory some code takes, in a process of its own."""

from __future__ import annotations

import subprocess
import sys

MEGABYTE = 1_000_000
_PROGRAM = """
import contextlib, resource
from pathlib import Path
from gongkai.errors import GongkaiError
resource.setrlimit(resource.RLIMIT_DATA, (2_000_000_000, 2_000_000_000))
with contextlib.suppress(GongkaiError, SystemExit):
    {code}
status = Path("/proc/self/status").read_text()
print(next(line for line in status.splitlines() if line.startswith("VmHWM")))
"""


def most_held(*code: str) -> int:
    """The most bytes that a new Python process holds while it runs these lines. Linux only."""
    program = _PROGRAM.format(code="\n    ".join(code))
    done = subprocess.run(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, check=True, encoding="utf-8"
    )
    most = int(done.stdout.split()[-2]) * 1024
    print(f"{most / MEGABYTE:.0f} MB")  # noqa: T201 - for docs/reliability.md, with -s
    return most
