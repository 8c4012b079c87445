"""The samples with digits all over their pages that nobody sees are read as the samples."""

from __future__ import annotations

from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from gongkai.families.family import Family
from gongkai.model import ReadOptions, Report
from gongkai.reading.report import ReportReader
from helpers.registry import ROOT

SAMPLES = ("hexi-county-education-2022.pdf", "chengjiang-district-2023.pdf")
# around the digits: what hides them
WAYS = {
    "cover": ("", " 1 g 0 0 900 900 re f"),
    "clip": ("0 0 9 900 re W n ", ""),
    "layer": ("/OC /Draft BDC ", " EMC"),
    "pale": ("0.97 g ", ""),
    "transparent": ("/Clear gs ", ""),
    "beside": ("1 0 0 1 -1000 0 cm ", ""),
}


def _digits(width: float, height: float) -> str:
    row = "(8) Tj 30 0 Td " * int((width - 60) / 30)
    lines = (f"BT /Eight 9 Tf 30 {y} Td {row}ET" for y in range(30, int(height), 11))
    return "\n".join(lines)


def _with_hidden_digits(sample: Path, path: Path, way: str) -> Path:
    before, after = WAYS[way]
    with pikepdf.open(sample) as pdf:
        draft = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="draft"))
        pdf.Root.OCProperties = Dictionary(OCGs=Array([draft]), D=Dictionary(OFF=Array([draft])))
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        for page in pdf.pages:
            page.add_resource(font, Name.Font, Name.Eight)
            page.add_resource(Dictionary(ca=0.01), Name.ExtGState, Name.Clear)
            page.add_resource(draft, Name.Properties, Name.Draft)
            *_, width, height = [float(edge) for edge in page.cropbox]
            digits = f"q {before}{_digits(width, height)}{after} Q\n"
            page.contents_add(digits.encode("ascii"), prepend=True)
        pdf.save(path)
    return path


def _read(family: Family, path: Path) -> list[tuple[object, ...]]:
    return [
        _content(report) for report in ReportReader(family, ReadOptions(ocr="never")).read(path)
    ]


def _content(report: Report) -> tuple[object, ...]:
    cells = [(str(o.key), o.state, o.value, o.flagged) for o in report.observations]
    return report.agency, report.year, report.status, cells, [s.text for s in report.sections]


@pytest.mark.parametrize("sample", SAMPLES)
def test_hidden_digits_change_nothing(sample: str, family: Family, tmp_path: Path) -> None:
    printed = ROOT / "samples" / sample
    expected = _read(family, printed)
    for way in WAYS:
        found = _read(family, _with_hidden_digits(printed, tmp_path / f"{way}.pdf", way))
        assert found == expected, way
