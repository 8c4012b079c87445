"""Reads titles: where they are, which agency they name, and the year of the report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.model import Line

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
