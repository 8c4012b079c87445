"""Kinds of units, notes and digits in cells, headers and captions, and of text layers."""

from __future__ import annotations

from collections.abc import Callable

from ..cases import CASES
from ..cases.registry import Job
from ..model import Cell, Para, Printed
from .registry import DRAWN_AND_CAIRO, chosen, kind

FEES = ("proactive_disclosure", "administrative_fees", "fees_collected")


def _fees(job: Job) -> Cell:
    return next(cell for cell in job.built_report().cells() if cell.key == FEES)


def _amount(name: str, unit: str, per_unit: float) -> Callable[[Job], None]:
    """Return a change that prints the fees in a unit; the truth is the amount in 万元."""

    def hook(job: Job) -> None:
        cell = _fees(job)
        if unit == "亿元":
            number = f"{job.rng.randint(101, 989) / 100:.2f}"
        else:
            number = str(job.rng.randint(12_001, 998_999))
        value = f"{float(number) * per_unit:.4f}".rstrip("0").rstrip(".")
        cell.printed = Printed(number + unit, value=value)
        cell.text, cell.kind = cell.printed.raw, name

    return hook


def _caption(job: Job) -> None:
    """Print the fees in yuan, as a caption above the table says and its header does not."""
    cell = _fees(job)
    number = str(job.rng.randint(12_001, 998_999))
    cell.printed = Printed(number, value=f"{int(number) / 10_000:.4f}".rstrip("0").rstrip("."))
    cell.text, cell.kind = number, "unit-caption"
    job.marked("fees_collected")[0].text = "本年收费金额"
    items = job.built_report().section("二").items
    items.insert(0, Para(job.rng.choice(("单位：元", "金额单位：元", "（单位：元）")), "note"))


def _noted(job: Job) -> None:
    for cell in chosen(job, outside=2, inside=3):
        assert cell.printed is not None
        note = job.rng.choice(("①", "[1]", "（注1）", "*", "（含上年1件）", "（其中网上1件）"))
        cell.printed.raw += note
        cell.text, cell.kind = cell.printed.raw, "note-in-cell"


def _noted_headers(job: Job) -> None:
    """Print notes in headers; the cells below them must be read as without."""
    notes = {
        "in_force": "（历史累计）",
        "issued_this_year": "（含联合发文）",
        "natural_person": "（含个体）",
        "total": "（件）",
        "reconsideration.upheld": "（含驳回）",
    }
    for mark, note in notes.items():
        for header in job.marked(mark):
            if header.role == "header":
                header.text += note
    for cell in job.built_report().cells():
        if cell.key and cell.key[2] in notes:
            cell.kind = cell.kind or "note-in-header"


for _name, _unit, _per_unit in (
    ("unit-hundred-million", "亿元", 10_000.0),
    ("unit-yuan-in-cell", "元", 0.0001),
):
    kind(
        _name,
        "units and notes",
        f"an amount in {_unit} under a header in 万元",
        slots="fees form",
        change_report=_amount(_name, _unit, _per_unit),
    )
kind(
    "unit-caption",
    "units and notes",
    "a unit in a caption above the table",
    slots="fees form",
    change_report=_caption,
)
kind(
    "note-in-cell",
    "units and notes",
    "notes and marks of notes after numbers",
    slots="note-in-cell",
    change_report=_noted,
)
kind(
    "note-in-header",
    "units and notes",
    "notes in headers",
    slots="headers",
    change_report=_noted_headers,
)


def _text_layer(to_unicode: str) -> Callable[[Job], None]:
    """Return a change of the text layer; each number may be flagged."""

    def hook(job: Job) -> None:
        job.style.to_unicode = to_unicode
        job.style.latin_font = job.rng.choice(("serif", "sans"))
        for cell in job.built_report().cells():
            if cell.printed is not None:
                cell.printed.expect = "either"

    return hook


kind(
    "garbled",
    "text layer",
    "a character map that gives wrong Chinese characters and right digits",
    slots="text-layer form",
    engines=DRAWN_AND_CAIRO,
    readable=False,
    change_report=_text_layer("garbled"),
)
kind(
    "exchanged",
    "text layer",
    "a character map that exchanges two digits",
    slots="text-layer form",
    engines=DRAWN_AND_CAIRO,
    change_report=_text_layer("exchanged"),
)
kind(
    "arabic",
    "text layer",
    "a character map that gives Arabic-Indic digits",
    slots="text-layer form",
    engines=DRAWN_AND_CAIRO,
    change_report=_text_layer("arabic"),
)


kind(
    "full-width-digits",
    "text layer",
    "full-width digits",
    slots="digits",
    **CASES["digits-full-width"].changes,
)
