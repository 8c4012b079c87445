"""A report as rows of the compact tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from gongkai.loaders import paragraphs, schema
from gongkai.loaders.agencies import agency_row
from gongkai.loaders.interning import Interners, insert_row, insert_rows
from gongkai.loaders.search import index
from gongkai.loaders.types import (
    LABEL_MATCHES,
    READERS,
    STATES,
    decimal_text,
    to_hundredths,
    to_sqlite,
)
from gongkai.model import Box, Check, Key, Report

Row = dict[str, Any]


def insert_report(
    connection: sa.Connection, interners: Interners, source_id: int, report: Report
) -> int:
    """Insert one report with all that belongs to it; gives its id."""
    columns = ("page_first", "page_last", "title", "agency", "year", "form", "status")
    report_id = insert_row(
        connection,
        schema.report,
        {
            "source_id": source_id,
            **{name: getattr(report, name) for name in columns},
            "agency_id": agency_row(connection, report.agency_ref, report.year),
        },
    )
    sentences = {
        text: n for n, text in enumerate(dict.fromkeys(f.sentence for f in report.figures))
    }
    for table, rows in (
        (schema.report_tables, [{"table_id": t, "form": f} for t, f in report.table_forms.items()]),
        (schema.cell, _cells(connection, interners, report)),
        (schema.sections, _sections(report)),
        (schema.check_result, check_rows(connection, interners, report.checks)),
        (schema.problem, _problems(report)),
        (schema.climbs, _climbs(report)),
        (schema.sentence, [{"position": n, "text": text} for text, n in sentences.items()]),
        (schema.figure, _figures(report, sentences)),
    ):
        insert_rows(connection, table, [{"report_id": report_id, **row} for row in rows])
    told = paragraphs.paragraph_rows(report, report_id)
    if told:
        insert_rows(connection, paragraphs.paragraph, told)
        index(
            connection,
            ((row["id"], p.text) for row, p in zip(told, report.paragraphs, strict=False)),
        )
    return report_id


def _cells(connection: sa.Connection, interners: Interners, report: Report) -> list[Row]:
    seen: Counter[Key] = Counter()
    rows = []
    for observation in report.observations:
        seen[observation.key] += 1
        rows.append(
            {
                "field_id": interners.field(connection, observation.key),
                "occurrence": seen[observation.key],
                "state": STATES[observation.state],
                **value_columns(observation.value, observation.raw_text),
                "unit": observation.unit,
                "row_term": interners.term(connection, observation.row_label),
                "column_term": interners.term(connection, observation.column_label),
                "label_match": LABEL_MATCHES[observation.label_match],
                "reader": READERS[observation.reader],
                "confidence": observation.confidence,
                "flagged": int(observation.flagged),
                "doubt": observation.doubt,
                "implied_value": observation.implied_value,
                **_place(observation.page, observation.box),
            }
        )
    return rows


def value_columns(value: Decimal | None, raw_text: str) -> Row:
    """The value, and of its texts only what does not follow from it."""
    text = "" if value is None else decimal_text(value)
    # Only for whole numbers do all databases write the same text.
    follows = value is None or ("." not in text and text == str(to_sqlite(value)))
    return {
        "value": value,
        "value_text": None if follows else text,
        "raw_text": None if raw_text == text else raw_text,
    }


def _sections(report: Report) -> list[Row]:
    return [
        {
            "position": position,
            "number": section.number,
            "title": section.title,
            "text": section.text,
            "page_first": section.page_first,
            "page_last": section.page_last,
        }
        for position, section in enumerate(report.sections)
    ]


def check_rows(
    connection: sa.Connection, interners: Interners, checks: Sequence[Check], first: int = 0
) -> list[Row]:
    """Checks as rows, numbered from ``first``."""
    return [
        {"position": position, **check_row(connection, interners, check)}
        for position, check in enumerate(checks, first)
    ]


def check_row(connection: sa.Connection, interners: Interners, check: Check) -> Row:
    """One check as a row, without its position."""
    return {
        "check_term": interners.term(connection, check.check_id),
        "status": check.status,
        "expected": check.expected,
        "actual": check.actual,
        "klass": check.klass,
        "cause": check.cause,
        "message": check.message,
        "cells": interners.cell_set(connection, check.cells),
        "suspects": interners.cell_set(connection, check.suspects),
    }


def _problems(report: Report) -> list[Row]:
    return [
        {
            "position": position,
            "code": problem.code,
            "message": problem.message,
            **_place(problem.page, problem.box),
        }
        for position, problem in enumerate(report.problems)
    ]


def _climbs(report: Report) -> list[Row]:
    return [
        {"position": k, "rung": climb.rung, "table_id": climb.table, "settled": climb.settled}
        for k, climb in enumerate(report.climbs)
    ]


def _figures(report: Report, sentences: dict[str, int]) -> list[Row]:
    return [
        {
            "position": position,
            "section": figure.section,
            "phrase": figure.phrase,
            "metric_id": figure.metric_id,
            "value": figure.value,
            "unit": figure.unit,
            "approximate": int(figure.approximate),
            "sentence": sentences[figure.sentence],
            "page": figure.page,
            "raw_text": figure.raw_text,
            "part_of": figure.part_of,
            "stated_as_none": int(figure.stated_as_none),
            "planned": int(figure.planned),
        }
        for position, figure in enumerate(report.figures)
    ]


def _place(page: int | None, box: Box | None) -> Row:
    sides = (None,) * 4 if box is None else to_hundredths(box)
    return dict(zip(("page", "x0", "top", "x1", "bottom"), (page, *sides), strict=True))
