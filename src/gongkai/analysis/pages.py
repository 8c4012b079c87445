"""A report with its file: its pages as pictures on which cells, rules and doubts are drawn.

[report] = gongkai.read("report.pdf")
report.page(3).show()
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai import model
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.model import Box, Observation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

_DPI = 100.0
_Colour = tuple[int, int, int]
_RED, _ORANGE, _GREEN = (207, 34, 46), (219, 109, 0), (46, 134, 62)
_BLUE, _PURPLE, _GREY, _PINK = (9, 105, 218), (130, 80, 223), (110, 119, 129), (219, 39, 160)
_OF_PROOF = {"sum": _GREEN, "sight": _BLUE, "person": _PURPLE}
_FILL, _STRONG_FILL = 40, 90  # opacity of 255
_EDGE, _STRONG_EDGE = 1.0, 2.0  # thickness of frames, points
_INSET = 0.8  # points from the edge of a cell to its frame, so that neighbours stay apart


class ReadReport(model.Report, frozen=True, kw_only=True):
    """A report and the file that it was read from."""

    path: Path

    def page(self, number: int) -> ReportPage:
        """A page of the file, from 1.

        Raises UsageError if the report is not on this page.
        """
        if not self.page_first <= number <= self.page_last:
            raise UsageError(
                tr(
                    "no page {page}: the report is on pages {first} to {last}",
                    page=number,
                    first=self.page_first,
                    last=self.page_last,
                )
            )
        failing = {key for check in self.failures("must") for key in check.suspects or check.cells}
        cells = tuple(cell for cell in self.observations if cell.page == number)
        return ReportPage(self.path, number, cells, frozenset(failing))


def with_file(report: model.Report, path: Path) -> ReadReport:
    """A report with the file that it was read from."""
    fields = {name: getattr(report, name) for name in model.Report.__struct_fields__}
    return ReadReport(path=path, **fields)


@dataclass(frozen=True, slots=True)
class ReportPage:
    """A page of a report with the cells of official tables that were read on it."""

    path: Path
    number: int  # of the file, from 1
    cells: tuple[Observation, ...]
    failing: frozenset[model.Key]  # cells that failed ``must`` checks suspect, or else involve

    def show(
        self, *, cells: bool = True, rules: bool = False, doubts: bool = True, dpi: float = _DPI
    ) -> Image:
        """The picture of the page, which a notebook shows, with what was read drawn on it.

        ``cells`` frames each cell by what proves its value: green a sum, blue the picture of the
        page, purple a person, grey its text alone or no value. ``doubts`` fills cells whose
        reading is in doubt in orange, and those of failed ``must`` checks in red. ``rules`` draws
        the ruled lines in pink. Raises UnreadableFile.
        """
        from gongkai.extractors.pdf.page_images import PageRenderer

        with PageRenderer(self.path) as renderer:
            page = renderer.page(self.number, dpi)
        canvas = _Canvas(page.png, page.box)
        if rules:
            for box in _rules(self.path, self.number):
                canvas.frame(box, _PINK, _EDGE)
        for cell in self.cells if cells else ():
            canvas.frame(_inside(cell.box), _OF_PROOF.get(cell.proof or "", _GREY), _EDGE, _FILL)
        for cell in self.cells if doubts else ():
            if cell.flagged or cell.key in self.failing:
                colour = _ORANGE if cell.flagged else _RED
                canvas.frame(_inside(cell.box), colour, _STRONG_EDGE, _STRONG_FILL)
        return canvas.image


class _Canvas:
    """A picture of a page, on which boxes in points are drawn."""

    def __init__(self, png: bytes, shown: Box) -> None:
        from PIL import Image

        self.image = Image.open(io.BytesIO(png)).convert("RGB")
        self._shown = shown
        self._scale = self.image.width / (shown.x1 - shown.x0)

    def frame(self, box: Box, colour: _Colour, thickness: float, opacity: int = 0) -> None:
        """Draw a frame of a thickness in points, and fill it."""
        from PIL import ImageDraw

        scale, shown = self._scale, self._shown
        left, right = ((x - shown.x0) * scale for x in (box.x0, box.x1))
        above, below = ((y - shown.top) * scale for y in (box.top, box.bottom))
        corners = (left, above, max(right, left + 1), max(below, above + 1))
        drawing = ImageDraw.Draw(self.image, "RGBA")
        width = max(1, round(thickness * scale))
        drawing.rectangle(corners, fill=(*colour, opacity), outline=(*colour, 255), width=width)


def _inside(box: Box) -> Box:
    return Box(box.x0 + _INSET, box.top + _INSET, box.x1 - _INSET, box.bottom - _INSET)


def _rules(path: Path, number: int) -> Iterator[Box]:
    """The ruled lines of a page of the file, as boxes on the displayed page."""
    from gongkai.extractors.layout.sheets import displayed_box
    from gongkai.extractors.readers import PdfiumReader

    for page in PdfiumReader().read(path, [number], model.ReadOptions()):
        yield from (displayed_box(page, Box(*rule)) for rule in page.rules)
