"""The dictionary: every number of the official forms, in Chinese and English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gongkai.pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the dictionary; a number that two forms name differently has two."""

    table_id: str
    row_id: str
    column_id: str
    forms: str  # "2019 2021"
    table_label_zh: str
    row_label_zh: str
    column_label_zh: str
    table_label_en: str
    row_label_en: str
    column_label_en: str
    unit: str
    article_zh: str
    value_type: str


def fields(pipeline: Pipeline) -> tuple[Entry, ...]:
    """The pipeline's dictionary, in the order of the printed forms."""
    titles = {table.id: table.title for table in pipeline.tables}
    return tuple(
        Entry(
            table_id=line.key.table,
            row_id=line.key.row,
            column_id=line.key.column,
            forms=" ".join(line.forms),
            table_label_zh=titles[line.key.table],
            row_label_zh=line.row_label,
            column_label_zh=line.column_label,
            table_label_en=english(line.key.table),
            row_label_en=english(line.key.row),
            column_label_en=english(line.key.column),
            unit=line.unit,
            article_zh=line.article,
            value_type=line.value_type,
        )
        for line in pipeline.fields
    )


def english(identifier: str) -> str:
    """A canonical id as words: ``carried_over_in`` is "Carried over in"."""
    return identifier.replace("_", " ").capitalize()
