"""The page for a doubter: prints with outlines, tables as read, and the failing checks."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from gongkai import __version__
from gongkai.extractors.pdf.page_images import PageImage, PageRenderer
from gongkai.model import Box, Key
from gongkai.proof import describe
from gongkai.proof.evidence import Cell, Evidence, is_open, printed_order
from gongkai.render.messages import CAUSE, STATUS
from gongkai.render.sanitize import escape_controls
from gongkai.render.table_layout import BLANK, LEGEND, NOT_PRINTED, Block, blocks

_RESOLUTIONS = (144.0, 120.0, 100.0, 84.0, 72.0)  # dots an inch, the finest that fits
_MOST_BYTES = 1_900_000  # of all pictures: with base64 and the rest under 3 MB
_INSET = 0.7  # points
_TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One printed page, and the cells on it from top to bottom."""

    number: int
    print: PageImage
    cells: tuple[Cell, ...]

    def outline(self, cell: Cell) -> Box:
        """Just inside the cell's box: neighbours' outlines do not hide each other."""
        box = cell.observation.box
        inset = min(_INSET, (box.x1 - box.x0) / 4, (box.bottom - box.top) / 4)
        return Box(box.x0 + inset, box.top + inset, box.x1 - inset, box.bottom - inset)

    @property
    def picture(self) -> str:
        """The picture as base64."""
        return b64encode(self.print.png).decode("ascii")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table, or a heading over rows (without cells)."""

    depth: int
    label: str
    cells: tuple[Cell | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One official table laid out as its form prints it."""

    title: str
    form: str | None
    blocks: tuple[tuple[Block, tuple[Line, ...]], ...]


def render(evidence: Evidence, original: Path) -> str:
    """The whole page as HTML; ``original`` is the file the report was read from."""
    report = evidence.stored.report
    pages = {*range(report.page_first, report.page_last + 1)}
    pages |= {cell.observation.page for cell in evidence.cells}
    sheets = tuple(_sheets(evidence, original, sorted(pages)))
    template = _environment().get_template("proof.html")
    return template.render(
        evidence=evidence,
        report=report,
        stored=evidence.stored,
        origin=evidence.origin,
        sheets=sheets,
        parts=tuple(_parts(evidence)),
        failures=[(n, report.checks[n]) for n in evidence.failures()],
        doubts=[cell for cell in evidence.cells if is_open(cell.observation)],
        stops=evidence.stops(),
        counts={v: sum(c.verdict == v for c in evidence.cells) for v in describe.VERDICT},
        style=_source("proof.css"),
        script=_source("proof.js"),
        style_digest=_digest("proof.css"),
        script_digest=_digest("proof.js"),
        version=__version__,
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("gongkai.proof", _TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_harmless,
    )
    environment.globals |= {
        "say": describe,
        "status_words": STATUS,
        "cause_words": CAUSE,
        "not_printed": NOT_PRINTED,
        "table_words": {word: LEGEND[word] for word in (BLANK, NOT_PRINTED)},
    }
    return environment


def _harmless(value: object) -> object:
    """Marks that hide or reverse text are shown as escapes, wherever they come from."""
    return escape_controls(value) if type(value) is str else value


def _sheets(evidence: Evidence, original: Path, pages: Sequence[int]) -> Iterator[Sheet]:
    with PageRenderer(original) as prints:
        for dpi in _RESOLUTIONS:
            pictures = {number: prints.page(number, dpi) for number in pages}
            if sum(len(picture.png) for picture in pictures.values()) <= _MOST_BYTES:
                break
    for number, picture in pictures.items():
        here = (cell for cell in evidence.cells if cell.observation.page == number)
        yield Sheet(number, picture, tuple(sorted(here, key=printed_order)))


def _parts(evidence: Evidence) -> Iterator[Part]:
    report, dictionary = evidence.stored.report, evidence.stored.dictionary
    by_key = {cell.observation.key: cell for cell in evidence.cells}
    for table_id, title in {e.table_id: e.table_label_zh for e in dictionary}.items():
        form = report.table_forms.get(table_id)
        found = blocks(table_id, form, dictionary, report.observations)
        laid_out = ((block, tuple(_lines(block, by_key))) for block in found)
        yield Part(title, form, tuple(laid_out))


def _lines(block: Block, by_key: dict[Key, Cell]) -> Iterator[Line]:
    above: tuple[str, ...] = ()
    for label, observations in block.rows:
        *outer, inner = label.split("／")
        for depth, heading in enumerate(outer):
            if above[: depth + 1] != tuple(outer[: depth + 1]):
                yield Line(depth, heading)
        above = tuple(outer)
        yield Line(len(outer), inner, tuple(by_key[o.key] if o else None for o in observations))


def _source(name: str) -> Markup:
    """A style sheet or script of ours, as it is."""
    return Markup(files("gongkai.proof").joinpath(_TEMPLATES, name).read_text(encoding="utf-8"))


def _digest(name: str) -> str:
    """What the page's security policy names the source by."""
    digest = hashlib.sha256(_source(name).encode("utf-8")).digest()
    return f"'sha256-{b64encode(digest).decode('ascii')}'"
