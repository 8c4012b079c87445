"""Reports of a database with their files, and the proofs of their numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gongkai.analysis.pages import ReadReport, with_file
from gongkai.database.locations import DatabaseLocation
from gongkai.language import Language, in_language

if TYPE_CHECKING:
    from gongkai.proof import NumberProof
    from gongkai.queries.origins import Origin


@dataclass(frozen=True, repr=False)
class CellProof:
    """The proof of one number, which a notebook shows with the lines of the page around it."""

    number: NumberProof
    language: Language

    @property
    def png(self) -> bytes:
        """The picture of the lines around the number, which is framed."""
        return self.number.png

    def __repr__(self) -> str:
        """What is known of the number, a line for each fact."""
        from gongkai.proof.number_facts import number_facts, number_heading

        with in_language(self.language):
            facts = (f"{name}  {text}" for name, text in number_facts(self.number))
            return "\n".join((number_heading(self.number), *facts))

    def _repr_html_(self) -> str:
        from gongkai.proof.number_html import number_html

        with in_language(self.language):
            return number_html(self.number)


def stored_report(db: DatabaseLocation, report: str, pdf_root: Path | None) -> ReadReport:
    """A report of a database with its file; errors as in ``Database.report``."""
    from gongkai.proof.originals import find_original
    from gongkai.queries.origins import trace

    stored, origin = trace(db, report)
    return with_file(stored.report, find_original(origin, pdf_root or _folder(origin)))


def cell_proof(
    db: DatabaseLocation, report: str, field: str, pdf_root: Path | None, language: Language
) -> CellProof:
    """The proof of a number of a database; errors as in ``Database.proof``."""
    from gongkai.proof import prove_number
    from gongkai.queries.origins import trace

    if pdf_root is None:
        _, origin = trace(db, report)
        pdf_root = _folder(origin)
    with in_language(language):
        return CellProof(prove_number(db, report, field, pdf_root), language)


def _folder(origin: Origin) -> Path:
    """The folder from which the file was ingested; the current one if it is gone."""
    from gongkai.ingestion.sources import path_of_text

    folders = (path_of_text(path).parent for path in origin.paths)
    return next((folder for folder in folders if folder.is_dir()), Path())
