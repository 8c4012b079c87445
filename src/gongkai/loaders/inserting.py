"""Rows of reports into the tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from gongkai.loaders import indexing, schema
from gongkai.loaders.agencies import agency_row
from gongkai.loaders.interning import Interners, insert_row, insert_rows
from gongkai.loaders.rows import COLUMNS, PER_REPORT, ReportRows

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
    fields = interners.fields(connection, rows.fields)
    lists = {
        "terms": interners.terms(connection, rows.terms),
        "fields": fields,
        "sets": [interners.set_of(connection, [fields[k] for k in own]) for own in rows.cell_sets],
    }
    for name, own in rows.tables.items():
        if name == "paragraph":  # its id says whose it is: the index knows no more
            base = report_id * PER_REPORT
            columns = ("id", "report_id", *COLUMNS[name])
            made = [[base + row[0], report_id, *row] for row in own]
        else:
            columns = ("report_id", *COLUMNS[name])
            made = [[report_id, *row] for row in own]
        for place, column in enumerate(columns):
            if column in _REFERENCES:
                _refer(made, place, lists[_REFERENCES[column]])
        insert_rows(connection, schema.metadata.tables[name], columns, made)
    indexing.add(connection, report_id, rows.words)
    return report_id


def _refer(rows: list[list[Any]], place: int, ids: Sequence[int]) -> None:
    """Put the database's ids in one column of rows."""
    for row in rows:
        number = row[place]
        if number is not None:
            row[place] = ids[number]
