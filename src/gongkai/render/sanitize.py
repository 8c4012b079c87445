"""Text from files made safe for terminals, web pages and spreadsheets."""

from __future__ import annotations

import re

# A spreadsheet takes text that begins with one of these for a formula, and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# Control characters except tab and newline, and characters that reverse or hide text.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def escape_controls(text: str) -> str:
    """Replace control characters by escapes such as ``\\x1b``."""
    return _CONTROLS.sub(_escape, text)


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Excel itself does the same. Without its first character the text is as it was.
    """
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
