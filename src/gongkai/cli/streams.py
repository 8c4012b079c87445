"""stdout for data, stderr for talk, and text of strangers made harmless for a terminal."""

from __future__ import annotations

import io
import re
import sys
from typing import TextIO

# Control characters but tab and newline, and the marks that reverse or hide text.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)


def prepare_streams() -> None:
    """Let no character end a command: UTF-8 into pipes and files, escapes where a console lacks it.

    A console keeps its encoding (GBK on many Windows machines); what it cannot show appears
    as an escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="backslashreplace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def say(message: str) -> None:
    """Talk to the person, on stderr."""
    print(printable(message), file=sys.stderr)  # noqa: T201


def fail(message: str) -> None:
    """Say in one line what went wrong."""
    say(f"gongkai: {' '.join(message.split())}")


def printable(text: str) -> str:
    """Text from files made harmless: control characters appear as escapes, ``\\x1b``."""
    return _UNPRINTABLE.sub(_escape, text)


def safe_for(stream: TextIO, text: str) -> str:
    """Text as it is for a pipe, harmless for a terminal."""
    return printable(text) if stream.isatty() else text


def _escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
