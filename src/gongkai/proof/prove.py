"""From the database and the folder of PDFs to a page, or to one number's proof."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from pathlib import Path

from gongkai.errors import UsageError
from gongkai.extractors.pdf.page_images import PageRenderer
from gongkai.families.folders import BUILT_IN
from gongkai.families.load import load_family
from gongkai.model import Box
from gongkai.proof.evidence import Cell, Evidence, weigh
from gongkai.proof.originals import find_original
from gongkai.proof.page import render
from gongkai.queries.origins import trace

_ABOVE, _BELOW = 110.0, 30.0  # points shown over and under a number, from side to side


@dataclass(frozen=True, slots=True)
class Number:
    """One number: its cells (more than one where its row is printed twice), and a picture."""

    evidence: Evidence
    cells: tuple[Cell, ...]
    png: bytes  # the lines it stands in, the number framed


def prove_report(db: Path, report: str, pdf_root: Path, *, pipeline: str | Path = BUILT_IN) -> str:
    """A self-contained HTML page that shows a report's print beside what was read from it.

    ``report`` is named as for reading.show; the file is looked for below ``pdf_root`` only.
    Raises UsageError (no such report, no such file, or its digest differs), UnreadableFile,
    FamilyError and DatabaseError.
    """
    evidence, original = _evidence(db, report, pdf_root, pipeline)
    return render(evidence, original)


def prove_number(
    db: Path, report: str, field: str, pdf_root: Path, *, pipeline: str | Path = BUILT_IN
) -> Number:
    """One number of a report by its canonical name, ``applications.received_new.total``.

    Raises what prove_report raises, and UsageError for a name that is not known or not printed.
    """
    evidence, original = _evidence(db, report, pdf_root, pipeline)
    cells = _cells(evidence, field)
    first = cells[0].observation
    with PageRenderer(original) as prints:
        shown = Box(0.0, first.box.top - _ABOVE, math.inf, first.box.bottom + _BELOW)
        return Number(evidence, cells, prints.crop(first.page, shown, mark=first.box).png)


def _evidence(db: Path, report: str, pdf_root: Path, pipeline: str | Path) -> tuple[Evidence, Path]:
    stored, origin = trace(db, report)
    evidence = weigh(stored, origin, load_family(pipeline))
    return evidence, find_original(origin, pdf_root)


def _cells(evidence: Evidence, field: str) -> tuple[Cell, ...]:
    found = tuple(cell for cell in evidence.cells if str(cell.observation.key) == field)
    if found:
        return found
    names = {f"{e.table_id}.{e.row_id}.{e.column_id}": e for e in evidence.stored.dictionary}
    if entry := names.get(field):
        raise UsageError(
            f"{field} ({entry.row_label_zh}／{entry.column_label_zh}) is not printed in this "
            'report: `gongkai show` lists what is, as "未印" what is not'
        )
    printed = [str(cell.observation.key) for cell in evidence.cells]
    close = difflib.get_close_matches(field, printed, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(close)}?" if close else "`gongkai fields` lists them all"
    raise UsageError(f"no field {field!r}: {hint}")
