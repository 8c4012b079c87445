"""What is drawn over the tables of a report changes no number, or says so.

Round stamps have curves and lines that lead nowhere, and their letters lie in cells. A line may cut
a cell, or join two tables. The digits of a watermark may stand in a blank cell.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gongkai.model import ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.families import built_in
from helpers.pdfs import circle
from helpers.registry import ROOT

SAMPLES = ("hexi-county-education-2022.pdf", "wuzhong-public-security-2019.pdf")
READER = ReportReader(built_in(), ReadOptions(ocr="never"))
LETTERS, CODE = "ABCDEFGHIJKLM", "3201150012345"

Drawing = Callable[[int, int], str]
places = st.tuples(st.integers(80, 500), st.integers(100, 740))
some = settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.generate],  # a smaller example would take minutes
)


def letters(text: str, x: float, y: float, radius: float, size: float, first: float) -> str:
    """Letters around a circle, from an angle on; each stands on its own tangent."""
    shown = []
    step = -2 * first / (len(text) - 1)
    for k, letter in enumerate(text):
        turn = first + k * step
        a, b = math.cos(turn), math.sin(turn)
        at = f"{x - radius * b:.2f} {y + radius * a:.2f}"
        matrix = f"{a:.4f} {b:.4f} {-b:.4f} {a:.4f} {at}"
        shown.append(f"BT /FOver {size} Tf {matrix} Tm ({letter}) Tj ET")
    return " ".join(shown)


def stroked(x: int, y: int) -> str:
    return f"0.9 0.1 0.1 RG 2.5 w {circle(x, y, 55)} h S"


def filled(x: int, y: int) -> str:
    return f"0.9 0.1 0.1 rg {circle(x, y, 55)} h {circle(x, y, 52.5)} h f*"


def lettered(x: int, y: int) -> str:
    return f"{stroked(x, y)} 0.9 0.1 0.1 rg {letters(LETTERS, x, y, 42, 9, 2.2)}"


def numbered(x: int, y: int) -> str:
    return f"{stroked(x, y)} 0.9 0.1 0.1 rg {letters(CODE, x, y, -46, 6, -0.9)}"


def highlight(x: int, y: int) -> str:
    return f"/Over gs 1 1 0 rg {x - 60} {y} 90 12 re f"


def across(x: int, y: int) -> str:
    return f"0 0 1 RG 0.8 w {x - 60} {y} m {x + 30} {y} l S"


def down(x: int, y: int) -> str:
    return f"0 0 1 RG 0.8 w {x} {y} m {x} {y + 90} l S"


def watermark(x: int, y: int) -> str:
    return f"0.85 g BT /FOver 80 Tf {x - 80} {y} Td (2023) Tj ET"


def drawn_over(sample: str, content: str, path: Path) -> None:
    """Draw over every page of a sample."""
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1)
    font.BaseFont = pikepdf.Name.Helvetica
    with pikepdf.open(ROOT / "samples" / sample) as pdf:
        for page in pdf.pages:
            resources = page.obj.Resources
            for kind, name, value in (
                ("/Font", "/FOver", font),
                ("/ExtGState", "/Over", pikepdf.Dictionary(BM=pikepdf.Name.Multiply)),
            ):
                resources[kind] = resources.get(kind, pikepdf.Dictionary())
                resources[kind][name] = value
            page.contents_add(b"q", prepend=True)
            page.contents_add(f"Q q {content} Q".encode())
        pdf.save(path)


@cache
def as_printed(sample: str) -> Report:
    [report] = READER.read(ROOT / "samples" / sample)
    return report


def read_drawn_over(sample: str, content: str) -> list[Report]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, sample)
        drawn_over(sample, content, path)
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


@pytest.mark.parametrize("drawing", [stroked, filled, highlight])
@pytest.mark.parametrize("sample", SAMPLES)
@some
@given(place=places)
def test_round_lines_and_colour_change_nothing(
    sample: str, drawing: Drawing, place: tuple[int, int]
) -> None:
    [report] = read_drawn_over(sample, drawing(*place))
    cells = [
        [(o.key, o.state, o.value) for o in each.observations]
        for each in (report, as_printed(sample))
    ]
    assert cells[0] == cells[1]


@pytest.mark.parametrize("drawing", [lettered, numbered, across, down, watermark])
@pytest.mark.parametrize("sample", SAMPLES)
@some
@given(place=places)
def test_letters_and_lines_change_nothing_silently(
    sample: str, drawing: Drawing, place: tuple[int, int]
) -> None:
    reports = read_drawn_over(sample, drawing(*place))
    assert not silent_changes(reports, as_printed(sample))
