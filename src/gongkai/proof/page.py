"""Renders the proof page: page images with outlined cells, tables as read, failed checks."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment
from markupsafe import Markup

from gongkai import __version__
from gongkai.extractors.pdf.page_images import PageImage, PageRenderer
from gongkai.language import tr
from gongkai.model import Box, Key
from gongkai.proof import describe
from gongkai.proof.evidence import CellEvidence, ReportEvidence, is_doubtful, reading_order
from gongkai.render.html import html_templates
from gongkai.render.messages import cause_word, status_text, year_text
from gongkai.render.table_layout import BLANK, NOT_PRINTED, Block, blocks, sign_meaning

_RESOLUTIONS = (144.0, 120.0, 100.0, 84.0, 72.0)  # DPI; the highest that fits is taken
_MAX_IMAGE_BYTES = 1_900_000  # of all images: as base64, with the rest, a page under 3 MB
_OUTLINE_INSET = 0.7  # points
_TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of the PDF with the cells on it, in reading order."""

    number: int  # from 1
    image: PageImage
    cells: tuple[CellEvidence, ...]

    def outline(self, cell: CellEvidence) -> Box:
        """Return a box slightly inside the cell, so that outlines of neighbours do not overlap.

        It is in the coordinates of ``shown``.
        """
        box = _enlarged(cell.observation.box, self.image.zoom)
        inset = min(_OUTLINE_INSET, (box.x1 - box.x0) / 4, (box.bottom - box.top) / 4)
        return Box(box.x0 + inset, box.top + inset, box.x1 - inset, box.bottom - inset)

    @property
    def shown(self) -> Box:
        """The part of the page that the image shows, in points of a page of ordinary size."""
        return _enlarged(self.image.box, self.image.zoom)

    @property
    def base64_png(self) -> str:
        """The page image, base64-encoded."""
        return b64encode(self.image.png).decode("ascii")


@dataclass(frozen=True, slots=True)
class RowView:
    """A row of a table, or, without cells, a heading above rows."""

    depth: int  # level of indentation, from 0
    label: str
    cells: tuple[CellEvidence | None, ...] = ()  # None where the cell is not printed


@dataclass(frozen=True, slots=True)
class TableView:
    """One official table in the layout of its form."""

    title: str
    form: str | None
    blocks: tuple[tuple[Block, tuple[RowView, ...]], ...]


def render_page(evidence: ReportEvidence, original: Path) -> str:
    """Return the proof page as HTML in the current language. ``original`` was read."""
    report = evidence.stored.report
    numbers = {*range(report.page_first, report.page_last + 1)}
    numbers |= {cell.observation.page for cell in evidence.cells}
    statuses = [cell.status for cell in evidence.cells]
    template = _environment().get_template("proof.html")
    return template.render(
        evidence=evidence,
        report=report,
        stored=evidence.stored,
        origin=evidence.origin,
        pages=tuple(_page_views(evidence, original, sorted(numbers))),
        tables=tuple(_table_views(evidence)),
        failed_checks=[(n, report.checks[n]) for n in evidence.failed_checks()],
        doubtful_cells=[cell for cell in evidence.cells if is_doubtful(cell.observation)],
        cells_to_review=evidence.cells_to_review(),
        counts={status: statuses.count(status) for status in describe.STATUSES},
        style=_inline_source("proof.css"),
        script=_inline_source("proof.js"),
        style_digest=_csp_digest("proof.css"),
        script_digest=_csp_digest("proof.js"),
        version=__version__,
    )


def _environment() -> Environment:
    environment = html_templates("gongkai.proof")
    environment.globals |= {
        "year_text": year_text,
        "describe": describe,
        "status_text": status_text,
        "cause_word": cause_word,
        "not_printed": tr(NOT_PRINTED),
        "table_signs": {tr(sign): sign_meaning(sign) for sign in (BLANK, NOT_PRINTED)},
    }
    return environment


def _page_views(
    evidence: ReportEvidence, original: Path, numbers: Sequence[int]
) -> Iterator[PageView]:
    with PageRenderer(original) as renderer:
        for dpi in _RESOLUTIONS:
            images = {number: renderer.page(number, dpi) for number in numbers}
            if sum(len(image.png) for image in images.values()) <= _MAX_IMAGE_BYTES:
                break
    for number, image in images.items():
        cells = (cell for cell in evidence.cells if cell.observation.page == number)
        yield PageView(number, image, tuple(sorted(cells, key=reading_order)))


def _table_views(evidence: ReportEvidence) -> Iterator[TableView]:
    report, dictionary = evidence.stored.report, evidence.stored.dictionary
    by_key = {cell.observation.key: cell for cell in evidence.cells}
    titles = {entry.table_id: entry.table_label_zh for entry in dictionary}
    for table_id, title in titles.items():
        form = report.table_forms.get(table_id)
        found = blocks(table_id, form, dictionary, report.observations)
        yield TableView(
            title, form, tuple((block, tuple(_row_views(block, by_key))) for block in found)
        )


def _row_views(block: Block, by_key: dict[Key, CellEvidence]) -> Iterator[RowView]:
    """Yield the rows of a block, with a heading row wherever an outer label changes."""
    previous: tuple[str, ...] = ()
    for label, observations in block.rows:
        *outer, inner = label.split("／")
        for depth, heading in enumerate(outer):
            if previous[: depth + 1] != tuple(outer[: depth + 1]):
                yield RowView(depth, heading)
        previous = tuple(outer)
        yield RowView(len(outer), inner, tuple(by_key[o.key] if o else None for o in observations))


def _enlarged(box: Box, zoom: float) -> Box:
    return Box(*(zoom * edge for edge in box))


def _inline_source(name: str) -> Markup:
    """Return a style sheet or script of this package, unescaped."""
    return Markup(files("gongkai.proof").joinpath(_TEMPLATES, name).read_text(encoding="utf-8"))


def _csp_digest(name: str) -> str:
    """Return the hash by which the Content-Security-Policy allows an inline source."""
    digest = hashlib.sha256(_inline_source(name).encode("utf-8")).digest()
    return f"'sha256-{b64encode(digest).decode('ascii')}'"
