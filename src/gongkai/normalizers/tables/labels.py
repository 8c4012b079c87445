"""Folds printed labels for comparison: glyph variants, ordinals, white space, punctuation."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

_ORDINAL = re.compile(
    r"^(?:\(?([一二三四五六七八九十]+)[)、.,:]+|\(([一二三四五六七八九十\d]+)\)?|(\d{1,2})[.、,)])"
)
_YEAR_NOTE = re.compile(r"\((?:19|20)\d{2}[^()]*\)")  # 本年（2023）制发件数: not part of the label
_PUNCTUATION = re.compile(r"[\s\W_]+")
_CACHE_SIZE = 20_000  # folded texts: labels repeat from report to report


class FoldedLabel(NamedTuple):
    """A label for comparison: its ordinal, and its text without white space and punctuation."""

    ordinal: str  # "" if none is printed
    core: str


class LabelFolder:
    """Folds labels with the glyph variants of one family, and caches the results."""

    def __init__(self, variants: Mapping[int, str]) -> None:
        self._variants = variants
        self._known: dict[str, FoldedLabel] = {}

    def __call__(self, text: str) -> FoldedLabel:
        """Fold one printed label."""
        known = self._known.get(text)
        if known is None:
            if len(self._known) > _CACHE_SIZE:
                self._known.clear()
            known = self._known[text] = self._fold(text)
        return known

    def _fold(self, text: str) -> FoldedLabel:
        folded = unicodedata.normalize("NFKC", text.translate(self._variants))
        folded = _YEAR_NOTE.sub("", "".join(folded.split()))
        found = _ORDINAL.match(folded)
        if not found or found.end() == len(folded):
            return FoldedLabel("", _PUNCTUATION.sub("", folded))
        ordinal = next(part for part in found.groups() if part)
        return FoldedLabel(ordinal, _PUNCTUATION.sub("", folded[found.end() :]))
