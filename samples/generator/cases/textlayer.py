"""A text layer that differs from what is seen."""

from __future__ import annotations

from ..model import Report
from .registry import Job, add
from .ruling import _style
from .structure import _plan


def _flag_all(job: Job) -> None:
    """The digits read wrong or not at all: right by looking at the page, or flagged."""
    report: Report = job.built()
    for cell in report.cells():
        if cell.printed is not None:
            cell.printed.expect = "either"
    report.status = "doubtful"


def _no_map(job: Job) -> None:
    job.style.to_unicode = "none"
    _flag_all(job)


def _wrong_map(job: Job) -> None:
    job.style.to_unicode = "shifted"
    _flag_all(job)


def _outside(job: Job) -> None:
    job.style.embed = False
    job.style.latin_font = ""
    for name in ("body_font", "table_font", "title_font", "heading_font"):
        setattr(job.style, name, "song")


def _type3(job: Job) -> None:
    job.style.body_font = job.style.table_font = job.style.title_font = "serif_cjk"
    job.style.heading_font = "sans_cjk"
    job.style.latin_font = ""


def _ghost(kind: str) -> object:
    return _style(invisible=kind)


D = ("drawn",)
G = "text layer"
add(
    "fake-bold",
    G,
    "doubled glyphs or stroked text as bold",
    slots="glyphs",
    built=_style(fake_bold=True),
)
add(
    "column-order",
    G,
    "the text of tables drawn column by column",
    slots="glyphs",
    engines=D,
    built=_style(column_order=True),
)
add(
    "text-twice",
    G,
    "all text of the tables drawn twice",
    slots="glyphs",
    engines=D,
    built=_style(twice=True),
)
add(
    "invisible-mode3",
    G,
    "an invisible 7 (render mode 3) behind every number",
    slots="glyphs",
    engines=D,
    built=_style(invisible="render3"),
)
add(
    "invisible-white",
    G,
    "a white digit behind every number",
    slots="glyphs backs over",
    built=_style(invisible="white"),
)
add(
    "font-outside",
    G,
    "fonts not embedded, only named",
    slots="glyphs fonts labels",
    engines=D,
    built=_outside,
)
add(
    "to-unicode-missing",
    G,
    "no ToUnicode map: the text layer cannot be read",
    slots="glyphs fonts faults order",
    engines=D,
    setup=_plan(scale="county"),
    built=_no_map,
    expects="right by looking at the page, or flagged or refused",
)
add(
    "to-unicode-wrong",
    G,
    "a ToUnicode map that tells every digit as the next one",
    slots="glyphs fonts faults order",
    engines=D,
    setup=_plan(scale="county"),
    built=_wrong_map,
    expects="right by looking at the page, or flagged or refused",
)
add(
    "noto-fonts",
    G,
    "Noto CJK: Type 3 fonts in the browser, tall glyph boxes in the office",
    slots="fonts",
    engines=("browser", "office", "drawn"),
    built=_type3,
)
