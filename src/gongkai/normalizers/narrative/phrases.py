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
from gongkai.normalizers.narrative.numbers import NumberMention
from gongkai.normalizers.narrative.segmenting import (
    CharacterMask,
    Segmenter,
    contains_any,
    text_before,
)

_CONJUNCTION_CHARACTERS = CharacterMask("和及与并共还")  # function words if separate words

_TO_LAST_BREAK = re.compile(".*[，。；：！？（）,;!?]", re.DOTALL)
_PHRASE_END = re.compile("[，。；：！？（）,;!?]|并|中有|中仅有|全部")
_CONJUNCTION = re.compile("和|以及|及|与")
_AFTER_LENGTH = 18  # characters after a number that can be its phrase
_NOUN_AFTER = re.compile(r"(?:、?[\d.,万亿余多]+[\u4e00-\u9fff])+([\u4e00-\u9fff]{2,8})")
_VERB_LENGTH = 2  # characters of a phrase that can be a plain verb
_CLAUSE_OPENERS = ("涉及", "关于", "有关", "因", "针对", "由", "以", "通过", "涉")
_ADVERBS = ("按", "由", "已", "均", "被", "经")
_FUNCTION_CHARACTERS = "的为是：，了"

_PERSONS = ("名", "人", "位")
_PREDICATE = re.compile("均[系为是][^，。；]{2,4}")  # 信息员2名均系兼职
_TOPIC_LENGTH = 3  # characters of a phrase that can need a topic before it
_COUNTED_THINGS = re.compile("[两三四五各以上]+[项者类]?")
_ACT = re.compile("办结|答复|办理|受理|收到|处理")
_SHORT_LENGTH = 8  # characters of a phrase that can need the clause before it
_NOUN_LENGTH = 6  # characters after a number that can be a plain noun
_NOUN_BEFORE_VERB = re.compile(  # 27个政务新媒体账号按月巡检
    "[^，]{2,8}?(?=按|进行|开展|实[行施]|全[面部]|逐|定期|均|每|统一|纳入|予以|落实|完成|实现)"
)
_LIST_SEPARATORS = "、和及与，"


class Mention(Struct, frozen=True):
    """A number of a sentence with its noun phrase."""

    number: NumberMention
    phrase: str
    counted: str = ""  # the part of the phrase that names what is counted
    is_relation: bool = False  # 占, 同比增长: relates to the previous figure
    is_stated_zero: bool = False


