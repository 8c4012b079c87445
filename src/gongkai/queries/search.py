"""Search paragraphs by words.

The index holds every pair of neighbouring Chinese characters (bigrams), so it finds any word
of two or more characters, including names. An index of words segmented by jieba took twenty
times as long to build and missed words that jieba segments differently: of 15,319 paragraphs
with 吴忠 it found only the 4,080 where the word is not part of 吴忠市. Therefore jieba only
splits a query that has no match as it is.
"""

from __future__ import annotations

import functools
import operator
import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from gongkai.database import schema, views
from gongkai.database.codes import index_words
from gongkai.database.connection import database_errors, open_for_reading
from gongkai.database.locations import DatabaseLocation
from gongkai.errors import UsageError
from gongkai.language import tr
from gongkai.loaders.indexing import LONGEST_WORD, waiting_paragraphs
from gongkai.normalizers.narrative.segmenting import Segmenter, word_files

_CANDIDATES = 1000  # if more paragraphs match, only the newest are ranked
_K, _B, _USUAL_LENGTH = 1.2, 0.75, 120  # constants of BM25; usual length of a paragraph
_ALL = 2**31 - 1
_CONTEXT = 60  # characters shown on both sides of a hit


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that matches a search."""

    report_id: int
    agency: str
    year: int | None
    section: str | None
    sub_heading: str | None
    page: int
    text: str  # the whole paragraph
    marks: tuple[tuple[int, int], ...]  # start and end of each matching word in the text
    score: float
    file_name: str

    def excerpt(self, opening: str = "【", closing: str = "】") -> str:
        """The text around the first match, with every match marked."""
        return "".join(f"{opening}{text}{closing}" if m else text for m, text in self.pieces())

    def pieces(self) -> Iterator[tuple[bool, str]]:
        """The text around the first match in pieces, each with whether it is a match."""
        first = self.marks[0][0] if self.marks else 0
        start = max(0, first - _CONTEXT)
        end = min(len(self.text), first + 2 * _CONTEXT)
        yield False, "…" if start else ""
        at = start
        for begin, stop in self.marks:
            if begin >= at and stop <= end:
                yield False, self.text[at:begin]
                yield True, self.text[begin:stop]
                at = stop
        yield False, self.text[at:end]
        yield False, "…" if end < len(self.text) else ""


def search(
    db: DatabaseLocation, words: str, *, limit: int = 20, year: int | None = None
) -> list[Hit]:
    """Find the paragraphs that contain all words, best match first.

    Words are separated by spaces and may occur anywhere in the paragraph. If nothing matches
    a word of more than four characters, the search is repeated with the words it consists of.
    Raises UsageError if ``words`` holds nothing to search for, and DatabaseError.
    """
    terms = [t for t in unicodedata.normalize("NFKC", words).lower().split() if index_words(t)]
    if not terms:
        raise UsageError(tr("nothing to search for: give a word, such as 政务新媒体"))
    engine = open_for_reading(db)
    with database_errors(db), engine.connect() as connection:
        found = _matching_paragraphs(connection, terms, year)
        if not found and any(len(term) > 4 for term in terms):
            terms = [part for term in terms for part in split_word(term)]
            found = _matching_paragraphs(connection, terms, year)
        ranks = [(-_score(row.text, row.sub_heading or "", terms), row.id) for row in found]
        scored = sorted(zip(ranks, found, strict=True), key=operator.itemgetter(0))
        best = [(row, -negated) for (negated, _), row in scored[:limit]]
        reports = _reports(connection, {row.report_id for row, _ in best})
    return [_hit(row, score, reports[row.report_id], terms) for row, score in best]


def _matching_paragraphs(
    connection: sa.Connection, terms: Sequence[str], year: int | None
) -> Sequence[Any]:
    paragraphs, report = views.paragraphs, schema.report
    max_matches = _CANDIDATES if year is None else _ALL
    queried = [_term_bigrams(term) for term in terms]
    matching = (
        sa.text(f"{_MATCHING[connection.dialect.name]} ORDER BY rowid DESC LIMIT :max_matches")
        .bindparams(query=_query(connection, queried), max_matches=max_matches)
        .columns(id=sa.Integer)
        .subquery()
    )
    names = ("id", "report_id", "text", "section", "sub_heading", "page")
    query = sa.select(*(paragraphs.c[name] for name in names))
    if year is not None:
        query = query.join(report, report.c.id == paragraphs.c.report_id).where(
            report.c.year == year
        )
    # read waiting paragraphs first: those that enter the index meanwhile are found there
    waiting = [
        key
        for key, index_text in waiting_paragraphs(connection)
        if all(_matches(index_text, *term) for term in queried)
    ]
    indexed = connection.execute(query.join(matching, paragraphs.c.id == matching.c.id)).all()
    if not waiting:
        return indexed
    rows = [*indexed, *connection.execute(query.where(paragraphs.c.id.in_(waiting)))]
    return list({row.id: row for row in rows}.values())


def _reports(connection: sa.Connection, ids: Collection[int]) -> dict[int, Any]:
    """Year, file and agency of the reports, by their ids."""
    reports, agencies = views.reports, schema.agencies
    rows = connection.execute(
        sa.select(
            reports.c.id,
            reports.c.year,
            reports.c.file_name,
            sa.func.coalesce(agencies.c.name, reports.c.agency).label("agency"),
        )
        .join_from(reports, agencies, agencies.c.id == reports.c.agency_id, isouter=True)
        .where(reports.c.id.in_(ids))
    )
    return {row.id: row for row in rows}


_MATCHING = {
    "sqlite": "SELECT rowid AS id FROM paragraph_index WHERE paragraph_index MATCH :query",
    "postgresql": "SELECT rowid AS id FROM paragraph_index WHERE words @@ CAST(:query AS TSQUERY)",
}


def _query(connection: sa.Connection, terms: Sequence[tuple[list[str], bool]]) -> str:
    """A query in the index's own syntax: all terms, each as a phrase of bigrams."""
    if connection.dialect.name == "postgresql":
        return " & ".join(_tsquery_phrase(*term) for term in terms)
    return " AND ".join(_fts5_phrase(*term) for term in terms)


