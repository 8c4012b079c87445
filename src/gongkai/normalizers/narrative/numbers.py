"""Finds the numbers of a sentence that are figures, and skips dates, codes and set phrases.

``chinese_number`` and ``arabic_number`` convert what is printed to exact values: 二十七, 1.5万.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from msgspec import Struct

from gongkai.families.narrative import NarrativeGrammar
from gongkai.normalizers.narrative.segmenting import Segmenter

_TO_HALF_WIDTH = str.maketrans("０１２３４５６７８９．％﹪()", "0123456789.%%（）")
_TO_FOLD = re.compile(f"[{re.escape(''.join(map(chr, _TO_HALF_WIDTH)))}]")
_FULL_WIDTH = {",": "，", ";": "；", ":": "：", ".": "。"}
_HALF_WIDTH_MARK = re.compile(  # not in 1,234 or 9:30
    r"(?<!\d)[,;:](?!//)|[,;:](?![\d/])|(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff]|$)"
)
_ANY_MARK = re.compile("[,;:.]")
_WHITE_SPACE = re.compile(r"\s")

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
_CLAUSE_END = re.compile(r"[，。；、\d]")
_APPROXIMATE_WINDOW = 8  # characters before a number in which a word can mark it as approximate
_CODE_WINDOW = 6  # characters before a bare number in which a word can mark it as a code

_COUNTERS_OF_LISTS = ("类", "大类", "项", "种", "个", "件", "点")
_LIST_AFTER = re.compile("[\u4e00-\u9fff]{1,5}：")
_LIST_WINDOW = 24  # characters before a numeral that can list what it counts
_LAST_ITEM_LENGTH = 4  # characters of the last item of such a list

_COMPARISON_WORDS = (
    "上年", "去年", "同期", "增长", "增加", "下降", "减少", "上升", "提高", "相比",
)  # fmt: skip

SHARE_UNITS = ("%", "个百分点", "百分点", "倍", "成", "‰")
_MIN_MIXED = 30
# Units of pieces of information or cases, and of persons, each with the units its parts can have.
# A whole of 个, as of calls, can have parts of other units, and not the other way round.
_PIECES, _PERSONS = frozenset("条件篇项份例宗起"), frozenset("人名位")
_ITEM_UNITS = dict.fromkeys(_PIECES | {"个"}, _PIECES) | dict.fromkeys(_PERSONS, _PERSONS)


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
        return other.unit in _ITEM_UNITS.get(self.unit or "", ())

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
        at = max([before.rfind(word) for word in self._grammar.approximate_near], default=-1)
        return at >= 0 and _CLAUSE_END.search(before, at) is None

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
    return NumberMention(*match.span(), value, unit, approximate)


def _counts_a_list(match: re.Match[str], text: str) -> bool:
    """Whether a numeral only counts the items listed beside it: 救助、补贴、用地三类公示."""
    if match["measure"] not in _COUNTERS_OF_LISTS or len(match["numeral"]) > 1:
        return False
    if _LIST_AFTER.match(text, match.end()):  # 三个领域：…
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


def normalize_sentence(text: str) -> tuple[str, list[int]]:
    """A sentence without white space, with half-width digits and full-width punctuation.

    A space between two digits stays: it separates two numbers. Also returns the offset of each
    remaining character in the original text.
    """
    folded = text.translate(_TO_HALF_WIDTH) if _TO_FOLD.search(text) else text
    if _ANY_MARK.search(folded):
        folded = _HALF_WIDTH_MARK.sub(lambda m: _FULL_WIDTH[m[0]], folded)
    if _WHITE_SPACE.search(folded) is None:
        return folded, list(range(len(folded)))
    kept = [
        k
        for k, c in enumerate(folded)
        if not c.isspace()
        or (0 < k < len(folded) - 1 and folded[k - 1].isdigit() and folded[k + 1].isdigit())
    ]
    return "".join(folded[k] for k in kept), kept


def text_before(text: str, at: int) -> str:
    """The text of the sentence up to an offset."""
    return text[text.rfind("。", 0, at) + 1 : at]


def compares(text: str) -> bool:
    """Whether a text compares with another year: the number after it is not a part."""
    return any(word in text for word in _COMPARISON_WORDS)
