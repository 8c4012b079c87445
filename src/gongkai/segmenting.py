"""Text in words, as jieba cuts it with the words of pipelines.

Chinese is written without spaces: only words tell that 一 counts in 一场培训 and does not in
统一场所, and that 和 joins in 网站和微信 and does not in 和谐. jieba's own dictionary has half a
million words, most of them rare or long. Of those only the short and common ones are kept: a
third of the memory and of the time to load, which is spent once a process, when first asked.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from itertools import accumulate
from pathlib import Path
from typing import Any

_FEWEST = 5  # times that jieba's own texts have a word, from where it is kept
_LONGEST = 4  # characters of it
_OWN = 20_000  # the weight of a pipeline's word without one


@lru_cache(maxsize=256)
def cut(text: str, files: tuple[Path, ...]) -> tuple[str, ...]:
    """The words of a text, in order and nothing left out. ``files`` hold words, one a line,
    that are words whatever else is: words.txt of pipelines."""
    return tuple(_cutter(files).cut(text, HMM=False))


def bounds(text: str, folder: Path) -> frozenset[int]:
    """The places in a text where a word ends or begins; with the words of a pipeline's folder."""
    return frozenset(accumulate(map(len, cut(text, word_files(folder))), initial=0))


@lru_cache(maxsize=4)
def word_files(folder: Path) -> tuple[Path, ...]:
    """The files of words in a pipeline's folder, or in one of pipelines."""
    return tuple(sorted((*folder.glob("words.txt"), *folder.glob("*/words.txt"))))


@lru_cache(maxsize=4)
def _cutter(files: tuple[Path, ...]) -> Any:
    import jieba  # slow to load: only where words are asked for

    cutter = jieba.Tokenizer()
    weights: dict[str, int] = {}  # of words, and 0 of what they begin with: jieba's own form
    with (resources.files(jieba) / "dict.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, weight, _ = line.split(" ")
            if len(word) <= _LONGEST and (count := int(weight)) >= _FEWEST:
                weights[word] = count
                for end in range(1, len(word)):
                    weights.setdefault(word[:end], 0)
    cutter.FREQ, cutter.total, cutter.initialized = weights, sum(weights.values()), True
    for path in files:
        lines_of_words = path.read_text(encoding="utf-8").splitlines()
        for word, *weight_and_tag in filter(None, map(str.split, lines_of_words)):
            cutter.add_word(word, int(weight_and_tag[0]) if weight_and_tag else _OWN)
    return cutter


_APART = 0xFDD0  # of the first twin: code points that Unicode gives to no character, ever


def sheltered(text: str, characters: str, kept: frozenset[str], folder: Path) -> str:
    """A text in which those of ``characters`` that are part of a longer word, and not of one
    that is ``kept``, are replaced by twins that no pattern knows: 和 in 和谐, 及 in 及时."""
    if not any(c in text for c in characters):
        return text
    return "".join(
        word if len(word) == 1 or word in kept else twins(word, characters)
        for word in cut(text, word_files(folder))
    )


def twins(word: str, characters: str) -> str:
    """A word with those of ``characters`` in it replaced by their twins."""
    return word.translate({ord(c): _APART + k for k, c in enumerate(characters)})


def bared(text: str, characters: str) -> str:
    """A text with the twins of ``sheltered`` as they are printed."""
    return text.translate({_APART + k: c for k, c in enumerate(characters)})
