"""Finds the reports in a file, by their titles and by the headings of their sections.

A file may have several reports, or one inside other content.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from statistics import median

from msgspec import Struct
from rapidfuzz import fuzz, process

from gongkai.families.family import Family
from gongkai.model import Grid, Line
from gongkai.normalizers.tables.labels import LabelFolder

# Titles
_CHINESE_DIGITS = str.maketrans("〇零○ＯOo０一二三四五六七八九", "0000000" + "123456789")
_WIDE_DIGITS = str.maketrans("０１２３４５６７８９", "0123456789")
_YEAR = re.compile(r"(?:19|20)\d\s?\d\s?年?|[二2][〇零○ＯO0][〇零○ＯO0一二三四五六七八九\d]{2}年")
_PERIOD = re.compile(
    r"(20\d{2})\s*年?\s*1\s*月?\s*1\s*日.{0,8}?(?:至|到|—|-|~).{0,4}?(?:20\d{2}\s*年?)?\s*12\s*月?\s*31"
)
_ANY_YEAR = re.compile(r"(20\d{2})\s*年")
_DOCUMENT_NUMBER = re.compile(r"^.{0,16}?[〔\[（(【]\s*20\d{2}\s*[〕\]）)】]\s*第?\s*\d+\s*号")
_BRACKETS = re.compile(r"[（(【\[《<〈][^（(【\[《<〈）)】\]》>〉]*[）)】\]》>〉]?")
_EDGES = "　 \t·•—-–_:：、，,。.《》〈〉“”\"'（）()【】[]"
_MAX_TITLE = 70  # characters
_MAX_LINES = 4
_MIN_NAME = 2  # characters of an agency's name in a title
_LARGER = 1.05  # a title with 《 is larger than the text by at least this factor

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

        A report begins at a title that at least three sections follow before the next title;
        a title repeated on a cover page belongs to the report after it. A file without such a
        title is one report if it has three sections, or one of the ``official`` tables.
        """
        headings = self._headings.candidates(lines)
        titles = self._titles.find(lines)
        starts = _starts(titles, headings, len(lines))
        if not starts:
            if len({heading.number for heading in headings}) < _MIN_SECTIONS and not official:
                return []
            starts = [titles[0] if titles else Title(0, 0, "")]
        ends = [title.first for title in starts[1:]]
        return [
            _extent(lines, title, end, last_page)
            for title, end in zip(starts, [*ends, None], strict=True)
        ]


def _extent(
    lines: Sequence[Line], title: Title, end_line: int | None, last_page: int
) -> ReportExtent:
    """The report from a title to the line of the next report; without one, to the last page."""
    own = tuple(lines[title.first : end_line])
    return ReportExtent(
        page_first=own[0].page if own else 1,
        page_last=last_page if end_line is None else own[-1].page,
        title=title.text,
        title_lines=title.last - title.first,
        lines=own,
        start=_position(lines, title.first) if title.first else (0, 0.0),
        end=(last_page + 1, 0.0) if end_line is None else _position(lines, end_line),
    )


def _position(lines: Sequence[Line], k: int) -> tuple[int, float]:
    return lines[k].page, lines[k].box.top


def _starts(titles: Sequence[Title], headings: Sequence[Heading], end: int) -> list[Title]:
    """The titles that begin a report: enough sections follow before the next title."""
    starts: list[Title] = []
    for k, title in enumerate(titles):
        until = titles[k + 1].first if k + 1 < len(titles) else end
        sections = {h.number for h in headings if title.last <= h.line < until}
        if len(sections) >= _MIN_SECTIONS:
            starts.append(title)
    return starts


class Title(Struct, frozen=True):
    """The title of a report: lines ``first`` to ``last`` (exclusive)."""

    first: int
    last: int
    text: str


