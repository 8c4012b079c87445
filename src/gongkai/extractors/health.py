"""Is a page's text layer honest? A picture of text must never pass for an empty page."""

from __future__ import annotations

from gongkai.model import Page
from gongkai.pipeline import Thresholds

# words that every such report is full of: a text layer that maps to nonsense has none of them
_COMMON = ("政府", "信息", "公开", "年", "申请")


def dishonest(page: Page, thresholds: Thresholds) -> str | None:
    """Why a page's text layer cannot be believed, in Chinese; None where it can."""
    text = "".join(char.text for char in page.chars)
    if len(text) < thresholds.honest_chars:
        if page.image_share >= thresholds.scan_image_share:
            return "是图片，没有文字层"
        return None
    if any(word in text for word in _COMMON):
        return None
    chinese = sum("\u3400" <= c <= "\u9fff" or "\u2e80" <= c <= "\u2fdf" for c in text)
    if chinese < thresholds.honest_chinese * len(text):
        return "文字层没有真实的字符对应，读出来不是中文"
    return None