class PhraseReader:
    """Reads the noun phrases of the numbers of a sentence."""

    def __init__(self, grammar: NarrativeGrammar, segmenter: Segmenter) -> None:
        self._segmenter = segmenter
        self._clauses = _ClauseReader(grammar)
        self._kept = frozenset(
            (*grammar.lead_in_words, *grammar.zero_conjunctions, *grammar.anaphora)
        )
        self._changed_to = re.compile(f"^[由从]?(?:{grammar.changed_to_pattern})$")
        self._light_verbs = frozenset(_masked_words(grammar.light_verbs))
        self._among_them = grammar.part_markers[0]
        self._anaphora = frozenset(grammar.anaphora)
        self._residual_words = grammar.residual_words
        self._channel_nouns = grammar.channel_nouns
        self._channel = re.compile(grammar.channel_pattern)
        self._published = re.compile("|".join(grammar.publishing_verbs))
        self._entity_units = frozenset(grammar.entity_units)
        # The rules that complete the core of a phrase, in order. Each gets the clause and the
        # mention before it, and returns the new core, or None if it does not apply.
        self._rules: tuple[Callable[[_Clause, Mention | None], str | None], ...] = (
            self._repeat_before_changed_to,
            self._prepend_clause_before,
            self._take_antecedent,
            self._prepend_channel,
            self._prepend_topic,
        )

    def read(self, text: str, numbers: Sequence[NumberMention]) -> list[Mention]:
        """The numbers of a normalized sentence in order, each with its phrase."""
        if not numbers:
            return []
        masked = self._segmenter.mask_within_words(text, _CONJUNCTION_CHARACTERS, self._kept)
        mentions: list[Mention] = []
        previous: Mention | None = None
        start = 0
        for number, next_start in zip_longest(numbers, [n.start for n in numbers[1:]]):
            clause = self._clauses.read(masked, start, number, next_start)
            mention = self._mention(clause, previous)
            mentions.append(mention)
            previous = previous if mention.is_relation else mention
            start = number.end + clause.consumed
        mentions = _distribute(masked, mentions)
        if masked == text:
            return mentions
        unmask = _CONJUNCTION_CHARACTERS.unmask
        return [replace(m, phrase=unmask(m.phrase), counted=unmask(m.counted)) for m in mentions]

    def _mention(self, clause: _Clause, previous: Mention | None) -> Mention:
        number = clause.number
        if clause.is_relation and previous:
            return Mention(number, f"{previous.phrase}{clause.bare}", is_relation=True)
        for rule in self._rules:
            if (core := rule(clause, previous)) is not None:
                break
        else:
            core = clause.core
        phrase = f"{core}{clause.after}" or clause.bare or (previous.phrase if previous else "")
        counted = self._counted(core, clause.after, number) if clause.after else phrase
        return Mention(number, phrase, counted)

    def _repeat_before_changed_to(self, clause: _Clause, previous: Mention | None) -> str | None:
        """由年初的2.9万增至4.3万: both numbers count the same thing."""
        if clause.after or not previous or not self._changed_to.match(clause.bare):
            return None
        return f"{previous.phrase}{clause.bare}"

    def _prepend_clause_before(self, clause: _Clause, previous: Mention | None) -> str | None:
        """均设立公开专区，共10处: the clause before names the thing.

        Where that clause ends in a number, what this number counts: 配租三批，共1146户.
        """
        has_content = clause.core and (
            clause.core not in self._light_verbs or clause.words.startswith(self._among_them)
        )  # 已全部办结，其中公开9件 counts what was made public, of the thing before
        if clause.after or clause.is_relation or has_content:
            return None
        before = self._clauses.trimmed(clause.clause_before)
        if not before and previous:
            is_repeated_unit = clause.words and clause.number.unit == previous.number.unit
            before = "" if is_repeated_unit else previous.phrase
        return f"{before}{clause.core}"

    def _take_antecedent(self, clause: _Clause, previous: Mention | None) -> str | None:
        """其中5个超过时限 counts what the previous number counts; 其余5个 keeps the word 其余."""
        if not clause.after or clause.core or clause.is_relation:
            return None
        if previous:
            unit, other_unit = clause.number.unit, previous.number.unit
            is_same_thing = unit == other_unit and unit in self._entity_units
            if clause.words in self._anaphora and is_same_thing:
                return previous.phrase
            if clause.number.start == previous.number.end:  # 低保2.18万户3.46万人
                return previous.phrase
        residual = (word for word in self._residual_words if clause.words.startswith(word))
        return next(residual, "")

    def _prepend_topic(self, clause: _Clause, _previous: Mention | None) -> str | None:
        """采购信息：公告133个, 依申请公开方面，收到2件: the clause before names the topic."""
        mark = clause.text[clause.offset - 1 : clause.offset]
        if mark not in ("：", "，") or not 0 < len(clause.core) <= _TOPIC_LENGTH:
            return None
        if clause.after or clause.is_relation:
            return None
        before = clause.clause_before
        topic = self._clauses.trimmed(before)
        is_topic = mark == "：" or (mark == "，" and before.endswith("方面"))
        is_whole = before.endswith(topic)  # not 收到申请较多的分别为：甲县12件
        return f"{topic}{clause.core}" if topic and is_topic and is_whole else None

    def _prepend_channel(self, clause: _Clause, _previous: Mention | None) -> str | None:
        """微信公众号新增办事栏目，全年推送246期: the clause before names the channel."""
        is_short = len(clause.core) <= _SHORT_LENGTH
        if clause.after or not is_short or clause.text[clause.offset - 1] != "，":
            return None
        before = clause.clause_before
        if before.endswith(self._channel_nouns):
            return f"{before}{clause.core}"
        channel = self._channel.match(before) if self._published.match(clause.core) else None
        return f"{channel[0]}{clause.core}" if channel else None

    def _counted(self, core: str, after: str, number: NumberMention) -> str:
        """The words that name what is counted: 5个镇街 of 5个镇街的公众号.

        Long words after an entity's unit are a predicate, not a noun: 5个账号阅读量在低位徘徊.
        """
        noun = after.partition("的")[0]
        if noun.startswith(_CLAUSE_OPENERS):
            # 1件涉及信息公开的行政复议: the noun is after the clause
            noun = after.rpartition("的")[2]
        if number.unit in self._entity_units and len(noun) > _NOUN_LENGTH:
            found = _NOUN_BEFORE_VERB.match(noun)
            noun = found[0] if found else ""
        return f"{core}{noun}"


class ListHead(Struct, frozen=True):
    """The words with which a list of figures begins."""

    words: str  # what can name the whole; empty for 其中
    has_criterion: bool = False  # 从渠道看, 办理结果为：: says what the parts differ in
    is_reference: bool = False  # 上述申请中: names the whole
    is_division: bool = False  # one of these, or 其中
    is_bare: bool = False  # a number begins the list, which needs an exact sum

    def closeness(self, phrase: str) -> int:
        """How much the words have in common with the phrase of a whole: acts count twice.

        申请的内容集中在…: of two characters, they are what 收到申请 counts, not its first word.
        """
        words = self.words
        phrase = phrase[2:] if len(words) == 2 else phrase
        pairs = {a + b for a, b in pairwise(phrase)}
        acts = sum(act in phrase for act in _ACT.findall(words))
        return sum(a + b in pairs for a, b in pairwise(words)) + acts


