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
from gongkai.normalizers.narrative.clauses import (
    CONJUNCTION_CHARACTERS,
    Clause,
    ClauseReader,
    masked_words,
)
from gongkai.normalizers.narrative.number_mentions import NumberMention
from gongkai.normalizers.narrative.segmenting import Segmenter

_SHORT_LENGTH = 8  # characters of a phrase that can need the clause before it
_NOUN_LENGTH = 6  # characters after a number that can be a plain noun
_LIST_SEPARATORS = "、和及与，"


class Mention(Struct, frozen=True):
    """A number of a sentence with its noun phrase."""

    number: NumberMention
    phrase: str
    counted: str = ""  # the part of the phrase that names what is counted
    is_relation: bool = False  # 占, 同比增长: relates to the previous figure
    is_stated_zero: bool = False


_Rule = Callable[[Clause, Mention | None], str | None]


class PhraseReader:
    """Reads the noun phrases of the numbers of a sentence."""

    def __init__(self, grammar: NarrativeGrammar, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._clauses = ClauseReader(grammar)
        self._kept = frozenset(
            (*grammar.lead_in_words, *grammar.zero_conjunctions, *grammar.anaphora)
        )
        self._changed_to = re.compile(f"^[由从]?(?:{grammar.changed_to_pattern})$")
        self._light_verbs = frozenset(masked_words(grammar.light_verbs))
        self._anaphora = frozenset(grammar.anaphora)
        self._residual_words = grammar.residual_words
        self._channel_nouns = grammar.channel_nouns
        self._entity_units = frozenset(grammar.entity_units)
        # The rules that complete the core of a phrase, in order. Each gets the clause and the
        # mention before it, and returns the new core, or None if it does not apply.
        self._rules: tuple[_Rule, ...] = (
            self._repeat_before_changed_to,
            self._prepend_clause_before,
            self._take_antecedent,
            self._prepend_channel,
        )

    def read(self, text: str, numbers: Sequence[NumberMention]) -> list[Mention]:
        """The numbers of a normalized sentence in order, each with its phrase."""
        if not numbers:
            return []
        masked = self._segmenter.mask_within_words(text, CONJUNCTION_CHARACTERS, self._kept)
        mentions = self._read(masked, numbers)
        if masked == text:
            return mentions
        unmask = CONJUNCTION_CHARACTERS.unmask
        return [replace(m, phrase=unmask(m.phrase), counted=unmask(m.counted)) for m in mentions]

    def _read(self, text: str, numbers: Sequence[NumberMention]) -> list[Mention]:
        mentions: list[Mention] = []
        start = 0
        for number, next_start in zip_longest(numbers, [n.start for n in numbers[1:]]):
            previous = mentions[-1] if mentions else None
            clause = self._clauses.read(text, start, number, next_start)
            mentions.append(self._mention(clause, previous))
            start = number.end + clause.consumed
        return _distribute(text, mentions)

    def _mention(self, clause: Clause, previous: Mention | None) -> Mention:
        core, number = self._completed_core(clause, previous), clause.number
        if clause.is_relation and previous:
            return Mention(number, f"{previous.phrase}{clause.bare}", is_relation=True)
        phrase = f"{core}{clause.after}" or clause.bare or (previous.phrase if previous else "")
        counted = self._counted(core, clause.after, number) if clause.after else phrase
        return Mention(number, phrase, counted)

    def _completed_core(self, clause: Clause, previous: Mention | None) -> str:
        """The core of a clause, completed by the first rule that applies."""
        for rule in self._rules:
            if (core := rule(clause, previous)) is not None:
                return core
        return clause.core

    def _repeat_before_changed_to(self, clause: Clause, previous: Mention | None) -> str | None:
        """由年初的2.9万增至4.3万: both numbers count the same thing."""
        if clause.after or not previous or not self._changed_to.match(clause.bare):
            return None
        return f"{previous.phrase}{clause.bare}"

    def _prepend_clause_before(self, clause: Clause, previous: Mention | None) -> str | None:
        """均设立公开专区，共10处: the clause before names the thing.

        Where that clause ends in a number, what this number counts: 配租三批，共1146户.
        """
        has_content = clause.core and clause.core not in self._light_verbs
        if clause.after or clause.is_relation or has_content:
            return None
        before = self._clauses.trimmed(clause.clause_before)
        if not before and previous:
            is_repeated_unit = clause.words and clause.number.unit == previous.number.unit
            before = "" if is_repeated_unit else previous.phrase
        return f"{before}{clause.core}"

    def _take_antecedent(self, clause: Clause, previous: Mention | None) -> str | None:
        """其中5个超过时限 counts what the previous number counts; 其余5个 keeps the word 其余."""
        if not clause.after or clause.core or clause.is_relation:
            return None
        number = clause.number
        if previous:
            is_anaphoric = clause.words in self._anaphora and self._counts_same_things(
                number, previous.number
            )
            if is_anaphoric or number.start == previous.number.end:  # 低保2.18万户3.46万人
                return previous.phrase
        residual = (word for word in self._residual_words if clause.words.startswith(word))
        return next(residual, "")

    def _prepend_channel(self, clause: Clause, _previous: Mention | None) -> str | None:
        """“清江发改”微信公众号，共发布信息218条: the clause before names the channel."""
        is_short = len(clause.core) <= _SHORT_LENGTH
        if clause.after or not is_short or clause.text[clause.offset - 1] != "，":
            return None
        before = clause.clause_before
        return f"{before}{clause.core}" if before.endswith(self._channel_nouns) else None

    def _counts_same_things(self, one: NumberMention, other: NumberMention) -> bool:
        return one.unit == other.unit and one.unit in self._entity_units

    def _counted(self, core: str, after: str, number: NumberMention) -> str:
        """The words that name what is counted: 5个镇街 of 5个镇街的公众号.

        Long words after an entity's unit are a predicate, not a noun: 5个账号阅读量在低位徘徊.
        """
        noun = after.partition("的")[0]
        if number.unit in self._entity_units and len(noun) > _NOUN_LENGTH:
            noun = ""
        return f"{core}{noun}"


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
