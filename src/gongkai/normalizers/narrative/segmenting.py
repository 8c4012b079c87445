"""Prepares sentences: normalizes their characters, and cuts them into words.

Words are cut with jieba and the word lists of the pipelines.

Written Chinese has no spaces. Only words show that 一 is a number in 一场培训 but not in 统一场所,
and that 和 is a conjunction in 网站和微信 but not in 和谐.

jieba's own dictionary has half a million words, most of them rare or long. A segmenter keeps only
the short and common ones, which takes a third of the memory and of the loading time. It loads them
at the first use, from the user's cache folder if an ingest has kept them there.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache, cached_property, lru_cache
from importlib import metadata, resources
from itertools import accumulate
from pathlib import Path
from typing import Any

import msgspec

import gongkai
from gongkai.kept import keep, kept

_WORDS = "common-words"  # the name of the file with them
_RULE = 1  # count it up when other words, or other weights, are made of jieba's dictionary
_DECODER = msgspec.msgpack.Decoder(dict[str, int])
_MAX_LENGTH = 4  # characters of a word that is kept
# A line of the dictionary: the word, its occurrences in jieba's corpus, its part of speech. Words
# with fewer than 5 occurrences are left out; matching them takes half the time.
_COMMON_WORD = re.compile(rf"^(\S{{1,{_MAX_LENGTH}}}) ([5-9]|\d{{2,}}) ", re.MULTILINE)
_DEFAULT_WEIGHT = 20_000  # of a word in words.txt without a weight
_TO_HALF_WIDTH = str.maketrans("０１２３４５６７８９．％﹪()", "0123456789.%%（）")
_TO_FOLD = re.compile(f"[{re.escape(''.join(map(chr, _TO_HALF_WIDTH)))}]")
_FULL_WIDTH = {",": "，", ";": "；", ":": "：", ".": "。"}
_HALF_WIDTH_MARK = re.compile(  # not in 1,234 or 9:30
    r"(?<!\d)[,;:](?!//)|[,;:](?![\d/])|(?<=[\u4e00-\u9fff])\.(?=[\u4e00-\u9fff]|$)"
)
_ANY_MARK = re.compile("[,;:.]")
_WHITE_SPACE = re.compile(r"\s")
_COMPARISON = re.compile("上年|去年|同期|增长|增加|下降|减少|上升|提高|相比")
_RUN = re.compile(r"([\u4e00-\u9fd5a-zA-Z0-9+#&._%-]+)")  # what jieba cuts as one piece
_PRIVATE_USE = 0xE000  # first private-use code point; texts contain none of them


def word_files(folder: Path) -> tuple[Path, ...]:
    """The files words.txt of a pipeline's folder, or of a folder of pipelines."""
    return tuple(sorted((*folder.glob("words.txt"), *folder.glob("*/words.txt"))))


class CharacterMask:
    """Replaces certain characters by private-use code points, which no pattern matches."""

    def __init__(self, characters: str) -> None:
        self.characters = characters
        self._masked = {ord(c): _PRIVATE_USE + k for k, c in enumerate(characters)}
        self._unmasked = {code: chr(c) for c, code in self._masked.items()}

    def mask(self, text: str) -> str:
        """Replaces the characters in a text."""
        return text.translate(self._masked)

    def unmask(self, text: str) -> str:
        """Restores the characters in a text."""
        return text.translate(self._unmasked)


class Segmenter:
    """Cuts text into words, and says where words begin and end.

    ``words_txt`` are word lists in jieba's format; a word of theirs is never cut.
    """

    def __init__(self, words_txt: Iterable[Path]) -> None:
        self._files = tuple(words_txt)

    @cached_property
    def _lexicon(self) -> _Lexicon:
        return _Lexicon(self._files)

    def cut(self, text: str) -> tuple[str, ...]:
        """The words of a text in order; joined, they are the text."""
        words: list[str] = []
        for k, piece in enumerate(_RUN.split(text)):
            words += self._lexicon.cut(piece) if k % 2 else piece
        return tuple(words)

    def start_of_word(self, text: str, at: int) -> int:
        """The offset at which the word begins that contains the character before an offset."""
        return next((k for k in range(at - 1, 0, -1) if self.has_bounds(text, k)), 0)

    def has_bounds(self, text: str, *offsets: int) -> bool:
        """Whether a word begins or ends at each of these offsets.

        Cuts the text only where a word of the dictionary covers an offset.
        """
        for at in offsets:
            run = next((m for m in _RUN.finditer(text) if m.start() < at < m.end()), None)
            if run is None:
                continue
            piece, place = run[0], at - run.start()
            if not piece[place - 1 : place + 1].isascii():
                if not self._lexicon.covers(piece, place - 1, place + 1):
                    continue
                start, end = self._lexicon.piece(piece, place - 1, place + 1)
                piece, place = piece[start:end], place - start
            # else jieba joins letters and digits, whatever words the dictionary has
            if place not in accumulate(map(len, self._lexicon.cut(piece))):
                return False
        return True

    def mask_within_words(self, text: str, mask: CharacterMask, kept: frozenset[str]) -> str:
        """Masks the characters that are part of a longer word: 和 in 和谐, 及 in 及时.

        Words in ``kept`` are not masked.
        """
        characters = mask.characters
        if not any(c in text for c in characters):
            return text
        covers, word_at, pieces = self._lexicon.covers, self._lexicon.word_at, _RUN.split(text)
        for k in range(1, len(pieces), 2):
            run = pieces[k]
            for i, character in enumerate(run):
                if character in characters and covers(run, i, i + 1):
                    word = word_at(run, i)
                    if len(word) > 1 and word not in kept:
                        pieces[k] = f"{pieces[k][:i]}{mask.mask(character)}{pieces[k][i + 1 :]}"
        return "".join(pieces)

    def clear_cache(self) -> None:
        """Forgets the texts that were cut so far, for benchmarks."""
        self._lexicon.cut.cache_clear()


