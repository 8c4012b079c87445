"""Decides whether a page's text layer can be trusted.

A scan must never pass for an empty page, and characters that a font maps wrongly must
never pass for text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.families.settings import Thresholds
from gongkai.model import Page

# Every report of this kind is full of these words. A text layer that is mapped to nonsense
# has none of them.
_COMMON_WORDS = ("政府", "信息", "公开", "年", "申请")
_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_UNKNOWN = "\ufffd"
_UNMAPPED = "的文字层缺字符对应"
_MAX_UNMAPPED = 3  # unmapped characters on a page: fewer may be stray symbols
_MAX_PRIVATE_SHARE = 0.04  # of the characters; bullets of office fonts are fewer


def untrusted_pages(pages: Sequence[Page], thresholds: Thresholds) -> dict[int, str]:
    """The page numbers whose text layer cannot be trusted, each with the reason in Chinese.

    Where a font has no character map on one page, all pages with unmapped characters count.
    """
    found = {p.number: reason for p in pages if (reason := distrust_reason(p, thresholds))}
    if _UNMAPPED in found.values():
        for page in pages:
            if any(_is_unmapped(char.text) for char in page.chars):
                found.setdefault(page.number, _UNMAPPED)
    return found


def distrust_reason(page: Page, thresholds: Thresholds) -> str | None:
    """Why a page's text layer cannot be trusted, in Chinese; None where it can."""
    text = page_text(page)
    private = len(_PRIVATE_USE.findall(text))
    max_private = max(_MAX_UNMAPPED, _MAX_PRIVATE_SHARE * len(text))
    if text.count(_UNKNOWN) >= _MAX_UNMAPPED or private > max_private:
        return _UNMAPPED
    if len(text) < thresholds.min_text_chars:
        if page.image_share >= thresholds.scan_image_share:
            return "是图片，没有文字层"
        return None
    if has_common_words(text):
        return None
    chinese = sum("\u3400" <= c <= "\u9fff" or "\u2e80" <= c <= "\u2fdf" for c in text)
    if chinese < thresholds.min_chinese_share * len(text):
        return "文字层没有真实的字符对应，读出来不是中文"
    return None


def has_common_words(text: str) -> bool:
    """Does a text contain any of the words that every such report is full of?"""
    return any(word in text for word in _COMMON_WORDS)


def page_text(page: Page) -> str:
    """All characters of a page, in the order of the reader."""
    return "".join([char.text for char in page.chars])


def _is_unmapped(char: str) -> bool:
    return char == _UNKNOWN or _PRIVATE_USE.match(char) is not None
