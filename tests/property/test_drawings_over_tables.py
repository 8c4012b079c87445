"""What is drawn over the tables of a report changes no number, or says so.

The curves of a round stamp are no rules, and its letters fall into cells. A line can cut a cell in
two or join two tables, and a digit of a watermark can fall into a blank cell.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pikepdf import Dictionary, Name

from gongkai.model import ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.families import built_in
from helpers.pdfs import circle, draw_over
from helpers.registry import ROOT

SAMPLES = ("hexi-county-education-2022.pdf", "wuzhong-public-security-2019.pdf")
READER = ReportReader(built_in(), ReadOptions(ocr="never"))

places = st.tuples(st.integers(80, 500), st.integers(100, 740))
some = settings(
    max_examples=16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # a smaller example would take minutes
)


def letters(text: str, radius: float, size: float, first: float) -> str:
    """Letters around a circle, from an angle on; each stands on its own tangent."""
    shown = []
    step = -2 * first / (len(text) - 1)
    for k, letter in enumerate(text):
        turn = first + k * step
        a, b = math.cos(turn), math.sin(turn)
        matrix = f"{a:.4f} {b:.4f} {-b:.4f} {a:.4f} {-radius * b:.2f} {radius * a:.2f}"
        shown.append(f"BT /Over {size} Tf {matrix} Tm ({letter}) Tj ET")
    return " ".join(shown)


# drawn at the origin, which is moved to a place on the page
RED = "0.9 0.1 0.1 RG 0.9 0.1 0.1 rg 2.5 w"
RING = f"{RED} {circle(0, 0, 55)} h S"
HARMLESS = {
    "stroked": RING,
    "filled": f"{RED} {circle(0, 0, 55)} h {circle(0, 0, 52.5)} h f*",
    "highlight": "/Over gs 1 1 0 rg -60 0 90 12 re f",
}
DISTURBING = {
    "lettered": f"{RING} {letters('ABCDEFGHIJKLM', 42, 9, 2.2)}",
    "numbered": f"{RING} {letters('3201150012345', -46, 6, -0.9)}",
    "across": "0 0 1 RG 0.8 w -60 0 m 30 0 l S",
    "down": "0 0 1 RG 0.8 w 0 0 m 0 90 l S",
    "watermark": "0.85 g BT /Over 80 Tf -80 0 Td (2023) Tj ET",
}


@cache
def as_printed(sample: str) -> Report:
    [report] = READER.read(ROOT / "samples" / sample)
    return report


def read_drawn_over(sample: str, drawing: str, place: tuple[int, int]) -> list[Report]:
    """Read a sample with a drawing at a place of every page."""
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, sample)
        with pikepdf.open(ROOT / "samples" / sample) as pdf:
            for page in pdf.pages:
                page.add_resource(font, Name.Font, Name.Over)
                page.add_resource(Dictionary(BM=Name.Multiply), Name.ExtGState, Name.Over)
                draw_over(page, f"q 1 0 0 1 {place[0]} {place[1]} cm {drawing} Q")
            pdf.save(path)
        return READER.read(path)


def silent_changes(reports: Sequence[Report], before: Report) -> list[str]:
    """The cells that are read otherwise than before, where nothing says that they may be wrong."""
    checks = [check for report in reports for check in report.checks if check.status == "fail"]
    doubted = {check.table for check in checks if check.cause == "reading"}
    now = {o.key: o for report in reports for o in report.observations}
    old = {o.key: o for o in before.observations}
    lost = [key for key in old.keys() - now.keys() if key.table not in doubted]
    changed = [
        key
        for key, cell in now.items()
        if not cell.flagged
        and (key not in old or (cell.state, cell.value) != (old[key].state, old[key].value))
    ]
    return [f"{key}: {old.get(key)} {now.get(key)}" for key in (*lost, *changed)]


@pytest.mark.parametrize("drawing", HARMLESS.values(), ids=HARMLESS)
@pytest.mark.parametrize("sample", SAMPLES)
@some
@given(place=places)
def test_round_lines_and_colour_change_nothing(
    sample: str, drawing: str, place: tuple[int, int]
) -> None:
    [report] = read_drawn_over(sample, drawing, place)
    cells = [
        [(o.key, o.state, o.value) for o in each.observations]
        for each in (report, as_printed(sample))
    ]
    assert cells[0] == cells[1]


@pytest.mark.parametrize("drawing", DISTURBING.values(), ids=DISTURBING)
@pytest.mark.parametrize("sample", SAMPLES)
@some
@given(place=places)
def test_letters_and_lines_change_nothing_silently(
    sample: str, drawing: str, place: tuple[int, int]
) -> None:
    reports = read_drawn_over(sample, drawing, place)
    assert not silent_changes(reports, as_printed(sample))
