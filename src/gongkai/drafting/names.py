"""English ids for Chinese labels: terms of a glossary, and pinyin as the last resort."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

from gongkai.drafting.keys import Labels
from gongkai.families.files import DataLine, read_all

DATA = Path(__file__).parent / "data"
_MOST_WORDS = 6  # of an id
_STOP = frozenset("的和及与或含之等为在")  # characters that no id needs
_LATIN = re.compile(r"[A-Za-z0-9]+")
_UNKNOWN_COST = 10  # of a character that no term covers, in terms


class GlossaryLine(DataLine):
    """A line of glossary.csv: a term of the field, and its words in an id."""

    term_zh: str
    term_en: str


class Name(Struct, frozen=True):
    """An id, and whether the glossary has all of its label."""

    id: str
    is_known: bool


@cache
def _glossary() -> Mapping[str, str]:
    lines = read_all(DATA / "glossary.csv", GlossaryLine)
    return {line.term_zh: line.term_en for line in lines}


class Namer:
    """Names labels. Built once; equal labels get equal names."""

    def __init__(self, labels: Labels) -> None:
        self._labels = labels
        self._terms = _glossary()
        self._longest = max(map(len, self._terms))

    def name(self, label: str) -> Name:
        """The name of one label: 本年收入合计 is this_year_revenue_total."""
        text = self._labels.core(label)
        words: list[str] = []
        is_known = True
        for piece in self._pieces(text):
            if piece in self._terms:
                words += self._terms[piece].split("_")
            elif _STOP.issuperset(piece):
                continue
            elif found := _LATIN.findall(piece):
                words += [word.lower() for word in found]
            elif spelled := _pinyin(piece):
                words += spelled
                is_known = False
            else:
                is_known = False
        kept = list(dict.fromkeys(words))[:_MOST_WORDS]
        if kept and kept[0][0].isdigit():
            kept = ["n", *kept]
        return Name("_".join(kept), is_known)

    def names(self, paths: Sequence[Sequence[str]], stem: str) -> list[Name]:
        """Names for the rows or columns of a table, no two alike.

        A label that is not unique gets the name of the one over it before its own. ``stem``
        begins the names of labels of which no word is known.
        """
        found: list[Name] = []
        taken: set[str] = set()
        own = [self.name(path[-1]) if path else Name("", False) for path in paths]
        often: dict[str, int] = {}
        for each in own:
            often[each.id] = often.get(each.id, 0) + 1
        for position, (path, inner) in enumerate(zip(paths, own, strict=True)):
            options = [inner.id] if often[inner.id] == 1 else []
            for outer in range(len(path) - 2, -1, -1):
                before = [self.name(label).id for label in path[outer:-1]]
                options.append("_".join(filter(None, [*before, inner.id])))
            options.append(inner.id)
            chosen = next((o for o in options if o and o not in taken), "")
            if not chosen:
                base = next(filter(None, options), stem)
                chosen = _numbered(base, taken, position + 1)
            taken.add(chosen)
            found.append(Name(chosen, inner.is_known))
        return found

    def _pieces(self, text: str) -> list[str]:
        """A text as terms of the glossary, with as few characters between them as can be."""
        best: list[tuple[int, list[str]]] = [(0, [])]
        for end in range(1, len(text) + 1):
            cost, pieces = best[end - 1]
            options = [(cost + _UNKNOWN_COST, _extended(pieces, text[end - 1], self._terms))]
            for size in range(1, min(self._longest, end) + 1):
                term = text[end - size : end]
                if term in self._terms:
                    cost, pieces = best[end - size]
                    options.append((cost + 1, [*pieces, term]))
            best.append(min(options, key=lambda option: option[0]))
        return best[-1][1]


def _extended(pieces: Sequence[str], char: str, terms: Mapping[str, str]) -> list[str]:
    """The pieces with a character that is in no term; such characters in a row are one piece."""
    if pieces and pieces[-1] not in terms:
        return [*pieces[:-1], pieces[-1] + char]
    return [*pieces, char]


def _numbered(base: str, taken: Iterable[str], position: int) -> str:
    known = set(taken)
    return next(
        name for k in range(position, position + 1000) if (name := f"{base}_{k}") not in known
    )


def _pinyin(text: str) -> list[str]:
    """The syllables of a text, if the package pypinyin is installed."""
    if find_spec("pypinyin") is None:
        return []
    spelled = import_module("pypinyin").lazy_pinyin(text)
    return [syllable for syllable in spelled if syllable.isascii() and syllable.isalpha()]
