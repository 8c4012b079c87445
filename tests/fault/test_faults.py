"""Every write path under failing disks, full disks, little memory, kills and power cuts.

`make test` tries some of the steps, chosen by a seed. GONGKAI_FAULT_SECONDS sets the CPU seconds
that it may take, 0 for every step; GONGKAI_FAULT_SEED chooses others, GONGKAI_FAULT_KIND one kind
of fault.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from helpers.registry import ROOT

pytestmark = pytest.mark.process

SOURCE = Path(__file__).with_name("faults.c")
SECONDS = os.environ.get("GONGKAI_FAULT_SECONDS", "6")
SEED = os.environ.get("GONGKAI_FAULT_SEED", "1")
KIND = os.environ.get("GONGKAI_FAULT_KIND", "").split()


@pytest.fixture
def environment(tmp_path: Path) -> Mapping[str, str]:
    """The environment of a process whose calls can fail."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if sys.platform != "linux" or compiler is None:
        why = "needs Linux and a C compiler, to make system calls fail"
        if os.environ.get("CI"):
            pytest.fail(why)  # a test that CI skips would never run
        pytest.skip(why)
    library = tmp_path / "faults.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    return {**os.environ, "LD_PRELOAD": str(library)}


def test_no_fault_at_any_step_loses_a_report_a_decision_or_an_export(
    environment: Mapping[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "trials"
    folder.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "helpers.faults", str(folder), SECONDS, SEED, *KIND],
        cwd=ROOT / "tests", env=environment, stdout=subprocess.PIPE, check=True, encoding="utf-8",
    )  # fmt: skip
    result = json.loads(done.stdout.splitlines()[-1])
    print(result["trials"])  # noqa: T201 - the figures of docs/reliability.md, with -s
    assert result["losses"] == []
    assert {kind.partition(":")[0] for kind in result["trials"]} == {
        "ingest", "decide", "import", "remove", "migrate", "export csv", "export xlsx",
        "export parquet", "export decisions",
    }  # fmt: skip
