"""Cells of Datasette's tables: numbers link to their proof pages, sentences are translated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from pluggy import HookimplMarker

from gongkai.database.vocabulary import word_of
from gongkai.families.titles import family_title
from gongkai.render.stored_texts import TEXT_COLUMNS, stored_text
from gongkai.serve.wide_cells import WideCells

hookimpl = HookimplMarker("datasette")

PROOFS = "/-/proof"
_REPORT_COLUMNS = ("report_id", "报告")
_LINKED = frozenset(  # columns of a cell
    ("value", "raw_text", "value_in_unit", "text_value", "column_id", "数值", "印作", "列")
)
_KEYS = (("table_id", "row_id", "column_id"), ("表", "行", "列"))
_FAMILY_COLUMNS = ("family", "报告种类")
_CODES = {"层级": "level", "状态": "status", "类别": "class"}  # Chinese columns of ready questions


class ProofLinks:
    """A plugin of Datasette: the numbers and report ids of its tables become links.

    It reads nothing from the database: a row is linked if it holds the id of its report.
    """

    __name__ = "gongkai_proof_links"  # Datasette asks plugins for it

    def __init__(self, cells: WideCells) -> None:
        self._cells = cells
        self._panel_columns = cells.panel_columns

    @hookimpl
    def render_cell(
        self, row: Mapping[str, Any], value: object, column: str, table: str | None
    ) -> Markup | None:
        """The content of a cell of a page as a link; None leaves it as it is."""
        if value is None or value == "":
            return None
        if column in _REPORT_COLUMNS or (table == "reports" and column == "id"):
            return _link(value, value) if isinstance(value, int) else None
        field = self._field(row, column, table)
        if field is None:
            return None
        report = next(filter(None, (_at(row, name) for name in _REPORT_COLUMNS)), None)
        return _link(value, report, field) if isinstance(report, int) else None

    def _field(self, row: Mapping[str, Any], column: str, table: str | None) -> str | None:
        """The name of the cell that a column shows; of a panel in a query, that of the column."""
        for names in _KEYS if column in _LINKED else ():
            if all(key := [_at(row, name) for name in names]):
                return ".".join(map(str, key))
        if table is not None:
            return self._cells.field(table, column, _at(row, "row_id") or _at(row, "行"))
        return column if column in self._panel_columns else None


class StoredTexts:
    """A plugin of Datasette: what the database stores is shown in the language of the reader.

    Sentences everywhere; families, and codes below a Chinese name, in the answers of queries.
    """

    __name__ = "gongkai_stored_texts"  # Datasette asks plugins for it

    @hookimpl
    def render_cell(self, value: object, column: str, table: str | None) -> str | None:
        """The text of a cell in the current language; None for everything else."""
        if not isinstance(value, str):
            return None
        if column in TEXT_COLUMNS:
            return stored_text(value)
        if table is None and column in _FAMILY_COLUMNS:
            return family_title(value)
        if table is None and column in _CODES:
            return word_of(_CODES[column], value)
        return None


def _at(row: Mapping[str, Any], name: str) -> Any:
    try:
        return row[name]
    except (KeyError, IndexError):  # of a dictionary, of sqlite3.Row
        return None


def _link(value: object, *places: object) -> Markup:
    address = "/".join((PROOFS, *(quote(str(place), safe="") for place in places)))
    return Markup('<a class="proof" href="{}">{}</a>').format(address, value)
