"""Limit how much code an ordinary report passes through from PDF to rows.

Run as a script to see, for each sample, the modules and the deepest chain of calls:
``PYTHONPATH=src:tests python tests/architecture/test_reading_path.py``.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

import gongkai
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.loaders.rows import report_rows
from gongkai.reading.report import ReportReader
from helpers.registry import ROOT

# Reports by two producers; each needs one reader only.
SAMPLES = ("hexi-county-education-2022.pdf", "wuzhong-public-security-2019.pdf")
SOURCE = str(Path(gongkai.__file__).parent)
UNNAMED = ("<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>", "<lambda>")

# Lower these when the path gets shorter; a change that raises them needs a reason.
MOST_MODULES = 35
MOST_LEVELS = 12


class PathProfile:
    """Records the functions of gongkai that run between ``start`` and ``stop``."""

    def __init__(self) -> None:
        self.functions: set[tuple[str, str]] = set()
        self.deepest: list[str] = []

    @property
    def modules(self) -> set[str]:
        return {module for module, _ in self.functions}

    def __call__(self, frame: FrameType, event: str, _argument: Any) -> None:
        code = frame.f_code
        if event != "call" or not _is_named(code):
            return
        self.functions.add((code.co_filename.removeprefix(SOURCE), code.co_qualname))
        chain = []
        outer: FrameType | None = frame
        while outer is not None:
            if _is_named(outer.f_code):
                chain.append(outer.f_code.co_qualname)
            outer = outer.f_back
        if len(chain) > len(self.deepest):
            self.deepest = chain[::-1]


def _is_named(code: CodeType) -> bool:
    return code.co_filename.startswith(SOURCE) and code.co_name not in UNNAMED


def profile(family: Family, sample: str) -> PathProfile:
    """Read a sample twice and record the second time, when all stages are built."""
    reader, path = ReportReader(family), ROOT / "samples" / sample
    reader.read(path)
    found, before = PathProfile(), sys.getprofile()
    sys.setprofile(found)
    try:
        reports = reader.read(path)
        for report in reports:
            report_rows(report)
    finally:
        sys.setprofile(before)
    assert not any(report.fallback_attempts for report in reports), "needs a second reader"
    return found


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_path_of_one_report_stays_short(sample: str, family: Family) -> None:
    found = profile(family, sample)
    assert len(found.modules) <= MOST_MODULES, "\n".join(sorted(found.modules))
    assert len(found.deepest) <= MOST_LEVELS, "\n".join(found.deepest)


if __name__ == "__main__":
    for sample in SAMPLES:
        found = profile(load_family(), sample)
        sys.stdout.write(
            f"{sample}: {len(found.modules)} modules, {len(found.functions)} functions, "
            f"{len(found.deepest)} levels\n\n"
        )
        sys.stdout.write("\n".join([*sorted(found.modules), "", *found.deepest, "", ""]))
