"""How the reports of a family are titled, which years they are about, and their sections."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from msgspec import Struct

from gongkai.drafting.lattice import squeezed
from gongkai.drafting.names import DATA
from gongkai.drafting.samples import Sample
from gongkai.families.files import DataLine, read_toml
from gongkai.normalizers.tables.labels import NUMERALS, printed_ordinal

_YEAR = re.compile(r"(20\d{2})年?度?")
_BRACKETS = re.compile(r"[（(][^（()）]*[)）]$")
_TITLE_PAGES = 2  # a title is on one of the first pages
_SAME_SIZE = 0.9  # of the largest font size: lines of a title
_TITLE_LINES = 4
_LONGEST_TITLE = 60  # characters
_SHORTEST_TAIL = 2
_MOST = 0.6  # share of the samples that print a heading of a section
_MIN_SECTIONS = 3
_LONGEST_HEADING = 40


class TitleWordLists(DataLine):
    """words.toml."""

    report_words: tuple[str, ...]
    filler_words: tuple[str, ...]
    letterhead_words: tuple[str, ...]
    source_words: tuple[str, ...]
    no_data_words: tuple[str, ...]
    no_data_pattern: str


class SectionDraft(Struct, frozen=True):
    """A section that the samples have in common."""

    number: str  # 一
    title: str


class Titles(Struct, frozen=True):
    """What the titles of the samples have in common."""

    title: str  # without body and year
    subject_words: tuple[str, ...]
    report_words: tuple[str, ...]
    years: tuple[int | None, ...]  # of each sample
    printed: tuple[str, ...]  # the title of each sample
    sections: tuple[SectionDraft, ...]
    words: TitleWordLists


def learn_titles(samples: Sequence[Sample]) -> Titles:
    """Find what titles, years and section headings of the samples have in common."""
    words = read_toml(DATA / "words.toml", TitleWordLists)
    printed = tuple(_title(sample) for sample in samples)
    years = tuple(_year(sample, title) for sample, title in zip(samples, printed, strict=True))
    tails = [tail for title in printed if len(tail := _tail(title)) >= _SHORTEST_TAIL]
    title = _common_tail(tails)
    subjects: dict[str, None] = {}
    reports: dict[str, None] = {}
    for tail in dict.fromkeys([title, *tails]):
        report = max((w for w in words.report_words if tail.endswith(w)), key=len, default="")
        subject = tail[: len(tail) - len(report)] if report else ""
        if subject:
            known = next((other for other in subjects if other in subject), "")
            if known:
                reports[tail[tail.index(known) + len(known) :]] = None
            else:
                subjects[subject] = None
                reports[report] = None
    return Titles(
        title,
        tuple(subjects) or (title,),
        tuple(reports) or (title[-2:],),
        years,
        printed,
        tuple(_sections(samples)),
        words,
    )


def _title(sample: Sample) -> str:
    """The largest lines of the first page that has text; "" without any."""
    for page in range(1, _TITLE_PAGES + 1):
        lines = [line for line in sample.lines if line.page == page]
        if not lines:
            continue
        largest = max(line.size for line in lines)
        big = [squeezed(line.text) for line in lines if line.size >= _SAME_SIZE * largest]
        joined = "".join(big[:_TITLE_LINES])
        if len(big) <= _TITLE_LINES and len(joined) <= _LONGEST_TITLE:
            return joined
        own = [text for text in big if _YEAR.search(text) and len(text) <= _LONGEST_TITLE]
        return own[0] if own else big[0]
    return ""


def _year(sample: Sample, title: str) -> int | None:
    """The year in the title, or else the most frequent one in the lines."""
    if found := _YEAR.search(title):
        return int(found[1])
    counts = Counter(
        int(found[1])
        for line in sample.lines
        if (found := re.search(r"(20\d{2})年", squeezed(line.text)))
    )
    return max(counts, key=lambda year: (counts[year], year), default=None)


def _tail(title: str) -> str:
    """A title without the body and the year before it, and the brackets after it."""
    bare = _BRACKETS.sub("", title)
    years = [*_YEAR.finditer(bare)]
    tail = bare[years[-1].end() :] if years else bare
    return tail if len(tail) >= _SHORTEST_TAIL else bare


def _common_tail(tails: Sequence[str]) -> str:
    """The longest end that most titles have in common, else the most frequent tail."""
    if not tails:
        return "报告"
    ends = Counter(tail[k:] for tail in tails for k in range(len(tail) - 3))
    enough = [end for end, count in ends.items() if count > _MOST * len(tails)]
    frequent = Counter(tails).most_common(1)[0][0]
    return max(enough, key=lambda end: (len(end), end), default=frequent)


def _sections(samples: Sequence[Sample]) -> Iterator[SectionDraft]:
    """The headings 一、 二、 三、 that most samples print, each once and in order."""
    by_number: dict[int, Counter[str]] = {}
    for sample in samples:
        own: dict[int, list[str]] = {}
        for line in sample.lines:
            text = squeezed(line.text)
            ordinal = printed_ordinal(text)
            if ordinal is None or ordinal.style != "chinese" or not ordinal.value:
                continue
            if len(text) <= _LONGEST_HEADING and not text.endswith(("。", "；", "，")):
                own.setdefault(ordinal.value, []).append(text[ordinal.end :])
        for value, texts in own.items():
            if len(texts) == 1:
                by_number.setdefault(value, Counter())[texts[0]] += 1
    found = []
    for value in range(1, len(NUMERALS) + 1):
        text, count = max(
            by_number.get(value, Counter()).items(), key=lambda item: item[1], default=("", 0)
        )
        if count < max(1.0, _MOST * len(samples)):
            break
        found.append(SectionDraft(NUMERALS[value - 1], text))
    if len(found) >= _MIN_SECTIONS:
        yield from found
