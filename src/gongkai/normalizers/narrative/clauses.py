"""Reads the clause of a number: the words before it, and the words after it that belong to it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from gongkai.families.narrative import NarrativeGrammar
from gongkai.normalizers.narrative.number_mentions import NumberMention
from gongkai.normalizers.narrative.segmenting import CharacterMask

CONJUNCTION_CHARACTERS = CharacterMask("和及与并共还")  # function words if separate words

_CLAUSE_BREAKS = "，。；：！？（）,;!?"
_PHRASE_END = re.compile("[，。；：！？（）,;!?]|并")
_CONJUNCTION = re.compile("和|以及|及|与")
_AFTER_LENGTH = 18  # characters after a number that can be its phrase
_NOUN_AFTER = re.compile(r"(?:、?[\d.,万亿余多]+[\u4e00-\u9fff])+([\u4e00-\u9fff]{2,8})")
_VERB_LENGTH = 2  # characters of a phrase that can be a plain verb
_ADVERBS = ("按", "由", "已", "均", "被", "经")
_FUNCTION_CHARACTERS = "的为是：，了"


class Clause(Struct, frozen=True):
    """A number, the clause before it and the words after it."""

    text: str  # the sentence
    start: int  # offset in the text after the previous number
    number: NumberMention
    words: str  # the clause up to the number
    core: str  # the clause without words that carry no content
    bare: str  # the clause without function characters at its edges
    after: str  # the words after the number that say what it counts
    consumed: int  # characters after the number that belong to it alone
    is_relation: bool  # 占, 同比增长: relates to the previous figure

    @property
    def offset(self) -> int:
        """Where the clause begins in the text."""
        return self.number.start - len(self.words)

    @property
    def clause_before(self) -> str:
        """The clause before this one."""
        return _clause(self.text, self.start, self.offset - 1)


class ClauseReader:
    """Reads the clauses of numbers in a masked sentence."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._non_phrase_openers = grammar.non_phrase_openers
        self._open = masked_words(grammar.open_prepositions)
        self._entity_units = frozenset(grammar.entity_units)
        self._relation = re.compile("|".join(grammar.relation_patterns))
        self._opener = re.compile(f"(?:{'|'.join(grammar.clause_opener_patterns)})+")
        ends = (*grammar.lead_in_words, *grammar.approximate_before)
        self._lead_in = tuple(sorted(ends, key=len, reverse=True))

    def read(self, text: str, start: int, number: NumberMention, next_start: int | None) -> Clause:
        """The clause of a number; nothing before ``start`` belongs to it.

        ``next_start`` is the offset of the next number.
        """
        words = _clause(text, start, number.start)
        core = self.trimmed(words)
        needs_noun = not core or words.endswith(self._open) or number.unit in self._entity_units
        after, consumed = self._words_after(text, number, next_start, core, needs_noun=needs_noun)
        bare = words.strip(_FUNCTION_CHARACTERS)
        is_relation = bool(bare) and self._relation.fullmatch(bare) is not None
        return Clause(text, start, number, words, core, bare, after, consumed, is_relation)

    def trimmed(self, clause: str) -> str:
        """A clause without the words at its edges that carry no content."""
        opener = self._opener.match(clause)
        clause = clause[opener.end() :] if opener else clause
        while clause.endswith(self._lead_in):
            clause = next(clause.removesuffix(w) for w in self._lead_in if clause.endswith(w))
        return clause

    def _words_after(
        self,
        text: str,
        number: NumberMention,
        next_start: int | None,
        core: str,
        *,
        needs_noun: bool,
    ) -> tuple[str, int]:
        """The words after a number that say what it counts: 12场新闻发布会.

        Also returns how many of their characters belong to this number alone. Words that reach
        the next number belong to that one; to both if this number ``needs_noun``, because
        nothing before it says what it counts: 向11.3万户纳税人推送58批次.
        """
        rest = text[number.end : number.end + _AFTER_LENGTH + 1]
        is_adverbial = not core and rest.startswith(_ADVERBS)  # 另有5件按规定结转下年度
        if not rest or (rest.startswith(self._non_phrase_openers) and not is_adverbial):
            return "", 0
        is_plain_verb = len(core) <= _VERB_LENGTH
        if next_start == number.end or (is_plain_verb and text[number.end : next_start] == "、"):
            return _noun_after(text, number.end), 0  # 明确6大类、32项任务: one noun for both
        if rest.startswith("、"):
            return "", 0  # 专区1个、村（社区）公开栏14个: the next item of a list
        end = _PHRASE_END.search(rest)
        stop = number.end + (end.start() if end else min(len(rest), _AFTER_LENGTH))
        if next_start is not None and next_start <= stop and "、" in text[number.end : next_start]:
            stop = text.index("、", number.end)
        if next_start is None or next_start > stop:
            return text[number.end : stop], stop - number.end
        conjunction = _CONJUNCTION.search(text, number.end, next_start)
        if conjunction:  # 2个网站和10个新媒体: what follows 和 belongs to the next number
            stop = conjunction.start()
            return text[number.end : stop], stop - number.end
        return (text[number.end : next_start], 0) if needs_noun else ("", 0)


def masked_words(words: Sequence[str]) -> tuple[str, ...]:
    """Words as they appear in a masked sentence."""
    return tuple(CONJUNCTION_CHARACTERS.mask(w) if len(w) > 1 else w for w in words)


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
    """The noun after a run of numbers that begins at ``start``."""
    found = _NOUN_AFTER.match(text, start)
    return found[1] if found else ""
