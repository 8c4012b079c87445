"""Finds the reports in a file, by their titles and by the headings of their sections.

A file may have several reports, or one inside other content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import zip_longest

from msgspec import Struct
from rapidfuzz import fuzz, process

from gongkai.families.family import Family
from gongkai.model import Grid, Line
from gongkai.normalizers.documents.titles import Title, TitleParts, TitleReader
from gongkai.normalizers.tables.labels import NUMERALS, LabelFolder, printed_ordinal

# Headings
_LONGEST = 42  # characters of a heading
_SHORTEST = 2  # characters of a heading, without ordinal and punctuation
_WITHOUT_ORDINAL = 0.85  # least similarity (0 to 1) of a heading without an ordinal
_BY_WORD = 0.8  # similarity (0 to 1) given to a heading with an ordinal and a section's word
_ORDINAL_BONUS = 0.1  # added to the score of a heading with the ordinal of its section
_BRACKET_PENALTY = 0.5  # subtracted from the score of a heading with a bracketed ordinal
_TWO_LINES_GAIN = 0.02  # least gain in score of a heading of two lines over its first line
_NOTE_LINES = 2  # lines that may follow a heading to complete the note at its end
# Remarks in a heading, such as 总体情况（黑体三号）. The last may continue on the next line.
_NOTE = re.compile(r"[（(【〔\[][^（(【〔\[）)】〕\]]*(?:[）)】〕\]]|$)")
_OPEN_NOTE = re.compile(r"[（(【〔\[][^）)】〕\]]*$")
_FOREIGN = re.compile(r"[A-Za-z ]+")  # the translation in a bilingual heading
_YEAR_BEFORE = re.compile(r"^(?:(?:19|20)\d{2}年度?|本年度|全年)(?!度)")
_OTHER_HEADING = re.compile(r"[^。；，：:\d]{2,28}[。：:]?")  # after its ordinal, of any topic
# a line of a table of contents: leaders, a page number, or both
_CONTENTS = re.compile(r"(?:[.·・．]{3,}|[…⋯]+|[—\-_]{4,})\s*[（(]?\d{0,3}[)）]?\s*$|\s\d{1,3}\s*$")
_CONTENTS_TITLES = ("目录", "目次")
_SHORTEST_CONTENTS = 3  # headings of a table of contents that has no title
_END = re.compile(r"[：:。]")  # ends a heading; the text of the section may follow
_CACHE_SIZE = 2048  # texts: each line of a report is matched up to three times

# Reports
_MIN_SECTIONS = 3  # headings of different sections make a report, with or without a title


class ReportExtent(Struct, frozen=True):
    """The part of a file that one report occupies."""

    page_first: int
    page_last: int
    title: str
    title_lines: int  # the number of ``lines`` that belong to the title
    lines: tuple[Line, ...]
    start: tuple[int, float]  # page and y (PDF points from the top) where it begins
    end: tuple[int, float]  # page and y where the next one begins
    title_parts: TitleParts = TitleParts()

    def contains(self, page: int, top: float) -> bool:
        """Return whether the place at ``top`` (points) of a page belongs to the report."""
        return self.start <= (page, top) < self.end


class ReportSplitter:
    """Finds the reports of a file. Built once for each worker."""

    def __init__(self, titles: TitleReader, headings: HeadingFinder) -> None:
        self._titles = titles
        self._headings = headings

    def split(
        self, lines: Sequence[Line], official: Sequence[Grid], last_page: int
    ) -> list[ReportExtent]:
        """Return the reports of a file in order; an empty list if there is none.

        A report begins at a title with at least three sections after it. A title that a cover
        page repeats belongs to the report after it. A file without such a title is one report
        if it has three sections, or one of the ``official`` tables.
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

    A title begins a new report if at least three sections follow, and the current report has one
    of them already. Otherwise it is a line of the current report that only looks like a title.
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
    """Choose the title of a report among those before its first section.

    The highest rank decides. If a cover repeats the title, the last repetition is chosen.
    """
    best = max(titles, key=lambda title: title.rank)
    return [title for title in titles if title.is_same_as(best)][-1]


class Heading(Struct, frozen=True):
    """A printed heading, and the lines that it occupies."""

    line: int  # its first line
    lines: int  # one or more
    number: str  # of the section: 一; "" for a heading that the form does not have
    title: str  # as printed
    rest: str  # text of the section on the heading's line; the heading if it has no section
    score: float
    style: str = "chinese"  # group of labels.printed_ordinal; "" without ordinal
    ordinal: int = 0  # as printed; 0 without one


class HeadingMatch(Struct, frozen=True):
    """A text that may be the heading of a section."""

    number: str
    title: str  # as printed
    rest: str  # text after the heading
    score: float
    style: str
    ordinal: int


