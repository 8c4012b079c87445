"""What is known about figures in prose: grammar, metrics, and comparisons with table cells."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Struct
from pydantic import BeforeValidator, Field, field_validator

from gongkai.errors import FamilyError
from gongkai.families.files import (
    DataLine,
    WordList,
    check_patterns,
    read_optional_lines,
    read_toml,
)

NAMED_ROW = "{row}"  # in a term of comparisons.csv: the row that the figure names
_CLASS = re.compile(r"\{([a-z_]+)\}")  # a word class in a pattern

Alternatives = Annotated[
    tuple[str, ...], BeforeValidator(lambda v: tuple(filter(None, v.split("|"))))
]
Groups = Annotated[
    tuple[tuple[str, ...], ...],
    BeforeValidator(lambda v: tuple(tuple(g.split("|")) for g in filter(None, v.split("&")))),
]


class Metric(DataLine):
    """A line of narrative.csv: one way in which prose states a metric.

    A figure gets the metric of the first line that fits.
    """

    metric_id: str
    group: str  # A disclosure … G fees, for people who read the file
    title_zh: str  # what the metric counts
    title_en: str
    units: WordList  # "-" is a number without a unit
    phrases: Alternatives  # the phrase of the figure has one of these
    context_words: Groups  # and one of each group, or the sentence or sub-heading has it
    excluded_words: WordList  # the phrase of the figure has none of these
    stated_zero: bool  # whether a text can state that there was none: 未收到申请
    exclusion_patterns: (
        WordList  # names of patterns of narrative.toml that the sentence must not match
    )


class Comparison(DataLine):
    """A line of comparisons.csv: one possible meaning of a stated figure, as cells of the form."""

    check: str
    metric_id: str  # a sum of several joined by "+"
    meaning: str
    # cells, added or (with "-") subtracted; denied_*: all such rows printed; {row}: the row that
    # the figure names
    terms: WordList
    figures: Literal["any", "each"] = "any"  # whether one of the figures has to agree, or each

    @field_validator("figures", mode="before")
    @classmethod
    def _any_by_default(cls, value: str) -> str:
        return value or "any"


class Frame(DataLine):
    """A frame of narrative.toml: words in an order that state a metric.

    The patterns may have word classes in braces. An empty pattern asks for nothing. Frames are
    tried in order for a figure that fits no line of narrative.csv.
    """

    metric_id: str  # "=": the metric of the whole
    units: WordList  # "-" is a number without a unit
    words: str  # one of these alternatives is in the clause or the phrase
    pattern: str  # found in the clause up to the number, a line break, and the phrase
    scope: str = ""  # found in the sentence up to the number, from the last semicolon on
    around: str = ""  # found where context words may occur
    whole: str = ""  # found in the description of the whole
    unless: str = ""  # not found in the text of ``pattern``
    with_rates: bool = False  # whether averages and extremes count too: 单条最高播放量


class Ratio(DataLine):
    """A ratio of narrative.toml: which percentages are calculated from other figures, and how."""

    name: str  # of the check
    kind: Literal["share", "growth"]  # a part of a whole; a change in the value before it
    pattern: str  # found in the phrase of the percentage
    # by metric of the figure before it, as a pattern: metrics of wholes that it can be a part of
    bases: dict[str, WordList] = Field(default_factory=dict)


class ListedSum(DataLine):
    """A sum of narrative.toml: a figure and the list of its parts anywhere in the text.

    A list may leave out parts. It is complete if ``complete_parts`` add up to ``complete_whole``.
    """

    name: str  # of the check
    whole: str  # metrics
    parts: str
    complete_whole: str
    complete_parts: str


class CompiledFrame(Struct, frozen=True):
    """A frame with its patterns compiled; None for an empty one."""

    metric_id: str
    pattern: re.Pattern[str]
    scope: re.Pattern[str] | None
    around: re.Pattern[str] | None
    whole: re.Pattern[str] | None
    unless: re.Pattern[str] | None
    with_rates: bool


class ProseGrammar(DataLine):
    """A country's prose.toml: how running text states figures; the file explains each key."""

    # numbers
    units: tuple[str, ...]
    approximate_before: tuple[str, ...]
    approximate_between: tuple[str, ...]
    approximate_after: tuple[str, ...]
    approximate_near: tuple[str, ...]
    first_characters: str
    ignored_patterns: tuple[str, ...]
    unitless_followed_by: str
    unitless_not_after: tuple[str, ...]
    # phrases
    lead_in_words: tuple[str, ...]
    clause_opener_patterns: tuple[str, ...]
    residual_words: tuple[str, ...]
    anaphora: tuple[str, ...]
    non_phrase_openers: tuple[str, ...]
    open_prepositions: tuple[str, ...]
    relation_patterns: tuple[str, ...]
    change_or_rate_patterns: tuple[str, ...]
    changed_to_pattern: str
    entity_units: tuple[str, ...]
    light_verbs: tuple[str, ...]
    handling_verbs: tuple[str, ...]
    channel_nouns: tuple[str, ...]
    channel_pattern: str
    publishing_verbs: tuple[str, ...]
    # parts
    part_markers: tuple[str, ...]
    criterion_pattern: str
    reference_pattern: str
    act_pattern: str
    residual_pattern: str
    # plans and stated zeros
    plan_signs: tuple[str, ...]
    plan_patterns: tuple[str, ...]
    plan_heading_pattern: str
    plan_continuation_pattern: str
    zero_signs: tuple[str, ...]
    firm_zero_pattern: str
    zero_pattern: str
    zero_thing_pattern: str
    zero_conjunctions: tuple[str, ...]
    # scope
    own_agency_words: tuple[str, ...]


