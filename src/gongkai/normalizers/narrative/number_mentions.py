"""Numbers in a sentence: which are told of something, and which only look like it."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from msgspec import Struct

from gongkai.families.family import Family
from gongkai.families.narrative import Prose
from gongkai.normalizers.narrative.numerals import CHINESE, MULTIPLES, arabic_number, chinese_number
from gongkai.normalizers.narrative.segmenting import is_word

_FOLD = str.maketrans("０１２３４５６７８９．％﹪()", "0123456789.%%（）")
_ODD = re.compile(f"[{re.escape(''.join(map(chr, _FOLD)))}]")
_FULL = {",": "，", ";": "；", ":": "：", ".": "。"}
_HALF = re.compile(  # not in 1,234 nor 9:30
    r"(?<!\d)[,;:](?!//)|[,;:](?![\d/])|(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff]|$)"
)
_MARK = re.compile("[,;:.]")
_YEAR_LIKE = re.compile(r"(?:19|20)\d{2}")
_NO_COUNT = "/每第"  # 每一份, 第三批
_NOT_ONE = re.compile("[未没无][^，。；、\\d]{0,4}$")  # 未发生一起, 无一例
_FIRST = CHINESE.replace("零", "").replace("〇", "")  # what a numeral begins with
_BESIDE = 4  # characters of the last thing in a list that a numeral behind it counts
_LISTED = ("类", "大类", "项", "种", "个", "件", "点")
_LIST_AHEAD = re.compile("[\u4e00-\u9fff]{1,5}：")
_CLAUSE_ENDS = re.compile(r"[，。；、\d]")
_SPACE = re.compile(r"\s")
_NO_UNIT_NEAR = 6  # characters before a bare number in which a word may say that it is a code


class Number(Struct, frozen=True):
    """A number told in a sentence; places count characters of the squeezed text."""

    start: int
    end: int
    value: Decimal
    unit: str | None
    approximate: bool


def squeezed(text: str) -> tuple[str, list[int]]:
    """Text without white space and with digits folded, and the place of each character left.

    A space between two digits stays: it keeps two numbers apart.
    """
    folded = text.translate(_FOLD) if _ODD.search(text) else text
    if _MARK.search(folded):
        folded = _HALF.sub(lambda m: _FULL[m[0]], folded)
    if _SPACE.search(folded) is None:
        return folded, list(range(len(folded)))
    kept = [
        k
        for k, c in enumerate(folded)
        if not c.isspace()
        or (0 < k < len(folded) - 1 and folded[k - 1].isdigit() and folded[k + 1].isdigit())
    ]
    return "".join(folded[k] for k in kept), kept


def numbers_in(text: str, family: Family) -> list[Number]:
    """The numbers told in one squeezed sentence, in order."""
    pattern, words = _pattern(family)
    found = []
    for match in pattern.finditer(text):
        if match.lastgroup == "skip" or match["skip"] is not None:
            continue
        if match["numeral"] and not _is_word(match, text, family):
            continue
        number = _number(match, text, words)
        if number is not None:
            found.append(number)
    return found


@lru_cache(maxsize=4)
def _pattern(family: Family) -> tuple[re.Pattern[str], Prose]:
    words = family.prose
    unit = f"(?:{_any(words.units)})(?:次(?![性序日年数要]))?"
    rough = "[" + "".join(words.rough_between) + "]"
    multiple = _any(tuple(MULTIPLES))
    after = f"{_any(words.rough_after)}|多(?=[，。；、）]|$)"  # 六成多
    both = rf"(?:（(?P<{{0}}2>{unit})）)?(?P<{{0}}3>{after})?"
    skip = "|".join(f"(?:{p})" for p in words.skip)
    return re.compile(
        rf"(?=[{words.starts}])(?:(?P<skip>{skip})"
        rf"|百分之(?:(?P<percent>\d+(?:\.\d+)?)|(?P<parts>[{CHINESE}]+)(?:点(?P<decimals>[{CHINESE}]+))?)"
        rf"|(?<![\d.])(?P<digits>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
        rf"(?P<rough1>{rough})?(?P<multiple>(?:{multiple})(?![元字]))?(?P<rough2>{rough}|\+)?"
        rf"(?P<unit>{unit})?{both.format('unit')}"
        rf"|(?<=[破超过逾近])(?P<myriads>[十百千]?[万亿])(?=[，。；、）])"
        rf"|(?<![{_NO_COUNT}])(?P<numeral>零(?![{CHINESE}])|[{_FIRST}][{CHINESE}]*)"
        rf"(?P<rough3>{rough})?(?P<myriad>[万亿])?(?P<rough4>{rough})?"
        rf"(?P<measure>{unit}){both.format('measure')})"
    ), words


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True))


def _number(match: re.Match[str], text: str, words: Prose) -> Number | None:
    start, end = match.span()
    before = text[max(0, start - 8) : start]
    rough = before.endswith(words.rough_before) or _near(before, words)
    if match["percent"] or match["parts"]:
        value = _percent(match)
        return None if value is None else Number(start, end, value, "%", rough)
    if match["myriads"]:  # 播放量破千万
        return Number(start, end, MULTIPLES[match["myriads"]], None, True)
    if match["digits"]:
        unit = match["unit"]
        if unit is None and not match["multiple"] and not _stands_alone(match, text, words):
            return None
        rough = rough or bool(match["rough1"] or match["rough2"] or match["unit3"])
        value = arabic_number(match["digits"], match["multiple"])
        return Number(start, end, value, _joined(unit, match["unit2"]), rough)
    if _in_apposition(match, text):
        return None
    value = chinese_number(match["numeral"])
    if value is None and rough:
        value = MULTIPLES.get(match["numeral"])  # 近万份
    if value is None:
        return None
    if match["myriad"]:
        value *= MULTIPLES[match["myriad"]]
    rough = rough or bool(match["rough3"] or match["rough4"] or match["measure3"])
    return Number(start, end, value, _joined(match["measure"], match["measure2"]), rough)


def _is_word(match: re.Match[str], text: str, family: Family) -> bool:
    """Do the numeral and its unit end where words end? Not in 统一部署, nor in 一次性."""
    if match["numeral"] == "一" and _NOT_ONE.search(text, 0, match.start()):
        return False
    return is_word(text, match.start(), match.end("measure"), family.folder)


def _in_apposition(match: re.Match[str], text: str) -> bool:
    """救助、补贴、用地三类公示, 三个领域：…: does it only count what is listed by name beside?"""
    if match["measure"] not in _LISTED or len(match["numeral"]) > 1:
        return False
    clause = re.split("[，。；：]|\\d", text[max(0, match.start() - 24) : match.start()])[-1]
    follows = text[match.end() : match.end() + 1]
    if _LIST_AHEAD.match(text, match.end()):
        return True
    _, listed, last = clause.rpartition("、")
    beside = 0 < len(last) <= _BESIDE and "\u4e00" <= follows <= "\u9fff"
    return bool(listed) and (beside or last.endswith("等"))


def _near(before: str, words: Prose) -> bool:
    """Is a word that makes a number rough in its own clause, with a verb between?"""
    found = max([before.rfind(word) for word in words.rough_near], default=-1)
    return found >= 0 and _CLAUSE_ENDS.search(before, found) is None


def _percent(match: re.Match[str]) -> Decimal | None:
    if match["percent"]:
        return Decimal(match["percent"])
    whole = chinese_number(match["parts"])
    if whole is None or not match["decimals"]:
        return whole
    digits = [chinese_number(c) for c in match["decimals"]]
    return Decimal(f"{whole}.{''.join(str(d) for d in digits)}")


def _joined(unit: str | None, second: str | None) -> str | None:
    return f"{unit}（{second}）" if unit and second else unit


def _stands_alone(match: re.Match[str], text: str, words: Prose) -> bool:
    """Is a number without a unit told of something? 收到申请0，but not 邮编751100。"""
    start, end = match.span()
    if end < len(text) and text[end] not in words.ends:
        return False
    if start == 0 or not ("\u4e00" <= text[start - 1] <= "\u9fff"):
        return False
    if _YEAR_LIKE.fullmatch(match["digits"]):
        return False
    near = text[max(0, start - _NO_UNIT_NEAR) : start]
    # 自 and 第 stand right before: not in 自然人251
    return not any(
        word in near if len(word) > 1 else near.endswith(word) for word in words.no_unit_after
    )
