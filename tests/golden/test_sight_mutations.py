"""A text layer that differs from the page is noticed: changed character maps, covered numbers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from gongkai.families.family import Family
from gongkai.model import Key, Observation, ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.families import built_in
from helpers.lying_maps import exchanging_maps
from helpers.pdfs import draw_over
from helpers.registry import SAMPLES

FIRST = "proactive_disclosure"  # the table without sums
UNSEEN = ReadOptions(ocr="never")
PAIRS = ("38", "69", "17", "56", "08")  # digits that are easily taken for each other


def read(path: Path, family: Family) -> Report:
    [report] = ReportReader(family, UNSEEN).read(path)
    return report


@cache
def unchanged(sample: Path) -> Report:
    return read(sample, built_in())


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
    truth, path = cells(unchanged(sample)), tmp_path / "lying.pdf"
    changed = 0
    for data in exchanging_maps(sample, pair):
        path.write_bytes(data)
        report = read(path, family)
        wrong = [key for key, seen in cells(report).items() if seen.value != truth[key].value]
        assert not [*called_right(report, truth)]
        assert not wrong or report.status == "doubtful"
        changed += len(wrong)
    assert changed, "no font of the tables has a character map"


def paint(sample: Path, path: Path, seen: Observation, drawing: str, *, layer: str = "") -> Path:
    """Save the sample with a drawing over a cell; ``{x}`` and ``{y}`` are the cell's middle.

    ``layer`` is the layer of the drawing: ``on``, ``off``, or none.
    """
    with pikepdf.open(sample) as pdf:
        page = pdf.pages[seen.page - 1]
        x0, _, _, top = map(float, page.mediabox)
        x, y = seen.box.middle
        drawing = drawing.format(x=x0 + x, y=top - y)
        if layer:
            drawing = f"/OC {add_layer(pdf, page, shown=layer == 'on')} BDC {drawing} EMC"
        draw_over(page, drawing)
        pdf.save(path)
    return path


def add_layer(pdf: pikepdf.Pdf, page: pikepdf.Page, *, shown: bool) -> str:
    """Add a layer that is displayed or not; return its name on the page."""
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="layer"))
    hidden = Array([] if shown else [group])
    pdf.Root.OCProperties = Dictionary(OCGs=Array([group]), D=Dictionary(OFF=hidden))
    page.add_resource(group, Name.Properties, Name.Layer)
    return "/Layer"


def some(report: Report) -> list[Observation]:
    """A number outside the sums, and one that sums prove."""
    seen = report.observations
    outside = next(o for o in seen if o.proof == "sight" and o.key.table == FIRST)
    return [outside, max((o for o in seen if o.proof == "sum"), key=lambda o: len(o.raw_text))]


BOX = "1 0 0 1 {x} {y} cm 1 1 1 rg -12 -5 24 10 re f"
OTHER = f"{BOX} 0 0 0 rg -1 -4 2 8 re f"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("drawing", [BOX, OTHER], ids=["nothing", "another number"])
def test_a_white_box_over_a_number_changes_its_status(
    sample: Path, drawing: str, tmp_path: Path, family: Family
) -> None:
    path = tmp_path / "covered.pdf"
    for seen in some(unchanged(sample)):
        report = read(paint(sample, path, seen, drawing), family)
        changed = cells(report)[seen.key]
        assert changed.proof in (None, "text")
        assert changed.value != seen.value
        assert changed.flagged or changed.state == "blank"
        assert changed.flagged or drawing == BOX, "ink that is no text is no blank"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_a_box_counts_only_while_its_layer_is_displayed(
    sample: Path, tmp_path: Path, family: Family
) -> None:
    report = unchanged(sample)
    before, path = cells(report), tmp_path / "layer.pdf"
    [seen, _] = some(report)
    assert cells(read(paint(sample, path, seen, OTHER, layer="on"), family))[seen.key].flagged
    hidden = read(paint(sample, path, seen, OTHER, layer="off"), family)
    assert (cells(hidden), hidden.status) == (before, report.status)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_no_number_of_a_hidden_layer_is_read(sample: Path, tmp_path: Path, family: Family) -> None:
    before, path = cells(unchanged(sample)), tmp_path / "hidden.pdf"
    number = max(seen.page for seen in before.values())
    with pikepdf.open(sample) as pdf:
        page = pdf.pages[number - 1]
        page.contents_add(f"/OC {add_layer(pdf, page, shown=False)} BDC".encode(), prepend=True)
        page.contents_add(b"EMC")
        pdf.save(path)
    report = read(path, family)
    assert report.status in ("doubtful", "incomplete")
    assert number not in {seen.page for seen in cells(report).values()}
    lost = [seen for seen in before.values() if seen.page == number]
    assert lost
    assert cells(report).keys().isdisjoint(seen.key for seen in lost)