class MetricRules(DataLine):
    """A family's narrative.toml: rules for its metrics; the file explains each key."""

    exclusive_metrics: tuple[str, ...] = ()
    independent_metrics: tuple[str, ...] = ()
    scoped_metrics: tuple[str, ...] = ()
    included_metrics: tuple[str, ...] = ()
    part_metrics: dict[str, str] = Field(default_factory=dict)  # of a whole: of its parts
    summand_metrics: dict[str, str] = Field(default_factory=dict)  # those of parts without a word
    # by name; a metric names those that exclude it
    exclusion_patterns: dict[str, str] = Field(default_factory=dict)
    word_classes: dict[str, str] = Field(
        default_factory=dict
    )  # alternatives by name, for the frames
    frames: tuple[Frame, ...] = ()
    # what the figures of a paragraph are about, until it names another: group 1
    subject_pattern: str = ""
    # by metric, as a pattern: what finds the names of a row in a phrase, outer to inner, as groups
    row_names: dict[str, str] = Field(default_factory=dict)
    ratios: tuple[Ratio, ...] = ()
    falling_pattern: str = ""  # in the phrase of a change: the value has fallen
    sums: tuple[ListedSum, ...] = ()

    def written_out(self, pattern: str) -> str:
        """A pattern of a frame with its word classes written out."""
        return _CLASS.sub(lambda m: f"(?:{self.written_out(self.word_classes[m[1]])})", pattern)

    def compiled_frame(self, place: int) -> CompiledFrame:
        """The frame at a place in their order."""
        frame = self.frames[place]
        written = {
            name: self.written_out(getattr(frame, name))
            for name in ("scope", "around", "whole", "unless")
        }
        return CompiledFrame(
            metric_id=frame.metric_id,
            pattern=re.compile(self.written_out(frame.pattern)),
            with_rates=frame.with_rates,
            **{name: re.compile(each) if each else None for name, each in written.items()},
        )

    def metrics_of_parts(
        self, rules: Mapping[str, str], metric_ids: Collection[str]
    ) -> dict[str | None, frozenset[str]]:
        """By metric the metrics that its parts can have, by rules of patterns; None: no metric."""
        found: dict[str | None, frozenset[str]] = {}
        for pattern, parts in rules.items():
            of_parts = frozenset(each for each in metric_ids if re.fullmatch(parts, each))
            for of_whole in filter(re.compile(pattern).fullmatch, ("", *metric_ids)):
                found[of_whole or None] = found.get(of_whole or None, frozenset()) | of_parts
        return found


class NarrativeGrammar(ProseGrammar, MetricRules):
    """The rules of a family and of its country for figures in running text."""


def read_grammar(path: Path) -> ProseGrammar:
    """Load a country's prose.toml; raises FamilyError also for a pattern that does not compile."""
    found = read_toml(path, ProseGrammar)
    patterns = (found.criterion_pattern, found.reference_pattern, found.act_pattern)
    check_patterns(path, (f"[{found.first_characters}]", *found.ignored_patterns, *patterns))
    return found


def read_metric_rules(path: Path) -> MetricRules:
    """Load a family's narrative.toml, if there is one; raises FamilyError as ``read_grammar``."""
    if not path.is_file():
        return MetricRules()
    found = read_toml(path, MetricRules)
    check_patterns(path, _patterns(found))
    return found


def _patterns(found: MetricRules) -> Iterator[str]:
    """All patterns of a narrative.toml."""
    yield from found.exclusion_patterns.values()
    for rules in (found.part_metrics, found.summand_metrics, found.row_names):
        yield from (*rules, *rules.values())
    for ratio in found.ratios:
        yield from (ratio.pattern, *ratio.bases)
    yield from (found.subject_pattern, found.falling_pattern)
    for frame in found.frames:
        patterns = (
            frame.words,
            frame.pattern,
            frame.scope,
            frame.around,
            frame.whole,
            frame.unless,
        )
        yield from map(found.written_out, patterns)


def read_metrics(path: Path, exclusions: Collection[str]) -> tuple[Metric, ...]:
    """Load narrative.csv, if there is one.

    ``exclusions`` are the names of patterns in narrative.toml.
    """
    lines = []
    for number, line in read_optional_lines(path, Metric):
        if unknown := set(line.exclusion_patterns) - set(exclusions):
            name = unknown.pop()
            raise FamilyError(
                f"{path}:{number}: narrative.toml has no pattern {name!r} in [exclusion_patterns]"
            )
        lines.append(line)
    return tuple(lines)


def read_comparisons(
    path: Path, cells: Collection[str], metric_ids: Collection[str]
) -> tuple[Comparison, ...]:
    """Load comparisons.csv, if there is one; ``cells`` are the form's, as table.row.column."""
    found = []
    for number, line in read_optional_lines(path, Comparison):
        if unknown := set(line.metric_id.split("+")) - set(metric_ids):
            raise FamilyError(f"{path}:{number}: narrative.csv has no metric {unknown.pop()!r}")
        for term in line.terms:
            cell = term.removeprefix("-").replace(NAMED_ROW, "*")
            if cell not in cells and not fnmatch.filter(cells, cell):
                raise FamilyError(f"{path}:{number}: fields.csv has no cell {term!r}")
        found.append(line)
    return tuple(found)
