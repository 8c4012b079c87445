"""Finds the numbers of a sentence that are figures, and the zeros that it states in words.

Dates, codes and set phrases are skipped.

``chinese_number`` and ``arabic_number`` convert what is printed to exact values: 二十七, 1.5万.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from msgspec import Struct

from gongkai.families.narrative import Metric, NarrativeGrammar
from gongkai.normalizers.narrative.segmenting import Segmenter, contains_any

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}

_NUMERALS = "一二两三四五六七八九十百千万亿零〇"
_MULTIPLES = {
    **{place: Decimal(value) for place, value in _PLACES.items()},
    **{myriad: Decimal(value) for myriad, value in _MYRIADS.items()},
    "十万": Decimal(10**5),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
}

_YEAR = re.compile(r"(?:19|20)\d{2}")
_NOT_BEFORE_NUMERAL = "/每第"  # 每一份, 第三批
_NEGATED_ONE = re.compile("[未没无][^，。；、\\d]{0,4}$")  # 未发生一起, 无一例
_FIRST_NUMERALS = _NUMERALS.replace("零", "").replace("〇", "")  # these can begin a numeral
_APPROXIMATE_WINDOW = 8  # characters before a number in which a word can mark it as approximate
_CODE_WINDOW = 6  # characters before a bare number in which a word can mark it as a code

_COUNTERS_OF_LISTS = ("类", "大类", "项", "种", "个", "件", "点")
_LIST_AFTER = re.compile("[\u4e00-\u9fff]{0,5}：")
_LIST_BEFORE = re.compile(r"\d[条件宗起个项]等?$")
_LIST_WINDOW = 24  # characters before a numeral that can list what it counts
_LAST_ITEM_LENGTH = 4  # characters of the last item of such a list

SHARE_UNITS = ("%", "个百分点", "百分点", "倍", "成", "‰")
_MIN_MIXED = 30
# Units of pieces of information or cases, and of persons, each with the units its parts can have.
# A whole of 个, as of calls, can have parts of other units, and not the other way round.
_PIECES, _PERSONS = frozenset("条件篇项份例宗起则"), frozenset("人名位")
_WORKS = _PIECES | frozenset("个期次场部幅")
_COUNTED = _PIECES | {f"{unit}次" for unit in _PIECES} | {"个"}
ITEM_UNITS = dict.fromkeys(_COUNTED, _PIECES) | dict.fromkeys(_PERSONS, _PERSONS)

_CLAUSE_BREAKS = "，。；！？（）"
_OBJECT_END, _MAKING = re.compile(f"[{_CLAUSE_BREAKS}]"), re.compile("制定|制发|印发|出台")
_EARLIER_YEAR = re.compile("(?:上一?|去)年度?$")


class NumberMention(Struct, frozen=True):
    """A number in a sentence; ``start`` and ``end`` are offsets in the normalized sentence."""

    start: int
    end: int
    value: Decimal
    unit: str | None
    approximate: bool

    @property
    def is_share(self) -> bool:
        """Whether this is a percentage or a multiple."""
        return self.unit in SHARE_UNITS

    def is_item_like(self, other: NumberMention) -> bool:
        """Whether both numbers count pieces of information or cases, or persons, in any unit."""
        return other.unit in ITEM_UNITS.get(self.unit or "", ())

    def is_work_like(self, other: NumberMention) -> bool:
        """Whether both numbers count works that are published, in any unit."""
        return self.unit in _WORKS and other.unit in _WORKS

    def can_add_up(self, part: NumberMention) -> bool:
        """Whether a part counts pieces as this number does, or this number is so large that an
        exact sum with parts in other units is no coincidence: 300条, 其中…10期."""
        return self.is_item_like(part) or (self.value >= _MIN_MIXED and not part.is_share)

    def is_same_kind(self, other: NumberMention) -> bool:
        """Whether both numbers count the same kind of thing; shares count nothing."""
        one, two = self.unit, other.unit
        if one in SHARE_UNITS or two in SHARE_UNITS or self.end == other.start:
            return False
        return one == two or not set(one or "").isdisjoint(two or "")


class NumberFinder:
    """Finds the numbers of a normalized sentence."""

    def __init__(self, grammar: NarrativeGrammar, segmenter: Segmenter) -> None:
        self._grammar = grammar
        self._segmenter = segmenter
        self._pattern = _pattern(grammar)
        near = _any(grammar.approximate_near)
        self._near = re.compile(rf"(?:{near})[^，。；、\d]*$") if near else None

    def find(self, text: str) -> list[NumberMention]:
        """The numbers of a normalized sentence that are figures, in order."""
        found = []
        for match in self._pattern.finditer(text):
            if match["ignored"] is not None:
                continue
            if match["numeral"] and not self._is_word(match, text):
                continue
            number = self._number(match, text)
            if number is not None:
                found.append(number)
        return found

    def _number(self, match: re.Match[str], text: str) -> NumberMention | None:
        start, end = match.span()
        before = text[max(0, start - _APPROXIMATE_WINDOW) : start]
        approximate = self._is_approximate(before)
        if match["percent"] or match["parts"]:
            value = _percent(match)
            return None if value is None else NumberMention(start, end, value, "%", approximate)
        if match["myriads"]:  # 播放量破千万
            return NumberMention(start, end, _MULTIPLES[match["myriads"]], None, True)
        if match["digits"]:
            return self._in_digits(match, text, approximate)
        return _in_numerals(match, text, approximate)

    def _in_digits(
        self, match: re.Match[str], text: str, approximate: bool
    ) -> NumberMention | None:
        unit = match["unit"]
        if unit is None and not match["multiple"] and not self._is_bare_figure(match, text):
            return None
        approximate = approximate or bool(
            match["approximate1"] or match["approximate2"] or match["unit3"]
        )
        value = arabic_number(match["digits"], match["multiple"])
        unit = _with_second_unit(unit, match["unit2"])
        return NumberMention(*match.span(), value, unit, approximate)

    def _is_word(self, match: re.Match[str], text: str) -> bool:
        """Whether a numeral with its unit is whole words: not in 统一部署 or 一次性."""
        if match["numeral"] == "一" and _NEGATED_ONE.search(text, 0, match.start()):
            return False
        return self._segmenter.has_bounds(text, match.start(), match.end("measure"))

    def _is_approximate(self, before: str) -> bool:
        """Whether the text before a number makes it approximate: 约3名, 至少配备1名."""
        if before.endswith(self._grammar.approximate_before):
            return True
        return self._near is not None and self._near.search(before) is not None

    def _is_bare_figure(self, match: re.Match[str], text: str) -> bool:
        """Whether a number without a unit is a figure: 收到申请0 but not 邮编751100。"""
        start, end = match.span()
        if end < len(text) and text[end] not in self._grammar.unitless_followed_by:
            return False
        if start == 0 or not ("\u4e00" <= text[start - 1] <= "\u9fff"):
            return False
        if _YEAR.fullmatch(match["digits"]):
            return False
        near = text[max(0, start - _CODE_WINDOW) : start]
        # a word of one character must directly precede the number: 自 does not in 自然人251
        return not any(
            word in near if len(word) > 1 else near.endswith(word)
            for word in self._grammar.unitless_not_after
        )


def _pattern(grammar: NarrativeGrammar) -> re.Pattern[str]:
    """Matches a number with its unit, or text to ignore; the groups name its parts.

    The numbered groups 2 and 3 of ``unit`` and ``measure`` are a second unit in brackets and a
    word of approximation after it.
    """
    unit = f"(?:{_any(grammar.units)})(?:次(?![性序日年数要]))?"
    approximate = "[" + "".join(grammar.approximate_between) + "]"
    multiple = _any(_MULTIPLES)
    after = f"{_any(grammar.approximate_after)}|多(?=[，。；、）]|$)"  # 六成多
    both = rf"(?:（(?P<{{0}}2>{unit})）)?(?P<{{0}}3>{after})?"
    ignored = "|".join(f"(?:{p})" for p in grammar.ignored_patterns)
    return re.compile(
        rf"(?=[{grammar.first_characters}])(?:(?P<ignored>{ignored})"
        # 百分之90, 百分之九十点五
        rf"|百分之(?:(?P<percent>\d+(?:\.\d+)?)|(?P<parts>[{_NUMERALS}]+)(?:点(?P<decimals>[{_NUMERALS}]+))?)"
        # 1,234条, 1.5万余次, 2132篇（条）
        rf"|(?<![\d.])(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
        rf"(?P<approximate1>{approximate})?(?P<multiple>(?:{multiple})(?![元字]))?(?P<approximate2>{approximate}|\+)?"
        rf"(?P<unit>{unit})?{both.format('unit')}"
        # 播放量破千万
        rf"|(?<=[破超过逾近])(?P<myriads>[十百千]?[万亿])(?=[，。；、）])"
        # 二十七期, 三千余人
        rf"|(?<![{_NOT_BEFORE_NUMERAL}])"
        rf"(?P<numeral>零(?![{_NUMERALS}])|[{_FIRST_NUMERALS}][{_NUMERALS}]*)"
        rf"(?P<approximate3>{approximate})?(?P<myriad>[万亿])?(?P<approximate4>{approximate})?"
        rf"(?P<measure>{unit}){both.format('measure')})"
    )


def _any(words: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


def _in_numerals(match: re.Match[str], text: str, approximate: bool) -> NumberMention | None:
    if _counts_a_list(match, text):
        return None
    value = chinese_number(match["numeral"])
    if value is None and approximate:
        value = _MULTIPLES.get(match["numeral"])  # 近万份
    if value is None:
        return None
    if match["myriad"]:
        value *= _MULTIPLES[match["myriad"]]
    approximate = approximate or bool(
        match["approximate3"] or match["approximate4"] or match["measure3"]
    )
    unit = _with_second_unit(match["measure"], match["measure2"])
    if unit == "成半":  # 三成半
        value, unit = value + Decimal("0.5"), "成"
    return NumberMention(*match.span(), value, unit, approximate)


def _counts_a_list(match: re.Match[str], text: str) -> bool:
    """Whether a numeral only counts the items listed beside it: 救助、补贴、用地三类公示."""
    if match["measure"] not in _COUNTERS_OF_LISTS or len(match["numeral"]) > 1:
        return False
    if _LIST_AFTER.match(text, match.end()):  # 三个领域：…
        return True
    if _LIST_BEFORE.search(text, 0, match.start()):  # 农机42件、宅基地18件三类
        return True
    before = text[max(0, match.start() - _LIST_WINDOW) : match.start()]
    clause = re.split("[，。；：]|\\d", before)[-1]
    next_character = text[match.end() : match.end() + 1]
    _, comma, last = clause.rpartition("、")
    is_beside = 0 < len(last) <= _LAST_ITEM_LENGTH and "\u4e00" <= next_character <= "\u9fff"
    return bool(comma) and (is_beside or last.endswith("等"))


def _percent(match: re.Match[str]) -> Decimal | None:
    if match["percent"]:
        return Decimal(match["percent"])
    whole = chinese_number(match["parts"])
    if whole is None or not match["decimals"]:
        return whole
    digits = [chinese_number(c) for c in match["decimals"]]
    return Decimal(f"{whole}.{''.join(str(d) for d in digits)}")


def _with_second_unit(unit: str | None, second: str | None) -> str | None:
    return f"{unit}（{second}）" if unit and second else unit


def chinese_number(text: str) -> Decimal | None:
    """The value of a Chinese numeral, or None if the text is not a numeral.

    >>> chinese_number("一百零三"), chinese_number("二〇一九"), chinese_number("两千")
    (Decimal('103'), Decimal('2019'), Decimal('2000'))
    """
    if not text or any(c not in _NUMERALS for c in text):
        return None
    if all(c in _DIGITS for c in text) and len(text) > 2:
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total = section = 0
    digit: int | None = None
    smallest = 10**9
    for char in text:
        if char in _DIGITS:
            if digit:
                return None  # 三五: not one number
            digit = _DIGITS[char]
        elif char in _PLACES:
            if _PLACES[char] >= smallest:
                return None
            smallest = _PLACES[char]
            section += (1 if digit is None else digit) * smallest
            digit = None
        else:
            if section + (digit or 0) == 0:
                return None
            total += (section + (digit or 0)) * _MYRIADS[char]
            section, digit, smallest = 0, None, 10**9
    return Decimal(total + section + (digit or 0))


def arabic_number(text: str, multiple: str | None) -> Decimal:
    """The value of digits, which may have thousands separators, times a multiple such as 万.

    >>> arabic_number("1.5", "万")
    Decimal('15000')
    """
    value = Decimal(text.replace(",", ""))
    if multiple:
        value *= _MULTIPLES[multiple]
        if value == value.to_integral_value():
            value = value.to_integral_value()
    return value


class StatedZero(Struct, frozen=True):
    """A thing that the text states as none."""

    number: NumberMention  # its offsets are those of the thing
    phrase: str
    metric_id: str | None
    statement: tuple[int, int]  # start and end of the words that state it


class StatedZeroFinder:
    """Finds the stated zeros of a sentence: 未收到申请, 行政复议、行政诉讼均未发生."""

    def __init__(
        self, metrics: Sequence[Metric], grammar: NarrativeGrammar, segmenter: Segmenter
    ) -> None:
        self._segmenter = segmenter
        self._metrics = tuple(metric for metric in metrics if metric.stated_zero)
        self._signs = grammar.zero_signs
        self._firm = re.compile(grammar.firm_zero_pattern)
        self._thing = re.compile(grammar.zero_thing_pattern)
        self._statement = re.compile(f"{grammar.firm_zero_pattern}|{grammar.zero_pattern}")
        self._conjunction = re.compile(f"(?<!涉)(?:{_any(grammar.zero_conjunctions)})")

    def find(self, text: str, numbers: Sequence[NumberMention]) -> Iterator[StatedZero]:
        """The stated zeros of a normalized sentence, in order.

        A thing without a metric is yielded only after unambiguous words (未收到, 未发生).
        """
        if not contains_any(text, self._signs):
            return
        done = 0
        for match in self._statement.finditer(text):
            if match.start() < done or not self._is_word(match, text):
                continue
            stop = _OBJECT_END.search(text, match.end())
            end = stop.start() if stop else len(text)
            following = self._statement.search(text, match.end(), end)
            if following and text[following.start() - 1] == "、":  # 零投诉、零诉讼
                end = following.start() - 1
            if match.end() < end:
                start, thing = match.end(), text[match.end() : end]
            else:  # 行政复议、行政诉讼均未发生
                start = max(text.rfind(c, 0, match.start()) for c in _CLAUSE_BREAKS) + 1
                start = max(done, start)
                thing = text[start : match.start()]
            if any(start <= n.start < start + len(thing) for n in numbers):
                continue
            year = _EARLIER_YEAR.search(text, 0, match.start())  # 上年无结转
            found = self._things(thing, f"{year[0] if year else ''}{match[0]}")
            is_firm = self._firm.fullmatch(match[0]) or self._thing.fullmatch(f"{match[0]}{thing}")
            if not found and match.end() < end and is_firm:
                yield _stated_zero(match, thing, None, match.start(), end)
            for metric_id, piece in found.items():
                at = text.index(piece, start)
                yield _stated_zero(match, piece, metric_id, at, at + len(piece))
            done = end

    def _is_word(self, match: re.Match[str], text: str) -> bool:
        """Whether 无 is a separate word or in 无人: not in 无障碍, 无纸化 or 无锡."""
        at = -1 if match[0].startswith("无人") else text.find("无", *match.span())
        return at < 0 or self._segmenter.has_bounds(text, at, at + 1)

    def _things(self, thing: str, statement: str) -> dict[str, str]:
        """The metrics that are stated to be zero, each with its piece of the text."""
        found: dict[str, str] = {}
        verb: re.Match[str] | None = None
        for piece in filter(None, self._conjunction.split(thing)):
            verb = _MAKING.search(piece) or verb  # 制定规章和规范性文件: one verb for both
            words = f"{statement}{verb[0] if verb else ''}{piece}"
            metric = next((m for m in self._metrics if fits(m, words, thing)), None)
            # 公民、法人或其他组织提出的申请: the piece that names the thing, otherwise the last
            if metric and not (
                metric.metric_id in found and fits(metric, found[metric.metric_id], "")
            ):
                found[metric.metric_id] = piece
        return found


def _stated_zero(
    match: re.Match[str], thing: str, metric_id: str | None, start: int, end: int
) -> StatedZero:
    number = NumberMention(start, end, Decimal(0), None, False)
    return StatedZero(number, f"{match[0]}{thing}", metric_id, match.span())


def fits(metric: Metric, phrase: str, around: str) -> bool:
    """Whether the phrase of a number and the text around it have the words of a metric."""
    return (
        contains_any(phrase, metric.phrases)
        and not contains_any(phrase, metric.excluded_words)
        and has_context(metric, phrase, around)
    )


def has_context(metric: Metric, phrase: str, around: str) -> bool:
    """Whether the phrase or the text around it has a context word of each group."""
    return all(
        contains_any(phrase, group) or contains_any(around, group) for group in metric.context_words
    )
