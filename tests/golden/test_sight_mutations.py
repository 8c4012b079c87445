"""A text layer that differs from the page is noticed: changed character maps, covered numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from gongkai.families.family import Family
from gongkai.model import Key, Observation, ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.lying_maps import exchanging_maps
from helpers.registry import SAMPLES

FIRST = "proactive_disclosure"  # the table without sums
UNSEEN = ReadOptions(ocr="never")
PAIRS = ("38", "69", "17", "56", "08")  # digits that are easily taken for each other


def read(path: Path, family: Family) -> Report:
    [report] = ReportReader(family, UNSEEN).read(path)
    return report


def cells(report: Report) -> dict[Key, Observation]:
    return {seen.key: seen for seen in report.observations}


def called_right(report: Report, truth: dict[Key, Observation]) -> Iterator[str]:
    """The numbers that differ from the truth and count as proved."""
    failing = {key for check in report.failures("must") for key in check.cells}
    for key, seen in cells(report).items():
        is_proved = seen.proof in ("sum", "sight") and key not in failing
        if is_proved and seen.value != truth[key].value:
            yield f"{key}: {seen.raw_text} for {truth[key].raw_text} by {seen.proof}"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("pair", PAIRS)
def test_two_exchanged_digits_in_any_character_map_are_noticed(
    sample: Path, pair: str, tmp_path: Path, family: Family
) -> None:
    truth, path = cells(read(sample, family)), tmp_path / "lying.pdf"
    changed = 0
    for data in exchanging_maps(sample, pair):
        path.write_bytes(data)
        report = read(path, family)
        wrong = [key for key, seen in cells(report).items() if seen.value != truth[key].value]
        assert not [*called_right(report, truth)]
        assert not wrong or report.status == "doubtful"
        changed += len(wrong)
    assert changed, "no font of the tables has a character map"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_another_number_over_a_number_is_noticed(
    sample: Path, tmp_path: Path, family: Family
) -> None:
    report = read(sample, family)
    seen = next(o for o in report.observations if o.proof == "sight" and o.key.table == FIRST)
    path = tmp_path / "covered.pdf"
    with pikepdf.open(sample) as pdf:
        page = pdf.pages[seen.page - 1]
        x0, _, _, top = map(float, page.mediabox)
        x, y = seen.box.middle
        box = f"{x0 + x - 12} {top - y - 5} 24 10 re f"
        bar = f"{x0 + x - 1} {top - y - 4} 2 8 re f"
        page.contents_add(b"q", prepend=True)  # the page may leave its own matrix in force
        page.contents_add(f"Q 1 1 1 rg {box} 0 0 0 rg {bar}".encode())
        pdf.save(path)
    changed = cells(read(path, family))[seen.key]
    assert changed.flagged
    assert changed.proof in (None, "text")
