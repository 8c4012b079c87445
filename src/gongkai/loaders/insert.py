"""Insert the rows of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from gongkai.database import schema
from gongkai.loaders import indexing
from gongkai.loaders.agencies import store_agency
from gongkai.loaders.derived import DerivedRows
from gongkai.loaders.dimension_keys import DimensionKeys, insert_columns, insert_row
from gongkai.loaders.rows import PARAGRAPHS_PER_REPORT, REFERENCES, ReportRows


def insert_report(
    connection: sa.Connection,
    dimensions: DimensionKeys,
    derived: DerivedRows,
    owner: Mapping[str, Any],
    rows: ReportRows,
) -> int:
    """Insert one report with all its rows and return its id.

    ``owner`` has its file, family and number in the file, as columns of the table ``report``.
    """
    agency_id = store_agency(connection, derived, rows.agency, rows.head["year"])
    head = {**owner, **rows.head, "agency_id": agency_id}
    report_id = insert_row(connection, schema.report, head)
    if agency_id is not None:
        due = {"agency_id": agency_id, "family": owner["family"]}
        insert_row(connection, schema.history_due, due)
    fields, sets = dimensions.field_layout(connection, rows.field_layout)
    lists = {
        "terms": dimensions.terms(connection, rows.terms),
        "checks": dimensions.checks(connection, rows.checks),
        "fields": fields,
        "sets": sets,
    }
    for name, own in rows.tables.items():
        columns = {"report_id": [report_id] * len(next(iter(own.values()))), **own}
        if name == "paragraph":  # the text index stores only this id: it contains the report's
            base = report_id * PARAGRAPHS_PER_REPORT
            columns = {"id": [base + position for position in own["position"]], **columns}
        for column in own.keys() & REFERENCES.keys():
            columns[column] = _to_ids(own[column], lists[REFERENCES[column]])
        insert_columns(connection, schema.metadata.tables[name], columns)
    indexing.index_report(connection, report_id, rows.words)
    derived.note_new(report_id, agency_id, owner["family"], rows.head["year"])
    return report_id


def _to_ids(numbers: Sequence[int | None], ids: Sequence[int]) -> list[int | None]:
    """Replace positions in the report's list by ids of the database."""
    return [None if number is None else ids[number] for number in numbers]