class PlanFinder:
    """Finds which figures are planned: 下一步，将举办培训3期."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._signs = grammar.plan_signs
        self._plan = re.compile("|".join(grammar.plan_patterns))
        self._heading = re.compile(grammar.plan_heading_pattern)
        self._continuation = re.compile(grammar.plan_continuation_pattern)

    def planned(self, text: str, before: str, heading: str) -> Callable[[int], bool]:
        """Whether the figure at an offset of a sentence is planned.

        ``before`` is the sentence before it, and ``heading`` the sub-heading above it.

        下一步，将做好三项工作：一是…。二是举办培训3期。: the second sentence continues the plan.
        """
        continues = self._continuation.match(text) and self._states_plan(before)
        if continues or self._heading.search(heading):
            return lambda _: True
        if not contains_any(text, self._signs):
            return lambda _: False
        return lambda at: self._plan.search(text_before(text, at)) is not None

    def _states_plan(self, text: str) -> bool:
        return contains_any(text, self._signs) and self._plan.search(text) is not None


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
    _, verb, common = run[0].phrase.rpartition("分别")
    common = common if verb else ""
    for name in names:
        common = common.removeprefix(name)
    named = [
        replace(m, phrase=f"{name}{common}", counted=f"{name}{common}")
        for m, name in zip(run, names, strict=True)
    ]
    return [*mentions[:first], *named, *mentions[first + len(names) :]]


class _Clause(Struct, frozen=True):
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


class _ClauseReader:
    """Reads the clauses of numbers in a masked sentence."""

    def __init__(self, grammar: NarrativeGrammar) -> None:
        self._non_phrase_openers = grammar.non_phrase_openers
        self._open = _masked_words(grammar.open_prepositions)
        self._entity_units = frozenset(grammar.entity_units)
        self._relation = re.compile("|".join(grammar.relation_patterns))
        self._opener = re.compile(f"(?:{'|'.join(grammar.clause_opener_patterns)})+")
        ends = (*grammar.lead_in_words, *grammar.approximate_before)
        self._lead_in = tuple(sorted(ends, key=len, reverse=True))

    def read(self, text: str, start: int, number: NumberMention, next_start: int | None) -> _Clause:
        """The clause of a number; nothing before ``start`` belongs to it.

        ``next_start`` is the offset of the next number.
        """
        words = _clause(text, start, number.start)
        core = self.trimmed(words)
        needs_noun = not core or words.endswith(self._open) or number.unit in self._entity_units
        after, consumed = self._words_after(text, number, next_start, core, needs_noun=needs_noun)
        bare = words.strip(_FUNCTION_CHARACTERS)
        is_relation = bool(bare) and self._relation.fullmatch(bare) is not None
        return _Clause(text, start, number, words, core, bare, after, consumed, is_relation)

    def trimmed(self, clause: str) -> str:
        """A clause without the words at its edges that carry no content."""
        opener = self._opener.match(clause)
        clause = clause[opener.end() :] if opener else clause
        while clause.endswith(self._lead_in):
            shorter = next(clause.removesuffix(w) for w in self._lead_in if clause.endswith(w))
            if _COUNTED_THINGS.fullmatch(shorter):  # 两项合计333宗
                break
            clause = shorter
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
        if number.unit in _PERSONS and (predicate := _PREDICATE.match(rest)):
            return predicate[0], 0
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


def _masked_words(words: Sequence[str]) -> tuple[str, ...]:
    """Words as they appear in a masked sentence."""
    return tuple(_CONJUNCTION_CHARACTERS.mask(w) if len(w) > 1 else w for w in words)


def _clause(text: str, start: int, at: int) -> str:
    """The words before an offset, from the last clause break but not before ``start``.

    微信、微博等新媒体 is one clause. A bracket is left out (财政预决算（含“三公”经费）信息4条),
    unless the clause ends in it (村（社区）8个).
    """
    at = max(at, 0)
    after_bracket = ""  # the words after the brackets that are left out
    while True:
        before = _TO_LAST_BREAK.match(text, start, at)
        begin = before.end() if before else start
        clause = text[begin:at].removeprefix("、")
        opening = text.rfind("（", start, begin) if text[begin - 1 : begin] == "）" else -1
        if opening < 0:
            break
        after_bracket = f"{clause or text[opening:begin]}{after_bracket}"
        at = opening
    if 0 < begin == start and _CONJUNCTION.match(clause):
        clause = clause[1:]
    return f"{clause}{after_bracket}"


def _noun_after(text: str, start: int) -> str:
    """The noun after a run of numbers that begins at ``start``."""
    found = _NOUN_AFTER.match(text, start)
    return found[1] if found else ""
