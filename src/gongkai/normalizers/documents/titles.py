"""Whose report it is and of which year: from the title, else from the text."""

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


class Title(Struct, frozen=True):
    """The title block of a report: lines ``first`` to ``last`` (exclusive)."""

    first: int
    last: int
    text: str


def find_titles(lines: Sequence[Line], family: Family) -> list[Title]:
    """Every title block among the lines, best spread of lines for each."""
    pattern = _pattern(family)
    body = median(line.size for line in lines) if lines else 0.0
    found: list[Title] = []
    k = 0
    while k < len(lines):
        title = _title_at(lines, k, pattern, body)
        if title is None:
            k += 1
        else:
            found.append(title)
            k = title.last
    return found


def _pattern(family: Family) -> re.Pattern[str]:
    words = family.settings.title_words
    subject, kind = "|".join(words.subject), "|".join(words.kind)
    return re.compile(rf"(?:{subject}).{{0,12}}?(?:{kind})[）)】]?(?:[（(].{{1,12}}[）)])?$")


def _title_at(lines: Sequence[Line], k: int, pattern: re.Pattern[str], body: float) -> Title | None:
    """The title block whose last line makes the pattern whole, starting at line k or before."""
    text = ""
    for last in range(k, min(k + 4, len(lines))):
        if last > k and not _same_block(lines[last - 1], lines[last]):
            return None
        text += "".join(lines[last].text.split())
        if len(text) > _MAX_TITLE or any(mark in text for mark in "，。；："):
            return None
        if pattern.search(text):
            break
    else:
        return None
    if "《" in text and lines[k].size <= body * 1.05:
        return None  # a citation in running text
    return Title(k, last + 1, " ".join(line.text.strip() for line in lines[k : last + 1]))


def _same_block(before: Line, line: Line) -> bool:
    """Two lines of one title: same page, like size, no wide gap."""
    gap = line.box.top - before.box.bottom
    like = abs(line.size - before.size) <= 0.25 * max(line.size, before.size)
    return line.page == before.page and like and gap <= 3 * max(line.size, before.size)


def agency_of(title: str, text: str, family: Family) -> str:
    """The issuing body as printed, without year and report words; "" where nothing names it."""
    words = family.settings.title_words
    squeezed = "".join(title.split()).translate(_WIDE_DIGITS)
    squeezed = _DOCUMENT_NUMBER.sub("", squeezed)
    squeezed = _BRACKETS.sub(lambda m: "" if _YEAR.search(m[0]) else m[0], squeezed)
    squeezed = _YEAR.sub("\n", squeezed)
    head = re.split("|".join(words.subject), squeezed)[0]
    parts = [_trimmed(part) for part in head.split("\n")]
    named = max(parts, key=len, default="")
    if len(named) >= 2:
        return named
    for pattern in words.author:
        for line in text.split("\n"):
            found = re.search(pattern, "".join(line.split()))
            if found and 3 <= len(_trimmed(found[1])) <= 40 and "报告" not in found[1]:
                return _trimmed(found[1])
    return ""


def _trimmed(part: str) -> str:
    part = re.sub(r"^(?:年度|度|关于|附件\d*)+", "", part.strip(_EDGES))
    part = re.sub(r"(?:关于|年度|度|的)+$", "", part).strip(_EDGES)
    # 市场监督管理局（知识产权局）: the bracket of a second name belongs to the name
    return next(
        (f"{part}{shut}" for open_, shut in ("（）", "()") if open_ in part and shut not in part),
        part,
    )


def year_of(title: str, text: str, family: Family) -> int | None:
    """The year reported on: from the title, else the period the text states, else the
    year its text speaks of most."""
    low, high = family.settings.years
    squeezed = _DOCUMENT_NUMBER.sub("", "".join(title.split()).translate(_WIDE_DIGITS))
    for found in _YEAR.finditer(squeezed):
        digits = re.sub(r"\D", "", found[0].translate(_CHINESE_DIGITS))
        if len(digits) == 4 and low <= int(digits) <= high:
            return int(digits)
    flat = "".join(text.split())
    period = _PERIOD.search(flat)
    if period and low <= int(period[1]) <= high:
        return int(period[1])
    years = Counter(int(y) for y in _ANY_YEAR.findall(flat) if low <= int(y) <= high)
    return years.most_common(1)[0][0] if years else None
