"""Finds the noun phrase of each number in a sentence: what the number counts.

Most phrases precede their number in its clause (公开信息12条); some follow it (12场新闻发布会).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise, zip_longest

from msgspec import Struct
from msgspec.structs import replace

from gongkai.families.narrative import NarrativeGrammar
from gongkai.normalizers.narrative.number_mentions import NumberMention
from gongkai.normalizers.narrative.segmenting import CharacterMask, Segmenter

_CLAUSE_BREAKS = "，。；：！？（）,;!?"
_PHRASE_END = re.compile("[，。；：！？（）,;!?]|并")
_CONJUNCTION = re.compile("和|以及|及|与")
_CONJUNCTION_CHARACTERS = CharacterMask(
    "和及与并共还"
)  # function words only when words of their own
_AFTER_LENGTH = 18  # characters behind a number that can be its phrase
_NOUN_AFTER = re.compile(r"(?:、?[\d.,万亿余多]+[\u4e00-\u9fff])+([\u4e00-\u9fff]{2,8})")
_SHORT_LENGTH = 8  # characters of a phrase that can need the clause before it
_NOUN_LENGTH = 6  # characters behind a number that can be a plain noun
_VERB_LENGTH = 2  # characters of a phrase that can be a plain verb
_ADVERBS = ("按", "由", "已", "均", "被", "经")
_FUNCTION_CHARACTERS = "的为是：，了"
_LIST_SEPARATORS = "、和及与，"


class Mention(Struct, frozen=True):
    """A number of a sentence with its noun phrase."""

    number: NumberMention
    phrase: str
    counted: str = ""  # the part of the phrase that names what is counted
    is_relation: bool = False  # 占, 同比增长: relates to the figure before it
    is_stated_zero: bool = False


class _Clause(Struct, frozen=True):
    """A number, the clause before it and the words behind it."""

    text: str
    start: int  # offset in the text behind the number before
    number: NumberMention
    previous: Mention | None
    words: str  # the clause up to the number
    core: str  # the clause without words that carry no content
    bare: str  # the clause without function characters at its edges
    behind: str  # the words behind the number that say what it counts
    is_relation: bool

    @property
    def offset(self) -> int:
        """Where the clause begins in the text."""
        return self.number.start - len(self.words)

    @property
    def clause_before(self) -> str:
        """The clause before this one."""
        return _clause(self.text, self.start, self.offset - 1)


class PhraseReader:
    """Reads the noun phrases of the numbers of a sentence."""

    def __init__(self, grammar: NarrativeGrammar, segmenter: Segmenter) -> None:
        self._grammar = grammar
        self._segmenter = segmenter
        self._kept = frozenset(
            (*grammar.lead_in_words, *grammar.zero_conjunctions, *grammar.anaphora)
        )
        self._open = _masked(grammar.open_prepositions)
        self._light_verbs = _masked(grammar.light_verbs)
        self._trim = _Trimmer(grammar)
        self._relation = re.compile("|".join(grammar.relation_patterns))
        self._changed_to = re.compile(f"^[由从]?(?:{grammar.changed_to_pattern})$")
        # The rules that complete the core of a phrase, in order. Each returns the new core, or
        # None where it does not apply.
        self._rules: tuple[Callable[[_Clause], str | None], ...] = (
            self._repeat_before_changed_to,
            self._prepend_clause_before,
            self._take_residual_word_or_antecedent,
            self._prepend_channel,
        )

    def read(self, text: str, numbers: Sequence[NumberMention]) -> list[Mention]:
        """The numbers of a normalized sentence in order, each with its phrase."""
        if not numbers:
            return []
        masked = self._segmenter.mask_within_words(text, _CONJUNCTION_CHARACTERS, self._kept)
        mentions = self._read(masked, numbers)
        if masked == text:
            return mentions
        unmask = _CONJUNCTION_CHARACTERS.unmask
        return [replace(m, phrase=unmask(m.phrase), counted=unmask(m.counted)) for m in mentions]

    def _read(self, text: str, numbers: Sequence[NumberMention]) -> list[Mention]:
        mentions: list[Mention] = []
        start = 0
        for number, next_start in zip_longest(numbers, [n.start for n in numbers[1:]]):
            previous = mentions[-1] if mentions else None
            clause, consumed = self._clause_of(text, start, number, next_start, previous)
            mentions.append(self._mention(clause))
            start = number.end + consumed
        return _distribute(text, mentions)

    def _clause_of(
        self,
        text: str,
        start: int,
        number: NumberMention,
        next_start: int | None,
        previous: Mention | None,
    ) -> tuple[_Clause, int]:
        """The clause of a number, and how many characters behind it belong to it alone."""
        words = _clause(text, start, number.start)
        core = self._trim(words)
        needs_noun = (
            not core or words.endswith(self._open) or number.unit in self._grammar.entity_units
        )
        behind, consumed = self._behind(text, number, next_start, core, needs_noun=needs_noun)
        bare = words.strip(_FUNCTION_CHARACTERS)
        is_relation = bool(bare) and self._relation.fullmatch(bare) is not None
        clause = _Clause(text, start, number, previous, words, core, bare, behind, is_relation)
        return clause, consumed

    def _mention(self, clause: _Clause) -> Mention:
        core = self._completed_core(clause)
        number, previous = clause.number, clause.previous
        if clause.is_relation and previous:
            return Mention(number, f"{previous.phrase}{clause.bare}", is_relation=True)
        phrase = f"{core}{clause.behind}" or clause.bare or (previous.phrase if previous else "")
        counted = self._counted(core, clause.behind, number) if clause.behind else phrase
        return Mention(number, phrase, counted)

    def _completed_core(self, clause: _Clause) -> str:
        """The core of a clause, completed by the first rule that applies."""
        for rule in self._rules:
            if (core := rule(clause)) is not None:
                return core
        return clause.core

    def _repeat_before_changed_to(self, clause: _Clause) -> str | None:
        """由年初的2.9万增至4.3万: both numbers count the same thing."""
        if clause.behind or not clause.previous or not self._changed_to.match(clause.bare):
            return None
        return f"{clause.previous.phrase}{clause.bare}"

    def _prepend_clause_before(self, clause: _Clause) -> str | None:
        """均设立公开专区，共10处: the clause before names the thing.

        Where that clause ends in a number, what this number counts: 配租三批，共1146户.
        """
        has_content = clause.core and clause.core not in self._light_verbs
        if clause.behind or clause.is_relation or has_content:
            return None
        previous, before = clause.previous, self._trim(clause.clause_before)
        if not before and previous:
            is_repeated_unit = clause.words and clause.number.unit == previous.number.unit
            before = "" if is_repeated_unit else previous.phrase
        return f"{before}{clause.core}"

    def _take_residual_word_or_antecedent(self, clause: _Clause) -> str | None:
        """其中5个超过时限: counts the things of the number before; 其余5个 keeps the word 其余."""
        if not clause.behind or clause.core or clause.is_relation:
            return None
        previous, number = clause.previous, clause.number
        if previous:
            is_anaphoric = clause.words in self._grammar.anaphora and self._counts_same_things(
                number, previous.number
            )
            if is_anaphoric or number.start == previous.number.end:  # 低保2.18万户3.46万人
                return previous.phrase
        residual = (word for word in self._grammar.residual_words if clause.words.startswith(word))
        return next(residual, "")

    def _prepend_channel(self, clause: _Clause) -> str | None:
        """“清江发改”微信公众号，共发布信息218条: the clause before names the channel."""
        is_short = len(clause.core) <= _SHORT_LENGTH
        if clause.behind or not is_short or clause.text[clause.offset - 1] != "，":
            return None
        before = clause.clause_before
        return f"{before}{clause.core}" if before.endswith(self._grammar.channel_nouns) else None

    def _counts_same_things(self, one: NumberMention, other: NumberMention) -> bool:
        return one.unit == other.unit and one.unit in self._grammar.entity_units

    def _counted(self, core: str, behind: str, number: NumberMention) -> str:
        """The words that name what is counted: 5个镇街 of 5个镇街的公众号.

        Nothing of 5个账号阅读量在低位徘徊, which are not all accounts.
        """
        noun = behind.partition("的")[0]
        if number.unit in self._grammar.entity_units and len(noun) > _NOUN_LENGTH:
            noun = ""
        return f"{core}{noun}"

    def _behind(
        self,
        text: str,
        number: NumberMention,
        next_start: int | None,
        core: str,
        *,
        needs_noun: bool,
    ) -> tuple[str, int]:
        """The words behind a number that say what it counts: 12场新闻发布会.

        Also returns how many of their characters belong to no further number. Words that lead on
        to the next number belong to that one; to both if this number ``needs_noun``, because
        nothing before it says what it counts: 向11.3万户纳税人推送58批次.
        """
        after = text[number.end : number.end + _AFTER_LENGTH + 1]
        is_adverbial = not core and after.startswith(_ADVERBS)  # 另有5件按规定结转下年度
        if not after or (after.startswith(self._grammar.non_phrase_openers) and not is_adverbial):
            return "", 0
        is_plain_verb = len(core) <= _VERB_LENGTH
        if next_start == number.end or (is_plain_verb and text[number.end : next_start] == "、"):
            return _noun_after(text, number.end), 0  # 明确6大类、32项任务: one noun for both
        if after.startswith("、"):
            return "", 0  # 专区1个、村（社区）公开栏14个: the next item of a list
        end = _PHRASE_END.search(after)
        stop = number.end + (end.start() if end else min(len(after), _AFTER_LENGTH))
        if next_start is not None and next_start <= stop and "、" in text[number.end : next_start]:
            stop = text.index("、", number.end)
        if next_start is None or next_start > stop:
            return text[number.end : stop], stop - number.end
        conjunction = _CONJUNCTION.search(text, number.end, next_start)
        if conjunction:  # 2个网站和10个新媒体: what follows 和 belongs to the next number
            stop = conjunction.start()
            return text[number.end : stop], stop - number.end
        return (text[number.end : next_start], 0) if needs_noun else ("", 0)


class _Trimmer:
    """Removes the words of a clause that carry no content: when, adverbs, auxiliaries."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._head = re.compile(f"(?:{'|'.join(grammar.clause_opener_patterns)})+")
        ends = sorted((*grammar.lead_in_words, *grammar.approximate_before), key=len, reverse=True)
        self._ends = tuple(ends)

    def __call__(self, clause: str) -> str:
        head = self._head.match(clause)
        clause = clause[head.end() :] if head else clause
        while clause.endswith(self._ends):
            clause = next(clause.removesuffix(w) for w in self._ends if clause.endswith(w))
        return clause


