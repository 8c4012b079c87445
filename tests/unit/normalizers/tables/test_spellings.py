"""Every line of labels.csv is needed: a sample prints it, or a reason is given."""

from __future__ import annotations

import pytest

from gongkai.families.family import Family
from gongkai.families.lines import Label
from gongkai.model import Box, Line
from gongkai.normalizers.documents.headings import HeadingFinder
from gongkai.normalizers.tables.label_alignment import LabelAligner
from gongkai.normalizers.tables.labels import LabelFolder, TableLabels
from gongkai.reading.report import read_reports
from helpers.families import built_in
from helpers.registry import SAMPLES
from helpers.spellings import allowed, unused_spellings

LABELS = built_in().labels
NAMED = [label for label in LABELS if label.kind in ("row", "column")]
HEADINGS = [label for label in LABELS if label.kind == "section"]


@pytest.mark.parametrize("label", NAMED, ids=lambda label: f"{label.table_id}-{label.spelling}")
def test_a_spelling_is_read_as_its_row_or_column(family: Family, label: Label) -> None:
    """Printed in its place among the labels of the form, it is not doubted."""
    labels = TableLabels(family.table(label.table_id), LabelFolder(family.variants))
    axis = labels.rows if label.kind == "row" else labels.columns
    form = label.form or ("2019" if label.id == "other" else "2021")
    entries = [
        entry
        for entry in axis.entries
        if form in entry.forms and (form == "2019" or entry.id != "other")
    ]
    wanted = [e.id for e in entries if label.id in (e.id, e.id.split(".")[-1])]
    assert wanted, f"no {label.kind} {label.id} in the form of {form}"
    printed = [
        (*e.path[:-1], labels.fold(label.spelling)) if e.id in wanted else e.path for e in entries
    ]
    names = LabelAligner(axis, labels, family.settings.thresholds).align(printed)
    assert [name.id if name else None for name in names] == [e.id for e in entries]
    assert not any(name.doubt for name in names if name)
    assert {name.match for name in names if name and name.id in wanted} <= {"alias", "exact"}


@pytest.mark.parametrize("label", HEADINGS, ids=lambda label: label.spelling)
def test_a_heading_is_read_as_its_section(family: Family, label: Label) -> None:
    text = f"{label.id}、{label.spelling}"
    line = Line(text, 1, Box(60, 60, 60 + 14 * len(text), 74), 14)
    assert [h.number for h in HeadingFinder(family).find([line])] == [label.id]


@pytest.mark.model
def test_every_spelling_is_in_a_sample_or_has_a_reason(family: Family) -> None:
    """A spelling that no sample prints is in spellings_without_sample.csv, with the reason.

    A spelling there that a sample now prints must be removed.
    """
    reports = [report for sample in SAMPLES for report in read_reports(sample, family)]
    unused = {(label.kind, label.spelling) for label in unused_spellings(reports, family)}
    reasons = allowed()
    assert unused - reasons.keys() == set(), "give it a sample, a reason, or remove it"
    assert reasons.keys() - unused == set(), "met in a sample, or gone from labels.csv"
    assert all(reason.strip() for reason in reasons.values())