def _fts5_phrase(bigrams: Sequence[str], is_prefix: bool) -> str:
    return f"{bigrams[0]}*" if is_prefix else '"' + " ".join(bigrams) + '"'


def _tsquery_phrase(bigrams: Sequence[str], is_prefix: bool) -> str:
    quoted = [f"'{pair[:LONGEST_WORD]}'" for pair in bigrams]
    return f"{quoted[0]}:*" if is_prefix else f"({' <-> '.join(quoted)})"


def _matches(words: str, bigrams: Sequence[str], is_prefix: bool) -> bool:
    """Whether a term matches a paragraph that has these index words."""
    if is_prefix:
        return f" {bigrams[0]}" in f" {words}"
    return f" {' '.join(bigrams)} " in f" {words} "


def _term_bigrams(term: str) -> tuple[list[str], bool]:
    """The index words of a term, and whether it is only a prefix of an index word."""
    bigrams = index_words(term).split()
    if len(bigrams) > 1 and len(bigrams[-1]) == 1 and not bigrams[-1].isascii():
        bigrams = bigrams[:-1]  # only in indexed texts is the last character an index word
    elif len(bigrams) == 1 and len(bigrams[0]) == 1 and not bigrams[0].isascii():
        return bigrams, True
    return bigrams, False


def _score(text: str, sub_heading: str, terms: Sequence[str]) -> float:
    """BM25 without inverse document frequency: all paragraphs contain the same words."""
    usual = _K * (1 - _B + _B * len(text) / _USUAL_LENGTH)
    lower = text.lower()
    score = 0.0
    for term in terms:
        count = max(lower.count(term) + 2 * (term in sub_heading), 1)
        score += count * (_K + 1) / (count + usual)
    return score


def _hit(row: Any, score: float, report: Any, terms: Sequence[str]) -> Hit:
    marks = [match.span() for term in terms for match in _term_pattern(term).finditer(row.text)]
    return Hit(
        report_id=row.report_id,
        agency=report.agency,
        year=report.year,
        section=row.section,
        sub_heading=row.sub_heading,
        page=row.page,
        text=row.text,
        marks=tuple(sorted(marks)),
        score=round(score, 4),
        file_name=report.file_name,
    )


@functools.lru_cache(maxsize=64)
def _term_pattern(term: str) -> re.Pattern[str]:
    return re.compile(r"\s*".join(map(re.escape, term)), re.IGNORECASE)


@functools.cache
def _segmenter() -> Segmenter:
    """A segmenter with the word lists of all built-in families."""
    from gongkai.families.folders import pipelines_folder

    return Segmenter(word_files(pipelines_folder()))


def split_word(term: str) -> list[str]:
    """Split a long word with jieba and the families' word lists."""
    parts = [word.strip() for word in _segmenter().cut(term)]
    return [word for word in parts if len(word) > 1 or word.isascii()] or [term]