def _masked(words: Sequence[str]) -> tuple[str, ...]:
    """Words as they appear in a masked sentence."""
    return tuple(_CONJUNCTION_CHARACTERS.mask(w) if len(w) > 1 else w for w in words)


def _clause(text: str, start: int, at: int) -> str:
    """The words before an offset, from the last clause break but not before ``start``.

    微信、微博等新媒体 is one clause. A bracket is left out (财政预决算（含“三公”经费）信息4条),
    unless the clause ends in it (村（社区）8个).
    """
    at = max(at, 0)
    begin = max(at, start)
    while begin > start and text[begin - 1] not in _CLAUSE_BREAKS:
        begin -= 1
    clause = text[begin:at].removeprefix("、")
    opening = text.rfind("（", start, begin)
    if text[begin - 1 : begin] == "）" and opening >= 0:
        clause = _clause(text, start, opening) + (clause or text[opening:begin])
    return clause[1:] if 0 < begin == start and _CONJUNCTION.match(clause) else clause


def _noun_after(text: str, start: int) -> str:
    """The noun behind a run of numbers that begins at ``start``."""
    found = _NOUN_AFTER.match(text, start)
    return found[1] if found else ""


def _distribute(text: str, mentions: list[Mention]) -> list[Mention]:
    """Gives each number its own name: 微信、微博、抖音分别发布910条、149条、46条."""
    at = text.find("分别")
    if at < 0:
        return mentions
    first = next((k for k, m in enumerate(mentions) if m.number.start > at), len(mentions))
    start = max(text.rfind(c, 0, at) for c in "，。；：（") + 1
    names = re.split("[、和及与]", text[start:at])
    run = mentions[first : first + len(names)]
    if len(names) < 2 or len(run) != len(names) or len({m.number.unit for m in run}) > 1:
        return mentions
    gaps = (text[a.number.end : b.number.start] for a, b in pairwise(run))
    if any(gap.strip(_LIST_SEPARATORS) for gap in gaps):
        return mentions  # 分别为：甲局12件、乙局9件: each number has its name beside it
    common = run[0].phrase.rpartition("分别")[2]
    for name in names:
        common = common.removeprefix(name)
    named = [
        replace(m, phrase=f"{name}{common}", counted=f"{name}{common}")
        for m, name in zip(run, names, strict=True)
    ]
    return [*mentions[:first], *named, *mentions[first + len(names) :]]
