"""Text in words, as jieba cuts it with the words of pipelines.

Chinese is written without spaces: only words tell that 一 counts in 一场培训 and does not in
统一场所, and that 和 joins in 网站和微信 and does not in 和谐. jieba's own dictionary has half a
million words, most of them rare or long. Of those only the short and common ones are kept: a
third of the memory and of the time to load, which is spent once a process, when first asked.
Where no word of the dictionary reaches over a place, nothing needs to be cut to know that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from itertools import accumulate
from pathlib import Path
from typing import Any

_FEWEST = 5  # times that jieba's own texts have a word, from where it is kept
_LONGEST = 4  # characters of it
_OWN = 20_000  # the weight of a pipeline's word without one
_RUN = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._%-]+)")  # what jieba cuts as one piece
_APART = 0xE000  # of a character and its twin, which no text has


def cut(text: str, folder: Path) -> tuple[str, ...]:
    """The words of a text, in order and nothing left out; those of words.txt in a pipeline's
    folder, or in those of a folder of pipelines, are words whatever else is."""
    words = words_of(folder)
    found: list[str] = []
    for k, piece in enumerate(_RUN.split(text)):
        found += words.cut(piece) if k % 2 else piece
    return tuple(found)


def bounds(text: str, folder: Path) -> frozenset[int]:
    """The places in a text where a word ends or begins."""
    return frozenset(accumulate(map(len, cut(text, folder)), initial=0))


def is_bound(text: str, at: int, folder: Path) -> bool:
    """Does a word end or begin at this place of a text?"""
    run = next((m for m in _RUN.finditer(text) if m.start() < at < m.end()), None)
    if run is None:
        return True
    words, place = words_of(folder), at - run.start()
    beside = run[0][place - 1 : place + 1]
    if not beside.isascii() and not words.reach_over(run[0], place - 1, place + 1):
        return True
    return place in accumulate(map(len, words.cut(run[0])))


def is_word(text: str, start: int, end: int, folder: Path) -> bool:
    """Do words end or begin at both places, with one word or more between?"""
    return is_bound(text, start, folder) and is_bound(text, end, folder)


def sheltered(text: str, characters: str, kept: frozenset[str], folder: Path) -> str:
    """A text in which those of ``characters`` that are part of a longer word, and not of one
    that is ``kept``, are replaced by twins that no pattern knows: 和 in 和谐, 及 in 及时."""
    if not any(c in text for c in characters):
        return text
    words = words_of(folder)
    pieces = _RUN.split(text)
    for k in range(1, len(pieces), 2):
        run = pieces[k]
        if any(words.reach_over(run, i, i + 1) for i, c in enumerate(run) if c in characters):
            pieces[k] = "".join(
                word if len(word) == 1 or word in kept else twins(word, characters)
                for word in words.cut(run)
            )
    return "".join(pieces)


def twins(word: str, characters: str) -> str:
    """A word with those of ``characters`` in it replaced by their twins."""
    return word.translate({ord(c): _APART + k for k, c in enumerate(characters)})


def bared(text: str, characters: str) -> str:
    """A text with the twins of ``sheltered`` as they are printed."""
    return text.translate({_APART + k: c for k, c in enumerate(characters)})


class Words:
    """jieba with a small dictionary, and that dictionary; ``cut`` gives the words of a run."""

    def __init__(self, folder: Path) -> None:
        import jieba  # slow to load: only where words are asked for

        weights: dict[str, int] = {}  # of words, and 0 of what they begin with: jieba's own form
        with (resources.files(jieba) / "dict.txt").open(encoding="utf-8") as lines:
            for line in lines:
                word, weight, _ = line.split(" ")
                if len(word) <= _LONGEST and (count := int(weight)) >= _FEWEST:
                    weights[word] = count
                    for end in range(1, len(word)):
                        weights.setdefault(word[:end], 0)
        self._cutter: Any = jieba.Tokenizer()
        self._cutter.FREQ, self._cutter.total = weights, sum(weights.values())
        self._cutter.initialized = True
        self._weights, self._longest = weights, _LONGEST
        for path in sorted((*folder.glob("words.txt"), *folder.glob("*/words.txt"))):
            entries = map(str.split, path.read_text(encoding="utf-8").splitlines())
            for word, *told in filter(None, entries):  # with a weight, perhaps, and a tag
                self._cutter.add_word(word, int(told[0]) if told else _OWN)
                self._longest = max(self._longest, len(word))
        self.cut = lru_cache(maxsize=1024)(self._cut)

    def _cut(self, run: str) -> tuple[str, ...]:
        return tuple(self._cutter.cut(run, HMM=False))

    def reach_over(self, run: str, first: int, last: int) -> bool:
        """Does the dictionary have a word, as the run is written, that holds the characters
        from ``first`` to before ``last`` and at least two in all?"""
        for start in range(max(0, last - self._longest), first + 1):
            end = start + 1
            while end <= len(run):
                weight = self._weights.get(run[start:end])
                if weight is None:  # nor does any longer word begin so
                    break
                if weight and end >= last and end - start > 1:
                    return True
                end += 1
        return False


words_of = lru_cache(maxsize=4)(Words)  # of a folder: loaded once a process
