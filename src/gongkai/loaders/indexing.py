"""Keep the full-text index over paragraphs up to date.

SQLite's index writes one segment per transaction and merges segments again and again. That
takes a third of the time of storing a report, and more as the database grows. Therefore a
report's words first go into ``index_due``, which searches read too, and enter the index for
many reports at once. PostgreSQL collects entries by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from gongkai.database import schema, views
from gongkai.database.codes import index_words
from gongkai.loaders.rows import PARAGRAPHS_PER_REPORT

BATCH_SIZE = 64  # reports that enter the index together
# Limits of PostgreSQL's tsvector; it holds 1 MB, a word 2,046 bytes.
_LAST_POSITION, _POSITIONS_PER_WORD = 16_383, 256
_INDEXED_CHARACTERS = 150_000  # of a paragraph's words
LONGEST_WORD = 2_000

_STATEMENTS = {
    ("sqlite", "insert"): "INSERT INTO paragraph_index(rowid, words) VALUES (:id, :words)",
    ("sqlite", "delete"): "INSERT INTO paragraph_index(paragraph_index, rowid, words) "
    "VALUES ('delete', :id, :words)",
    ("postgresql", "insert"): "INSERT INTO paragraph_index(rowid, words) "
    "VALUES (:id, CAST(:words AS TSVECTOR))",
    ("postgresql", "delete"): "DELETE FROM paragraph_index WHERE rowid = :id",
}
_DUE = sa.text("SELECT report_id, words FROM index_due ORDER BY report_id")
_ADD_DUE = sa.text("INSERT INTO index_due(report_id, words) VALUES (:report_id, :words)")
_NONE_DUE = sa.text("DELETE FROM index_due")


def index_report(connection: sa.Connection, report_id: int, words: Sequence[str]) -> None:
    """Index a report; ``words`` holds the words (``index_words``) of each paragraph in order."""
    if _is_batched(connection):
        connection.execute(_ADD_DUE, {"report_id": report_id, "words": "\n".join(words)})
        if report_id % BATCH_SIZE == 0:
            index_waiting(connection)
    else:
        _insert(connection, _numbered(report_id, map(_vector, words)))


def waiting_paragraphs(connection: sa.Connection) -> Iterator[tuple[int, str]]:
    """The paragraphs that are not in the index yet: id and words of each."""
    if _is_batched(connection):
        for report_id, words in connection.execute(_DUE).all():
            yield from _numbered(report_id, words.split("\n"))


def index_waiting(connection: sa.Connection) -> None:
    """Move all waiting paragraphs into the index, whichever run stored them."""
    if _is_batched(connection):
        _insert(connection, waiting_paragraphs(connection))
        connection.execute(_NONE_DUE)


def unindex(connection: sa.Connection, *conditions: sa.ColumnElement[bool]) -> None:
    """Remove the paragraphs of reports from the index; call before deleting these reports.

    The conditions are on ``schema.report``.
    """
    report, paragraphs = schema.report, views.paragraphs
    query = (
        sa.select(paragraphs.c.id, paragraphs.c.text)
        .join(report, report.c.id == paragraphs.c.report_id)
        .where(*conditions)
    )
    if _is_batched(connection):  # waiting paragraphs are not in the index
        query = query.where(sa.text("report.id NOT IN (SELECT report_id FROM index_due)"))
    rows = [{"id": key, "words": index_words(text)} for key, text in connection.execute(query)]
    if rows:
        connection.execute(_statement(connection, "delete"), rows)


def _is_batched(connection: sa.Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _numbered(report_id: int, words: Iterable[str]) -> Iterator[tuple[int, str]]:
    return enumerate(words, report_id * PARAGRAPHS_PER_REPORT)


def _insert(connection: sa.Connection, words: Iterable[tuple[int, str]]) -> None:
    rows = [{"id": key, "words": own} for key, own in words]
    if rows:
        connection.execute(_statement(connection, "insert"), rows)


def _statement(connection: sa.Connection, what: str) -> sa.TextClause:
    return sa.text(_STATEMENTS[connection.dialect.name, what])


def _vector(words: str) -> str:
    """Words in the text format of tsvector; PostgreSQL's parser drops Chinese in some locales."""
    positions: dict[str, list[str]] = {}
    for position, word in enumerate(words[:_INDEXED_CHARACTERS].split(), 1):
        found = positions.setdefault(word[:LONGEST_WORD], [])
        if position <= _LAST_POSITION and len(found) < _POSITIONS_PER_WORD:
            found.append(f"{'' if found else ':'}{position}")
    return " ".join(f"'{word}'{','.join(found)}" for word, found in positions.items())