class HeadingFinder:
    """Finds section headings among the lines of a report. Built once for each worker."""

    def __init__(self, family: Family) -> None:
        sections = family.settings.sections
        self._order = {section.number: k for k, section in enumerate(sections, 1)}
        self._words = {word: section.number for section in sections for word in section.words}
        subjects = "|".join(map(re.escape, family.settings.title_words.subject_words))
        self._subject = re.compile(rf"^(?:{subjects})(?:工作)?")
        self._least_similarity = 100 * family.settings.thresholds.min_section_similarity
        self._labels = LabelFolder(family.variants)
        self._fold = self._labels.fold
        self._numbers = {self._fold(section.title).core: section.number for section in sections}
        self._numbers |= {
            self._fold(label.spelling).core: label.id
            for label in family.labels
            if label.kind == "section"
        }
        self._rows = {self._fold(field.row_label).core for field in family.fields}
        self.match = lru_cache(maxsize=_CACHE_SIZE)(self._match)

    def find(self, lines: Sequence[Line]) -> list[Heading]:
        """Return the headings of one report in printed order, each section at most once.

        Of the chains of candidates in the order of the form, numbered in one style, the one with
        the best total score is chosen. Titles matter more than ordinals, which real reports
        omit or shift. Then headings of sections printed out of order are added, and headings
        in the same numbering that name no section of the form.
        """
        candidates = _without_listed(self.candidates(lines))
        groups = (
            [
                h
                for h in candidates
                if h.style not in ("bracket", "arabic") or _is_section(h, lines)
            ],
            [h for h in candidates if h.style == "bracket"],
            [h for h in candidates if h.style == "arabic"],
        )
        chains = map(self._best_chain, groups)
        chain = max(chains, key=lambda chain: sum([each.score for each in chain]))
        if not chain:
            return []
        styles = [heading.style for heading in chain]
        style = max(styles, key=styles.count)
        same = [h for h in candidates if h.style == style and h.ordinal]
        return self._with_others(self._with_moved(chain, same), lines, style)

    def _best_chain(self, candidates: Sequence[Heading]) -> list[Heading]:
        """The chain of candidates in the order of the sections with the best total score."""
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

    def _with_moved(self, chain: list[Heading], candidates: Sequence[Heading]) -> list[Heading]:
        """A chain, completed with headings of missing sections that are printed out of order."""
        for heading in sorted(candidates, key=lambda each: -each.score):
            if heading.number in [each.number for each in chain]:
                continue
            before = [each for each in chain if each.line + each.lines <= heading.line]
            after = [each for each in chain if heading.line + heading.lines <= each.line]
            near = [each.ordinal for each in (*before[-1:], heading, *after[:1])]
            fits = near == sorted(set(near)) or heading.ordinal == self._order[heading.number]
            is_apart = len(before) + len(after) == len(chain)
            if is_apart and fits and heading.score >= _WITHOUT_ORDINAL:
                chain = [*before, heading, *after]
        return chain

    def _with_others(
        self, chain: Sequence[Heading], lines: Sequence[Line], style: str
    ) -> list[Heading]:
        """A chain, completed with headings that name no section of the form.

        Such a heading has an ordinal between those of the headings before and after it.
        """
        found: list[Heading] = []
        for heading, after in zip(chain, [*chain[1:], None], strict=True):
            found.append(heading)
            last, end = heading.ordinal, after.line if after else len(lines)
            if not last or (after and after.ordinal <= last + 1):
                continue
            for k in range(heading.line + heading.lines, end):
                other = self._other_heading(lines[k].text, style)
                if other > last and (other < after.ordinal if after else other == last + 1):
                    text = lines[k].text
                    found.append(Heading(k, 1, "", text, text, 0.0, style, other))
                    last = other
        return found

    def _other_heading(self, text: str, style: str) -> int:
        """The ordinal of a heading in the given style on any topic; 0 if the text is no heading."""
        printed = printed_ordinal(text)
        if printed is None or printed.style != style or _CONTENTS.search(text):
            return 0
        title = text[printed.end :].strip()
        if not _OTHER_HEADING.fullmatch(title) or self._fold(title).core in self._rows:
            return 0
        return printed.value

    def candidates(self, lines: Sequence[Line]) -> list[Heading]:
        """Return every line, or pair of lines, that may be a section heading."""
        headings, texts, match = [], [line.text for line in lines], self.match
        for k, (text, below) in enumerate(zip_longest(texts, texts[1:], fillvalue="")):
            found, count = match(text), 1
            if below and len(text) + len(below) <= _LONGEST and not printed_ordinal(below):
                two, one = match(text + below), found or match(below)
                if two and (one is None or two.score > one.score + _TWO_LINES_GAIN):
                    found, count = two, 2
            if found is not None:
                headings.append(_completed(found, lines, k, count))
        return headings

    def without_contents(self, lines: Iterable[Line]) -> list[Line]:
        """Return the lines without tables of contents: 目录 and the headings listed below it."""
        kept: list[Line] = []
        listed: set[str] | None = None  # sections and topics in the table of contents so far
        for line in lines:
            if line.text[0] == "目" and "".join(line.text.split()) in _CONTENTS_TITLES:
                listed = set()
                continue
            if listed is not None:
                text = _CONTENTS.sub("", line.text)
                found = self.match(text)
                name = found.number if found and found.style != "bracket" else text
                if name not in listed and (found or printed_ordinal(text) or text != line.text):
                    listed.add(name)
                    continue
                listed = None
            kept.append(line)
        return kept

    def _match(self, text: str) -> HeadingMatch | None:
        """The match of a text with the heading of a section; None if it is not a heading."""
        if _CONTENTS.search(text):
            return None
        printed = printed_ordinal(text)
        start = printed.end if printed else 0
        masked = _NOTE.sub(lambda note: " " * len(note[0]), text[start:])
        end = _END.search(masked)
        title = masked[: end.start()] if end else masked
        if len(_FOREIGN.sub("", title).strip()) > _LONGEST:
            return None
        core = _FOREIGN.sub("", self._fold(title).core)
        if len(core) < _SHORTEST:
            return None
        number, similarity = self._section_of(core, printed is not None)
        if number is None or (printed is None and similarity < _WITHOUT_ORDINAL):
            return None
        style, ordinal = (printed.style, printed.value) if printed else ("", 0)
        stop = start + end.start() if end else len(text)
        score = similarity + (_ORDINAL_BONUS if ordinal == self._order[number] else 0.0)
        if style == "bracket":
            score -= _BRACKET_PENALTY
        title = self._labels.readable(text[:stop].strip())
        return HeadingMatch(number, title, text[stop + 1 :].strip(), score, style, ordinal)

    def _section_of(self, core: str, has_ordinal: bool) -> tuple[str | None, float]:
        """The number of the section that a folded title names, and the similarity (0 to 1)."""
        core = _YEAR_BEFORE.sub("", core)
        exact = self._numbers.get(core) or self._numbers.get(self._subject.sub("", core))
        if exact:
            return exact, 1.0
        least = self._least_similarity if has_ordinal else 100 * _WITHOUT_ORDINAL
        found = process.extractOne(core, [*self._numbers], scorer=fuzz.ratio, score_cutoff=least)
        number, similarity = (self._numbers[found[0]], found[1] / 100) if found else (None, 0.0)
        if has_ordinal and similarity < _BY_WORD:
            # a Chinese phrase ends with its head: 主动公开存在的问题 is about problems
            at, word = max(((core.rfind(word), word) for word in self._words), default=(-1, ""))
            if at >= 0:
                return self._words[word], _BY_WORD
        return number, similarity


