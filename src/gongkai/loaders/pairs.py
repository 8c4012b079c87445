"""The words of the index over paragraphs: pairs of neighbouring characters."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

_RUN = re.compile("[\u3400-\u9fff]+|[0-9a-z]+")
_SPACE = re.compile(r"(?<![0-9a-zA-Z])\s+|\s+(?![0-9a-zA-Z])")


def index_words(text: str) -> str:
    """The words of a text for the index: pairs of characters, and Latin words as they are."""
    folded = _SPACE.sub("", unicodedata.normalize("NFKC", text)).lower()
    words: list[str] = []
    for run in _RUN.findall(folded):
        if run[0] < "\u3400":
            words.append(run)
        else:
            words += [a + b for a, b in pairwise(run)]
            words.append(run[-1])
    return " ".join(words)
