"""Puts cells into stored reports that were not read: a person marked their place and typed them."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from gongkai.checks.table_checks import Forms
from gongkai.database import schema
from gongkai.database.codes import LABEL_MATCHES, OTHER_READER, READERS, STATES, to_hundredths
from gongkai.decisions.machine_values import save_missing_cell
from gongkai.decisions.records import Decision
from gongkai.families.family import Family
from gongkai.loaders.dimension_keys import DimensionKeys
from gongkai.loaders.rows import value_columns
from gongkai.model import Key


class PlacedCells:
    """Puts cells into reports of one family. Built once from the family."""

    def __init__(self, family: Family) -> None:
        self._family = family
        self._forms = Forms(family)

    def insert(
        self,
        connection: sa.Connection,
        dimensions: DimensionKeys,
        report_id: int,
        decision: Decision,
        decision_id: int | None,
    ) -> None:
        """Insert the cell of a decision whose field the form has; its reader is ``other``."""
        key, box = decision.target.key, decision.box
        if key is None or box is None or key not in self._family.fields_by_key:
            return
        self._insert_form(connection, report_id, key)
        line = self._family.field(key)
        value = None if decision.value is None else Decimal(decision.value)
        columns = value_columns(value, decision.text or "")
        cell_id = {
            "report_id": report_id,
            "field_id": dimensions.field(connection, key),
            "occurrence": decision.occurrence or 1,
        }
        connection.execute(
            sa.insert(schema.cell).values(
                **cell_id,
                **dict(zip(("value", "value_text", "raw_text"), columns, strict=True)),
                **dict(zip(("x0", "top", "x1", "bottom"), to_hundredths(box), strict=True)),
                state=STATES[decision.state or "unreadable"],
                row_term=dimensions.term(connection, line.row_label),
                column_term=dimensions.term(connection, line.column_label),
                label_match=LABEL_MATCHES["exact"],
                page=decision.page,
                reader=READERS[OTHER_READER],
                flagged=0,
                text_value=decision.text if decision.state == "text" else None,
            )
        )
        save_missing_cell(connection, cell_id, decision_id)

    def _insert_form(self, connection: sa.Connection, report_id: int, key: Key) -> None:
        """Store the form of a table of which no cell was read: that of the report's others."""
        table, report = schema.report_tables, schema.report
        query = sa.select(table.c.table_id, table.c.form).where(table.c.report_id == report_id)
        known: dict[str, str | None] = {row.table_id: row.form for row in connection.execute(query)}
        if key.table in known:
            return
        year = connection.scalar(sa.select(report.c.year).where(report.c.id == report_id))
        form = self._forms.of_tables({**known, key.table: None}, year)[key.table]
        connection.execute(
            sa.insert(table).values(report_id=report_id, table_id=key.table, form=form)
        )
