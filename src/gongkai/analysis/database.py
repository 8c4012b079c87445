"""A database as pandas frames, for notebooks.

    import gongkai
    db = gongkai.open("gongkai.db")
    db.panel(year=2023, level="county")
    db.applications(agency="吴忠市公安局", language="zh")

Years and counts are nullable integers (Int64), rates and amounts nullable floats (Float64), names
and codes categories, other text is ``str``. All of pandas works on them: ``year + 1``,
``describe()``, ``to_stata(version=118)``. A cell that is not printed or not a number is missing,
never 0. ``gongkai.open(path, exact=True)`` gives amounts as exact decimals.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from gongkai.analysis.columns import amounts, counts
from gongkai.analysis.stored import CellProof, cell_proof, stored_report
from gongkai.database.catalogue import ColumnInfo
from gongkai.database.locations import Server, parse_location
from gongkai.database.types import to_decimal
from gongkai.database.vocabulary import vocabulary
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.queries.known_names import unknown_values
from gongkai.queries.sql import query
from gongkai.queries.table_query import python_value, select_table

if TYPE_CHECKING:
    import pandas as pd

    from gongkai.analysis.pages import ReadReport

_Language = Literal["en", "zh"]

# Columns with few distinct values.
_CATEGORIES = {
    *("agency", "agency_name", "province", "city", "county", "level", "body_type", "sector"),
    *("form", "status", "table_id", "row_id", "row_name_en", "row_name_zh", "column_id"),
    *("state", "label_match", "reader", "class", "cause", "role", "number", "metric_id"),
}
_ORDERED = {
    "level": list(vocabulary()["level"]),
    "status": list(vocabulary()["status"])[::-1],  # the best last
}


class Database:
    """A gongkai database, read-only. ``gongkai.open`` makes one."""

    def __init__(
        self, path: str | Path | Server, language: _Language = "en", *, exact: bool = False
    ) -> None:
        """Open a database, a file or a URL.

        ``language`` is that of column names, unless a call names another one. ``exact``: amounts
        are exact decimals, on which some functions of pandas do not work.

        Raises DatabaseError or one of its kinds if the database cannot be read.
        """
        self.path = parse_location(path)
        self.language = _language(language)
        self._exact = exact
        with select_table(self.path, "reports"):
            pass

    def __repr__(self) -> str:
        return f"gongkai.open({str(self.path)!r})"

    def panel(
        self, *, trusted: bool = False, language: _Language | None = None, **where: Any
    ) -> pd.DataFrame:
        """One row per report: its agency, year, status, totals and rates.

        ``trusted`` leaves out cells whose reading is in doubt. Keywords select rows: ``year``,
        ``agency`` (as printed or canonical), ``province``, ``city``, ``county``,
        ``division_code``, ``level``, ``body_type``, ``sector``, ``form``, ``status``, or any
        column of the view; each a value, or several. Columns and codes may have their Chinese
        names: ``level="县级"``. Of several reports of one body and year, one is here
        (``panel_all`` has all, ``duplicates()`` the others). Raises UsageError for an unknown
        column or value.
        """
        return self.table("panel", trusted=trusted, language=language, **where)

    def applications(
        self, *, trusted: bool = False, language: _Language | None = None, **where: Any
    ) -> pd.DataFrame:
        """One row for each row of the table in section 三; a column for each kind of applicant."""
        return self.table("applications_wide", trusted=trusted, language=language, **where)

    def proactive_disclosure(
        self, *, trusted: bool = False, language: _Language | None = None, **where: Any
    ) -> pd.DataFrame:
        """One row per report: section 二, with separate columns for the measures of each form."""
        return self.table("proactive_disclosure_wide", trusted=trusted, language=language, **where)

    def review_litigation(
        self, *, trusted: bool = False, language: _Language | None = None, **where: Any
    ) -> pd.DataFrame:
        """One row per report: section 四, reconsideration and litigation."""
        return self.table("review_litigation_wide", trusted=trusted, language=language, **where)

    def observations(self, *, language: _Language | None = None, **where: Any) -> pd.DataFrame:
        """One row for each printed cell, with its place and spelling."""
        return self.table("observations", language=language, **where)

    def sections(self, *, language: _Language | None = None, **where: Any) -> pd.DataFrame:
        """One row for each statutory section, with its text."""
        return self.table("sections", language=language, **where)

    def checks(self, *, language: _Language | None = None, **where: Any) -> pd.DataFrame:
        """One row for each check: the rule, and whether it passed."""
        return self.table("checks", language=language, **where)

    def reports(self, *, language: _Language | None = None, **where: Any) -> pd.DataFrame:
        """One row per report."""
        return self.table("reports", language=language, **where)

    def duplicates(self, *, language: _Language | None = None, **where: Any) -> pd.DataFrame:
        """One row for each report that is not counted: which one is, and why."""
        return self.table("duplicates", language=language, **where)

    def table(
        self,
        name: str,
        *,
        trusted: bool = False,
        language: _Language | None = None,
        **where: Any,
    ) -> pd.DataFrame:
        """Any table or view by its name. Adds agency and year to rows that lack them."""
        view = f"{name}_trusted" if trusted else name
        with select_table(self.path, view, where, with_report=True) as found:
            frame = _frame([list(row) for row in found.rows], found.columns, exact=self._exact)
        if _language(language or self.language) == "zh":
            frame.columns = [column.name_zh for column in found.columns]
        return frame

    def report(self, report: str | int, *, pdf_root: str | Path | None = None) -> ReadReport:
        """One report with its file: ``report(…).page(3).show()`` draws what was read on a page.

        ``report`` is an id, an agency, or agency and year (吴忠市公安局 2019). The PDF is searched
        below ``pdf_root``, by default the folder from which it was ingested. Raises UsageError
        if there is no such report, or if its file is not there.
        """
        return stored_report(self.path, str(report), None if pdf_root is None else Path(pdf_root))

    def proof(
        self, report: str | int, field: str, *, pdf_root: str | Path | None = None
    ) -> CellProof:
        """The proof of one number: its place on the page, its spelling and what proves it.

        ``field`` is its canonical name, such as ``applications.received_new.total``; ``report``,
        ``pdf_root`` and errors are those of ``report()``. A notebook shows the picture and the
        facts; ``print`` writes the facts.
        """
        root = None if pdf_root is None else Path(pdf_root)
        return cell_proof(self.path, str(report), field, root, self.language)

    def sql(self, statement: str, parameters: Sequence[Any] = ()) -> pd.DataFrame:
        """The result of one SELECT. Each ``?`` in it takes one of the parameters.

        Warns if there are no rows and the statement compares a column with a text that it cannot
        have, such as a misspelt metric. Raises QueryRefused for a statement that would write, or
        is wrong.
        """
        import pandas as pd

        with query(self.path, statement, [python_value(each) for each in parameters]) as found:
            rows, names = list(found.rows), found.columns
        for text in () if rows else unknown_values(self.path, statement):
            warnings.warn(text, stacklevel=2)
        values = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        frame = pd.concat([_guessed(each) for each in values], axis="columns")
        frame.columns = list(names)
        return frame


def _language(language: str) -> _Language:
    if language == "en":
        return "en"
    if language == "zh":
        return "zh"
    raise UsageError(tr("no language {language!r}: name 'en' or 'zh'", language=language))


def _frame(
    rows: Sequence[Sequence[Any]], columns: Sequence[ColumnInfo], *, exact: bool
) -> pd.DataFrame:
    import pandas as pd

    values = zip(*rows, strict=True) if rows else ([] for _ in columns)
    series = {
        column.name: _series(list(found), column, exact=exact)
        for column, found in zip(columns, values, strict=True)
    }
    return pd.DataFrame(series)


def _series(values: list[Any], column: ColumnInfo, *, exact: bool) -> pd.Series[Any]:
    import pandas as pd

    match column.type:
        case "integer":
            return counts(values)
        case "amount" if exact:
            return amounts([None if value is None else to_decimal(value) for value in values])
        case "number" | "amount":
            return pd.Series(values, dtype="Float64")
        case "text" if column.name in _ORDERED and set(values) <= {*_ORDERED[column.name], None}:
            kind = pd.CategoricalDtype(_ORDERED[column.name], ordered=True)
            return pd.Series(values, dtype=kind)
        case "text" if column.name in _CATEGORIES or values.count(None) == len(values):
            return pd.Series(values, dtype="category")
        case _:
            return pd.Series(values, dtype="str")


def _guessed(values: Sequence[Any]) -> pd.Series[Any]:
    """A column whose type is guessed from its values."""
    import pandas as pd

    kinds = {type(value) for value in values if value is not None}
    if kinds == {int}:
        return pd.Series(values, dtype="Int64")
    if kinds and kinds <= {int, float, Decimal}:
        numbers = [None if value is None else float(value) for value in values]
        return pd.Series(numbers, dtype="Float64")
    return pd.Series(values, dtype="str" if kinds == {str} else "object")
