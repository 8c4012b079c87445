"""A family with a long code list loads quickly, without a cache."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from gongkai.families.folders import pipelines_folder
from gongkai.families.load import load_family

_MOST_SECONDS = 0.3  # of CPU
_HEADER = "code,name_zh,name_en,parent"


def long_list() -> list[str]:
    """1,300 codes of three levels."""
    lines = []
    for group in range(201, 227):
        lines.append(f"{group},第{group}类,class,")
        for part in range(1, 8):
            code = f"{group}{part:02d}"
            lines.append(f"{code},第{code}款,group,{group}")
            lines += [f"{code}{item:02d},第{code}{item:02d}项,item,{code}" for item in range(1, 7)]
    return lines


def test_thirteen_hundred_codes_in_nine_tables_load_in_a_third_of_a_second(tmp_path: Path) -> None:
    folder = shutil.copytree(pipelines_folder() / "final-accounts", tmp_path / "accounts")
    for name in ("functions", "economic"):
        lines = "\n".join((_HEADER, *long_list(), ""))
        (folder / f"codes-{name}.csv").write_text(lines, encoding="utf-8")
    seconds = []
    for _ in range(3):
        start = time.process_time()
        family = load_family(folder)
        seconds.append(time.process_time() - start)
    lists = [table.all_fields.codes for table in family.tables]
    assert {len(each.lines) for each in lists if each is not None} == {1300}
    assert len({table.title for table in family.tables}) == 9
    assert min(seconds) < _MOST_SECONDS
