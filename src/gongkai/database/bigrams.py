"""The words of the full-text index: bigrams (pairs of neighbouring Chinese characters)."""

from __future__ import annotations

import re
import unicodedata
from operator import add

_RUN = re.compile("[\u3400-\u9fff]+|[0-9a-z]+")
# Characters that NFKC may change: all except ASCII, Chinese and its usual punctuation, which
# separates words as ASCII punctuation does.
_NOT_NORMAL = re.compile("[^\\x00-\\x7f\u3400-\u9fff\u3001\u3002，；：？！“”（）《》]")
_SPACE = re.compile(r"(?<![0-9a-zA-Z])\s+|\s+(?![0-9a-zA-Z])")


def index_words(text: str) -> str:
    """Split a text into index words: Chinese bigrams and whole Latin words, joined by spaces."""
    if _NOT_NORMAL.search(text):  # few texts need it, and it takes half the time
        text = unicodedata.normalize("NFKC", text)
    folded = _SPACE.sub("", text).lower()
    words: list[str] = []
    for run in _RUN.findall(folded):
        if run[0] < "\u3400":
            words.append(run)
        else:
            words += map(add, run, run[1:])
            words.append(run[-1])
    return " ".join(words)
