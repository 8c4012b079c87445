"""The short labels that messages use to name a cell."""

from __future__ import annotations

from gongkai.families.family import Family
from gongkai.model import Key


class CellLabels:
    """The innermost labels of each cell of a family's forms, as the first form prints them."""

    def __init__(self, family: Family) -> None:
        fields = {key: lines[0] for key, lines in family.fields_by_key.items()}
        self._rows = {key: _innermost(field.row_label) for key, field in fields.items()}
        self._columns = {key: _innermost(field.column_label) for key, field in fields.items()}

    def row(self, key: Key) -> str:
        """The label of the cell's row, without the labels above it."""
        return self._rows[key]

    def column(self, key: Key) -> str:
        """The label of the cell's column, without the labels above it."""
        return self._columns[key]

    def cell(self, key: Key) -> str:
        """Row and column: （一）予以公开·自然人."""
        return f"{self._rows[key]}·{self._columns[key]}"


def _innermost(path: str) -> str:
    """The last label of a path, without the remark 区分处理的 ... that one row has."""
    return path.split("／")[-1].split("（区分")[0]