def _completed(found: HeadingMatch, lines: Sequence[Line], line: int, count: int) -> Heading:
    """A heading, extended by the lines that complete the note at its end."""
    title, rest = found.title, found.rest
    if not rest and _OPEN_NOTE.search(title):
        for end in range(line + count + 1, line + count + 1 + _NOTE_LINES):
            text = title + "".join([each.text for each in lines[line + count : end]])
            if not _OPEN_NOTE.search(text):
                stop = 1 + max(map(text.rfind, "）)】〕]"))
                title, rest, count = text[:stop], text[stop:].strip(), end - line
                break
    return Heading(line, count, found.number, title, rest, found.score, found.style, found.ordinal)


def _is_section(heading: Heading, lines: Sequence[Line]) -> bool:
    """May a heading in brackets, （二）, be that of a section among headings without brackets?

    Its ordinal has to be that of its section. After a （一） it is only a sub-heading.
    """
    if heading.style != "bracket" or heading.ordinal != NUMERALS.find(heading.number) + 1:
        return False
    before = NUMERALS[heading.ordinal - 2 : heading.ordinal - 1]
    return not any(line.text.startswith((f"（{before}）", f"({before})")) for line in lines)


def _without_listed(headings: Sequence[Heading]) -> list[Heading]:
    """The headings without a table of contents: without text between, and all again later."""
    runs: list[list[Heading]] = []  # without text between them
    for heading in headings:
        if runs and runs[-1][-1].line + runs[-1][-1].lines == heading.line:
            runs[-1].append(heading)
        else:
            runs.append([heading])
    kept: list[Heading] = []
    for run in runs:
        if len(run) < _SHORTEST_CONTENTS or not {heading.number for heading in run} <= {
            heading.number for heading in headings if heading.line > run[-1].line
        }:
            kept += run
    return kept