class TitleReader:
    """Reads the titles of one family's reports. Built once for each worker."""

    def __init__(self, family: Family) -> None:
        words = family.settings.title_words
        subject, report = "|".join(words.subject_words), "|".join(words.report_words)
        self._subject = re.compile(subject)
        self._end_of_title = re.compile(
            rf"(?:{subject}).{{0,12}}?(?:{report})[）)】]?(?:[（(].{{1,12}}[）)])?$"
        )
        self._author_patterns = [re.compile(pattern) for pattern in words.author_patterns]
        self._first_year, self._last_year = family.settings.years

    def find(self, lines: Sequence[Line]) -> list[Title]:
        """Every title among the lines; a title may take up to four of them."""
        body_size = median(line.size for line in lines) if lines else 0.0
        found: list[Title] = []
        k = 0
        while k < len(lines):
            title = self._title_at(lines, k, body_size)
            if title is None:
                k += 1
            else:
                found.append(title)
                k = title.last
        return found

    def _title_at(self, lines: Sequence[Line], first: int, body_size: float) -> Title | None:
        """The title that begins at a line; None if there is none."""
        text = ""
        for last in range(first, min(first + _MAX_LINES, len(lines))):
            if last > first and not _is_same_block(lines[last - 1], lines[last]):
                return None
            text += "".join(lines[last].text.split())
            if len(text) > _MAX_TITLE or any(mark in text for mark in "，。；："):
                return None
            if self._end_of_title.search(text):
                break
        else:
            return None
        if "《" in text and lines[first].size <= body_size * _LARGER:
            return None  # a citation in running text
        printed = " ".join(line.text.strip() for line in lines[first : last + 1])
        return Title(first, last + 1, printed)

    def agency_name(self, title: str, text: str) -> str:
        """The issuing agency as printed: from the title, else from the text; "" if neither has it.

        Year, document number and the words for the report are not part of the name.
        """
        squeezed = "".join(title.split()).translate(_WIDE_DIGITS)
        squeezed = _DOCUMENT_NUMBER.sub("", squeezed)
        squeezed = _BRACKETS.sub(lambda m: "" if _YEAR.search(m[0]) else m[0], squeezed)
        squeezed = _YEAR.sub("\n", squeezed)
        head = self._subject.split(squeezed)[0]
        name = max(map(_trimmed, head.split("\n")), key=len, default="")
        return name if len(name) >= _MIN_NAME else self._author(text)

    def _author(self, text: str) -> str:
        """The agency that the text names as its author: 本报告由…编制."""
        for pattern in self._author_patterns:
            for line in text.split("\n"):
                found = pattern.search("".join(line.split()))
                if found is None or "报告" in found[1]:
                    continue
                name = _trimmed(found[1])
                if 3 <= len(name) <= 40:
                    return name
        return ""

    def report_year(self, title: str, text: str) -> int | None:
        """The year that a report is about; None if neither title nor text has one.

        From the title; else the period that the text states; else the year that it names most.
        """
        squeezed = _DOCUMENT_NUMBER.sub("", "".join(title.split()).translate(_WIDE_DIGITS))
        for found in _YEAR.finditer(squeezed):
            digits = re.sub(r"\D", "", found[0].translate(_CHINESE_DIGITS))
            if len(digits) == 4 and self._is_possible(int(digits)):
                return int(digits)
        flat = "".join(text.split())
        period = _PERIOD.search(flat)
        if period and self._is_possible(int(period[1])):
            return int(period[1])
        years = Counter(
            year for year in map(int, _ANY_YEAR.findall(flat)) if self._is_possible(year)
        )
        return years.most_common(1)[0][0] if years else None

    def _is_possible(self, year: int) -> bool:
        return self._first_year <= year <= self._last_year


def _is_same_block(before: Line, line: Line) -> bool:
    """Whether two lines can belong to one title: same page, like size, no wide gap."""
    gap = line.box.top - before.box.bottom
    size = max(line.size, before.size)
    is_like_size = abs(line.size - before.size) <= 0.25 * size
    return line.page == before.page and is_like_size and gap <= 3 * size


def _trimmed(part: str) -> str:
    """A part of a title without punctuation and words such as 关于 and 年度 at its ends."""
    part = re.sub(r"^(?:年度|度|关于|附件\d*)+", "", part.strip(_EDGES))
    part = re.sub(r"(?:关于|年度|度|的)+$", "", part).strip(_EDGES)
    # 市场监督管理局（知识产权局）: the bracket of a second name belongs to the name.
    return next(
        (f"{part}{shut}" for open_, shut in ("（）", "()") if open_ in part and shut not in part),
        part,
    )


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
                if two and (found is None or two.score > found.score + _TWO_LINES_GAIN):
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
