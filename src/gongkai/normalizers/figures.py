"""Numbers told in prose, each with what it counts: 共公开信息232条，其中新闻动态126条."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from gongkai.knowledge import Prose, metrics, prose
from gongkai.model import Figure, Paragraph
from gongkai.normalizers.measuring import fits, has, metric_of
from gongkai.normalizers.parts import parts_of
from gongkai.normalizers.scanning import Number, numbers_in, squeezed
from gongkai.pipeline import Pipeline

_SENTENCE = re.compile(r"[^。！？]*[。！？]?")
_BREAKS = "，。；：！？、（）,;!?"
_ENDS = re.compile("[，。；：！？、（）,;!?并]")
_AND = re.compile("[和及与]")
_AFTER = 18  # characters behind a number that may say what it counts
_MANNER = ("按", "由")
_NOT_AFTER = (
    "其中",
    "均",
    "已",
    "并",
    "占",
    "和",
    "及",
    "与",
    "以",
    "按",
    "由",
    "同比",
    "比",
    "较",
    "（",
    "，",
    "左右",
)
_OBJECT_ENDS = re.compile("[，。；！？]")


@dataclass(frozen=True, slots=True)
class _Told:
    """A number of a sentence with the words about it."""

    number: Number
    phrase: str
    relation: bool = False  # 占, 同比增长: of the figure before it
    none: bool = False


def figures_of(paragraphs: Sequence[Paragraph], pipeline: Pipeline) -> list[Figure]:
    """Every figure told in the paragraphs of one report, in printed order.

    What no metric of narrative.csv fits keeps its phrase, with ``metric_id`` None.
    """
    found: list[Figure] = []
    for paragraph in paragraphs:
        before = ""
        for match in _SENTENCE.finditer(paragraph.text):
            if not match[0].strip():
                continue
            own = list(_of_sentence(match, before, paragraph, len(found), pipeline))
            found += _parts_of_before(match[0], before, own, found, pipeline) if before else own
            before = match[0]
    return found


def _parts_of_before(
    sentence: str, before: str, own: list[Figure], found: Sequence[Figure], pipeline: Pipeline
) -> list[Figure]:
    """A sentence that begins with 其中 tells parts of the figure before it."""
    if not own or not found or not sentence.lstrip().startswith(prose(pipeline).part_marks[0]):
        return own
    first = own[0]
    parts = [f for f in own if f.part_of is None and f.unit == first.unit]
    total = sum((f.value for f in parts), Decimal(0))
    likely = [
        k
        for k, f in enumerate(found)
        if f.sentence == before.strip() and f.unit == first.unit and f.part_of is None
    ]
    exact = [k for k in likely if found[k].value == total]
    larger = [k for k in likely if found[k].value >= total]
    if len(exact) != 1 and len(larger) != 1:
        return own  # several it may be said of, or none
    whole = (exact if len(exact) == 1 else larger)[0]
    return [
        replace(f, part_of=whole) if f.part_of is None and f.unit == first.unit else f for f in own
    ]


def _of_sentence(
    match: re.Match[str], before: str, paragraph: Paragraph, first: int, pipeline: Pipeline
) -> Iterator[Figure]:
    words = prose(pipeline)
    text, places = squeezed(match[0])
    none = list(_stated_none(text, pipeline)) if has(text, words.none) else []
    numbers = numbers_in(text, pipeline)
    if not numbers and not none:
        return
    told = _told(text, numbers, words)
    told = sorted([*told, *(t for t, _ in none)], key=lambda t: t.number.start)
    named = {id(t): metric for t, metric in none}
    wholes = parts_of(text, [t.number for t in told], words)
    around = f"{paragraph.sub_heading or ''}{before}{text}"
    for k, each in enumerate(told):
        number, whole = each.number, wholes[k]
        start, end = places[number.start], places[number.end - 1] + 1
        if each.none:
            metric = named[id(each)]
        else:
            of = "" if whole is None else told[whole].phrase
            if k and each.phrase in words.about_before:
                of += told[k - 1].phrase  # 受理咨询94件，答复94件: replies to those
            metric = (
                None if each.relation else metric_of(each.phrase, number.unit, of, around, pipeline)
            )
        lead = text[max(0, text.rfind("。", 0, number.start)) : number.start]
        yield Figure(
            section=paragraph.section or "",
            phrase=each.phrase,
            metric_id=metric,
            value=number.value,
            unit=number.unit,
            approximate=number.approximate,
            sentence=match[0].strip(),
            page=paragraph.page_at(match.start() + start),
            raw_text=match[0][start:end],
            part_of=None if whole is None else first + whole,
            stated_as_none=each.none,
            planned=has(lead, words.planned),
        )


# ------------------------------------------------------------- what is counted


def _told(text: str, numbers: Sequence[Number], words: Prose) -> list[_Told]:
    """The words about each number: those before it in its clause, and right behind it."""
    told: list[_Told] = []
    previous = 0
    for k, number in enumerate(numbers):
        clause = _clause(text, previous, number.start)
        core = _core(clause, words)
        following = numbers[k + 1].start if k + 1 < len(numbers) else None
        behind = _behind(text, number, following, whole=len(core) == 1, alone=not core)
        bare = clause.strip("的为是：，")
        if not behind and (core in words.thin or (not core and bare not in words.relations)):
            # 均设立公开专区，共10处: the clause before, where no number closes it
            core = _core(_clause(text, previous, number.start - len(clause) - 1), words) + core
        previous = number.end + len(behind)
        if bare in words.relations and told and not (behind and not bare):
            told.append(_Told(number, f"{told[-1].phrase}{bare}", relation=bool(bare)))
        else:
            phrase = f"{core}{behind}" or bare or (told[-1].phrase if told else "")
            told.append(_Told(number, phrase))
    return _shared_out(text, told)


def _clause(text: str, previous: int, at: int) -> str:
    """The words before a number: from the last break; 微信、微博等新媒体 is one piece."""
    start = max(previous, max(text.rfind(c, 0, at) for c in _BREAKS) + 1)
    if "等" in text[start:at] and text[start - 1 : start] == "、":
        start = max(previous, max(text.rfind(c, 0, at) for c in _BREAKS if c != "、") + 1)
    clause = text[start:at]
    return clause[1:] if start == previous and _AND.match(clause) else clause


def _core(clause: str, words: Prose) -> str:
    """A clause before a number without words that only lead to it or say when."""
    ends = (*words.lead, *words.rough_before)
    while clause.startswith(words.when):
        clause = next(clause.removeprefix(w) for w in words.when if clause.startswith(w))
    while clause.endswith(ends):
        clause = next(clause.removesuffix(w) for w in ends if clause.endswith(w))
    while clause.startswith(words.when):
        clause = next(clause.removeprefix(w) for w in words.when if clause.startswith(w))
    return clause


def _behind(text: str, number: Number, following: int | None, *, whole: bool, alone: bool) -> str:
    """The words right behind a number that say what it counts: 12场新闻发布会.

    Words that lead on to a further number belong to that one, unless ``whole``: nothing
    before the number says what it counts (向11.3万户纳税人推送58批次).
    """
    rest = text[number.end : number.end + _AFTER + 1]
    manner = alone and rest.startswith(_MANNER)  # 另有5件按规定结转下年度
    if not rest or (rest.startswith(_NOT_AFTER) and not manner):
        return ""
    end = _ENDS.search(rest)
    stop = number.end + (end.start() if end else min(len(rest), _AFTER))
    if following is not None and following <= stop and whole:
        return text[number.end : following]
    if following is not None and following <= stop:
        # 2个网站和10个新媒体: up to the joint, the rest leads to the next number
        joint = _AND.search(text, number.end, following)
        return text[number.end : joint.start()] if joint else ""
    return text[number.end : stop]


def _shared_out(text: str, told: list[_Told]) -> list[_Told]:
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
    common = run[0].phrase
    renamed = {
        id(t): replace(t, phrase=f"{name}{common if k == 0 or not t.phrase else t.phrase}")
        for k, (t, name) in enumerate(zip(run, names, strict=True))
    }
    common = _after_names(common, names)
    return [
        replace(renamed[id(t)], phrase=f"{names[run.index(t)]}{common}") if id(t) in renamed else t
        for t in told
    ]


def _after_names(phrase: str, names: Sequence[str]) -> str:
    """What is said of all of them: 发布, of 抖音分别发布."""
    tail = phrase.rpartition("分别")[2]
    for name in names:
        tail = tail.removeprefix(name)
    return tail


# ----------------------------------------------------------------- stated none


def _stated_none(text: str, pipeline: Pipeline) -> Iterator[tuple[_Told, str | None]]:
    """未收到政府信息公开申请, 未发生行政复议、行政诉讼: each thing there was none of."""
    words = prose(pipeline)
    end = 0
    for match in _none_pattern(pipeline).finditer(text):
        if match.start() < end:
            continue
        stop = _OBJECT_ENDS.search(text, match.end())
        end = stop.start() if stop else len(text)
        thing = text[match.end() : end]
        if any(c.isdigit() for c in thing):
            continue
        pieces = [p for p in re.split("|".join(words.none_joints), thing) if p]
        named: dict[str, str] = {}
        for piece in pieces:
            for metric in metrics(pipeline):
                if metric.zero and fits(metric, f"{match[0]}{piece}", thing):
                    named.setdefault(metric.metric_id, piece)
                    break
        if not named and match[0] in words.none_firm and thing:
            named[""] = thing
        for name, piece in named.items():
            at = match.start() if name == "" else text.index(piece, match.end())
            number = Number(at, at + len(piece), Decimal(0), None, False)
            if name == "":
                number = replace(number, end=match.end())
            yield _Told(number, f"{match[0]}{piece}", none=True), name or None


@lru_cache(maxsize=4)
def _none_pattern(pipeline: Pipeline) -> re.Pattern[str]:
    words = sorted(prose(pipeline).none, key=len, reverse=True)
    return re.compile("|".join(words))
