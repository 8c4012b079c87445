"""Builds the proof of a report or of one number from the database and the folder of PDFs."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from pathlib import Path

from gongkai.database.locations import DatabaseLocation
from gongkai.errors import UsageError
from gongkai.extractors.pdf.page_images import Margins, PageRenderer
from gongkai.families.family import Family
from gongkai.families.load import load_family
from gongkai.language import tr
from gongkai.model import Box
from gongkai.proof.evidence import CellEvidence, ReportEvidence, collect_evidence
from gongkai.proof.originals import find_original
from gongkai.proof.page import render_page
from gongkai.queries.did_you_mean import KnownName, meant, nearest
from gongkai.queries.origins import Origin, trace
from gongkai.render.table_layout import column_label, row_label

_AROUND = Margins(above=110.0, below=30.0)  # of a number, over the page's width
_PAGE_DPI = 130.0


@dataclass(frozen=True, slots=True)
class NumberProof:
    """The evidence for one number and an image of it."""

    evidence: ReportEvidence
    cells: tuple[CellEvidence, ...]  # more than one where the row is printed twice
    png: bytes  # the lines around the number, or its page; the number is framed


def prove_report(
    db: DatabaseLocation, report: str, pdf_root: Path, *, family: str | Path | None = None
) -> str:
    """Return a self-contained HTML page with the printed pages beside what was read from them.

    ``report`` is an id or a name as for `report_loader.show`. The PDF is searched below
    ``pdf_root`` only. ``family`` is the folder of the family that read the report, if it is not
    built in. Raises UsageError (no such report, no such file, or another digest),
    UnreadableFile, FamilyError and DatabaseError.
    """
    return Prover(db, pdf_root, family).report(report)


def prove_number(
    db: DatabaseLocation,
    report: str,
    field: str,
    pdf_root: Path,
    *,
    family: str | Path | None = None,
) -> NumberProof:
    """Return the proof of one number of a report, with an image of the lines around it.

    ``field`` is its canonical name, such as ``applications.received_new.total``. Raises what
    `prove_report` raises, and UsageError for a field that is unknown or not printed.
    """
    return Prover(db, pdf_root, family).number(report, field)


class Prover:
    """Proves reports and numbers of one database, one at a time, in any thread."""

    def __init__(
        self,
        db: DatabaseLocation,
        pdf_root: Path,
        family: str | Path | None = None,
        *,
        renamed_files: bool = True,
    ) -> None:
        """Prepare; see `prove_report`.

        With ``renamed_files`` every PDF below the folder may be the one of a report. Without it,
        only those with its path or name are read.
        """
        self._db = db
        self._root = pdf_root
        self._family = family
        self._renamed_files = renamed_files
        self._originals: dict[str, Path] = {}  # by digest
        self._families: dict[str, Family] = {}
        self._lock = threading.Lock()  # PDFium works in one thread at a time

    def report(self, report: str) -> str:
        """Return the proof page of a report; see `prove_report`."""
        evidence = self._evidence(report)
        with self._lock:
            return render_page(evidence, self._original(evidence.origin))

    def number(self, report: str, field: str, *, whole_page: bool = False) -> NumberProof:
        """Return the proof of one number; see `prove_number`.

        The image shows the lines around the number, or its whole page.
        """
        evidence = self._evidence(report)
        cells = _find_cells(evidence, field)
        first = cells[0].observation
        with self._lock, PageRenderer(self._original(evidence.origin)) as renderer:
            if whole_page:
                image = renderer.crop(first.page, None, dpi=_PAGE_DPI, mark=first.box)
            else:
                lines = Box(0.0, first.box.top, math.inf, first.box.bottom)
                image = renderer.crop(first.page, lines, margins=_AROUND, mark=first.box)
        return NumberProof(evidence, cells, image.png)

    def _evidence(self, report: str) -> ReportEvidence:
        stored, origin = trace(self._db, report)
        name = origin.pipeline
        if name not in self._families:
            self._families[name] = load_family(self._family or name)
        return collect_evidence(stored, origin, self._families[name])

    def _original(self, origin: Origin) -> Path:
        known = self._originals.get(origin.sha256)
        if known is None or not known.is_file():
            known = find_original(origin, self._root, renamed=self._renamed_files)
            self._originals[origin.sha256] = known
        return known


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
    close = nearest(field, map(_known_name, evidence.cells))
    hint = meant(close) if close else tr("`gongkai fields` lists them all")
    raise UsageError(tr("no field {field!r}: {hint}", field=field, hint=hint))


def _known_name(cell: CellEvidence) -> KnownName:
    """The canonical name of a cell, with its labels in Chinese and English."""
    entry, key = cell.entry, str(cell.observation.key)
    if entry is None:
        return KnownName(key)
    return KnownName(
        key,
        (
            entry.row_name_zh + entry.column_name_zh,
            f"{entry.row_label_en}, {entry.column_label_en}",
        ),
    )
