"""Commands that need no family start without loading one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gongkai.loaders.writer import Writer
from helpers.families import built_in

RUN = """
import sys
from gongkai.cli import main
sys.argv = ["gongkai", *sys.argv[1:]]
try:
    main()
except SystemExit as ended:
    assert not ended.code
late = ("gongkai.families", "gongkai.reading")
print([name for name in sys.modules if name.startswith(late)])
"""


@pytest.mark.parametrize("command", [["--help"], ["query", "SELECT COUNT(*) FROM reports"]])
def test_help_and_queries_load_no_family(command: list[str], tmp_path: Path) -> None:
    db = tmp_path / "gongkai.db"
    with Writer(db, built_in()):
        pass
    where = ["--db", str(db)] if command[0] == "query" else []
    done = subprocess.run(
        [sys.executable, "-c", RUN, *command, *where], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"
