"""The table of paragraphs: slices of their section's text, so that no text is stored twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event

from gongkai.database import schema
from gongkai.database.types import BigKey, box_columns, stored_box
from gongkai.model import Box, Paragraph

paragraph = sa.Table(
    "paragraph",
    schema.metadata,
    sa.Column("id", BigKey, primary_key=True, autoincrement=False),
    sa.Column(
        "report_id", sa.Integer, sa.ForeignKey("report.id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("section_position", sa.Integer),  # NULL before the first section
    sa.Column("start", sa.Integer, nullable=False),  # in the section's text, from 1
    sa.Column("length", sa.Integer, nullable=False),
    sa.Column("text", sa.Text),  # only if no section contains it
    sa.Column("sub_number", sa.Text),
    sa.Column("sub_heading", sa.Text),
    sa.Column("page", sa.Integer, nullable=False),
    *(sa.Column(side, sa.Integer, nullable=False) for side in ("x0", "top", "x1", "bottom")),
    sa.Column("turns", sa.Text),  # offsets in the text where further pages begin: "120 340"
    sa.Index("paragraph_by_report", "report_id", "position"),
)

# The full-text index (loaders/indexing.py): FTS5 in SQLite, tsvector in PostgreSQL.
INDEX_DUE = (
    "CREATE TABLE index_due (report_id INTEGER PRIMARY KEY "
    "REFERENCES report (id) ON DELETE CASCADE, words TEXT NOT NULL)"
)
_INDEXES = {
    "sqlite": (
        "CREATE VIRTUAL TABLE paragraph_index USING fts5(words, content='', tokenize='unicode61')",
        INDEX_DUE,
    ),
    "postgresql": (
        "CREATE TABLE paragraph_index (rowid BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)",
        "CREATE INDEX paragraph_index_words ON paragraph_index USING gin (words)",
    ),
}
for _dialect, _statements in _INDEXES.items():
    for _statement in _statements:
        event.listen(
            paragraph,
            "after_create",
            sa.DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
        )


def paragraphs_view() -> sa.Select[Any]:
    """The view ``paragraphs``: each paragraph with its text."""
    sections = schema.sections
    text = sa.func.coalesce(
        paragraph.c.text, sa.func.substr(sections.c.text, paragraph.c.start, paragraph.c.length)
    )
    return sa.select(
        paragraph.c.id,
        paragraph.c.report_id,
        paragraph.c.position,
        sections.c.number.label("section"),
        paragraph.c.sub_number,
        paragraph.c.sub_heading,
        text.label("text"),
        paragraph.c.page,
        *box_columns(paragraph),
        paragraph.c.turns,
    ).join_from(
        paragraph,
        sections,
        (sections.c.report_id == paragraph.c.report_id)
        & (sections.c.position == paragraph.c.section_position),
        isouter=True,
    )


def read_paragraphs(connection: sa.Connection, report_id: int) -> Iterator[Paragraph]:
    """Read the paragraphs of a report, in order."""
    view = paragraphs_view().subquery()
    rows = connection.execute(
        sa.select(view, *(paragraph.c[side].label(f"h_{side}") for side in Box._fields))
        .join(paragraph, paragraph.c.id == view.c.id)
        .where(paragraph.c.report_id == report_id)
        .order_by(paragraph.c.position)
    )
    for row in rows:
        box = stored_box(_Hundredths(*(getattr(row, f"h_{side}") for side in Box._fields)))
        assert box is not None
        yield Paragraph(
            section=row.section,
            sub_number=row.sub_number,
            sub_heading=row.sub_heading,
            text=row.text,
            page=row.page,
            box=box,
            page_starts=tuple(map(int, (row.turns or "").split())),
        )


class _Hundredths:
    """A box in hundredths of a point, as stored."""

    def __init__(self, x0: int, top: int, x1: int, bottom: int) -> None:
        self.x0, self.top, self.x1, self.bottom = x0, top, x1, bottom
