"""Build the printed tables of the three official sections."""

from __future__ import annotations

from collections.abc import Mapping

from . import forms
from .model import Cell, Item, Key, Para, Printed, Table

# Section 二 has a label column and four grid columns, which one, two or three number columns share.
_SPANS = {1: (4,), 2: (2, 2), 3: (1, 2, 1)}


class Builder:
    """Collects the cells of one table."""

    def __init__(self, table_id: str, printed: Mapping[Key, Printed]) -> None:
        self.table_id = table_id
        self.printed = printed
        self.cells: list[Cell] = []

    def put(self, text: str, row: int, col: int, role: str, **more: object) -> Cell:
        """Add a cell without an official number."""
        cell = Cell(text, row, col, role=role, **more)  # type: ignore[arg-type]
        self.cells.append(cell)
        return cell

    def value(self, row: int, col: int, row_id: str, column_id: str, colspan: int = 1) -> None:
        """Add the cell of an official number."""
        key = (self.table_id, row_id, column_id)
        printed = self.printed[key]
        self.cells.append(
            Cell(printed.text, row, col, 1, colspan, role="value", key=key, printed=printed)
        )


def _block(b: Builder, block: forms.Block, row: int, article: bool, spans: tuple[int, ...]) -> int:
    """Add one block of section 二 from ``row`` on and return the row after it."""
    if article:
        b.put(block.article, row, 0, "article", colspan=1 + sum(spans), mark=block.article)
        row += 1
    b.put("信息内容", row, 0, "header", mark="content")
    col = 1
    for (column_id, label), span in zip(block.columns, spans, strict=True):
        b.put(label, row, col, "header", colspan=span, mark=column_id)
        col += span
    for row_id, label in block.rows:
        row += 1
        b.put(label, row, 0, "label", mark=row_id)
        col = 1
        for (column_id, _), span in zip(block.columns, spans, strict=True):
            b.value(row, col, row_id, column_id, span)
            col += span
    return row + 1


def disclosure(
    form: str,
    printed: Mapping[Key, Printed],
    split: bool = False,
    article_outside: bool = False,
) -> list[Item]:
    """Return section 二 as one table, or split into one table for each block.

    Split tables have their article line inside or as a paragraph before them.
    """
    if not split:
        b = Builder("proactive_disclosure", printed)
        row = 0
        for block in forms.blocks(form):
            row = _block(b, block, row, True, _SPANS[len(block.columns)])
        return [Table("proactive_disclosure", [4.0, 4.0, 2.0, 2.0, 4.0], b.cells)]
    items: list[Item] = []
    for block in forms.blocks(form):
        b = Builder("proactive_disclosure", printed)
        count = len(block.columns)
        if article_outside:
            items.append(Para(block.article, "article", counted=False))
        _block(b, block, 0, not article_outside, (1,) * count)
        widths = [4.0] + [12.0 / count] * count
        items.append(Table("proactive_disclosure", widths, b.cells))
    return items


def _applications_header(b: Builder) -> None:
    b.put(forms.CORNER_NOTE, 0, 0, "corner", rowspan=3, colspan=3, mark="corner")
    b.put("申请人情况", 0, 3, "header", colspan=7, mark="applicants")
    labels = dict(forms.APPLICANTS)
    b.put(labels["natural_person"], 1, 3, "header", rowspan=2, mark="natural_person")
    b.put("法人或其他组织", 1, 4, "header", colspan=5, mark="organizations")
    b.put(labels["total"], 1, 9, "header", rowspan=2, mark="total")
    for col, (column_id, label) in enumerate(forms.APPLICANTS[1:6], start=4):
        b.put(label, 2, col, "header", mark=column_id)


def applications(
    form: str,
    printed: Mapping[Key, Printed],
    single_other: bool = False,
    results: tuple[forms.ResultRow, ...] | None = None,
) -> Table:
    """Return section 三; ``results`` replaces the official order of the rows of group 三."""
    b = Builder("applications", printed)
    _applications_header(b)
    rows = results if results is not None else forms.result_rows(form, single_other)

    def values(row: int, row_id: str) -> None:
        for col, (column_id, _) in enumerate(forms.APPLICANTS, start=3):
            b.value(row, col, row_id, column_id)

    def full_width(row: int, row_id: str, label: str) -> None:
        b.put(label, row, 0, "label", colspan=3, bold=True, mark=row_id)
        values(row, row_id)

    full_width(3, forms.RECEIVED, "一、本年新收政府信息公开申请数量")
    full_width(4, forms.CARRIED_IN, "二、上年结转政府信息公开申请数量")
    b.put("三、本年度办理结果", 5, 0, "group", rowspan=len(rows) + 1, bold=True, mark="results")
    row, group = 5, ""
    for result in rows:
        if not result.leaf:
            b.put(result.group, row, 1, "label", colspan=2, mark=result.row_id)
        else:
            if result.group != group:
                span = _group_length(rows, row - 5)
                b.put(result.group, row, 1, "group", rowspan=span, mark=result.group)
            b.put(result.leaf, row, 2, "label", mark=result.row_id)
        group = result.group
        values(row, result.row_id)
        row += 1
    b.put("（七）总计", row, 1, "label", colspan=2, mark=forms.PROCESSED)
    values(row, forms.PROCESSED)
    full_width(row + 1, forms.CARRIED_OUT, "四、结转下年度继续办理")
    widths = [33.0, 47.0, 113.0, 34.0, 34.0, 34.0, 34.0, 44.0, 34.0, 34.0]
    return Table("applications", widths, b.cells, header_rows=3)


def _group_length(rows: tuple[forms.ResultRow, ...], start: int) -> int:
    """Return the number of rows from ``start`` on that share its group."""
    stop = start
    while stop < len(rows) and rows[stop].group == rows[start].group and rows[stop].leaf:
        stop += 1
    return stop - start


def review(printed: Mapping[Key, Printed]) -> Table:
    """Return section 四: one row of fifteen numbers below three header rows."""
    b = Builder("review_litigation", printed)
    b.put("行政复议", 0, 0, "header", rowspan=2, colspan=5, mark="reconsideration")
    b.put("行政诉讼", 0, 5, "header", colspan=10, mark="litigation")
    for index, (row_id, label) in enumerate(forms.DISPUTES):
        if index:
            b.put(label, 1, 5 * index, "header", colspan=5, mark=row_id)
        for offset, (column_id, outcome) in enumerate(forms.OUTCOMES):
            col = 5 * index + offset
            b.put(outcome, 2, col, "header", mark=f"{row_id}.{column_id}")
            b.value(3, col, row_id, column_id)
    return Table("review_litigation", [1.0] * 15, b.cells, header_rows=3)
