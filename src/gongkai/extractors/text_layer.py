"""Is a page's text layer honest? A picture of text must never pass for an empty page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gongkai.families.settings import Thresholds
from gongkai.model import Page

# words that every such report is full of: a text layer that maps to nonsense has none of them
_COMMON = ("政府", "信息", "公开", "年", "申请")
_FOR_PRIVATE_USE = re.compile("[\ue000-\uf8ff]")
_UNKNOWN = "\ufffd"
_UNMAPPED = "的文字层缺字符对应"
_LOST = 3  # characters that no map tells, on a page: more than an accident
_PRIVATE = 0.04  # share of private characters; bullets of office fonts are fewer


def untrusted_pages(pages: Sequence[Page], thresholds: Thresholds) -> dict[int, str]:
    """The pages whose text layer cannot be believed, each with the reason in Chinese.

    Where one page lacks what its font's letters mean, so do the others that use the font.
    """
    found = {page.number: reason for page in pages if (reason := distrust_reason(page, thresholds))}
    if _UNMAPPED in found.values():
        for page in pages:
            if any(_is_unmapped(char.text) for char in page.chars):
                found.setdefault(page.number, _UNMAPPED)
    return found


def distrust_reason(page: Page, thresholds: Thresholds) -> str | None:
    """Why a page's text layer cannot be believed, in Chinese; None where it can."""
    text = page_text(page)
    private = len(_FOR_PRIVATE_USE.findall(text))
    if text.count(_UNKNOWN) >= _LOST or private > max(_LOST, _PRIVATE * len(text)):
        return _UNMAPPED
    if len(text) < thresholds.honest_chars:
        if page.image_share >= thresholds.scan_image_share:
            return "是图片，没有文字层"
        return None
    if has_common_words(text):
        return None
    chinese = sum("\u3400" <= c <= "\u9fff" or "\u2e80" <= c <= "\u2fdf" for c in text)
    if chinese < thresholds.honest_chinese * len(text):
        return "文字层没有真实的字符对应，读出来不是中文"
    return None


def has_common_words(text: str) -> bool:
    """Does a text hold any of the words that every such report is full of?"""
    return any(word in text for word in _COMMON)


def page_text(page: Page) -> str:
    """All characters of a page."""
    return "".join([char.text for char in page.chars])


def _is_unmapped(char: str) -> bool:
    return char == _UNKNOWN or _FOR_PRIVATE_USE.match(char) is not None
