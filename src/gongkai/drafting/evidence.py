"""How sure a proposed identity is: the sums that hold in the samples, and those that do not.

An instance is one sum of cells with their signs, tested in each sample. It is evidence if at
least three of its terms are not zero (both, of an equality of two cells), and counts once for
equal numbers, since a total is often carried up unchanged. The trust in an identity is the
decimal logarithm of the odds that so many digits agree by chance, less that of the number of
candidates that were tried.

No chance makes a law: bodies may do what makes a sum hold, most of the time. The print says of a
total, of a tree of codes and of a numbered list that it is a sum. Any other sum is a law only if a
law, which few misprints break, is far likelier than a habit (see ``Identity.odds_of_law``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import comb, log10
from typing import Literal

from msgspec import Struct

from gongkai.drafting.values import CellKey, Values
from gongkai.model import Severity

Over = Literal["row", "column", "tree", "cells"]
Class = Literal["strong", "weak", "unproved"]
Instance = Mapping[CellKey, int]  # the cells of one sum, each with its sign

_MIN_TERMS = 3  # terms that are not zero in an instance that is evidence
_STRONG_INSTANCES = 3
_STRONG_TRUST = 4.0
_WEAK_TRUST = 1.5
_MOST_EXCEPTIONS = 0.1  # of the instances
_ENOUGH_FOR_EXCEPTION = 4  # instances that hold, beside which one may fail
_BOUNDS_OF_FAILURE = 20  # inequalities that hold, beside which one may fail
_BOUND_INSTANCES = 5  # of an inequality that no label says
WHOLE_LISTS = ("ordinals", "whole list")  # reasons: the print shows where the parts end
_TREES = ("codes", "bodies")  # reasons: the print says what is part of what
_MISPRINTS = 0.01  # share of the sums that a misprint breaks
_ODDS_OF_LAW = 20.0  # "strong evidence" on the scale of Kass and Raftery (1995)
_WORD_TRUST = 1.0  # added if the label of the total says that it is one


class Failure(Struct, frozen=True):
    """An instance that does not hold in one sample."""

    sample: int
    cells: tuple[CellKey, ...]
    difference: int  # in units of the smallest decimal place


class Candidate(Struct, frozen=True):
    """A proposed identity, not yet tested."""

    over: Over
    table: int  # the table that holds it; of several the first
    terms: tuple[tuple[str, int], ...]  # members as the data files name them, with signs, by key
    instances: tuple[Instance, ...]
    tries: float = 1.0  # how many candidates compete with it
    has_word: bool = False  # 合计, 总计, 小计 in the label of the total; 其中 in that of a part
    relation: Literal["eq", "ge"] = "eq"
    reason: str = ""  # by what it was found, for people


class Identity(Struct, frozen=True):
    """An identity with its evidence."""

    candidate: Candidate
    rank: Class
    strong: int  # different instances with at least three terms, or two of an equality
    thin: int  # with fewer
    trust: float
    samples: int  # in which some instance holds that is not zero
    failures: tuple[Failure, ...] = ()

    @property
    def is_within_table(self) -> bool:
        """Are all of its cells in one table?"""
        return self.candidate.over != "cells"

    @property
    def odds_of_law(self) -> float:
        """By how much a law is likelier than a habit, given the sums that hold and that fail.

        Misprints break one in a hundred sums of a law. Of a habit any rate is as likely as another,
        so that n sums without a failure are n + 1 times as likely under a law.
        """
        held, failed = self.strong + self.thin, len(self.failures)
        count = held + failed
        law = comb(count, failed) * _MISPRINTS**failed * (1 - _MISPRINTS) ** held
        return law * (count + 1)

    @property
    def may_be_habit(self) -> bool:
        """Does nothing in the print say that it is a sum, and too little data that it is a law?"""
        is_said = self.candidate.has_word or self.candidate.reason in (*WHOLE_LISTS, *_TREES)
        return not is_said and self.odds_of_law < _ODDS_OF_LAW

    @property
    def severity(self) -> Severity:
        """``must`` only for a strong equality within one table, until a person accepts more."""
        is_law = self.rank == "strong" and self.candidate.relation == "eq" and not self.may_be_habit
        return "must" if is_law and self.is_within_table else "usually"


class Judge:
    """Tests candidates on all samples. Built once from the numbers."""

    def __init__(self, values: Values) -> None:
        self._values = values

    def test(self, candidate: Candidate) -> Identity | None:
        """The identity with its evidence; None if there is too little, or it often fails."""
        strong: set[tuple[int, ...]] = set()
        thin: set[tuple[int, ...]] = set()
        failures: list[Failure] = []
        samples: set[int] = set()
        trust = (_WORD_TRUST if candidate.has_word else 0.0) - log10(max(1.0, candidate.tries))
        for instance in candidate.instances:
            if len(instance) < 2:
                continue
            for sample, terms, slack in self._filled(instance):
                rest = sum(terms)
                if abs(rest) > slack and not (candidate.relation == "ge" and rest > 0):
                    failures.append(Failure(sample, tuple(instance), rest))
                    continue
                samples.add(sample)
                key = tuple(sorted(terms))
                if len(terms) < min(_MIN_TERMS, len(instance)):
                    thin.add(key)
                elif key not in strong:
                    strong.add(key)
                    trust += self._surprise(terms, slack, instance)
        rank = _rank(candidate, len(strong), len(thin), trust, failures)
        if rank is None:
            return None
        return Identity(
            candidate, rank, len(strong), len(thin), round(trust, 1), len(samples), tuple(failures)
        )

    def unproved(self, candidate: Candidate) -> Identity:
        """An identity by place only: all of its terms are zero in every sample."""
        return Identity(candidate, "unproved", 0, 0, 0.0, 0)

    def _filled(self, instance: Instance) -> list[tuple[int, list[int], int]]:
        """Each sample that prints all tables of an instance: its terms that are not zero, with
        signs, and the tolerance of their sum."""
        tables = {key.table: self._values.tables[key.table] for key in instance}
        numbers = [(self._values.of(key), sign) for key, sign in instance.items()]
        found = []
        for sample in range(self._values.samples):
            terms = [sign * own[sample] for own, sign in numbers if own[sample]]
            if terms and self._is_printed(instance, sample):
                slack = max(each.tolerance(len(terms)) for each in tables.values())
                found.append((sample, terms, slack if len(terms) > 1 else 0))
        return found

    def _is_printed(self, instance: Instance, sample: int) -> bool:
        """Does a sample print the tables of an instance, and cells with both signs?"""
        signs: dict[int, set[int]] = {}
        for key, sign in instance.items():
            if self._values.is_printed(key, sample):
                signs.setdefault(key.table, set()).add(sign)
        return len(set().union(*signs.values())) > 1 and signs.keys() == {
            key.table for key in instance
        }

    def _surprise(self, terms: Sequence[int], slack: int, instance: Instance) -> float:
        """How many digits of a sum could have been otherwise."""
        unit = min(self._values.tables[key.table].unit for key in instance)
        return log10(max(map(abs, terms)) / (2 * slack + unit) + 1)


def _rank(
    candidate: Candidate, strong: int, thin: int, trust: float, failures: Sequence[Failure]
) -> Class | None:
    """The class of an identity; None if it is none."""
    allowed = max(_MOST_EXCEPTIONS * (strong + thin), float(strong >= _ENOUGH_FOR_EXCEPTION))
    if len(failures) > allowed:
        return None
    if candidate.relation == "ge":
        is_held = strong >= (1 if candidate.has_word else _BOUND_INSTANCES)
        is_sound = len(failures) * _BOUNDS_OF_FAILURE <= strong
        return "weak" if is_held and is_sound else None
    # over several tables, differences of one sign make an inequality at best
    is_across = candidate.over == "cells"
    if is_across and len(failures) > 1 and len({f.difference > 0 for f in failures}) == 1:
        return None
    is_whole = candidate.reason in WHOLE_LISTS
    is_total_of_one = (
        candidate.has_word and thin > (0 if is_whole else 1) and not failures and not strong
    )
    if not is_total_of_one and (not strong or trust < _WEAK_TRUST):
        return None
    in_one_sample = len({failure.sample for failure in failures}) <= 1
    if strong >= _STRONG_INSTANCES and trust >= _STRONG_TRUST and in_one_sample:
        return "weak" if is_across and failures else "strong"
    return "weak"
