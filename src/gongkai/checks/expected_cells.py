"""Which cells a report should print in one table, given the cells that it does print."""

from __future__ import annotations

from functools import lru_cache

from gongkai.families.tables import Table
from gongkai.model import Key

_CACHE_SIZE = 128  # most reports print the same cells of a table


class ExpectedCells:
    """The cells of one table by row and form. Built once from the table."""

    def __init__(self, table: Table) -> None:
        rows: dict[str, dict[str, set[Key]]] = {}
        for field in table.fields:
            for form in field.forms:
                rows.setdefault(field.row_id, {}).setdefault(form, set()).add(field.key)
        self._rows = {
            row: {form: frozenset(keys) for form, keys in forms.items()}
            for row, forms in rows.items()
        }
        # Rows that may be printed in one of several ways: （六） as one row or as three.
        alternatives = [
            [frozenset(row for row, _ in terms) for name, terms in identity.groups.items() if name]
            for identity in table.identities
            if identity.over == "column"
        ]
        self._alternatives = [ways for ways in alternatives if ways]
        self.missing = lru_cache(maxsize=_CACHE_SIZE)(self._find_missing)

    def _find_missing(self, form: str, printed: frozenset[Key]) -> frozenset[Key]:
        """Return the cells that a table of this form should print and that are not ``printed``.

        A row that is printed with the columns of another form must have the cells of that
        form: some reports mix forms. Rows of an alternative that the report does not use are not
        missing.
        """
        unused = self._unused_rows(form, printed)
        missing: set[Key] = set()
        for row, forms in self._rows.items():
            if row in unused:
                continue
            counts = {each: len(keys & printed) for each, keys in forms.items()}
            best = max(counts, key=lambda f: (counts[f] / len(forms[f]), f == form))
            missing |= forms[best] if counts[best] else forms.get(form, frozenset())
        return frozenset(missing - printed)

    def _unused_rows(self, form: str, printed: frozenset[Key]) -> set[str]:
        """Rows of the alternatives that the report does not print.

        If it prints none of them, the rows of its own form are missing.
        """
        in_form = {row for row, forms in self._rows.items() if form in forms}
        printed_rows = {key.row for key in printed}
        unused: set[str] = set()
        for ways in self._alternatives:
            best = max(ways, key=lambda way: (len(way & printed_rows) / len(way), way <= in_form))
            unused.update(*(way for way in ways if way is not best))
        return unused
