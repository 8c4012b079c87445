"""Kinds of numbers that are displayed otherwise than as one visible text."""

from __future__ import annotations

from ..cases.registry import Job
from ..model import Piece, Printed
from .registry import DRAWN_AND_BROWSER, NotShownError, another, chosen, displayed, kind

kind(
    "covered",
    "visibility",
    "an old number under the new one on a white box",
    slots="covered",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "covered", lambda job, new: (Piece(another(job, new), "under"), Piece(new, "cover"))
    ),
)
kind(
    "covered-by-picture",
    "visibility",
    "an old number under the new one on a white picture",
    slots="covered-by-picture",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "covered-by-picture",
        lambda job, new: (Piece(another(job, new), "under"), Piece(new, "cover-picture")),
    ),
)
kind(
    "clipped",
    "visibility",
    "a second number outside its clip",
    slots="clipped",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "clipped", lambda job, new: (Piece(new, f"mark:clip/{another(job, new)}"),)
    ),
)
kind(
    "near-white",
    "visibility",
    "a digit of nearly the colour of the paper before the number",
    slots="near-white",
    change_report=displayed(
        "near-white", lambda job, new: (Piece(job.rng.choice("123456789"), "pale"), Piece(new))
    ),
)
kind(
    "transparent",
    "visibility",
    "a transparent number over the number",
    slots="transparent",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "transparent", lambda job, new: (Piece(another(job, new), "clear"), Piece(new))
    ),
)
kind(
    "hidden-layer",
    "visibility",
    "a draft number in a layer that is not displayed",
    slots="hidden-layer",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "hidden-layer", lambda job, new: (Piece(new, f"mark:layer/{another(job, new)}"),)
    ),
)
kind(
    "render-mode",
    "visibility",
    "a number in text render mode 3 or 7 beside the number",
    slots="render-mode",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "render-mode",
        lambda job, new: (
            Piece(new, f"mark:{job.rng.choice(('mode3', 'mode7'))}/{another(job, new)}"),
        ),
    ),
)
kind(
    "crop-box",
    "visibility",
    "a spread of two pages with one of them outside the crop box",
    slots="pages",
    after="spread",
)

kind(
    "form-fields",
    "ink without text",
    "numbers as the values of form fields",
    slots="form-fields",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed("form-fields", lambda _, new: (Piece("　　", f"mark:field/{new}"),)),
)
kind(
    "free-text",
    "ink without text",
    "an annotation with the new number over the old one",
    slots="free-text",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "free-text", lambda job, new: (Piece(another(job, new), f"mark:free-text/{new}"),)
    ),
)
kind(
    "stamp-annotation",
    "ink without text",
    "an annotation with a picture of the number",
    slots="stamp-annotation",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "stamp-annotation", lambda _, new: (Piece("　　", f"mark:stamp/{new}"),)
    ),
)
kind(
    "outlined-digits",
    "ink without text",
    "digits drawn as outlines",
    slots="outlined-digits",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed("outlined-digits", lambda _, new: (Piece(new, "outline"),)),
)
kind(
    "pictured-digits",
    "ink without text",
    "numbers as pictures",
    slots="pictured-digits",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed("pictured-digits", lambda _, new: (Piece(new, "picture"),)),
)


def _old_form(job: Job) -> None:
    job.plan.form, job.plan.year = "2019", 2020


def _drawn_minus(job: Job) -> None:
    """Print negative changes of section 二, each with a line instead of its minus sign."""
    cells = [c for c in job.built_report().cells() if c.key and c.key[2] == "items_change"]
    for cell in job.rng.sample(cells, 3):
        number = str(job.rng.randint(1, 60))
        cell.printed = Printed(f"-{number}", value=f"-{number}", expect="either")
        cell.pieces, cell.kind = (Piece("-", "minus"), Piece(number)), "drawn-minus"


kind(
    "drawn-minus",
    "ink without text",
    "a drawn line as the minus sign",
    slots="form drawn-minus",
    engines=DRAWN_AND_BROWSER,
    change_plan=_old_form,
    change_report=_drawn_minus,
)

kind(
    "raised-mark",
    "one number or not",
    "a number with a small raised mark of a note",
    slots="raised-mark",
    change_report=displayed(
        "raised-mark",
        lambda job, new: (Piece(new), Piece(job.rng.choice(("1", "2", "3", "*")), "raised")),
    ),
)
kind(
    "raised-mark-large",
    "one number or not",
    "a raised mark of the size of the number",
    slots="raised-mark-large",
    change_report=displayed(
        "raised-mark-large",
        lambda job, new: (Piece(new), Piece(job.rng.choice("123"), "raised-large")),
    ),
)
kind(
    "overlapping",
    "one number or not",
    "two numbers, one partly over the other",
    slots="overlapping",
    engines=DRAWN_AND_BROWSER,
    change_report=displayed(
        "overlapping", lambda job, new: (Piece(new), Piece(another(job, new), gap=-0.34)), "flag"
    ),
)
kind(
    "shadow",
    "one number or not",
    "a number with a grey shadow",
    slots="shadow",
    change_report=displayed("shadow", lambda _, new: (Piece(new, "shadow"),)),
)
kind(
    "wide-gap",
    "one number or not",
    "two numbers with a gap that is narrower than a space",
    slots="wide-gap spacing",
    change_report=displayed(
        "wide-gap",  # the second number is no group of three digits, as in 241 609
        lambda job, new: (Piece(new), Piece(another(job, new)[:2], gap=0.22)),
        "flag",
    ),
)
kind(
    "letter-spaced",
    "one number or not",
    "a number with wide and equal spaces between its digits",
    slots="letter-spaced spacing",
    change_report=displayed(
        "letter-spaced", lambda _, new: (Piece(new, "spaced"),), "right", digits=3
    ),
)
kind(
    "struck-out",
    "one number or not",
    "an old number with a line through it before the new one",
    slots="struck-out",
    change_report=displayed(
        "struck-out", lambda job, new: (Piece(another(job, new), "struck"), Piece(new))
    ),
)


def _spilt(job: Job) -> None:
    """Print numbers of two digits or more over the rule at their right, beside an empty cell."""
    cells = job.built_report().cells()
    for cell in chosen(job, outside=0, inside=200):
        after = [
            c
            for c in cells
            if c.key and cell.key and c.key[:1] == cell.key[:1]
            if (c.row, c.col) == (cell.row, cell.col + cell.colspan)
        ]
        printed = cell.printed
        if printed and len(printed.raw) > 1 and after and after[0].text == "0":
            assert after[0].printed is not None
            cell.pieces, cell.kind = (Piece(printed.raw, "spill"),), "spilt-over"
            after[0].text, after[0].kind = "", "spilt-over"
            after[0].printed = Printed("", "blank", None, "either")
            printed.expect = "either"
    if not any(cell.kind == "spilt-over" for cell in cells):
        raise NotShownError


kind(
    "spilt-over",
    "one number or not",
    "a number printed over the rule at its right",
    slots="spilt-over rules",
    engines=DRAWN_AND_BROWSER,
    change_report=_spilt,
)
