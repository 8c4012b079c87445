"""Reads the titles of reports: the agency that issues the report, and the year it covers.

The agency is a well-formed name (``NameGrammar``) in the title or in the letter-head above it, or
else in a sentence that names the author. Sentences are searched in paragraphs, not in printed
lines, since a line may break within a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.model import Line
from gongkai.normalizers.agencies.completion import MAX_NAME, NameCompleter
from gongkai.normalizers.agencies.names import NameForm, NameGrammar

# Radicals, 巿 for 市, and characters of scripts that have digits of their own
_MAY_LOOK_ALIKE = re.compile(
    r"[^\x00-\u02ff\u2000-\u2e7f\u2fe0-\u5dfe\u5e00-\ua61f\uac00-\uff0f\uff1a-\uffff]"
)
_RADICAL = re.compile(r"[\u2e80-\u2fdf巿]")
_CHINESE_DIGITS = str.maketrans("〇零○ＯOo0一二三四五六七八九", "0000000" + "123456789")
_YEAR = re.compile(r"(?:19|20)\d\s?\d\s?年?|[二2][〇零○ＯO0][〇零○ＯO0一二三四五六七八九\d]{2}年")
_SCHOOL_YEAR = re.compile(r"(20\d{2})年?[-—–－~～至]+(20\d{2})年?学年")
_ONE_SCHOOL_YEAR = re.compile(r"20\d{2}学年")
_PERIOD = re.compile(r"(20\d{2})年?1月?1日.{0,8}?(?:至|到|—|-|~).{0,4}?(?:20\d{2}年?)?12月?31")
_SCHOOL_PERIOD = re.compile(r"20\d{2}年?[89]月\d+日.{0,8}?(?:至|到|—|-|~).{0,4}?(20\d{2})年?[78]月")
_ANY_YEAR = re.compile(r"(20\d{2})年")
_CITATION = re.compile("《[^》]*》")
_DOCUMENT_NUMBER = re.compile(r"^.{0,16}?[〔\[（(【]\s*20\d{2}\s*[〕\]）)】]\s*第?\s*\d+\s*号")
_ATTACHMENT = re.compile(r"^附件?\d*[：:]?")
_BRACKETS = re.compile(r"[（(【\[《<〈][^（(【\[《<〈）)】\]》>〉]*[）)】\]》>〉]?")
_SEPARATORS = re.compile(r"\n(?:年度?)?|\d{4}年|学年度?|关于")
_NOT_DIGITS = re.compile(r"\D+")
_WORDS_AT_START = re.compile("^(?:年度|度)+")
_WORDS_AT_END = re.compile("(?:年度|度|的|本级)+$")
_EDGES = "　 \t·•—-–_:：、，,。.《》〈〉“”\"'（）()【】[]"
_MAX_TITLE = 70  # characters
_MAX_LINES = 6
_FIRST_LINES = 4  # of a file: a title among them may be in print of any size
_LARGER = 1.05  # least ratio of font sizes, title to text, of a title in larger print
_LARGE = 2  # the prominence of a title in larger print
_LETTERHEAD_LINES = 6  # above a title
_LABEL, _COLONS = range(2, 7), ("：", ":")  # characters of a label, 成文日期：, beside a source
_CLAUSE_MARKS = frozenset("，。；")
_SHORT_NAME = re.compile(r"[（(](?:以下)?简称[^（()）]*[)）]?")
_DATE = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}日|[二〇零○一]{4}年[一二三四五六七八九十]{1,3}月.{1,3}日"
)


class TitleParts(Struct, frozen=True):
    """The parts of a title: the agency and the year."""

    name: str = ""  # of the agency, as printed; "" if the title has none
    form: NameForm | None = None  # of the name
    year: int | None = None
    is_complete: bool = False  # the title consists of a name, a year and the subject only


class Title(Struct, frozen=True):
    """The title of a report: lines ``first`` to ``last`` (exclusive)."""

    first: int
    last: int
    text: str
    parts: TitleParts = TitleParts()
    prominence: int = 0  # 2: in larger print than the text; 1: centred or near the beginning

    def is_same_as(self, other: Title) -> bool:
        """Return whether two titles have the same name, year and rank."""
        mine, others = (each.parts for each in (self, other))
        return (mine.name, mine.year, self.rank) == (others.name, others.year, other.rank)

    @property
    def rank(self) -> tuple[int, bool, int, bool]:
        """A sort key: a real title ranks higher than a line that only ends like a title."""
        parts = self.parts
        named = 0 if parts.form is None else 1 + parts.form.has_place
        return self.prominence, parts.is_complete, named, parts.year is not None


class TitleReader:
    """Reads the titles of one family's reports. Built once for each worker."""

    def __init__(self, family: Family, names: NameGrammar) -> None:
        words = family.settings.title_words
        # 政务公开办 and 政务公开工作领导小组办公室 are names of offices
        subject = rf"(?:{'|'.join(words.subject_words)})(?!(?:工作)?(?:领导小组)?办(?:公室|\d|$))"
        report = "|".join(words.report_words)
        self._subject = re.compile(subject)
        self._end_of_title = re.compile(
            rf"(?:{subject}).{{0,12}}?(?:{report})[）)】]?(?:[（(].{{1,12}}[）)])?$"
        )
        self._apart = re.compile(rf"(?<=\S){names.government}\s+(?!{names.government})")
        self._last_characters = tuple({*(word[-1] for word in words.report_words), *"）)】"})
        self._in_prose = re.compile(rf"(\d{{4}})年(?:年?度)?(?:{subject}).{{0,12}}?(?:{report})")
        self._fillers = re.compile(rf"^(?:{'|'.join(words.filler_words)})+")
        self._variants = family.variants
        self._variant = re.compile(f"[{re.escape(''.join(map(chr, family.variants)))}]")
        self._names = names
        self._completer = NameCompleter(family, names)
        self._letterhead = re.compile(
            rf"(.{{4,{MAX_NAME}}}?)(?:{'|'.join(words.letterhead_words)})?"
        )
        self._sources = re.compile(
            rf"(?:{'|'.join(words.source_words)})[：:]\s*([^\s　：:，,。|]+)"
        )
        self._author_patterns = [re.compile(pattern) for pattern in words.author_patterns]
        self._first_year, self._last_year = family.settings.years

    def find(self, lines: Sequence[Line]) -> list[Title]:
        """Return every possible title: a line, or up to six consecutive lines."""
        if not lines:
            return []
        body_size = median([line.size for line in lines])
        boxes = [line.box for line in lines]
        left, right = min([box.x0 for box in boxes]), max([box.x1 for box in boxes])
        found = []
        for last, line in enumerate(lines):
            if not line.text.rstrip().endswith(self._last_characters):
                continue
            title = self._title_that_ends(lines, last)
            if title is None:
                continue
            prominence = _prominence(lines[title.first : title.last], body_size, (left, right))
            if prominence < _LARGE and "《" in title.text and not title.text.startswith("《"):
                continue  # a citation in running text
            if prominence == 0 and title.first < _FIRST_LINES:
                prominence = 1
            found.append(replace(title, prominence=prominence))
        return found

    def _title_that_ends(self, lines: Sequence[Line], last: int) -> Title | None:
        """The title that ends at line ``last``; None if there is none.

        A line above belongs to it if it adds the name of an agency, a year or the subject.
        """
        best: Title | None = None
        text = ""
        for first in range(last, max(-1, last - _MAX_LINES), -1):
            if first < last and not _is_same_block(lines[first], lines[first + 1]):
                break
            text = "".join(lines[first].text.split()) + text
            if len(text) > _MAX_TITLE or not _CLAUSE_MARKS.isdisjoint(text):
                break
            if not self.is_title(text):
                continue
            printed = " ".join(line.text.strip() for line in lines[first : last + 1])
            title = Title(first, last + 1, printed, self.parts(printed))
            if best is None or (title.rank, len(title.parts.name)) > (
                best.rank,
                len(best.parts.name),
            ):
                best = title
        return best

    def is_title(self, text: str) -> bool:
        """Return whether a text without white space ends like a title: with subject and 报告."""
        return self._end_of_title.search(self._plain(self._fold(text))) is not None

    def parts(self, title: str) -> TitleParts:
        """Find the agency and the year in a title."""
        text = self._fold("".join(title.split()))
        text = _DOCUMENT_NUMBER.sub("", _ATTACHMENT.sub("", text)).lstrip("《〈")
        subject = self._subject.search(self._plain(text))
        head, tail = (text[: subject.start()], text[subject.start() :]) if subject else (text, "")
        head = _BRACKETS.sub(lambda found: "\n" if _YEAR.search(found[0]) else found[0], head)
        pieces = [_trimmed(piece) for piece in _SEPARATORS.split(_YEAR.sub("\n", head))]
        pieces = [left for piece in pieces if (left := self._fillers.sub("", piece, count=1))]
        named = self._named(pieces)
        government = self._names.government
        if tail.startswith(government) and (not named or self._apart.search(title)):
            # 人民 before 政府信息公开; 济南市政府 before 信息公开 on the next line
            longer = self._named([f"{piece}{government}" for piece in pieces])
            named = longer or named
        form, name = max(named, key=lambda each: (each[0], len(each[1])), default=(None, ""))
        return TitleParts(name, form, self._year_of_title(text), len(pieces) <= bool(name))

    def _named(self, pieces: Sequence[str]) -> list[tuple[NameForm, str]]:
        """Those pieces of a title that are names of agencies, with their forms."""
        return [(form, piece) for piece in pieces if (form := self._form(piece)) is not None]

    def _form(self, name: str) -> NameForm | None:
        """The form of a name; of two agencies that report together, 甲局、乙局, the first one's."""
        names = self._plain(name).split("、")
        forms = [self._names.form(each) if each else None for each in names]
        return None if None in forms else forms[0]

    def _year_of_title(self, text: str) -> int | None:
        """The year in a title. A school year is that in which it ends: 2023 for 2022-2023学年."""
        school = _SCHOOL_YEAR.search(text)
        if school:
            return self._possible(int(school[2]))
        if _ONE_SCHOOL_YEAR.search(text):
            return None  # ambiguous: the year in which it begins, or in which it ends
        for found in _YEAR.finditer(text):
            digits = _NOT_DIGITS.sub("", found[0].translate(_CHINESE_DIGITS))
            if len(digits) == 4 and self._possible(int(digits)):
                return int(digits)
        return None

    def with_letterhead(self, title: Title, lines: Sequence[Line]) -> TitleParts:
        """Return the parts of a title; the agency may come from the letter-head above it."""
        parts = title.parts
        above = lines[max(0, title.first - _LETTERHEAD_LINES) : title.first]
        if parts.form is not None or not above:
            return parts
        for line in reversed(above):
            text = "".join(self._fold(line.text).split())
            if _DATE.fullmatch(text):
                return parts  # the end of other text: what is above signs it
            found = self._letterhead.fullmatch(text)
            form = self._form(_trimmed(found[1])) if found else None
            if found and form is not None and form.has_place:
                return replace(parts, name=_trimmed(found[1]), form=form)
            if self._names.types_of(text):
                return parts  # the name of a body that cannot be read; what is above is no author
        return parts

    def agency(
        self, parts: TitleParts, paragraphs: Sequence[str], lines: Sequence[Line]
    ) -> ReportAgency:
        """Return the agency that issues a report, and why it is in doubt if it is not proved.

        It comes from ``parts`` of the title, or else from the text: its ``paragraphs``, or its
        printed ``lines`` for a source or a signature.
        """
        texts = [self._fold("".join(paragraph.split())) for paragraph in paragraphs]
        if parts.form is None:
            name = self._author(texts) or self._signer(lines)
            if not name:
                return ReportAgency("", "标题和正文都没有写明发布机关")
            return ReportAgency(self._located(name, texts, lines))
        if parts.form.has_place:
            return ReportAgency(self._located(parts.name, texts, lines))
        for where in ([self._signer(lines)], texts):
            if completed := self._completer.completed(parts.name, where):
                return ReportAgency(completed)
        if not parts.form.is_known and self._completer.begins_clause(parts.name, texts):
            return ReportAgency(parts.name)  # 青溪职业学院: the full name contains no known place
        return ReportAgency("", f"标题和正文都没有说明是哪里的“{parts.name}”")

    def _located(self, name: str, texts: Sequence[str], lines: Sequence[Line]) -> str:
        """A name; that of a township with its county, if the text or its signature has it."""
        if not self._names.is_township(name):
            return name
        return self._completer.located(name, [*texts, self._signer(lines)])

    def _author(self, texts: Sequence[str]) -> str:
        """The agency that the text names as its author (本报告由…编制); "" if none or several."""
        for pattern in self._author_patterns:
            found = {
                name
                for text in texts
                for match in pattern.finditer(text)
                if self._completer.is_full(name := _trimmed(match[1]))
            }
            if found:
                return found.pop() if len(found) == 1 else ""
        return ""

    def _signer(self, lines: Sequence[Line]) -> str:
        """The agency named as source (发布机构：…), or in a signature above a date; else ""."""
        texts = [self._fold(line.text) for line in lines]
        found = {
            name
            for text in texts
            for match in self._sources.finditer(text)
            for length in (0, *(_LABEL if text[match.end() :].startswith(_COLONS) else ()))
            if self._completer.is_full(name := _trimmed(match[1][: len(match[1]) - length]))
        }
        squeezed = ["".join(text.split()) for text in texts]
        found |= {
            name
            for name, date in pairwise(squeezed)
            if _DATE.fullmatch(date) and self._completer.is_full(name)
        }
        return found.pop() if len(found) == 1 else ""

    def report_year(self, parts: TitleParts, intro: str, text: str) -> ReportYear:
        """Return the year that a report covers, and why it is in doubt if it is not proved.

        ``parts`` are the parts of the title, ``intro`` is the text before the first section and
        ``text`` the whole text. The first of these decides: the year in the title; the reporting
        period in the text; a title within the introduction; the year that the text names most.
        """
        intro, text = (self._fold("".join(each.split())) for each in (intro, text))
        period = self._year_of_period(text)
        cited = [int(year) for year in self._in_prose.findall(_CITATION.sub("", intro))]
        in_intro = parts.year if parts.year in cited else next(iter(cited), None)
        stated = [
            year
            for year in (parts.year, period, in_intro)
            if year is not None and self._possible(year)
        ]
        named = Counter(filter(self._possible, map(int, _ANY_YEAR.findall(text))))
        if not stated:
            return _most_named(named)
        year = stated[0]
        if len(set(stated)) > 1:
            stated += [year for year, _ in named.most_common(1)]
        if stated.count(year) * 2 > len(stated):
            return ReportYear(year)
        others = "、".join(f"{other}年" for other in dict.fromkeys(stated) if other != year)
        return ReportYear(year, f"{year}年与正文所说的{others}不一致")

    def _year_of_period(self, text: str) -> int | None:
        """The year of the reporting period in a text; of a school year, the last one."""
        period = _PERIOD.search(text)
        if period:
            return self._possible(int(period[1]))
        school = _SCHOOL_PERIOD.search(text)
        return self._possible(int(school[1])) if school else None

    def _plain(self, text: str) -> str:
        """A text with the variants of characters replaced; few texts have any."""
        return text.translate(self._variants) if self._variant.search(text) else text

    def _fold(self, text: str) -> str:
        """A text with radicals replaced by characters, and all digits by ASCII digits."""
        return _MAY_LOOK_ALIKE.sub(self._folded_character, text)

    def _folded_character(self, found: re.Match[str]) -> str:
        character = found[0]
        digit = unicodedata.decimal(character, None)
        if digit is not None:
            return str(digit)
        if not _RADICAL.match(character):
            return character
        return self._variants.get(ord(character)) or unicodedata.normalize("NFKC", character)

    def _possible(self, year: int) -> int | None:
        return year if self._first_year <= year <= self._last_year else None


