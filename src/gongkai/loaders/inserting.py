"""Rows of reports into the tables."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from gongkai.loaders import indexing, schema
from gongkai.loaders.agencies import agency_row
from gongkai.loaders.interning import Interners, insert_row, insert_rows
from gongkai.loaders.rows import COLUMNS, PER_REPORT, ReportRows, Row

# Which columns refer to what is stored once, and where a report's own list of it is.
_REFERENCES = {
    "row_term": "terms",
    "column_term": "terms",
    "check_term": "terms",
    "field_id": "fields",
    "cells": "sets",
    "suspects": "sets",
}


def insert_report(
    connection: sa.Connection, interners: Interners, source_id: int, rows: ReportRows
) -> int:
    """Insert one report with all that belongs to it; gives its id."""
    report_id = insert_row(
        connection,
        schema.report,
        {
            "source_id": source_id,
            **rows.head,
            "agency_id": agency_row(connection, rows.agency, rows.head["year"]),
        },
    )
    terms = [interners.term(connection, text) for text in rows.terms]
    fields = [interners.field(connection, key) for key in rows.fields]
    sets = [interners.set_of(connection, [fields[k] for k in own]) for own in rows.cell_sets]
    lists = {"terms": terms, "fields": fields, "sets": sets}
    for name, own in rows.tables.items():
        columns = COLUMNS[name]
        places = [(k, lists[_REFERENCES[c]]) for k, c in enumerate(columns) if c in _REFERENCES]
        made: list[Row] = [_referring(row, places) for row in own] if places else own
        if name == "paragraph":  # its id says whose it is: the index knows no more
            base = report_id * PER_REPORT
            made = [(base + row[0], report_id, *row) for row in made]
            columns = ("id", "report_id", *columns)
        else:
            made = [(report_id, *row) for row in made]
            columns = ("report_id", *columns)
        insert_rows(connection, schema.metadata.tables[name], columns, made)
    indexing.add(connection, report_id, rows.words)
    return report_id


def _referring(row: Row, places: Sequence[tuple[int, Sequence[int]]]) -> Row:
    """A row with the database's ids at these places."""
    made = list(row)
    for place, ids in places:
        if made[place] is not None:
            made[place] = ids[made[place]]
    return tuple(made)
