"""Finds the reports in a file, by their titles and by the headings of their sections.

A file may have several reports, or one inside other content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct
from rapidfuzz import fuzz, process

from gongkai.families.family import Family
from gongkai.model import Grid, Line
from gongkai.normalizers.documents.titles import Title, TitleParts, TitleReader
from gongkai.normalizers.tables.labels import LabelFolder

# Headings
_LONGEST = 42  # characters of a heading
_SHORTEST = 3  # characters of a heading, without ordinal and punctuation
_WITHOUT_ORDINAL = 0.85  # least similarity (0 to 1) of a heading that has no ordinal
_ORDINAL_BONUS = 0.1  # added to the score of a heading with the ordinal of its section
_BRACKET_PENALTY = 0.5  # subtracted for a bracketed ordinal: （一）主动公开情况 is in section one
_TWO_LINES_GAIN = 0.02  # a heading over two lines must score so much better than its first line
# a line of a table of contents: leaders, a page number, or both
_CONTENTS = re.compile(r"(?:[.·・．]{3,}|[…⋯]+|[—\-_]{4,})\s*[（(]?\d{0,3}[)）]?\s*$|\s\d{1,3}\s*$")
_CONTENTS_TITLES = ("目录", "目次")
_END = re.compile(r"[：:。]")  # ends a heading; text of the section may follow
_CACHE_SIZE = 2048  # texts: each line of a report is matched up to three times

# Reports
_MIN_SECTIONS = 3  # headings of different sections make a report, with or without a title


class ReportExtent(Struct, frozen=True):
    """The part of a file that one report occupies."""

    page_first: int
    page_last: int
    title: str
    title_lines: int  # how many of ``lines`` belong to the title
    lines: tuple[Line, ...]
    start: tuple[int, float]  # page and y (PDF points from the top) where it begins
    end: tuple[int, float]  # page and y where the next one begins
    title_parts: TitleParts = TitleParts()

    def contains(self, page: int, top: float) -> bool:
        """Whether something at ``top`` of a page belongs to the report."""
        return self.start <= (page, top) < self.end


class ReportSplitter:
    """Finds the reports of a file. Built once for each worker."""

    def __init__(self, titles: TitleReader, headings: HeadingFinder) -> None:
        self._titles = titles
        self._headings = headings

    def split(
        self, lines: Sequence[Line], official: Sequence[Grid], last_page: int
    ) -> list[ReportExtent]:
        """The reports among the lines of a file, in order; empty if there is none.

        A report begins at a title that at least three sections follow; a title repeated on a
        cover page belongs to the report after it. A file without such a title is one report if
        it has three sections, or one of the ``official`` tables.
        """
        headings = self._headings.candidates(lines)
        titles = self._titles.find(lines)
        starts = [
            _best(group)
            for group, numbers in _reports(titles, headings, len(lines))
            if len(numbers) >= _MIN_SECTIONS
        ]
        if not starts:
            if len({heading.number for heading in headings}) < _MIN_SECTIONS and not official:
                return []
            starts = [_best(titles) if titles else Title(0, 0, "")]
        ends = [title.first for title in starts[1:]]
        return [
            self._extent(lines, title, end, last_page)
            for title, end in zip(starts, [*ends, None], strict=True)
        ]

    def _extent(
        self, lines: Sequence[Line], title: Title, end_line: int | None, last_page: int
    ) -> ReportExtent:
        """The report from a title to the line of the next report; else to the last page."""
        own = tuple(lines[title.first : end_line])
        return ReportExtent(
            page_first=own[0].page if own else 1,
            page_last=last_page if end_line is None else own[-1].page,
            title=title.text,
            title_parts=self._titles.with_letterhead(title, lines),
            title_lines=title.last - title.first,
            lines=own,
            start=_position(lines, title.first) if title.first else (0, 0.0),
            end=(last_page + 1, 0.0) if end_line is None else _position(lines, end_line),
        )


def _position(lines: Sequence[Line], k: int) -> tuple[int, float]:
    return lines[k].page, lines[k].box.top


def _reports(
    titles: Sequence[Title], headings: Sequence[Heading], end: int
) -> Iterator[tuple[list[Title], set[str]]]:
    """The possible titles of each report, and the numbers of the sections after them.

    The sections of another report begin again. A title among the sections of one report is a
    line that ends like a title, unless other sections of that kind follow.
    """
    group: list[Title] = []
    numbers: set[str] = set()
    cover: list[Title] = []  # titles after some sections, before any of the next report
    for k, title in enumerate(titles):
        until = titles[k + 1].first if k + 1 < len(titles) else end
        own = {h.number for h in headings if title.last <= h.line < until}
        if not numbers:
            group.append(title)
            numbers = own
        elif own & numbers and len(own) >= _MIN_SECTIONS:
            yield group, numbers
            group, numbers, cover = [*cover, title], own, []
        elif own:
            numbers |= own
            cover = []
        elif title.prominence:
            cover.append(title)
    yield group, numbers


def _best(titles: Sequence[Title]) -> Title:
    """The title of a report among those before its first section.

    The first of those with the highest rank; if a cover has it too, the title below the cover.
    """
    best = max(titles, key=lambda title: title.rank)
    return [title for title in titles if title.is_same_as(best)][-1]


class Heading(Struct, frozen=True):
    """A printed section heading, and the lines that it occupies."""

    line: int  # its first line
    lines: int  # one or two
    number: str  # of the section: 一
    title: str  # as printed
    rest: str  # text printed on the same line after the heading
    score: float


def _without_contents(headings: Sequence[Heading], lines: Sequence[Line]) -> list[Heading]:
    """The headings without those of a table of contents: consecutive lines after a line 目录."""
    kept: list[Heading] = []
    end = -1  # the line after the table of contents
    for heading in headings:
        before = "".join(lines[heading.line - 1].text.split()) if heading.line else ""
        if before in _CONTENTS_TITLES or heading.line == end:
            end = heading.line + heading.lines
        else:
            kept.append(heading)
    return kept


class HeadingMatch(Struct, frozen=True):
    """The section whose heading a text may be."""

    number: str
    title: str  # as printed
    rest: str  # text after the heading
    score: float


class HeadingFinder:
    """Finds section headings among the lines of a report. Built once for each worker."""

    def __init__(self, family: Family) -> None:
        sections = family.settings.sections
        self._order = {section.number: k for k, section in enumerate(sections)}
        self._least_similarity = 100 * family.settings.thresholds.min_section_similarity
        self._fold = LabelFolder(family.variants).fold
        self._numbers = {self._fold(section.title).core: section.number for section in sections}
        self._numbers |= {
            self._fold(label.spelling).core: label.id
            for label in family.labels
            if label.kind == "section"
        }
        self.match = lru_cache(maxsize=_CACHE_SIZE)(self._match)

    def find(self, lines: Sequence[Line]) -> list[Heading]:
        """The headings of one report, in the order of the sections, each at most once.

        The chain of candidates with the best total score wins. Titles decide, not ordinals:
        real reports lose or shift the ordinals.
        """
        candidates = self.candidates(lines)
        best: list[tuple[float, list[Heading]]] = []  # the best chain that ends with each candidate
        for k, heading in enumerate(candidates):
            before = [
                chain
                for other, chain in zip(candidates[:k], best, strict=True)
                if other.line + other.lines <= heading.line
                and self._order[other.number] < self._order[heading.number]
            ]
            score, chain = max(before, key=lambda each: each[0], default=(0.0, []))
            best.append((score + heading.score, [*chain, heading]))
        return max(best, key=lambda each: each[0], default=(0.0, []))[1]

    def candidates(self, lines: Sequence[Line]) -> list[Heading]:
        """Every line, or pair of lines, that may be a section heading."""
        headings = []
        for k, line in enumerate(lines):
            found, count = self.match(line.text), 1
            if k + 1 < len(lines) and len(line.text) + len(lines[k + 1].text) <= _LONGEST:
                two = self.match(line.text + lines[k + 1].text)
                one = found or self.match(lines[k + 1].text)
                if two and (one is None or two.score > one.score + _TWO_LINES_GAIN):
                    found, count = two, 2
            if found is not None:
                headings.append(
                    Heading(k, count, found.number, found.title, found.rest, found.score)
                )
        return _without_contents(headings, lines)

    def _match(self, text: str) -> HeadingMatch | None:
        """The section whose heading a text may be; None if it is not a heading."""
        title = _END.split(text, maxsplit=1)[0]
        rest = text[len(title) + 1 :].strip()
        if text[:1].isdigit() or len(title) > _LONGEST or _CONTENTS.search(text):
            return None
        label = self._fold(title)
        if len(label.core) < _SHORTEST:
            return None
        found = process.extractOne(
            label.core,
            self._numbers.keys(),
            scorer=fuzz.ratio,
            score_cutoff=self._least_similarity,
        )
        if found is None:
            return None
        spelling, percent, _ = found
        number, similarity = self._numbers[spelling], percent / 100
        # An ordinal whose character is lost leaves its punctuation: 、总体情况
        has_ordinal = label.ordinal or title.lstrip().startswith(("、", "，", "."))
        if not has_ordinal and similarity < _WITHOUT_ORDINAL:
            return None
        score = similarity + (_ORDINAL_BONUS if label.ordinal == number else 0.0)
        if title.lstrip().startswith(("（", "(")):
            score -= _BRACKET_PENALTY
        return HeadingMatch(number, title.strip(), rest, score)
