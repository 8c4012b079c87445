"""Which cell of a report each column of the wide views shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gongkai.database.wide import WideView, wide_views
from gongkai.families.family import Family
from gongkai.families.measures import Measures, read_measures

_ROW = "*"  # in the name of a field: the row that the line of the view is about


@dataclass(frozen=True)
class WideCells:
    """The cells that the columns of the wide views show, by names in both languages.

    A field is named as in `gongkai fields`: ``applications.granted.total``.
    """

    by_view: Mapping[str, Mapping[str, str]]  # field by column, for each view
    panels: Mapping[str, Mapping[str, str]]  # field by column of the panel, for each family
    views: Mapping[str, tuple[WideView, ...]]  # of each family, the panel first

    @property
    def panel_columns(self) -> frozenset[str]:
        """The columns of all panels that show a cell."""
        return frozenset(column for panel in self.panels.values() for column in panel)

    def field(self, view: str, column: str, row_id: object) -> str | None:
        """The field that a column of a view shows on the line of a row; None for other columns."""
        field = self.by_view.get(view, {}).get(column)
        if field is None or _ROW not in field:
            return field
        return None if row_id is None else field.replace(_ROW, str(row_id))


def wide_cells(families: Iterable[Family]) -> WideCells:
    """Find the cells behind the wide views of the families."""
    by_view: dict[str, Mapping[str, str]] = {}
    panels: dict[str, Mapping[str, str]] = {}
    views: dict[str, tuple[WideView, ...]] = {}
    for family in families:
        measures = read_measures(family)
        views[family.name] = tuple(
            sorted(wide_views(measures), key=lambda wide: wide.table is not None)
        )
        for wide in views[family.name]:
            fields = dict(_fields(measures, wide))
            by_view[wide.name] = by_view[wide.name_zh] = fields
            if wide.table is None:
                panels[family.name] = fields
    return WideCells(by_view, panels, views)


def _fields(measures: Measures, wide: WideView) -> Iterator[tuple[str, str]]:
    """The English and Chinese columns of a view that show cells, each with its field."""
    columns = wide.select.selected_columns.keys()
    if wide.table is None or not measures.has_line_for_each_row(wide.table):
        keys = measures.panel if wide.table is None else measures.keys[wide.table]
        fields = {measures.cell_name(key)[0]: str(key) for key in keys}
    else:
        table = measures.family.table(wide.table)
        fields = {column: f"{table.id}.{_ROW}.{column}" for column in table.columns}
    for column, chinese in zip(columns, wide.columns_zh, strict=True):
        if column in fields:
            yield column, fields[column]
            yield chinese, fields[column]