class _Lexicon:
    """jieba with a reduced dictionary and the words of ``words_txt``."""

    def __init__(self, words_txt: Iterable[Path]) -> None:
        jieba = _jieba()
        weights = dict(_common_words())
        self._tokenizer: Any = jieba.Tokenizer()
        self._tokenizer.FREQ, self._tokenizer.total = weights, sum(weights.values())
        self._tokenizer.initialized = True
        self._weights, self._longest = weights, _MAX_LENGTH
        for path in words_txt:
            entries = map(str.split, path.read_text(encoding="utf-8").splitlines())
            for word, *columns in filter(None, entries):  # columns: weight and tag, if any
                self._tokenizer.add_word(word, int(columns[0]) if columns else _DEFAULT_WEIGHT)
                self._longest = max(self._longest, len(word))
        self.cut = lru_cache(maxsize=1024)(self._cut)

    def _cut(self, run: str) -> tuple[str, ...]:
        """The words of a run of characters without punctuation."""
        return tuple(self._tokenizer.cut(run, HMM=False))

    def word_at(self, run: str, at: int) -> str:
        """The word that contains the Chinese character at a place of a run."""
        start, end = self.piece(run, at, at + 1)
        for word in self.cut(run[start:end]):
            start += len(word)
            if at < start:
                return word
        raise IndexError(at)

    def piece(self, run: str, first: int, last: int) -> tuple[int, int]:
        """The start and end of the shortest piece of a run that contains the characters from
        ``first`` to before ``last``, and whose ends no word of the dictionary crosses.

        Its words are the same alone as in the run, and it recurs more often.
        """
        while first and self.covers(run, first - 1, first + 1):
            first -= 1
        while last < len(run) and self.covers(run, last - 1, last + 1):
            last += 1
        return first, last

    def covers(self, run: str, first: int, last: int) -> bool:
        """Whether a word of two or more characters, at its place in the run, contains the
        characters from ``first`` to before ``last``."""
        for start in range(max(0, last - self._longest), first + 1):
            end = last
            while end <= len(run):
                weight = self._weights.get(run[start:end])
                if weight is None:  # no word begins like this
                    break
                if weight and end - start > 1:
                    return True
                end += 1
        return False


@cache
def _jieba() -> Any:
    """jieba, loaded when words are needed, without pkg_resources of setuptools.

    jieba asks it for the place of its files, and does without where it is not installed, as in new
    environments. Loading it takes 0.1 s of CPU.
    """
    name = "pkg_resources"
    loaded = sys.modules.get(name)
    sys.modules[name] = loaded  # type: ignore[assignment]  # None: an import fails
    try:
        import jieba
    finally:
        if loaded is None:
            del sys.modules[name]
    return jieba


@cache
def _common_words() -> dict[str, int]:
    """The short and common words of jieba's dictionary with their weights, loaded once.

    It takes 0.03 s of CPU where they are kept, else 0.15 s; a copy takes 5 ms.
    """
    content = kept(_WORDS, _version_of_words())
    return _made_words() if content is None else _DECODER.decode(content)


@cache
def keep_common_words() -> None:
    """Keep the short and common words in the user's cache folder, where a confined process finds
    them, unless they are there."""
    version = _version_of_words()
    if kept(_WORDS, version) is None:
        keep(_WORDS, version, msgspec.msgpack.encode(_made_words()))


def _version_of_words() -> str:
    """What the kept words are made from."""
    return f"{gongkai.__version__} jieba {metadata.version('jieba')} rule {_RULE}"


def _made_words() -> dict[str, int]:
    """The short and common words with their weights, from jieba's own file.

    As in jieba, the beginnings of words are keys too, with the weight 0.
    """
    text = (resources.files(_jieba()) / "dict.txt").read_text(encoding="utf-8")
    weights: dict[str, int] = {}
    for word, occurrences in _COMMON_WORD.findall(text):
        weights[word] = int(occurrences)
        beginning = word[:-1]
        while beginning and beginning not in weights:  # all beginnings of a key are keys
            weights[beginning] = 0
            beginning = beginning[:-1]
    return weights


def normalize_sentence(text: str) -> tuple[str, Sequence[int]]:
    """A sentence without white space, with half-width digits and full-width punctuation.

    A space between two digits stays: it separates two numbers. Also returns the offset of each
    remaining character in the original text.
    """
    folded = text.translate(_TO_HALF_WIDTH) if _TO_FOLD.search(text) else text
    if _ANY_MARK.search(folded):
        folded = _HALF_WIDTH_MARK.sub(lambda m: _FULL_WIDTH[m[0]], folded)
    if _WHITE_SPACE.search(folded) is None:
        return folded, range(len(folded))
    kept = [
        k
        for k, c in enumerate(folded)
        if not c.isspace()
        or (0 < k < len(folded) - 1 and folded[k - 1].isdigit() and folded[k + 1].isdigit())
    ]
    return "".join(folded[k] for k in kept), kept


def text_before(text: str, at: int) -> str:
    """The text of the sentence up to an offset."""
    return text[text.rfind("。", 0, at) + 1 : at]


def compares(text: str) -> bool:
    """Whether a text compares with another year: the number after it is not a part."""
    return _COMPARISON.search(text) is not None


def contains_any(text: str, words: Sequence[str]) -> bool:
    """Whether one of the words occurs in the text."""
    for word in words:  # noqa: SIM110 (a loop takes half the time of any())
        if word in text:
            return True
    return False
