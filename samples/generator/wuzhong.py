"""The committed sample of 2019: a real report, laid out from its published text."""

from __future__ import annotations

from . import forms, tables
from .model import Item, Key, Para, Printed, Report, Section
from .wuzhong_text import INTRO, SECTION_FIVE, SECTION_ONE, SECTION_SIX, TITLE

# Section 二 as printed, row by row.
_DISCLOSURE = {
    "rules": "0 0 0",
    "normative_documents": "3 3 4",
    "administrative_licensing": "26 0 515251",
    "other_external_services": "46 0 12343",
    "administrative_penalties": "203 0 386971",
    "administrative_coercion": "27 0 1613",
    "administrative_fees": "3 0",
    "centralized_procurement": "0 0",
}
# Section 三: the rows that print 1 for natural persons; all other cells print 0.
_ONES = (forms.RECEIVED, "unavailable_not_held", forms.PROCESSED)


def printed_cells() -> dict[Key, Printed]:
    """Return the printed cells of the report."""
    out: dict[Key, Printed] = {}
    for block in forms.BLOCKS_2019:
        for row, _ in block.rows:
            raws = _DISCLOSURE[row].split()
            for (column, _), raw in zip(block.columns, raws, strict=True):
                out["proactive_disclosure", row, column] = Printed(raw, value=raw)
    for row in forms.application_rows("2019"):
        for column, _ in forms.APPLICANTS:
            one = row in _ONES and column in ("natural_person", "total")
            raw = "1" if one else "0"
            out["applications", row, column] = Printed(raw, value=raw)
    for row, _ in forms.DISPUTES:
        for column, _ in forms.OUTCOMES:
            out["review_litigation", row, column] = Printed("0", value="0")
    return out


def report() -> Report:
    """Return the report with its misprinted heading and its broken headers in narrow columns."""
    printed = printed_cells()
    titles = dict(forms.SECTION_TITLES)
    titles["四"] = "政府信息公开行政复议、刑侦诉讼情况"
    disclosure = tables.disclosure("2019", printed)
    for cell in disclosure[0].cells:  # type: ignore[union-attr]
        if cell.mark in ("made_this_year", "disclosed_this_year"):
            cell.text = cell.text[:3] + "\n" + cell.text[3:]
    contents: dict[str, list[Item]] = {
        "一": [Para(text) for text in SECTION_ONE],
        "二": disclosure,
        "三": [tables.applications("2019", printed)],
        "四": [tables.review(printed)],
        "五": [Para(text) for text in SECTION_FIVE],
        "六": [Para(text) for text in SECTION_SIX],
    }
    sections = [
        Section(number, titles[number], f"{number}、{titles[number]}", items)
        for number, items in contents.items()
    ]
    review = sections[3].items[0]
    review.widths[4] = 1.2  # type: ignore[union-attr]
    return Report(
        title_lines=list(TITLE),
        agency="吴忠市公安局",
        year=2019,
        form="2019",
        table_forms={
            "proactive_disclosure": "2019",
            "applications": "2019",
            "review_litigation": "2019",
        },
        preamble=[Para(text) for text in INTRO],
        sections=sections,
    )
