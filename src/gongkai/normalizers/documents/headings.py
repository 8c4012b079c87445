"""Finds the headings of the sections that the form prescribes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct
from rapidfuzz import fuzz, process

from gongkai.families.family import Family
from gongkai.model import Line
from gongkai.normalizers.tables.labels import LabelFolder

_LONGEST = 42  # characters of a heading
_SHORTEST = 3  # characters of a heading, without ordinal and punctuation
_WITHOUT_ORDINAL = 0.85  # least similarity (0 to 1) of a heading that has no ordinal
_ORDINAL_BONUS = 0.1  # added to the score of a heading with the ordinal of its section
_BRACKET_PENALTY = 0.5  # subtracted for a bracketed ordinal: （一）主动公开情况 is in section one
_TWO_LINES_GAIN = 0.02  # a heading over two lines must score so much better than its first line
_CONTENTS = re.compile(r"(?:\.{3,}|…{1,}|·{3,}|\s\d{1,3})\s*$")  # a line of a table of contents
_END = re.compile(r"[：:。]")  # ends a heading; text of the section may follow
_CACHE_SIZE = 2048  # texts: each line of a report is matched up to three times


class Heading(Struct, frozen=True):
    """A printed section heading, and the lines that it occupies."""

    line: int  # its first line
    lines: int  # one or two
    number: str  # of the section: 一
    title: str  # as printed
    rest: str  # text printed on the same line after the heading
    score: float


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
        self._fold = LabelFolder(family.variants)
        self._numbers = {self._fold(section.title).core: section.number for section in sections}
        for label in family.labels:
            if label.kind == "section":
                self._numbers[self._fold(label.spelling).core] = label.id
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
        found = []
        for k, line in enumerate(lines):
            one = self._candidate(k, 1, line.text)
            two = None
            if k + 1 < len(lines) and len(line.text) + len(lines[k + 1].text) <= _LONGEST:
                two = self._candidate(k, 2, line.text + lines[k + 1].text)
            if two is not None and (one is None or two.score > one.score + _TWO_LINES_GAIN):
                found.append(two)
            elif one is not None:
                found.append(one)
        return found

    def _candidate(self, line: int, lines: int, text: str) -> Heading | None:
        found = None if text[:1].isdigit() else self.match(text)
        if found is None:
            return None
        return Heading(line, lines, found.number, found.title, found.rest, found.score)

    def _match(self, text: str) -> HeadingMatch | None:
        """The section whose heading a text may be; None if it is not a heading."""
        title = _END.split(text, maxsplit=1)[0]
        rest = text[len(title) + 1 :].strip()
        if len(title) > _LONGEST or _CONTENTS.search(text):
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
