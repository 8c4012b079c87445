"""The figures of one paragraph of text, as the program reads them."""

from __future__ import annotations

from gongkai.model import Box, NarrativeFigure, Paragraph
from gongkai.normalizers.narrative.figures import FigureReader


def read(text: str, figure_reader: FigureReader) -> list[NarrativeFigure]:
    """The figures in printed order."""
    return figure_reader.figures([Paragraph("一", None, None, text, 1, Box(0, 0, 1, 1))])


def metrics(text: str, figure_reader: FigureReader) -> list[str | None]:
    """The metric of each figure."""
    return [figure.metric_id for figure in read(text, figure_reader)]


def wholes(text: str, figure_reader: FigureReader) -> list[int | None]:
    """The index of the figure that each figure is a part of."""
    return [figure.part_of for figure in read(text, figure_reader)]