class ReportAgency(Struct, frozen=True):
    """The agency that issues a report."""

    name: str  # as printed, with its place; "" if neither title nor text names it in full
    doubt: str = ""  # one Chinese sentence; "" if the name is proved


class ReportYear(Struct, frozen=True):
    """The year that a report covers."""

    year: int | None
    doubt: str = ""  # one Chinese sentence; "" if the year is proved


def _most_named(years: Counter[int]) -> ReportYear:
    """The year that a text names most.

    It is proved if it occurs more than once, and more often than all others together.
    """
    if not years:
        return ReportYear(None, "标题和正文都没有说明报告的年度")
    [(year, count)] = years.most_common(1)
    is_clear = count > max(1, years.total() - count)
    return ReportYear(year, "" if is_clear else f"标题没有年度，正文提到{year}年，但不足以证实")


def _prominence(lines: Sequence[Line], body_size: float, margins: tuple[float, float]) -> int:
    """How much a title stands out from the text, as in ``Title.prominence``."""
    if min(line.size for line in lines) >= _LARGER * body_size:
        return _LARGE
    left, right = margins
    box, size = lines[-1].box, lines[-1].size
    is_centred = abs(box.x0 - left - (right - box.x1)) <= 2 * size
    return 1 if is_centred and box.x0 - left > size else 0


def _is_same_block(before: Line, line: Line) -> bool:
    """Can two lines belong to one title: same page, similar size, no wide gap?"""
    gap = line.box.top - before.box.bottom
    size = max(line.size, before.size)
    is_like_size = abs(line.size - before.size) <= 0.25 * size
    return line.page == before.page and is_like_size and gap <= 3 * size


def _trimmed(part: str) -> str:
    """A part of a title without punctuation and words such as 关于 and 年度 at its ends."""
    part = _WORDS_AT_START.sub("", _SHORT_NAME.sub("", part).strip(_EDGES))
    part = _WORDS_AT_END.sub("", part).strip(_EDGES)
    # 市场监督管理局（知识产权局）: the bracket of a second name belongs to the name.
    return next(
        (f"{part}{shut}" for open_, shut in ("（）", "()") if open_ in part and shut not in part),
        part,
    )
