"""Write codebook.html: what an export holds, for people; it prints well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gongkai import __version__
from gongkai.database.locations import DatabaseLocation
from gongkai.database.vocabulary import word_of, words_of
from gongkai.export.package import WrittenTable
from gongkai.export.short_names import label_of, short_names
from gongkai.families.titles import family_title
from gongkai.language import in_language, tr
from gongkai.queries.sql import query_rows
from gongkai.queries.table_query import select_table
from gongkai.render.html import html_templates
from gongkai.render.messages import status_text

CODEBOOK_FILE = "codebook.html"
_COVERAGE = """
SELECT family, year, status, COUNT(*) FROM reports
GROUP BY family, year, status ORDER BY family, year, status"""
_VERSIONS = """
SELECT pipeline, code_version, pipeline_digest, schema_version, finished_at FROM runs
WHERE id IN (SELECT MAX(id) FROM runs WHERE reports_loaded > 0 GROUP BY pipeline)
ORDER BY pipeline"""


@dataclass(frozen=True)
class _Variable:
    """A column of an exported table, as the codebook shows it."""

    name: str
    column: str
    label: str
    type: str
    description: str
    values: Sequence[tuple[str, str, str]]  # codes with their names and meanings


def write_codebook(
    db: DatabaseLocation,
    folder: Path,
    written: Sequence[WrittenTable],
    language: str,
    *,
    short: bool,
) -> Path:
    """Write the codebook of an export in a language (``en`` or ``zh``) and return its path.

    It has a suggested citation, the versions that read the reports, coverage by family, year and
    status, the formulas of the rates, and every variable; ``short`` names them as Stata, SPSS and
    R do. Raises DatabaseError.
    """
    with in_language("zh" if language == "zh" else "en"):
        versions = query_rows(db, _VERSIONS)
        template = html_templates("gongkai.export").get_template(CODEBOOK_FILE)
        text = template.render(
            citation=citation(versions),
            versions=versions,
            family_title=family_title,
            coverage=[
                (family_title(family), year, status_text(status), count)
                for family, year, status, count in query_rows(db, _COVERAGE)
            ],
            formulas=_formulas(db, language),
            tables=[(each.table, _variables(each, language, short)) for each in written],
        )
    path = folder / CODEBOOK_FILE
    path.write_text(text, encoding="utf-8")
    return path


def citation(versions: Sequence[Sequence[Any]]) -> str:
    """A suggested citation of data that these versions read; each is a row of ``_VERSIONS``."""
    read = max((str(row[4])[:10] for row in versions), default="")
    families = "; ".join(f"{family_title(row[0])} {str(row[2])[:8]}" for row in versions)
    return tr(
        "Published Chinese government reports, read with gongkai {version} on {date} "
        "(data of the families: {families}).",
        version=versions[-1][1] if versions else __version__,
        date=read,
        families=families,
    )


def _formulas(db: DatabaseLocation, language: str) -> list[tuple[str, str, str, str]]:
    """Id, name, formula and note of each rate."""
    with select_table(db, "rates") as found:
        names = [column.name for column in found.columns]
        rows = [dict(zip(names, row, strict=True)) for row in found.rows]
    if language == "zh":
        return [(r["id"], r["name_zh"], r["formula_zh"], r["note_zh"]) for r in rows]
    return [
        (r["id"], r["name_en"], " / ".join(filter(None, (r["numerator"], r["denominator"]))),
         r["note_en"])
        for r in rows
    ]  # fmt: skip


def _variables(written: WrittenTable, language: str, short: bool) -> list[_Variable]:
    names = short_names([column.name for column in written.columns])
    return [
        _Variable(
            names[column.name] if short else column.name,
            column.name,
            label_of(column),
            word_of("columns.type", column.type),
            column.description_zh if language == "zh" else column.description_en,
            [
                (code, word.name, word.meaning)
                for code, word in (words_of(column.table, column.name) or {}).items()
            ],
        )
        for column in written.columns
    ]
