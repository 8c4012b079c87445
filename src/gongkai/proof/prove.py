"""Builds the proof of a report or of one number from the database and the folder of PDFs."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from pathlib import Path

from gongkai.errors import UsageError
from gongkai.extractors.pdf.page_images import Margins, PageRenderer
from gongkai.families.load import load_family
from gongkai.language import tr
from gongkai.model import Box
from gongkai.proof.evidence import CellEvidence, ReportEvidence, collect_evidence
from gongkai.proof.originals import find_original
from gongkai.proof.page import render_page
from gongkai.queries.did_you_mean import meant
from gongkai.queries.origins import trace
from gongkai.render.table_layout import column_label, row_label

_AROUND = Margins(above=110.0, below=30.0)  # of a number, over the page's width


@dataclass(frozen=True, slots=True)
class NumberProof:
    """The evidence for one number and an image of it."""

    evidence: ReportEvidence
    cells: tuple[CellEvidence, ...]  # more than one where the row is printed twice
    png: bytes  # the lines around the number, which is framed


def prove_report(db: Path, report: str, pdf_root: Path, *, family: str | Path | None = None) -> str:
    """Return a self-contained HTML page with the printed pages beside what was read from them.

    ``report`` is an id or a name as for `report_loader.show`. The PDF is searched below
    ``pdf_root`` only. ``family`` is the folder of the family that read the report, if it is not
    built in. Raises UsageError (no such report, no such file, or another digest),
    UnreadableFile, FamilyError and DatabaseError.
    """
    evidence, original = _load_evidence(db, report, pdf_root, family)
    return render_page(evidence, original)


def prove_number(
    db: Path, report: str, field: str, pdf_root: Path, *, family: str | Path | None = None
) -> NumberProof:
    """Return the proof of one number of a report.

    ``field`` is its canonical name, such as ``applications.received_new.total``. Raises what
    `prove_report` raises, and UsageError for a field that is unknown or not printed.
    """
    evidence, original = _load_evidence(db, report, pdf_root, family)
    cells = _find_cells(evidence, field)
    first = cells[0].observation
    with PageRenderer(original) as renderer:
        lines = Box(0.0, first.box.top, math.inf, first.box.bottom)
        image = renderer.crop(first.page, lines, margins=_AROUND, mark=first.box)
        return NumberProof(evidence, cells, image.png)


def _load_evidence(
    db: Path, report: str, pdf_root: Path, family: str | Path | None
) -> tuple[ReportEvidence, Path]:
    stored, origin = trace(db, report)
    evidence = collect_evidence(stored, origin, load_family(family or origin.pipeline))
    return evidence, find_original(origin, pdf_root)


def _find_cells(evidence: ReportEvidence, field: str) -> tuple[CellEvidence, ...]:
    cells = tuple(cell for cell in evidence.cells if str(cell.observation.key) == field)
    if cells:
        return cells
    entries = {f"{e.table_id}.{e.row_id}.{e.column_id}": e for e in evidence.stored.dictionary}
    if entry := entries.get(field):
        raise UsageError(
            tr(
                "{field} ({row}, {column}) is not printed in this report: `gongkai show` lists "
                "what is",
                field=field,
                row=row_label(entry),
                column=column_label(entry),
            )
        )
    printed = [str(cell.observation.key) for cell in evidence.cells]
    close = difflib.get_close_matches(field, printed, n=3, cutoff=0.5)
    hint = meant(close) if close else tr("`gongkai fields` lists them all")
    raise UsageError(tr("no field {field!r}: {hint}", field=field, hint=hint))
