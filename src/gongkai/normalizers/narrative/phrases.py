"""What each number of a sentence counts: the words before it in its clause, and right behind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.family import Family
from gongkai.families.narrative import Prose
from gongkai.normalizers.narrative.number_mentions import Number
from gongkai.normalizers.narrative.segmenting import bared, sheltered, twins

_BREAKS = "，。；：！？（）,;!?"
_ENDS = re.compile("[，。；：！？（）,;!?]|并")
_AND = re.compile("和|以及|及|与")
_JOINING = "和及与并共还"  # joins or leads only where it is a word by itself
_AFTER = 18  # characters behind a number that may say what it counts
_COUNTED = re.compile(r"(?:、?[\d.,万亿余多]+[\u4e00-\u9fff])+([\u4e00-\u9fff]{2,8})")
_SHORT = 8  # characters of a clause that may need the clause before it
_NOUN = 6  # characters behind a number that may be no more than a noun
_VERB = 2  # characters of a clause that is no more than a verb
_MANNER = ("按", "由", "已", "均", "被", "经")


class Told(Struct, frozen=True):
    """A number of a sentence with the words about it."""

    number: Number
    phrase: str
    counted: str = ""  # the phrase as far as it names what is counted
    relation: bool = False  # 占, 同比增长: of the figure before it
    none: bool = False


def told_of(text: str, numbers: Sequence[Number], family: Family) -> list[Told]:
    """The numbers of a squeezed sentence, in order, each with what it counts."""
    kept, words = _knowing(family.prose)
    held = sheltered(text, _JOINING, kept, family.folder)
    told = _told_of(held, numbers, words)
    if held == text:
        return told
    return [
        replace(t, phrase=bared(t.phrase, _JOINING), counted=bared(t.counted, _JOINING))
        for t in told
    ]


@lru_cache(maxsize=4)
def _knowing(words: Prose) -> tuple[frozenset[str], Prose]:
    """The words with such a character that join or lead all the same, and the lists of words
    with the others as they stand in a sheltered text."""
    kept = frozenset((*words.lead, *words.none_joints, *words.same))
    lists = {
        name: tuple(twins(w, _JOINING) if len(w) > 1 else w for w in getattr(words, name))
        for name in ("open", "thin")
    }
    return kept, words.model_copy(update=lists)


def _told_of(text: str, numbers: Sequence[Number], words: Prose) -> list[Told]:
    told: list[Told] = []
    previous = 0
    trim = _trimmed(words)
    for k, number in enumerate(numbers):
        clause = _clause(text, previous, number.start)
        core = trim(clause)
        following = numbers[k + 1].start if k + 1 < len(numbers) else None
        open_ended = not core or clause.endswith(words.open) or number.unit in words.entities
        behind, taken = _behind(text, number, following, core, words, open_ended=open_ended)
        bare = clause.strip("的为是：，了")
        relation = bool(bare) and _relation(words).fullmatch(bare) is not None
        if told and not behind and _changed(words).match(bare):
            core = f"{told[-1].phrase}{bare}"  # 由年初的2.9万增至4.3万
        elif not behind and not relation and (not core or core in words.thin):
            # 均设立公开专区，共10处: the clause before; where a number closes it, what that counts
            earlier = trim(_clause(text, previous, number.start - len(clause) - 1))
            if not earlier and told and not (clause and number.unit == told[-1].number.unit):
                earlier = told[-1].phrase  # 配租三批，共1146户
            core = f"{earlier}{core}"
        elif behind and not core and not relation:
            core = next((w for w in words.rest if clause.startswith(w)), "")
            same = clause in words.same and told and _same_thing(number, told[-1].number, words)
            if told and (same or number.start == told[-1].number.end):
                core = told[-1].phrase  # 其中5个超过时限; 低保2.18万户3.46万人
        elif not behind and len(core) <= _SHORT and text[number.start - len(clause) - 1] in "，":
            earlier = _clause(text, previous, number.start - len(clause) - 1)
            if earlier.endswith(words.channels):
                core = f"{earlier}{core}"  # “清江发改”微信公众号，共发布信息218条
        previous = number.end + taken
        if relation and told:
            told.append(Told(number, f"{told[-1].phrase}{bare}", relation=True))
        else:
            phrase = f"{core}{behind}" or bare or (told[-1].phrase if told else "")
            counted = _counted(core, behind, number, words) if behind else phrase
            told.append(Told(number, phrase, counted))
    return _shared_out(text, told)


def _counted(core: str, behind: str, number: Number, words: Prose) -> str:
    """The words that name what is counted: 5个镇街 of 5个镇街的公众号, and nothing of 5个账号
    阅读量在低位徘徊, which are not all of them."""
    noun = behind.partition("的")[0]
    if number.unit in words.entities and len(noun) > _NOUN:
        noun = ""
    return f"{core}{noun}"


def _noun_after(text: str, start: int) -> str:
    """The words behind the numbers that follow each other from ``start``."""
    found = _COUNTED.match(text, start)
    return found[1] if found else ""


def _same_thing(one: Number, other: Number, words: Prose) -> bool:
    return one.unit == other.unit and one.unit in words.entities


def _clause(text: str, previous: int, at: int) -> str:
    """The words before a number: from the last break; 微信、微博等新媒体 is one piece."""
    at = max(at, 0)
    start = max(at, previous)
    while start > previous and text[start - 1] not in _BREAKS:
        start -= 1
    clause = text[start:at].removeprefix("、")
    opening = text.rfind("（", previous, start)
    if text[start - 1 : start] == "）" and opening >= 0:
        # 财政预决算（含“三公”经费）信息4条, 村（社区）8个
        clause = _clause(text, previous, opening) + (clause or text[opening:start])
    return clause[1:] if 0 < start == previous and _AND.match(clause) else clause


@lru_cache(maxsize=4)
def _relation(words: Prose) -> re.Pattern[str]:
    return re.compile("|".join(words.relations))


@lru_cache(maxsize=4)
def _changed(words: Prose) -> re.Pattern[str]:
    return re.compile(f"^[由从]?(?:{words.changed})$")


@lru_cache(maxsize=4)
def _trimmed(words: Prose) -> _Trim:
    return _Trim(words)


class _Trim:
    """A clause before a number without words that only lead to it or say when."""

    def __init__(self, words: Prose) -> None:
        self._head = re.compile(f"(?:{'|'.join(words.when)})+")
        ends = sorted((*words.lead, *words.rough_before), key=len, reverse=True)
        self._ends = tuple(ends)

    def __call__(self, clause: str) -> str:
        head = self._head.match(clause)
        clause = clause[head.end() :] if head else clause
        while clause.endswith(self._ends):
            clause = next(clause.removesuffix(w) for w in self._ends if clause.endswith(w))
        return clause


def _behind(
    text: str,
    number: Number,
    following: int | None,
    core: str,
    words: Prose,
    *,
    open_ended: bool,
) -> tuple[str, int]:
    """The words right behind a number that say what it counts, 12场新闻发布会, and how many
    characters of them belong to no further number.

    Words that lead on to a further number belong to that one; to both, where this one is
    ``open_ended``: nothing before it says what it counts (向11.3万户纳税人推送58批次).
    """
    rest = text[number.end : number.end + _AFTER + 1]
    manner = not core and rest.startswith(_MANNER)  # 另有5件按规定结转下年度
    if not rest or (rest.startswith(words.not_behind) and not manner):
        return "", 0
    if following == number.end or (len(core) <= _VERB and text[number.end : following] == "、"):
        return _noun_after(text, number.end), 0  # 明确6大类、32项任务: one noun for both
    if rest.startswith("、"):
        return "", 0  # 专区1个、村（社区）公开栏14个: the next thing of a list
    end = _ENDS.search(rest)
    stop = number.end + (end.start() if end else min(len(rest), _AFTER))
    if following is not None and following <= stop and "、" in text[number.end : following]:
        stop = text.index("、", number.end)
    if following is None or following > stop:
        return text[number.end : stop], stop - number.end
    joint = _AND.search(text, number.end, following)
    if joint:  # 2个网站和10个新媒体: up to the joint, the rest leads to the next number
        return text[number.end : joint.start()], joint.start() - number.end
    return (text[number.end : following], 0) if open_ended else ("", 0)


def _shared_out(text: str, told: list[Told]) -> list[Told]:
    """微信、微博、抖音分别发布910条、149条、46条: to each number its own name."""
    at = text.find("分别")
    if at < 0:
        return told
    behind = [t for t in told if t.number.start > at]
    start = max(text.rfind(c, 0, at) for c in "，。；：（") + 1
    names = re.split("[、和及与]", text[start:at])
    run = [t for t in behind[: len(names)] if t.number.unit == behind[0].number.unit]
    if len(names) < 2 or len(run) != len(names):
        return told
    if any(text[a.number.end : b.number.start].strip("、和及与，") for a, b in pairwise(run)):
        return told  # 分别为：甲局12件、乙局9件: each has a name of its own
    common = run[0].phrase.rpartition("分别")[2]
    for name in names:
        common = common.removeprefix(name)
    own = {id(t): name for t, name in zip(run, names, strict=True)}
    named = {key: f"{name}{common}" for key, name in own.items()}
    return [
        replace(t, phrase=named[id(t)], counted=named[id(t)]) if id(t) in own else t for t in told
    ]
