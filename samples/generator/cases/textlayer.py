"""Cases of text layers that differ from the visible page, and of unusual fonts."""

from __future__ import annotations

from ..model import Report
from .registry import Job, add
from .ruling import style_changes
from .structure import plan_changes


def _accept_either(job: Job) -> None:
    """Expect the visible values or flagged cells, since the text layer has wrong digits or none."""
    report: Report = job.built_report()
    for cell in report.cells():
        if cell.printed is not None:
            cell.printed.expect = "either"
    report.status = "doubtful"


def _no_to_unicode(job: Job) -> None:
    job.style.to_unicode = "none"
    _accept_either(job)


def _shifted_to_unicode(job: Job) -> None:
    job.style.to_unicode = "shifted"
    _accept_either(job)


def _fonts_not_embedded(job: Job) -> None:
    job.style.embed = False
    job.style.latin_font = ""
    for name in ("body_font", "table_font", "title_font", "heading_font"):
        setattr(job.style, name, "song")


def _noto_fonts(job: Job) -> None:
    job.style.body_font = job.style.table_font = job.style.title_font = "serif_cjk"
    job.style.heading_font = "sans_cjk"
    job.style.latin_font = ""


GROUP = "text layer"
add(
    "fake-bold",
    GROUP,
    "bold text made of doubled glyphs or strokes",
    slots="glyphs",
    change_report=style_changes(fake_bold=True),
)
add(
    "column-order",
    GROUP,
    "the text of tables drawn column by column",
    slots="glyphs",
    engines=("drawn",),
    change_report=style_changes(column_order=True),
)
add(
    "text-twice",
    GROUP,
    "all text of the tables drawn twice",
    slots="glyphs",
    engines=("drawn",),
    change_report=style_changes(twice=True),
)
add(
    "invisible-mode3",
    GROUP,
    "an invisible 7 (render mode 3) behind every number",
    slots="glyphs",
    engines=("drawn",),
    change_report=style_changes(invisible="render3"),
)
add(
    "invisible-white",
    GROUP,
    "a white digit behind every number",
    slots="glyphs backs over",
    change_report=style_changes(invisible="white"),
)
add(
    "font-outside",
    GROUP,
    "fonts not embedded, only named",
    slots="glyphs fonts labels",
    engines=("drawn",),
    change_report=_fonts_not_embedded,
)
add(
    "to-unicode-missing",
    GROUP,
    "no ToUnicode map: the text layer cannot be read",
    slots="glyphs fonts faults order",
    engines=("drawn",),
    change_plan=plan_changes(scale="county"),
    change_report=_no_to_unicode,
    expects="visible values read, or cells flagged, or the file refused",
)
add(
    "to-unicode-wrong",
    GROUP,
    "a ToUnicode map that maps every digit to the next one",
    slots="glyphs fonts faults order",
    engines=("drawn",),
    change_plan=plan_changes(scale="county"),
    change_report=_shifted_to_unicode,
    expects="visible values read, or cells flagged, or the file refused",
)
add(
    "noto-fonts",
    GROUP,
    "Noto CJK: Type 3 fonts in the browser, tall glyph boxes in the office",
    slots="fonts",
    engines=("browser", "office", "drawn"),
    change_report=_noto_fonts,
)
