"""Keeping the index over words in step with the reports.

SQLite's index writes a segment of its own for each transaction and merges segments over
and over: a third of what it costs to store a report, and the more the more reports there
are. So a report's words first stand in ``index_due``, where searches look too, and go into
the index for many reports at once. PostgreSQL gathers entries by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import sqlalchemy as sa

from gongkai.database import schema, views
from gongkai.database.bigrams import index_words
from gongkai.loaders.rows import PARAGRAPHS_PER_REPORT

BATCH_SIZE = 64  # reports that go into the index together
_MOST_PLACES, _MOST_OF_A_WORD = 16_383, 256  # PostgreSQL's own limits of a text and a word

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
    """Let a report's paragraphs be found, by the words (index_words) of each in order."""
    if _gathers(connection):
        connection.execute(_ADD_DUE, {"report_id": report_id, "words": "\n".join(words)})
        if report_id % BATCH_SIZE == 0:
            index_waiting(connection)
    else:
        _insert(connection, _numbered(report_id, map(_vector, words)))


def waiting_paragraphs(connection: sa.Connection) -> Iterator[tuple[int, str]]:
    """The paragraphs that are not in the index yet, each as its id and its words."""
    if _gathers(connection):
        for report_id, words in connection.execute(_DUE).all():
            yield from _numbered(report_id, words.split("\n"))


def index_waiting(connection: sa.Connection) -> None:
    """Put all that is due into the index, whoever stored it."""
    if _gathers(connection):
        _insert(connection, waiting_paragraphs(connection))
        connection.execute(_NONE_DUE)


def unindex_source(connection: sa.Connection, source_id: int) -> None:
    """Take the paragraphs of a file's reports out of the index; before the reports go."""
    report, told = schema.report, views.paragraphs
    query = (
        sa.select(told.c.id, told.c.text)
        .join(report, report.c.id == told.c.report_id)
        .where(report.c.source_id == source_id)
    )
    if _gathers(connection):  # what is due is not in the index, and goes with its report
        query = query.where(sa.text("report.id NOT IN (SELECT report_id FROM index_due)"))
    rows = [{"id": key, "words": index_words(text)} for key, text in connection.execute(query)]
    if rows:
        connection.execute(_statement(connection, "delete"), rows)


def _gathers(connection: sa.Connection) -> bool:
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
    """Words as PostgreSQL's own text for them: its parser would drop Chinese in some locales."""
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words.split(), 1):
        found = places.setdefault(word, [])
        if place <= _MOST_PLACES and len(found) < _MOST_OF_A_WORD:
            found.append(f"{'' if found else ':'}{place}")
    return " ".join(f"'{word}'{','.join(found)}" for word, found in places.items())
