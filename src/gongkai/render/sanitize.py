"""Text from files made safe for terminals, web pages and spreadsheets."""

from __future__ import annotations

import re

# A spreadsheet takes text that begins with one of these for a formula, and runs it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

# Control characters except tab and newline, and characters that reverse, hide or forge text: format
# characters, fillers without ink, selectors of variants, tags, halves of surrogate pairs.
_INVISIBLE = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_CONTROLS = re.compile(f"[{_INVISIBLE}]")
_BREAKS = re.compile(f"[\t\n{_INVISIBLE}]")
# A spreadsheet program drops characters such as NUL, and runs what follows.
_FORMULA = re.compile(f"[{_INVISIBLE}]*[{re.escape(''.join(FORMULA_STARTS))}]")


def escape_controls(text: str) -> str:
    """Replace control and invisible characters by escapes such as ``\\x1b``."""
    return _CONTROLS.sub(_escape, text)


def escape_line(text: str) -> str:
    """Like escape_controls, and tabs and newlines too: a name cannot look like further lines."""
    return _BREAKS.sub(_escape, text)


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would run a text as a formula."""
    return _FORMULA.match(text) is not None


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula.

    Excel itself does the same. Without its first character the text is as it was.
    """
    return f"'{text}" if is_formula(text) else text


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
