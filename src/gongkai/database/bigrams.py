"""The words of the index over paragraphs: pairs of neighbouring characters."""

from __future__ import annotations

import re
import unicodedata
from operator import add

_RUN = re.compile("[\u3400-\u9fff]+|[0-9a-z]+")
# what NFKC may turn into something else: all but ASCII, Chinese and its usual punctuation, which
# parts words as ASCII's does
_ODD = re.compile("[^\\x00-\\x7f\u3400-\u9fff\u3001\u3002，；：？！“”（）《》]")
_SPACE = re.compile(r"(?<![0-9a-zA-Z])\s+|\s+(?![0-9a-zA-Z])")


def index_words(text: str) -> str:
    """The words of a text for the index: pairs of characters, and Latin words as they are."""
    if _ODD.search(text):  # few texts need it, and it takes half of the time
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
