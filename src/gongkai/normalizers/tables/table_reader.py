"""Reads the official tables of a family from grids: the interface of this package."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from gongkai.families.family import Family
from gongkai.model import Grid
from gongkai.normalizers.tables.labels import LabelFolder
from gongkai.normalizers.tables.table_labels import TableLabels
from gongkai.normalizers.tables.table_matching import TableGrids, TableMatcher
from gongkai.normalizers.tables.table_parser import TableParser
from gongkai.normalizers.tables.table_reading import TableReading
from gongkai.normalizers.tables.values import CellReader


class TableReader:
    """The tables of one family. Built once from the family.

    ``cells`` reads single cells; ``labels`` has the labels of each table, by table id.
    """

    def __init__(self, family: Family) -> None:
        fold = LabelFolder(family.variants)
        thresholds = family.settings.thresholds
        self.cells = CellReader(family)
        self.labels = {table.id: TableLabels(table, fold) for table in family.tables}
        self._matcher = TableMatcher(self.labels, fold, self.cells)
        self._parsers = {
            table.id: TableParser(table, self.labels[table.id], self.cells, thresholds)
            for table in family.tables
        }

    def table_of(self, grid: Grid) -> str | None:
        """The id of the table whose labels a grid has; None if it has none."""
        return self._matcher.table_of(grid)

    def sort_grids(self, grids: Sequence[Grid]) -> tuple[list[TableGrids], list[Grid]]:
        """Sort the grids of one report into official tables and others."""
        return self._matcher.sort_grids(grids)

    def read(self, table: TableGrids) -> TableReading:
        """Read one table from its grids."""
        return self._parsers[table.table].read(table.grids)

    def read_all(self, grids: Iterable[Grid]) -> dict[str, TableReading]:
        """Read the official tables among the grids of one report, by table id."""
        tables, _ = self.sort_grids(list(grids))
        return {table.table: self.read(table) for table in tables}
